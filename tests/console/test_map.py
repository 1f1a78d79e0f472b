"""Maps of the console: places of a board, where a record is, and what else is open around it."""

from __future__ import annotations

import pytest

from liren.places.actions import outlines_set
from liren.records.actions import record_step, record_void
from tests.cast import moment
from tests.console.conftest import enter
from tests.console.reading import row_heads
from tests.matters import event

BOARD = "/boards/gazette/?place=990009&period=2024"
HERE = "117.100000,36.100000"


def square(x: int, y: int, side: int = 100_000) -> list[list[list[int]]]:
    return [[[x, y, x + side, y, x + side, y + side, x, y + side]]]


@pytest.fixture
def drawn(town):
    """Both streets, side by side."""
    streets = (town.cast.street.code, town.cast.other_street.code)
    outlines_set(
        {code: square(117_050_000 + n * 100_000, 36_050_000) for n, code in enumerate(streets)}, source=""
    )
    return town


def test_places_that_are_all_drawn_are_a_map_with_the_table_beside(drawn, opened):
    page = opened(BOARD, as_=drawn.cast.leader)
    (picture,) = [one for one in page.all("svg") if "chart-map" in one.classes]
    assert picture.attrs["role"] == "group", "its places are links"
    assert [one for one in page.elements if "tone-5" in one.classes], "the place with most is the darkest"
    assert not [one for one in page.elements if "tones" in one.classes]
    assert {"清溪街道", "东风街道"} <= set(row_heads(page))


def test_as_long_as_one_is_missing_they_are_tiles(drawn, opened):
    outlines_set({drawn.cast.community.code: square(117_050_000, 36_050_000, 1000)}, source="")
    drawn.cast.other_street.outline.delete()
    page = opened(BOARD, as_=drawn.cast.leader)
    assert not [one for one in page.all("svg") if "chart-map" in one.classes]
    assert [one for one in page.elements if "tones" in one.classes]


def test_a_record_shows_where_it_is_and_leads_to_what_is_around(drawn, opened):
    here, near = event(drawn.cast, location=HERE), event(drawn.cast, title="近的", location="117.101,36.101")
    event(drawn.cast, title="远的", location="117.2,36.1")
    gone = event(drawn.cast, title="作废的", location=HERE)
    record_void(gone, by=drawn.cast.dispatcher, note="重复", at=moment("2024-03-05 09:00"))
    page = opened(f"/records/{here.number}/", as_=drawn.cast.dispatcher)
    assert [one for one in page.elements if "map-here" in one.classes]
    (way,) = {one.attrs["href"] for one in page.all("a") if "around=" in one.attrs.get("href", "")}
    assert row_heads(opened(way, as_=drawn.cast.dispatcher)) == [near.number, here.number]
    assert row_heads(opened(way, as_=drawn.cast.stranger)) == [], "another street's office sees none of them"


@pytest.mark.parametrize("around", ["桥头", "36,117"])
def test_what_is_no_point_stays_in_its_field_with_the_reason(town, opened, around):
    event(town.cast, location=HERE)
    page = opened(f"/lists/street.event/?around={around}", as_=town.cast.dispatcher)
    assert row_heads(page) == []
    assert around in [one.attrs.get("value") for one in page.all("input")]
    assert "经度,纬度" in "".join(one.text for one in page.elements if "wrong" in " ".join(one.classes))


def test_kinds_without_a_location_know_no_around(town, opened):
    assert row_heads(opened(f"/lists/gazette.board/?around={HERE}", as_=town.cast.dispatcher))


def test_a_location_is_a_column_of_the_list_and_of_the_file(town, opened, reader):
    event(town.cast, location=HERE)
    page = opened("/lists/street.event/?col=title&col=location", as_=town.cast.dispatcher)
    assert HERE in [one.text for one in page.all("td")]
    answer = reader(town.cast.dispatcher).get("/lists/street.event/file.csv")
    assert HERE in b"".join(answer.streaming_content).decode("utf-8-sig")


def test_a_ledger_brings_locations_too(town):
    (record,) = enter("street.event", town.cast.grid_member, [{"title": "井盖", "location": "117.1 36.1"}])
    assert (record.longitude, record.latitude) == (117_100_000, 36_100_000)
    record_step(record, "accept", {"handler": town.cast.housing}, by=town.cast.dispatcher)
