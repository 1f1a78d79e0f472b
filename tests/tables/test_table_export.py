"""Tables out: titles an import reads again, private values masked, pages that miss and double nothing."""

import csv
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.figures.periods import Period
from liren.packs.fields import CHINA
from liren.people.models import Person, Post
from liren.places.models import Place, Unit
from liren.records.actions import record_open, record_step, record_void
from liren.records.models import Record
from liren.tables import export as exporting
from liren.tables.export import ListTable, RecordTable
from liren.tables.importing import plan_import
from liren.tables.registers import kind_named, register_for
from liren.tables.sheet_writing import write_table

START = datetime(2024, 3, 4, 9, tzinfo=CHINA)
VALUES = {
    "title": "=韩梅", "code": "V1", "category": "党员", "skills": "唱歌、朗读", "hours": "1.5", "money": "12.5",
    "trained": "是", "site": "https://a.cn/x", "visits": "3", "seen": "2024-03-05 09:10", "phone": "13800000000",
    "place": "王家村",
}  # fmt: skip


@pytest.fixture
def volunteer(county):
    return record_open("table_case.volunteer", VALUES, by=county.clerk, at=START)


def export(path, kind="志愿者登记", *, encoding="bom", **narrowed) -> int:
    table = RecordTable(kind_named(kind), **narrowed)
    columns = table.columns()
    rows = list(table.rows(columns))
    write_table(path, [column.title for column in columns], rows, encoding=encoding)
    return len(rows)


def rows_of(path, encoding="utf-8-sig") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_titles_are_chinese_and_private_values_masked(volunteer, tmp_path):
    assert export(tmp_path / "出.csv") == 1
    assert rows_of(tmp_path / "出.csv") == [
        {
            "编号": "TBV2024-00001", "状态": "在册", "姓名": "'=韩梅", "志愿者编号": "V1", "类别": "党员",
            "特长": "唱歌、朗读", "服务时长": "1.5", "补贴": "12.5", "加入日期": "2024-03-04", "已培训": "是",
            "主页": "https://a.cn/x", "走访次数": "3", "最近服务": "2024-03-05 09:10:00",
            "联系电话": "1█████████0", "地点": "柳树镇/王家村", "地点代码": "990150100200",
        }
    ]  # fmt: skip


def test_which_columns_are_in_use_is_asked_in_one_walk(volunteer):
    """Of seven million records each walk takes twenty seconds, in which nobody sees a first row."""
    with CaptureQueriesContext(connection) as asked:
        titles = [column.title for column in RecordTable(kind_named("志愿者登记")).columns()]
    assert len([one for one in asked if "records_record" in one["sql"]]) == 1
    assert "地点" in titles and "承办" not in titles


@pytest.mark.parametrize("name", ["出.csv", "出.xlsx"])
def test_an_exported_table_can_be_imported_into_an_empty_house(county, empty_again, tmp_path, name):
    path = tmp_path / name
    with empty_again():
        before = record_open("table_case.volunteer", VALUES, by=county.clerk, at=START)
        export(path)
    assert not Record.objects.exists()
    found = plan_import(path, register_for("志愿者登记", by=county.clerk, place=None))
    assert found.bad == []
    assert found.enter() == 1
    after = Record.objects.get()
    same = ("title", "category", "quantity", "money", "place_id", "data", "natural_key", "state")
    assert [getattr(after, one) for one in same] == [getattr(before, one) for one in same]
    assert after.secret == "", "a masked value is no value"
    assert after.opened == START.replace(hour=0), "a date has no hour"


def test_the_workbook_has_dates_and_numbers(volunteer, tmp_path):
    export(tmp_path / "出.xlsx")
    header, row = openpyxl.load_workbook(tmp_path / "出.xlsx").active.iter_rows(values_only=True)
    found = dict(zip(header, row, strict=True))
    assert (found["服务时长"], found["补贴"], found["走访次数"]) == (1.5, 12.5, 3)
    assert found["加入日期"] == datetime.fromisoformat("2024-03-04")
    assert found["最近服务"] == datetime.fromisoformat("2024-03-05 09:10")
    assert found["地点代码"] == "990150100200"


