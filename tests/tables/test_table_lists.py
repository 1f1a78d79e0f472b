"""The house's lists as tables: places, units, persons, posts, readings, the working calendar."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count

import pytest

from liren.figures.models import Reading
from liren.packs.fields import CHINA
from liren.people.models import Person, Post
from liren.places.models import CalendarDay, Place, Unit
from liren.places.queries import work_calendar
from liren.refusals import Refusal
from liren.tables.importing import plan_import
from liren.tables.numbers import CalendarDays
from liren.tables.registers import register_for

numbers = count(1)


@pytest.fixture
def plan(county, tmp_path):
    def make(kind, text, *, place=None):
        path = tmp_path / f"表{next(numbers)}.csv"
        path.write_text(text, encoding="utf-8")
        register = kind if not isinstance(kind, str) else register_for(kind, by=county.clerk, place=place)
        return plan_import(path, register)

    return make


def bad(found) -> dict[str, str]:
    return {f"{cell.column}{cell.row}": cell.reason for cell in found.bad}


def again_changes_nothing(plan, kind, text, rows):
    found = plan(kind, text)
    assert (found.bad, len(found.new), found.there) == ([], 0, rows)


# -- places -------------------------------------------------------------------------------------------

PLACES = (
    "代码,名称,类型,生效,纬度\n990151,河东区,,,\n990151001001,东门社区,,,36.1\n990151001,城关街道,街道,2020-01-01,\n"
    "99015100100100A,第一网格,网格,,\n"
)


def test_places_of_one_file_in_any_order(plan):
    assert plan("place", PLACES).enter() == 4
    assert dict(Place.objects.filter(code__startswith="990151").values_list("code", "kind")) == {
        "990151": "district", "990151001": "street", "990151001001": "community", "99015100100100A": "grid",
    }  # fmt: skip
    assert Place.objects.get(code="990151001").valid_from == datetime(2020, 1, 1, tzinfo=CHINA)
    again_changes_nothing(plan, "地点", PLACES, 4)


def test_bad_places(plan):
    found = plan(
        "place",
        "代码,名称,类型,生效,失效,经度\n9901,短,,,,\n990x51,字母,,,,\n990151001,街,村,,,\n990152,县,洲,,,\n"
        "990153,县,,2024-01-02,2024-01-01,\n990154,县,,,,181\n,县,,,,\n",
    )
    assert set(bad(found)) == {"A2", "A3", "C4", "C5", "E6", "F7", "A8"}
    orphan = plan("place", "代码,名称\n990160001,孤儿镇\n")
    assert bad(orphan) == {"A2": "没有上级地点 990160；请先登记，或写进同一个文件"}


# -- units --------------------------------------------------------------------------------------------

UNITS = (
    "代码,名称,类型,地点,上级\n"
    "990150-3,低保科,office,柳树镇,990150-2\n990150-2,社会救助办,office,柳树镇,民政局\n990150-4,县教育局,department,990150,\n"
)


def test_units_may_name_superiors_further_down(plan):
    assert plan("unit", UNITS).enter() == 3
    chain = Unit.objects.get(code="990150-3")
    assert (chain.parent.name, chain.parent.parent.code) == ("社会救助办", "990150-mz")
    again_changes_nothing(plan, "单位", UNITS, 3)


def test_bad_units(plan):
    found = plan(
        "unit",
        "代码,名称,类型,地点,上级\nA,甲,office,990150,B\nB,乙,office,990150,A\nC,丙,office,990150,丁\n",
    )
    assert bad(found) == {
        "E2": "互为上级，成了环", "E3": "互为上级，成了环",
        "E4": "没有找到单位「丁」。请先登记单位，或检查名称。",
    }  # fmt: skip
    assert "或用 --place 给出" in bad(plan("unit", "代码,名称,类型\nA,甲,office\n"))["2"]


# -- persons and posts --------------------------------------------------------------------------------


def test_persons_and_posts(plan, county):
    persons = "编号,姓名,户号,地点\nW7,赵工,,柳树镇\n,周平,H1,王家村\n"
    assert plan("person", persons).enter() == 2
    again_changes_nothing(plan, "人员", persons, 2)
    posts = "姓名,角色,单位,地点,开始,结束\n赵工,核对员,民政局,,2021-01-01,\n周平,clerk,,王家村,2021-01-01,2022-01-01\n"
    assert plan("post", posts).enter() == 2
    again_changes_nothing(plan, "任职", posts, 2)
    post = Post.objects.get(person__name="周平")
    assert (post.role, post.place_id, post.ends) == (
        "clerk",
        county.here.code,
        datetime(2022, 1, 1, tzinfo=CHINA),
    )


@pytest.mark.parametrize("number", ["110101199003077531", "11010119900307753X", "110101900307753"])
def test_id_card_numbers_are_not_kept(plan, number):
    found = plan("person", f"编号,姓名\n{number},赵工\n")
    assert "不存身份证号" in bad(found)["A2"]
    assert not Person.objects.filter(code=number).exists()


def test_bad_posts(plan):
    header = "姓名,角色,单位,开始,结束\n"
    rows = "无此人,登记员,民政局,2021-01-01,\n李雷,登记,民政局,2021-01-01,\n李雷,登记员,民政局,2021-01-01,2020-01-01\n"
    found = plan("post", f"{header}{rows}李雷,登记员,,2021-01-01,\n")
    assert set(bad(found)) == {"A2", "B3", "E4", "5"}
    assert "登记员" in bad(found)["B3"]


# -- readings -----------------------------------------------------------------------------------------

READINGS = (
    '对象,数值,时段,来源,来源日期\n公众号,"1,200.5",2023年,平台后台,2024-01-05\n'
    "视频号,30,2023,平台后台,2024-01-05\n"
)


def test_readings_with_their_source(plan, county):
    assert plan("reading:关注数", READINGS, place=county.town).enter() == 2
    row = Reading.objects.get(subject="公众号")
    assert (row.value, row.starts, row.ends) == (1200500, date(2023, 1, 1), date(2023, 12, 31))
    assert row.by == county.clerk
    found = plan("reading:table_case.followers", READINGS, place=county.town)
    assert (found.there, len(found.new)) == (2, 0)


def test_another_value_corrects_and_both_stay(plan, county):
    plan("reading:关注数", READINGS, place=county.town).enter()
    found = plan("reading:关注数", READINGS.replace("1,200.5", "1300"), place=county.town)
    assert (found.there, found.enter()) == (1, 1)
    assert Reading.objects.get(subject="公众号", replaced_by__isnull=True).value == 1300000
    assert Reading.objects.count() == 3


def test_bad_readings(plan, county):
    header = "数值,开始,结束,来源,来源日期,链接\n"
    rows = "多,2023-01-01,2023-12-31,后台,2024-01-05,\n1,2023-12-31,2023-01-01,后台,2024-01-05,\n"
    rows += "1,2023-01-01,2023-12-31,,昨天,x\n"
    found = plan("reading:关注数", header + rows, place=county.town)
    assert set(bad(found)) == {"A2", "C3", "D4", "E4", "F4"}
    with pytest.raises(Refusal, match="时段"):
        plan("reading:关注数", "数值,来源,来源日期\n1,后台,2024-01-05\n", place=county.town)
    with pytest.raises(Refusal, match="由记录算出"):
        plan("reading:发放件数", READINGS)
    with pytest.raises(Refusal, match="没有找到指标"):
        plan("reading:没有", READINGS)
    assert bad(
        plan("reading:关注数", "数值,时段,来源,来源日期\n1,2023年13月,后台,2024-01-05\n", place=county.town)
    ).keys() == {"B2"}


def test_a_value_of_three_places_is_exact(plan, county):
    text = "数值,时段,来源,来源日期\n0.125,2023,后台,2024-01-05\n"
    plan("reading:关注数", text, place=county.town).enter()
    assert Decimal(Reading.objects.get().value) / 1000 == Decimal("0.125")


# -- the calendar -------------------------------------------------------------------------------------


def test_official_days_take_effect_at_once(plan):
    text = "日期,工作,名称\n2031-01-01,否,元旦\n2031-01-04,是,调休\n"
    assert work_calendar().is_provisional(date(2031, 1, 4))
    assert plan(CalendarDays("通知〔2030〕1号"), text).enter() == 2
    assert work_calendar().is_workday(date(2031, 1, 4))
    assert not work_calendar().is_provisional(date(2031, 1, 4))
    again_changes_nothing(plan, CalendarDays("通知〔2030〕1号"), text, 2)
    assert plan(CalendarDays("通知〔2030〕2号"), text.replace("是", "否")).enter() == 2
    assert CalendarDay.objects.count() == 2
    assert not CalendarDay.objects.get(date=date(2031, 1, 4)).working


def test_bad_days(plan):
    found = plan(CalendarDays("通知"), "日期,工作,名称\n2031-02-30,否,\n2031-01-01,也许,\n2031-01-02,,\n")
    assert set(bad(found)) == {"A2", "B3", "B4"}
    doubled = plan(CalendarDays("通知"), "日期,工作\n2031-01-01,否\n2031-01-01,是\n")
    assert set(bad(doubled)) == {"3"}


@pytest.fixture(autouse=True)
def calendar_of_its_own():
    work_calendar.cache_clear()
    yield
    work_calendar.cache_clear()
