"""Lists on pages: made from the pack, kept in the address, fifty rows at a time, taken away as tables."""

import csv
import io
import tracemalloc

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.records.actions import record_void
from liren.records.lists import BOUND
from tests.cast import moment
from tests.console.conftest import enter
from tests.console.reading import hrefs, row_heads, words

BOARDS = "/lists/gazette.board/"


@pytest.fixture
def boards(town):
    rows = [
        {"title": f"第{n}处", "category": "wall" if n % 2 else "screen", "size": str(n), "phone": "13900000000",
         "place": town.cast.street} for n in range(120)
    ]  # fmt: skip
    return enter("gazette.board", town.cast.dispatcher, rows, "2024-03-06 09:00")


def table(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def test_the_overview_names_every_list_and_what_is_open(town, opened):
    page = opened("/lists/", as_=town.cast.stranger)
    assert set(hrefs(page, "/lists/")) >= {
        "/lists/gazette.board/",
        "/lists/gazette.check/",
        "/lists/street.event/",
    }
    (way,) = [one for one in hrefs(page, "/lists/gazette.check/") if "?" in one]
    assert row_heads(opened(way, as_=town.cast.stranger)) == [town.other_check.number]
    public = opened("/lists/")
    assert BOARDS in hrefs(public)
    assert "/lists/gazette.check/" not in hrefs(public), "a list nobody may read is not offered"


def test_pages_follow_one_another_and_hold_every_row_once(town, boards, opened):
    seen, way, pages = [], BOARDS, 0
    while way:
        page = opened(way, as_=town.cast.dispatcher)
        seen += row_heads(page)
        pages += 1
        way = next((one.attrs["href"] for one in page.all("a") if one.attrs.get("rel") == "next"), None)
        before = next((one.attrs["href"] for one in page.all("a") if one.attrs.get("rel") == "prev"), None)
        if pages == 2:
            assert row_heads(opened(before, as_=town.cast.dispatcher)) == seen[:50]
    assert pages == 3
    assert len(seen) == len(set(seen)) == 121
    assert seen[-1] == town.board.number, "newest first"
    assert "共 121 条" in words(page)


def test_filters_stand_in_the_address_and_keep_what_was_typed(town, boards, opened):
    page = opened(f"{BOARDS}?category=wall&q=第1&sort=-quantity&at=990009001", as_=town.cast.dispatcher)
    assert "共 16 条" in words(page)
    assert row_heads(page)[0] == next(b.number for b in boards if b.title == "第119处")
    field = next(one for one in page.all("input") if one.attrs["name"] == "q")
    assert field.attrs["value"] == "第1"
    assert [one.attrs["value"] for one in page.all("option") if "selected" in one.attrs] == [
        "wall",
        "990009001",
    ]


def test_what_cannot_be_read_is_said_beside_its_field(town, boards, opened):
    page = opened(f"{BOARDS}?since=2024-13-01&unit=没有局&state=nothing&at=77", as_=town.cast.dispatcher)
    assert row_heads(page) == []
    wrong = [one.text for one in page.elements if "wrong" in one.classes]
    assert len(wrong) == 4
    assert (
        next(one for one in page.all("input") if one.attrs["name"] == "since").attrs["value"] == "2024-13-01"
    )


def test_columns_are_chosen_by_link_and_private_values_stay_masked(town, boards, opened):
    page = opened(f"{BOARDS}?col=phone&col=title&col=nothing&q=老街", as_=town.cast.dispatcher)
    heads = [one.text for one in page.all("th") if one.attrs["scope"] == "col"]
    assert heads == ["选择", "编号", "名称", "联系电话"]
    assert "1█████████0" in words(page)
    assert "13800000000" not in words(page)
    assert "████" in words(opened(f"{BOARDS}?col=phone&q=老街"))
    assert "1█" not in words(opened(f"{BOARDS}?col=phone&q=老街")), "the public sees no outline"


def test_a_long_list_is_not_counted_and_ordered_by_its_date_alone(town, opened, monkeypatch):
    many = [{"title": f"板{n}", "place": town.cast.street} for n in range(BOUND + 5)]
    enter("gazette.board", town.cast.dispatcher, many)
    page = opened(f"{BOARDS}?sort=quantity", as_=town.cast.dispatcher)
    assert "超过 1,000 条" in words(page)
    assert "只按日期排列" in words(page)
    assert "只按日期排列" not in words(opened(f"{BOARDS}?sort=quantity&q=板1", as_=town.cast.dispatcher))


def test_names_of_persons_are_for_staff(town, opened):
    assert "周平" in words(opened(f"{BOARDS}?col=keeper", as_=town.cast.dispatcher))
    assert "周平" not in words(opened(f"{BOARDS}?col=keeper"))


def test_exactly_the_filtered_rows_are_taken_away(town, boards, reader):
    record_void(boards[3], by=town.cast.dispatcher, note="误登", at=moment("2024-03-07 09:00"))
    client = reader(town.cast.dispatcher)
    got = client.get(f"{BOARDS}file.csv?category=wall&q=第")
    rows = table(got)
    assert len(rows) == 1 + 59
    number = rows[0].index("编号")
    assert {row[number] for row in rows[1:]} == {
        b.number for b in boards if b.category == "wall" and b.pk != boards[3].pk
    }
    assert "139" not in got.getvalue().decode(), "private values are masked"
    assert got["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{BOARDS}file.xlsx?category=wall&q=第").getvalue()))
    assert [
        [str(cell or "") for cell in row] for row in book.active.iter_rows(max_col=1, values_only=True)
    ] == [row[:1] for row in rows]


def test_a_table_holds_what_its_reader_may_see_and_is_for_staff(town, reader):
    assert len(table(reader(town.cast.dispatcher).get("/lists/gazette.check/file.csv"))) == 2
    assert len(table(reader(town.cast.inspector).get("/lists/gazette.check/file.csv"))) == 3
    assert reader(town.cast.dispatcher).get("/lists/gazette.tip/file.csv").getvalue().count(b"\n") == 1
    assert reader(None).get(f"{BOARDS}file.csv").status_code == 404
    assert reader(town.cast.dispatcher).get(f"{BOARDS}file.doc").status_code == 404
    assert reader(town.cast.dispatcher).get(f"{BOARDS}file.csv?since=x").status_code == 422


def test_a_table_needs_no_more_memory_for_more_rows(town, reader):
    many = [{"title": f"板{n}" * 10, "place": town.cast.street} for n in range(6000)]
    enter("gazette.board", town.cast.dispatcher, many)
    answer = reader(town.cast.dispatcher).get(f"{BOARDS}file.xlsx")
    pieces = iter(answer.streaming_content)
    next(pieces)
    next(pieces)
    tracemalloc.start()
    held = max(tracemalloc.get_traced_memory()[0] for _ in pieces)
    tracemalloc.stop()
    assert held < 12_000_000, "one page of records at a time"


def test_a_list_asks_as_often_for_more_rows(town, boards, reader):
    client = reader(town.cast.inspector)
    counts = {}
    for address in (
        BOARDS,
        f"{BOARDS}?category=wall&at=990009001&state=open",
        "/lists/",
        f"{BOARDS}?col=keeper",
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
            counts[address] = len(asked.captured_queries)
    assert max(counts.values()) <= 7, counts