def test_encodings(volunteer, tmp_path):
    export(tmp_path / "g.csv", encoding="gbk")
    export(tmp_path / "u.csv", encoding="utf8")
    assert rows_of(tmp_path / "g.csv", "gbk")[0]["地点"] == "柳树镇/王家村"
    assert not (tmp_path / "u.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_matters_show_what_became_of_them(county, tmp_path):
    values = {"title": "路灯", "category": "公共设施", "place": county.here, "phone": "13800000000"}
    event = record_open("grid_case.event", values, by=None, at=START)
    export(tmp_path / "出.csv", "网格事项")
    (row,) = rows_of(tmp_path / "出.csv")
    assert row["状态"] == "待受理"
    assert row["期限"].startswith("2024-03-04 11:00")
    assert row["逾期次数"] == "0"
    assert row["日期"] == "2024-03-04 09:00:00"
    assert event.number == row["编号"]


def test_shared_columns_are_shown_where_used(county, tmp_path):
    values = {"item": "米", "unit": county.bureau, "person": county.clerk}
    record_open("table_case.delivery", values, by=county.clerk, at=START)
    export(tmp_path / "出.csv", "物资发放")
    (row,) = rows_of(tmp_path / "出.csv")
    assert [row[title] for title in ("单位", "单位代码", "人员", "人员编号")] == [
        "民政局",
        "990150-mz",
        "李雷",
        "W001",
    ]
    assert "承办" not in row


def test_pages_miss_and_double_nothing(county, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "PAGE", 3)
    for n in range(11):  # several of one moment, so that the page breaks fall among them
        at = START + timedelta(hours=n // 4)
        record_open("table_case.delivery", {"item": str(n)}, by=county.clerk, at=at)
    assert export(tmp_path / "出.csv", "物资发放") == 11
    assert [row["物品"] for row in rows_of(tmp_path / "出.csv")] == [str(n) for n in range(11)]


def test_each_page_is_one_query(county, tmp_path, monkeypatch, django_assert_num_queries):
    for n in range(7):
        record_open("table_case.delivery", {"item": str(n)}, by=county.clerk, at=START)
    monkeypatch.setattr(exporting, "PAGE", 3)
    table = RecordTable(kind_named("物资发放"))
    columns = table.columns()
    with django_assert_num_queries(3 + 1):  # three pages; the paths of all places of the first
        assert len(list(table.rows(columns))) == 7


def test_place_period_and_void(county, tmp_path):
    place_only = record_open(
        "table_case.delivery", {"item": "米", "place": "王家村"}, by=county.clerk, at=START
    )
    late = START + timedelta(days=40)
    record_open("table_case.delivery", {"item": "油"}, by=county.clerk, at=late)
    gone = record_open("table_case.delivery", {"item": "盐"}, by=county.clerk, at=START)
    record_void(gone, by=county.clerk, note="重复", at=START + timedelta(hours=1))
    assert export(tmp_path / "a.csv", "物资发放") == 2
    assert export(tmp_path / "b.csv", "物资发放", place=county.here.code) == 1
    march = Period.parse("2024-03", late.date()).bounds()
    assert export(tmp_path / "c.csv", "物资发放", bounds=march) == 1
    assert rows_of(tmp_path / "c.csv")[0]["编号"] == place_only.number


def test_a_lost_key_does_not_keep_the_rest_back(volunteer, tmp_path, settings):
    settings.LIREN_KEY_FILE = tmp_path / "other.key"
    table = RecordTable(kind_named("志愿者登记"))
    columns = table.columns()
    (row,) = table.rows(columns)
    assert row[[c.title for c in columns].index("联系电话")] == "█"
    assert table.sealed == [volunteer.number]


def test_a_state_after_steps(county, tmp_path):
    record = record_open("table_case.delivery", {"item": "米"}, by=county.clerk, at=START)
    record_step(record, "end", by=county.clerk, at=START + timedelta(days=1))
    export(tmp_path / "出.csv", "物资发放")
    assert rows_of(tmp_path / "出.csv")[0]["状态"] == "已注销"


# -- lists --------------------------------------------------------------------------------------------


def test_the_lists_rebuild_an_empty_house(county_maker, empty_again, tmp_path):
    models = {"place": Place, "unit": Unit, "person": Person, "post": Post}
    with empty_again():
        county_maker()
        before = {word: model.objects.count() for word, model in models.items()}
        for word in models:
            table = ListTable(word)
            write_table(tmp_path / f"{word}.csv", table.titles(), table.rows())
    for word, model in models.items():
        assert not model.objects.exists()
        found = plan_import(tmp_path / f"{word}.csv", register_for(word, by=None, place=None))
        assert found.bad == []
        found.enter()
        assert model.objects.count() == before[word] > 0
    assert Post.objects.get().person.code == "W001"
    assert Place.objects.get(code="990150100").kind == "town"


def test_readings_go_out_as_they_come_in(county, tmp_path):
    path = tmp_path / "数.csv"
    text = "数值,开始,结束,对象,地点,来源,来源日期\n1200.5,2023-01-01,2023-12-31,公众号,990150100,后台,2024-01-05\n"
    path.write_text(text, encoding="utf-8")
    plan_import(path, register_for("reading:关注数", by=county.clerk, place=None)).enter()
    table = ListTable("reading:关注数", county.town.code)
    write_table(path, table.titles(), table.rows())
    (row,) = rows_of(path)
    assert [row[title] for title in ("数值", "开始", "对象", "地点", "来源日期")] == [
        "1200.5", "2023-01-01", "公众号", "990150100", "2024-01-05",
    ]  # fmt: skip
    again = plan_import(path, register_for("reading:关注数", by=county.clerk, place=None))
    assert (again.bad, again.there, again.new) == ([], 1, [])
