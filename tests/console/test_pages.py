"""Every number opens its proof: report → figure → evidence → record, on pages made from real records."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from liren.figures.queries import compute, read_period
from liren.figures.scope import Scope
from liren.inforce import catalogue
from liren.places.models import Place, Unit
from tests.cast import moment
from tests.console.conftest import enter
from tests.console.reading import hrefs, row_heads, value, words

ABOUT = "place=990009001&period=2024"
FIGURES = sorted(
    f"gazette.{name}"
    for name in [
        "boards",
        "planned",
        "rare",
        "rare_rate",
        "area",
        "keepers",
        "kinds_there",
        "checks",
        "done_rate",
        "checks_done",
        "check_days",
        "tips",
        "visits",
        "monthly",
        "streets",
        "most",
        "fans",
        "staff",
        "residents",
        "villages",
    ]
)


def figure(name: str, about: str = ABOUT) -> str:
    return f"{reverse('console:figure', args=[f'gazette.{name}'])}?{about}"


def evidence(name: str, more: str = "", about: str = ABOUT) -> str:
    return f"{reverse('console:evidence', args=[f'gazette.{name}'])}?{about}{more}"


def test_the_list_above_names_every_figure_of_the_pack(packs):
    assert {f for f in catalogue().figures if f.startswith("gazette.")} == set(FIGURES)


@pytest.mark.parametrize(("who", "lang"), [("dispatcher", "zh"), ("dispatcher", "en"), (None, "en")])
def test_every_figure_and_its_evidence_stand_whole_in_both_languages(town, opened, who, lang):
    person = getattr(town.cast, who) if who else None
    for name in FIGURES:
        for view in ("figure", "evidence"):
            page = opened(f"{reverse(f'console:{view}', args=[name])}?{ABOUT}", as_=person, lang=lang)
            if lang == "en":
                assert page.chinese_outside() == [], (name, view)
            assert not [one for one in page.all("a") if not one.attrs.get("href")], (name, view)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_other_pages_stand_whole_in_both_languages(town, opened, lang):
    paths = ["/", "/figures/", "/figures/?q=公告", "/packs/", "/packs/gazette/", "/packs/street/", "/about/"]
    paths += [f"/records/{one.number}/" for one in (town.board, town.check, town.round)]
    paths += ["/reports/gazette.month/", f"/reports/gazette.month/?{ABOUT}"]
    for path in paths:
        page = opened(path, as_=town.cast.dispatcher, lang=lang)
        if lang == "en":
            assert page.chinese_outside() == [], path


def test_the_value_on_the_page_is_the_number_of_rows_it_opens(town, opened):
    page = opened(figure("checks"), as_=town.cast.dispatcher)
    assert value(page) == "1件"
    (way,) = set(hrefs(page, "/figures/gazette.checks/evidence/"))
    rows = opened(way.replace("&amp;", "&"), as_=town.cast.dispatcher)
    assert row_heads(rows) == [town.check.number]
    assert hrefs(rows, "/records/") == [f"/records/{town.check.number}/"]


def test_a_ratio_opens_both_its_parts_for_the_same_scope(town, opened):
    page = opened(figure("done_rate"), as_=town.cast.dispatcher)
    assert value(page) == "100%"
    over = [one for one in page.all("a") if "num" in one.classes and "dl" in one.path]
    assert [one.text for one in over[:2]] == ["1", "1"]
    assert [one.attrs["href"].split("?")[0] for one in over[:2]] == [
        "/figures/gazette.checks_done/", "/figures/gazette.checks/",
    ]  # fmt: skip
    for one in over[:2]:
        assert "place=990009001" in one.attrs["href"]
        assert "period=2024" in one.attrs["href"]
    below = opened(evidence("done_rate", "&part=denominator"), as_=town.cast.dispatcher)
    assert row_heads(below) == [town.check.number]
    current = [
        one.text for one in below.all("a") if one.attrs.get("aria-current") and "tabs" in str(one.path)
    ]
    assert "内部检查" in words(below) or current


def test_a_ratio_of_nothing_is_said_to_be_nothing(town, opened):
    page = opened(figure("done_rate", "place=990009001&period=2019"), as_=town.cast.dispatcher)
    assert value(page) == "无"
    assert not [one for one in page.elements if "button-main" in one.classes]


def test_the_plan_stands_beside_the_actual_and_the_other_way_round(town, opened):
    said = words(opened(figure("boards"), as_=town.cast.dispatcher))
    assert "计划：计划公告栏" in said
    assert "比计划少 2 块" in said
    page = opened(figure("planned"), as_=town.cast.dispatcher)
    assert "实际：公告栏数" in words(page)
    assert "计划数" in words(page)


def test_the_period_before_and_the_year_before_are_compared_by_generated_words(town, opened):
    enter("gazette.board", town.cast.dispatcher, [{"title": f"旧{n}", "place": town.cast.street} for n in range(4)],
          at="2023-03-05 09:00")  # fmt: skip
    said = words(opened(figure("boards"), as_=town.cast.dispatcher))
    assert "同比减少3块（−75%）" in said
    assert "环比" not in said, "of a year the period before is the year before"
    month = words(opened(figure("boards", "place=990009001&period=2024-03"), as_=town.cast.dispatcher))
    assert "环比增加1块" in month
    assert "同比减少3块" in month
    stock = words(opened(figure("villages", "place=990009&period=asof:2024-03-31"), as_=town.cast.dispatcher))
    assert "环比" not in stock, "a point in time has no period before it"


def test_distinct_values_are_listed_and_open_their_rows(town, opened):
    enter("gazette.board", town.cast.dispatcher,
          [{"title": f"墙{n}", "category": "wall", "place": town.cast.street} for n in range(3)])  # fmt: skip
    page = opened(evidence("kinds_there"), as_=town.cast.dispatcher)
    assert row_heads(page) == ["少见", "墙面"]
    way = next(one for one in hrefs(page, "/figures/gazette.kinds_there/evidence/") if "value=wall" in one)
    rows = opened(way, as_=town.cast.dispatcher)
    assert len(row_heads(rows)) == 3
    assert all(head.startswith("GG2024-") for head in row_heads(rows))


def test_persons_are_listed_to_staff_and_never_to_the_public(town, opened):
    staff = opened(evidence("keepers"), as_=town.cast.dispatcher)
    assert row_heads(staff) == ["周平"]
    public = opened(evidence("keepers"))
    assert row_heads(public) == [town.board.number]
    assert "周平" not in words(public)
    assert f"value={town.cast.resident.pk}" not in "".join(hrefs(public))
    asked = opened(evidence("keepers", f"&value={town.cast.resident.pk + 5000}"))
    assert row_heads(asked) == [town.board.number], "what one person did cannot be asked for"


def test_a_coverage_shows_every_cell_done_or_not_and_opens_what_was_done(town, opened):
    page = opened(evidence("streets", about="place=990009&period=2024"), as_=town.cast.leader)
    assert row_heads(page) == ["清溪街道", "东风街道"]
    text = words(page)
    assert "✓" in text
    assert "✗" in text
    way = next(one for one in hrefs(page, "/figures/gazette.streets/evidence/") if "member=990009001" in one)
    assert row_heads(opened(way, as_=town.cast.leader)) == [town.board.number]


def test_a_cadence_without_a_list_shows_its_slots(town, opened):
    page = opened(evidence("monthly", about="place=990009001&period=2024Q1"), as_=town.cast.dispatcher)
    assert row_heads(page) == ["2024年1月", "2024年2月", "2024年3月"]
    way = next(one for one in hrefs(page, "/figures/gazette.monthly/evidence/") if "slot=2024-03" in one)
    assert row_heads(opened(way, as_=town.cast.dispatcher)) == [town.round.number]


def test_named_places_are_ranked_and_each_opens_its_own_number(town, opened):
    page = opened(evidence("most", about="place=990009&period=2024"), as_=town.cast.leader)
    assert row_heads(page) == ["1"]
    (way,) = [one for one in hrefs(page, "/figures/gazette.boards/") if "place=990009001&" in one]
    assert value(opened(way, as_=town.cast.leader)) == "1块"


def test_a_reading_shows_its_source_and_what_it_corrected(town, opened):
    page = opened(evidence("fans"), as_=town.cast.dispatcher)
    assert row_heads(page) == ["12", "10"]
    assert "已被更正" in words(page)
    assert words(page).count("后台截图") == 2
    figure_page = opened(figure("fans"), as_=town.cast.dispatcher)
    assert value(figure_page) == "12人"
    assert "上报数" in words(figure_page)


def test_posts_are_listed_to_staff_alone_and_places_to_all(town, opened):
    assert row_heads(opened(evidence("staff"), as_=town.cast.dispatcher)) == ["林涛", "韩梅"]
    public = opened(evidence("staff"))
    assert row_heads(public) == []
    assert "2 人没有列出" in words(public)
    assert row_heads(opened(evidence("villages", about="place=990009&period=2024"))) == ["柳林村", "明月里"]
    assert row_heads(opened(evidence("residents", about="place=990009&period=2024"))) == []


def test_a_list_is_filtered_by_words_state_and_place_and_says_so(town, opened):
    rows = [
        {"title": f"第{n}处", "place": town.cast.community if n % 2 else town.cast.street} for n in range(8)
    ]
    enter("gazette.board", town.cast.dispatcher, rows)
    staff = town.cast.dispatcher
    assert len(row_heads(opened(evidence("boards"), as_=staff))) == 9
    found = opened(evidence("boards", "&q=第3处"), as_=staff)
    assert len(row_heads(found)) == 1
    assert "筛出 1 条" in words(found)
    assert "这个数就是下面记录的条数：9。" in words(found), "a filter does not change the number"
    assert len(row_heads(opened(evidence("boards", "&at=990009001001"), as_=staff))) == 5
    assert row_heads(opened(evidence("boards", "&state=ended"), as_=staff)) == []
    assert row_heads(opened(evidence("boards", "&q=%25"), as_=staff)) == [], (
        "a percent sign is a percent sign"
    )


def test_pages_of_a_list_hold_fifty_rows_each_exactly_once(town, opened):
    enter("gazette.board", town.cast.dispatcher,
          [{"title": f"第{n}处", "place": town.cast.street} for n in range(119)])  # fmt: skip
    seen: list[str] = []
    way: str | None = evidence("boards")
    lengths = []
    while way:
        page = opened(way, as_=town.cast.dispatcher)
        lengths.append(len(row_heads(page)))
        seen += row_heads(page)
        nexts = [one.attrs["href"] for one in page.all("a") if one.attrs.get("rel") == "next"]
        way = nexts[0] if nexts else None
    assert lengths == [50, 50, 20]
    assert len(set(seen)) == 120
    assert row_heads(opened(evidence("boards", "&page=99"), as_=town.cast.dispatcher)) == []
    assert len(row_heads(opened(evidence("boards", "&page=x"), as_=town.cast.dispatcher))) == 50


def test_what_a_viewer_may_not_see_is_counted_but_not_listed(town, opened):
    about = "place=990009&period=2024"
    page = opened(evidence("checks", about=about), as_=town.cast.dispatcher)
    assert row_heads(page) == [town.check.number]
    assert "另有 1 条不在您能看的范围内" in words(page)
    assert town.other_check.number not in words(page)
    public = opened(evidence("checks", about=about))
    assert row_heads(public) == []
    assert "另有 2 条不在您能看的范围内" in words(public)


def test_small_numbers_are_withheld_from_the_public_with_all_that_would_give_them_away(town, opened):
    assert value(opened(figure("rare"), as_=town.cast.dispatcher)) == "1块"
    page = opened(figure("rare"))
    assert value(page) == "少于 5，不公开"
    assert not hrefs(page, "/records/")
    assert "1 条" not in words(page)
    assert value(opened(figure("rare_rate"))) == "少于 5，不公开", "a share gives its numerator away"
    rows = opened(evidence("rare"))
    assert row_heads(rows) == []
    enter("gazette.board", town.cast.dispatcher,
          [{"title": f"少{n}", "category": "rare", "place": town.cast.street} for n in range(6)])  # fmt: skip
    assert value(opened(figure("rare"))) == "7块"
    assert "各地" not in words(opened(figure("rare", "place=990009&period=2024"))), "nor its parts by place"


def test_a_figure_breaks_down_by_place_with_links_that_add_up(town, opened):
    enter("gazette.board", town.cast.stranger, [{"title": "东风", "place": town.cast.other_street}])
    page = opened(figure("boards", "place=990009&period=2024"), as_=town.cast.leader)
    ways = [one for one in hrefs(page, "/figures/gazette.boards/") if re.search("place=99000900[12]&", one)]
    assert {re.search(r"place=(\d+)", one)[1] for one in ways} == {"990009001", "990009002"}
    for way in set(ways):
        if "period=2024" in way and "evidence" not in way:
            assert value(opened(way, as_=town.cast.leader)) in ("1块", "2块")


def test_pickers_lead_to_the_parent_the_parts_and_the_periods_around(town, opened):
    page = opened(figure("boards"), as_=town.cast.dispatcher)
    ways = hrefs(page, "/figures/gazette.boards/?")
    for wanted in (
        "place=990009&period=2024",
        "place=990009001001&period=2024",
        "place=990009001&period=2023",
        "place=990009001&period=2025",
        "place=990009001&period=2024Q2",
        "place=990009001&period=2024-11",
    ):
        assert any(way.endswith(wanted) for way in ways), wanted  # fmt: skip
    names = {one.attrs.get("name") for one in page.all("input")}
    assert {"place", "period"} <= names


def test_a_unit_in_the_address_stays_in_the_links(town, opened):
    unit = Unit.objects.get(code="T01")
    enter("gazette.check", town.cast.dispatcher, [{"title": "住建", "place": town.cast.street, "unit": unit}])
    page = opened(figure("checks", "place=990009&period=2024&unit=T01"), as_=town.cast.leader)
    assert value(page) == "1件"
    assert "住建局" in words(page)
    assert all("unit=T01" in way for way in hrefs(page, "/figures/gazette.checks/evidence/"))


def test_without_a_scope_the_page_shows_the_last_year_that_is_known(town, opened):
    page = opened("/figures/gazette.boards/", as_=town.cast.dispatcher)
    assert "2024年" in words(page)
    assert value(page) == "1块"
    assert value(opened("/figures/gazette.fans/", as_=town.cast.dispatcher)) == "12人"


def test_a_record_shows_fields_acts_people_files_and_ties(town, opened):
    said = words(opened(f"/records/{town.check.number}/", as_=town.cast.dispatcher))
    for wanted in (
        "墙面松动",
        "安全",
        "待查 → 已查",
        "查完",
        "韩梅（街道指挥员）",
        "超过时限",
        "现场.txt",
        town.board.number,
        "逾期 1 次",
        "已核对，未被改动",
    ):
        assert wanted in said, wanted  # fmt: skip
    board = opened(f"/records/{town.board.number}/", as_=town.cast.dispatcher)
    assert "2.5 平方米" in words(board)
    assert "周平" in words(board)
    assert f"/records/{town.check.number}/" in hrefs(board), "ties are shown from both ends"


def test_private_values_and_names_are_masked(town, opened):
    staff = words(opened(f"/records/{town.board.number}/", as_=town.cast.dispatcher))
    assert "13800000000" not in staff
    assert "1█████████0" in staff
    public = words(opened(f"/records/{town.board.number}/"))
    assert "1█" not in public
    assert "周平" not in public
    assert "周█" in public
    assert town.check.number not in public, "a tie to a record that the public may not see"
    visit = words(opened(f"/records/{town.round.number}/"))
    assert "生病" not in visit, "why a person was away is staff's business"
    assert "周平" not in visit
    assert "生病" in words(opened(f"/records/{town.round.number}/", as_=town.cast.dispatcher))


def test_an_act_typed_in_later_says_so(town, opened):
    from liren.records.actions import record_open

    late = record_open(
        "gazette.board", {"title": "补登", "place": town.cast.street},
        by=town.cast.dispatcher, at=moment("2024-03-01 09:00"), entered=moment("2024-04-20 10:00"),
    )  # fmt: skip
    assert "补录于 2024年4月20日 10:00" in words(opened(f"/records/{late.number}/", as_=town.cast.dispatcher))


def test_a_live_report_links_every_number_and_lists_its_citations(town, opened):
    page = opened("/reports/gazette.month/?place=990009001&period=2024-03", as_=town.cast.dispatcher)
    numbers = [one for one in page.all("a") if "num" in one.classes and "article" in one.path]
    assert [one.text for one in numbers] == [
        "1块",
        "1块",
        "100%",
        "3块",
        "2.5平方米",
        "12人",
        "1件",
        "1块",
        "1人次",
    ]
    assert all(one.attrs["href"].startswith("/figures/gazette.") for one in numbers)
    assert "num-target" in numbers[3].classes
    assert "num-external" in numbers[5].classes
    rows = [one for one in page.all("tr") if one.attrs.get("id", "").startswith("c")]
    assert len(rows) == 8
    downloads = hrefs(page, "/reports/gazette.month/docx/")
    assert downloads
    public = opened("/reports/gazette.month/?place=990009001&period=2024-03")
    assert "少于 5，不公开" in words(public)
    assert not hrefs(public, "/reports/gazette.month/docx/"), "a file holds every number in full"


def test_a_report_can_be_fetched_by_staff_as_a_file(town, reader):
    about = "?place=990009001&period=2024-03"
    for form, start in (("docx", b"PK"), ("md", "# 清溪".encode()), ("html", b"<!DOCTYPE html>")):
        answer = reader(town.cast.dispatcher).get(f"/reports/gazette.month/{form}/{about}")
        body = b"".join(answer.streaming_content)
        assert body.startswith(start)
        assert "attachment" in answer["Content-Disposition"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert reader(None).get(f"/reports/gazette.month/{form}/{about}").status_code == 404
    assert reader(town.cast.dispatcher).get(f"/reports/gazette.month/exe/{about}").status_code == 404


def test_an_attachment_is_handed_out_whole_and_never_shown_in_place(town, reader):
    file = town.check.files.get()
    answer = reader(town.cast.dispatcher).get(reverse("console:file", args=[file.sha256, file.name]))
    assert b"".join(answer.streaming_content) == "墙".encode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]
    file.__class__.objects.filter(pk=file.pk).update(private=True)
    assert (
        reader(town.cast.dispatcher).get(reverse("console:file", args=[file.sha256, file.name])).status_code
        == 404
    )


def test_a_pack_says_what_it_does_in_words(town, opened):
    said = words(opened("/packs/street/", as_=town.cast.dispatcher))
    for wanted in (
        "受理交办",
        "告知承办单位",
        "不能与「报告办结」是同一人",
        "给登记人记5 积分",
        "立一条后续任务",
        "紧急 4小时",
        "3个工作日",
    ):
        assert wanted in said, wanted  # fmt: skip
    public = words(opened("/packs/gazette/"))
    assert "保密" in public
    assert "只列地点和单位，不列人" in public


def test_search_on_the_first_page_goes_to_the_right_page(town, reader):
    staff = reader(town.cast.dispatcher)
    assert staff.get("/", {"q": town.check.number.lower()}).url == f"/records/{town.check.number}/"
    assert staff.get("/", {"q": "内部检查"}).url == "/figures/gazette.checks/"
    assert staff.get("/", {"q": "gazette.boards"}).url == "/figures/gazette.boards/"
    assert staff.get("/", {"q": "公告"}).url == "/figures/?q=%E5%85%AC%E5%91%8A"
    assert reader(None).get("/", {"q": town.check.number}).url == f"/figures/?q={town.check.number}"


def test_the_page_and_the_engine_say_the_same(town, opened):
    place = Place.objects.get(code="990009001")
    for name in FIGURES:
        result = compute(name, Scope(place.code, read_period("2024")))
        page = opened(f"/figures/{name}/?{ABOUT}", as_=town.cast.inspector)
        shown = value(page)
        if result.value is None:
            assert shown == "无"
        else:
            number = float(re.match(r"-?[\d,.]+", shown)[0].replace(",", ""))
            assert number == pytest.approx(float(result.value), abs=0.5 * 10**-result.figure.spec.decimals), (
                name
            )
