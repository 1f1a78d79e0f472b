"""Boards: every figure of a pack for a place and a period, each number a link to its proof."""

from __future__ import annotations

import re

import pytest

from liren.figures.queries import compute, read_period
from liren.figures.scope import Scope
from liren.inforce import catalogue
from liren.look.presenting.words import digits
from tests.console.conftest import enter
from tests.console.reading import hrefs, row_heads, words

BOARD = "/boards/gazette/?place=990009&period=2024"


@pytest.mark.parametrize("who", ["leader", None])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_board_stands_whole_and_names_every_figure(town, opened, who, lang):
    page = opened(BOARD, as_=getattr(town.cast, who) if who else None, lang=lang)
    assert not page.chinese_outside() or lang == "zh", page.chinese_outside()
    assert {"公告栏数", "查完率", "每月巡看", "关注人数"} <= set(row_heads(page))


def test_every_number_of_a_board_is_the_number_of_its_figure(town, opened):
    page = opened(BOARD, as_=town.cast.leader)
    numbers = [one for one in page.all("a") if "num" in one.classes and "/figures/" in one.attrs["href"]]
    assert len(numbers) > 40
    for one in numbers:
        figure, place, period = re.search(
            r"/figures/([\w.]+)/\?place=(\d+)&period=([\w-]+)", one.attrs["href"]
        ).groups()
        found = compute(figure, Scope(place, read_period(period))).value
        shown = re.match(r"[\d.,]+|无", one.text.strip())[0]
        assert shown == digits(found, catalogue().figures[figure].spec.decimals), one


def test_the_change_is_generated_and_the_plan_stands_beside(town, opened):
    enter(
        "gazette.board",
        town.cast.dispatcher,
        [{"title": "旧栏", "place": town.cast.street}],
        at="2023-05-05 09:00",
    )
    page = opened(BOARD, as_=town.cast.leader)
    assert "同比持平" in words(page)
    assert "计划公告栏（青禾县，2024年）" in [
        one.attrs.get("title") for one in page.all("a")
    ] or "计划公告栏" in words(page)
    page = opened("/boards/gazette/?place=990009&period=2024Q1", as_=town.cast.leader)
    assert "环比增加" in words(page)


def test_places_below_are_tiles_and_rows_that_lead_on(town, opened):
    page = opened(BOARD, as_=town.cast.leader)
    assert {"清溪街道", "东风街道"} <= set(row_heads(page))
    assert "/boards/gazette/?place=990009001&period=2024" in hrefs(page, "/boards/")
    assert [one for one in page.elements if "tone-5" in one.classes], "the place with most is the darkest"
    page = opened(f"{BOARD}&by=area", as_=town.cast.leader)
    assert [
        one.text for one in page.all("a") if one.attrs.get("aria-current") and "#places" in one.attrs["href"]
    ] == ["公告栏面积"]


def test_small_numbers_are_withheld_from_the_public_here_too(town, opened):
    staff, public = (opened(BOARD, as_=who) for who in (town.cast.leader, None))
    assert "少于 5，不公开" not in words(staff)
    assert "少于 5，不公开" in words(public)
    numbers = [
        one.text
        for one in public.all("a")
        if "/figures/gazette.rare/?" in one.attrs.get("href", "") and "num" in one.classes
    ]
    assert "1" not in numbers


def test_a_day_and_a_stock_have_boards_too(town, opened):
    for period in ("2024-03-05", "asof:2024-12-31", "2024-01-01..2024-06-30"):
        opened(f"/boards/gazette/?place=990009001&period={period}", as_=town.cast.leader)


def test_boards_are_found_by_words_and_an_unknown_one_is_not_there(town, opened):
    assert "街面通报" in words(opened("/boards/"))
    assert "街面通报" not in words(opened("/boards/?q=没有这项"))
    opened("/boards/nothing/", status=404)
