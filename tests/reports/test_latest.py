"""For which period a report is read when nobody says: that of what its sources last knew."""

from datetime import date

from liren.reports.queries import _told

EARLIER, LATER, AHEAD = date(2022, 5, 20), date(2022, 6, 30), date(2026, 11, 20)


def test_one_source_that_has_run_ahead_of_the_others_names_no_period():
    assert _told([EARLIER, AHEAD, LATER]) == LATER
    assert _told([LATER, LATER, EARLIER]) == LATER


def test_of_few_sources_the_latest_counts():
    assert _told([EARLIER, LATER]) == LATER
    assert _told([AHEAD]) == AHEAD
