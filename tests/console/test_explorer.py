"""The explorer: any figure × place × period × breakdown as a table, a chart and a file; nothing typed is lost."""

from __future__ import annotations

import csv
import io

import pytest

from liren.figures.breakdown import crossed
from liren.figures.queries import compute, read_period
from liren.figures.scope import Scope
from liren.inforce import catalogue
from tests.console.conftest import enter
from tests.console.reading import hrefs, row_heads, words

ABOUT = "&place=990009&period=2024"


def ask(figure: str, by: str = "", about: str = ABOUT) -> str:
    return f"/explore/?figure=gazette.{figure}&by={by}{about}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_form_stands_alone_and_asks_for_a_pack_first(packs, db, opened, lang):
    page = opened("/explore/", lang=lang)
    assert lang == "zh" or not page.chinese_outside(), page.chinese_outside()
    assert len([one for one in page.all("option") if one.attrs["value"] == "gazette"]) == 1
    assert "gazette.boards" in [o.attrs["value"] for o in opened("/explore/?pack=gazette").all("option")]


@pytest.mark.parametrize(
    "figure", ["boards", "done_rate", "area", "visits", "staff", "monthly", "fans", "check_days"]
)
def test_every_figure_is_explored_by_every_way_it_has(town, opened, figure):
    page = opened(ask(figure), as_=town.cast.inspector)
    value = compute(f"gazette.{figure}", Scope("990009", read_period("2024"))).value
    assert ("无" in words(page)) or value is not None
    for way in [
        o.attrs["value"]
        for o in page.all("option")
        if o.attrs["value"] in ("time", "place", "unit", "category", "state")
    ]:
        found = opened(ask(figure, way), as_=town.cast.inspector)
        assert found.all("h1")
    ways = {o.attrs["value"] for o in page.all("option")}
    assert ("place" in ways) == (
        catalogue().figures[f"gazette.{figure}"].spec.verb not in ("covered", "reading", "between")
    )


def test_groups_add_up_and_each_opens(town, opened):
    enter(
        "gazette.board",
        town.cast.dispatcher,
        [{"title": "二", "category": "wall", "place": town.cast.other_street}],
    )
    page = opened(ask("boards", "place"), as_=town.cast.leader)
    assert row_heads(page)[:2] == ["清溪街道", "东风街道"]
    assert "/figures/gazette.boards/?place=990009002&period=2024" in hrefs(page, "/figures/")
    kinds = opened(ask("boards", "category"), as_=town.cast.leader)
    assert set(row_heads(kinds)) == {"少见", "墙面"}
    assert [h for h in hrefs(kinds, "/figures/gazette.boards/evidence/") if "category=wall" in h]
    assert len(row_heads(opened(ask("boards", "time"), as_=town.cast.leader))) == 12


def test_what_cannot_be_read_stays_in_its_field_with_the_reason(town, opened):
    page = opened("/explore/?figure=gazette.boards&place=没有这里&period=2024", as_=town.cast.leader)
    (place,) = [one for one in page.all("input") if one.attrs["name"] == "place"]
    assert (place.attrs["value"], place.attrs["aria-invalid"]) == ("没有这里", "true")
    page = opened("/explore/?figure=gazette.boards&place=990009&period=去年", as_=town.cast.leader)
    (period,) = [one for one in page.all("input") if one.attrs["name"] == "period"]
    assert (period.attrs["value"], period.attrs["aria-invalid"]) == ("去年", "true")


def test_small_numbers_are_told_to_the_public_in_no_group_and_in_no_file(town, opened, reader):
    assert row_heads(opened(ask("rare", "place"), as_=town.cast.leader))
    page = opened(ask("rare", "place"))
    assert not row_heads(page)
    assert "少于 5，不公开" in words(page)
    file = reader(None).get("/explore/table.csv" + ask("rare", "place").removeprefix("/explore/"))
    assert b"".join(file.streaming_content).decode("utf-8-sig").splitlines()[1:] == [
        "gazette.rare,少见公告栏,青禾县,2024,全部,少于 5，不公开,块"
    ]


def test_the_file_holds_the_rows_of_the_page(town, reader):
    query = ask("area", "place").removeprefix("/explore/")
    answer = reader(town.cast.leader).get(f"/explore/table.csv{query}")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0] == ["编号", "指标", "地点或单位", "时段", "地点", "数值", "单位"]
    assert ["gazette.area", "公告栏面积", "青禾县", "2024", "清溪街道", "2.5", "平方米"] in rows
    assert rows[-1][4:6] == ["全部", "2.5"]
    assert reader(town.cast.leader).get(f"/explore/table.xlsx{query}").status_code == 200
    assert reader(town.cast.leader).get(f"/explore/table.pdf{query}").status_code == 404
    assert reader(town.cast.leader).get("/explore/table.csv").status_code == 404


# -- two breakdowns at a time -------------------------------------------------------------------------


def test_rows_by_columns_with_margins_that_are_the_single_breakdowns(town, opened):
    enter(
        "gazette.board",
        town.cast.dispatcher,
        [{"title": "二", "category": "wall", "place": town.cast.other_street}],
    )
    page = opened(ask("boards", "place", ABOUT + "&across=category"), as_=town.cast.leader)
    rows = row_heads(page)
    assert "清溪街道" in rows and "东风街道" in rows and rows[-1] == "全部"
    alone = row_heads(opened(ask("boards", "place"), as_=town.cast.leader))
    assert set(alone) <= {*rows, "青禾县本级"}
    whole = compute("gazette.boards", Scope("990009", read_period("2024"))).value
    scope = Scope("990009", read_period("2024"))
    both = crossed(catalogue().figures["gazette.boards"], scope, "place", "category")
    assert sum(both.values.values()) == whole
    opens = [one for one in hrefs(page, "/figures/gazette.boards/evidence/") if "category=wall" in one]
    assert any("place=990009002" in one for one in opens)
    one = next(way for way in opens if "place=990009002" in way)
    assert "二" in words(opened(one, as_=town.cast.leader)), "a cell opens what it counts"


@pytest.mark.parametrize(("by", "across"), [("place", "time"), ("time", "category"), ("unit", "place")])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_pair_stands_whole(town, opened, by, across, lang):
    page = opened(ask("done_rate", by, ABOUT + f"&across={across}"), as_=town.cast.leader, lang=lang)
    assert page.all("h1")
    assert lang == "zh" or not page.chinese_outside(), page.chinese_outside()


def test_the_same_twice_is_one_breakdown_and_a_file_has_the_columns(town, opened, reader):
    same = opened(ask("boards", "place", ABOUT + "&across=place"), as_=town.cast.leader)
    assert "全部" not in row_heads(same)
    answer = reader(town.cast.leader).get(
        "/explore/table.csv?figure=gazette.boards&by=place&across=category" + ABOUT
    )
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[0][4] == "地点" and len(rows[0]) > 5
    assert all(len(row) == len(rows[0]) for row in rows)


def test_the_public_reads_no_pair_that_tells_a_small_number(town, opened):
    page = opened(ask("visits", "place", ABOUT + "&across=category"))
    assert "×" not in " ".join(one.text for one in page.all("h2"))
