"""The line over time says at every point what the figure itself says for that period."""

from __future__ import annotations

import pytest

from liren.figures.breakdown import can_break
from liren.figures.cube.choosing import live_line as series
from liren.figures.queries import compute, read_period
from liren.figures.scope import Scope
from liren.inforce import catalogue
from tests.console.conftest import enter

PERIODS = ("2024", "2024Q2", "2024-03", "2024-01-10..2024-05-20")
# The first and the last minute of months are where a row could be taken for its neighbour's.
MOMENTS = [
    f"{day} {time}"
    for day in (
        "2023-12-31",
        "2024-01-01",
        "2024-02-29",
        "2024-03-01",
        "2024-03-31",
        "2024-04-01",
        "2024-06-30",
    )
    for time in ("00:00", "23:59")
]


@pytest.mark.parametrize("period", PERIODS)
def test_every_point_is_the_figure_of_its_period(town, period):
    for at in MOMENTS:
        enter("gazette.board", town.cast.dispatcher,
              [{"title": "栏", "category": "wall", "size": "1.5", "place": town.cast.street}], at=at)  # fmt: skip
    drawn = [e for e in catalogue().figures.values() if e.pack.pack == "gazette" and can_break(e)]
    assert len(drawn) > 8
    end = read_period(period).end
    for entry in drawn:
        for slot, value in series(entry, Scope("990009", read_period(period))):
            if slot.end <= end:
                assert value == compute(entry, Scope("990009", slot)).value, (entry.id, slot.text)


def test_the_last_point_reaches_to_the_end_of_the_period_and_no_further(town):
    enter(
        "gazette.board",
        town.cast.dispatcher,
        [{"title": "前", "place": town.cast.street}],
        at="2024-05-19 09:00",
    )
    enter(
        "gazette.board",
        town.cast.dispatcher,
        [{"title": "后", "place": town.cast.street}],
        at="2024-05-21 09:00",
    )
    line = series(
        catalogue().figures["gazette.boards"], Scope("990009", read_period("2024-01-10..2024-05-20"))
    )
    assert line[-1][1] == 1
    assert len(line) == 13


def test_a_year_is_told_in_its_months_and_a_quarter_in_quarters(town):
    entry = catalogue().figures["gazette.boards"]
    year = [slot.text for slot, _ in series(entry, Scope("990009", read_period("2024")))]
    assert (year[0], year[-1], len(year)) == ("2024-01", "2024-12", 12)
    quarters = [slot.text for slot, _ in series(entry, Scope("990009", read_period("2024Q2")))]
    assert quarters[0] == "2022Q3"
    assert quarters[-5] == "2023Q2", "the same quarter of the year before is there to compare with"
