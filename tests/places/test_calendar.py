"""The working-day calendar against the published years, the guess beyond them, and the imported table."""

from dataclasses import FrozenInstanceError
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.places.calendar import (
    OFFICE_HOURS,
    SHANGHAI,
    BadCalendar,
    WorkCalendar,
    add_months,
    month_end,
    published_years,
)

PLAIN = WorkCalendar()
NIGHT = datetime(2024, 3, 4, 23, 0, tzinfo=SHANGHAI)
DAYS = st.dates(date(2004, 1, 1), date(2026, 12, 31))
ANY_DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def table(year: int) -> dict[date, bool]:
    """A yearly notice as a county imports it: three days off, one working Sunday."""
    return {
        date(year, 1, 1): False,
        date(year, 10, 1): False,
        date(year, 10, 4): False,
        date(year, 10, 10): True,
    }


def test_every_published_day_agrees_with_chinesecalendar():
    day, last, differ = date(2004, 1, 1), date(2026, 12, 31), []
    while day <= last:
        if PLAIN.is_workday(day) != chinese_calendar.is_workday(day):
            differ.append(day)
        day += timedelta(days=1)
    assert differ == []


def test_published_years_are_those_the_norms_name():
    assert published_years() == range(2004, 2027)
    assert not PLAIN.is_provisional(date(2004, 1, 1))
    assert not PLAIN.is_provisional(date(2026, 12, 31))


@pytest.mark.parametrize(
    "day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
)
def test_adjusted_weekends_of_2026_are_worked(day):
    day = date.fromisoformat(day)
    assert day.weekday() >= 5
    assert PLAIN.is_workday(day)


@pytest.mark.parametrize(
    "day", ["2026-01-02", "2026-02-16", "2026-02-23", "2026-05-05", "2026-09-25", "2026-10-07"]
)
def test_holidays_of_2026_on_weekdays_are_off(day):
    day = date.fromisoformat(day)
    assert day.weekday() < 5
    assert not PLAIN.is_workday(day)


@pytest.mark.parametrize("year", [1999, 2003, 2027, 2100])
def test_unpublished_years_never_raise_and_are_provisional(year):
    monday = date.fromisocalendar(year, 20, 1)
    assert [PLAIN.is_workday(monday + timedelta(days=n)) for n in range(7)] == [True] * 5 + [False] * 2
    assert PLAIN.is_provisional(monday)
    assert PLAIN.next_workday(monday + timedelta(days=4)) == monday + timedelta(days=7)


def test_the_imported_table_makes_2027_definite():
    calendar = WorkCalendar(table(2027))
    assert PLAIN.is_workday(date(2027, 10, 1))
    assert not calendar.is_workday(date(2027, 10, 1))
    assert date(2027, 10, 10).weekday() == 6
    assert calendar.is_workday(date(2027, 10, 10))
    assert not calendar.is_provisional(date(2027, 7, 1))
    assert calendar.is_provisional(date(2028, 1, 1))
    assert calendar.is_provisional_between(date(2026, 12, 1), date(2028, 1, 1))
    assert not calendar.is_provisional_between(date(2026, 12, 1), date(2027, 12, 31))


def test_the_table_wins_over_a_published_day():
    closed = WorkCalendar({date(2024, 3, 5): False, date(2024, 3, 9): True})
    assert PLAIN.is_workday(date(2024, 3, 5))
    assert not closed.is_workday(date(2024, 3, 5))
    assert closed.is_workday(date(2024, 3, 9))
    assert closed.add_workdays(date(2024, 3, 4), 1) == date(2024, 3, 6)


def test_last_december_days_of_a_notice_leave_their_own_year_provisional():
    # The notice of 2028 may move 2027-12-31; it says nothing about the rest of 2027.
    calendar = WorkCalendar({date(2027, 12, 31): False, **table(2028)})
    assert not calendar.is_workday(date(2027, 12, 31))
    assert calendar.is_provisional(date(2027, 6, 1))
    assert not calendar.is_provisional(date(2028, 6, 1))


def test_counting_steps_over_the_spring_festival_of_2024():
    # Off 10-17 February, worked on Sunday 4 and Sunday 18.
    assert PLAIN.add_workdays(date(2024, 2, 2), 1) == date(2024, 2, 4)
    assert PLAIN.add_workdays(date(2024, 2, 9), 1) == date(2024, 2, 18)
    assert PLAIN.workdays_between(date(2024, 2, 2), date(2024, 2, 18)) == 7
    assert PLAIN.add_workdays(date(2024, 2, 18), -1) == date(2024, 2, 9)
    assert PLAIN.add_workdays(date(2024, 2, 14), -1) == date(2024, 2, 9)
    assert PLAIN.workday_from(date(2024, 2, 12)) == date(2024, 2, 18)
    assert PLAIN.workday_from(date(2024, 2, 19)) == date(2024, 2, 19)
    assert PLAIN.next_workday(date(2024, 2, 19)) == date(2024, 2, 20)


@given(ANY_DAYS, st.integers(-1200, 1200))
def test_add_workdays_equals_walking_day_by_day(day, n):
    calendar, here, left = WorkCalendar(table(2027)), day, abs(n)
    while left:
        here += timedelta(days=1 if n > 0 else -1)
        left -= calendar.is_workday(here)
    assert calendar.add_workdays(day, n) == here


@given(ANY_DAYS, st.integers(0, 5000))
def test_workdays_between_undoes_add_workdays(day, n):
    assert PLAIN.workdays_between(day, PLAIN.add_workdays(day, n)) == n


@given(ANY_DAYS, ANY_DAYS, ANY_DAYS)
def test_workdays_between_adds_up_and_turns_its_sign(a, b, c):
    assert PLAIN.workdays_between(a, c) == PLAIN.workdays_between(a, b) + PLAIN.workdays_between(b, c)
    assert PLAIN.workdays_between(a, b) == -PLAIN.workdays_between(b, a)


@given(DAYS)
def test_neighbouring_workdays_enclose_the_day(day):
    before, after = PLAIN.add_workdays(day, -1), PLAIN.next_workday(day)
    assert before < day < after
    assert PLAIN.is_workday(before)
    assert PLAIN.is_workday(after)
    assert PLAIN.workdays_between(before, after) == 1 + PLAIN.is_workday(day)


def test_the_calendar_cannot_be_changed_from_outside():
    mine = table(2027)
    calendar = WorkCalendar(mine)
    mine[date(2027, 7, 1)] = False
    assert calendar.is_workday(date(2027, 7, 1))
    with pytest.raises(TypeError):
        calendar.overrides[date(2027, 7, 1)] = False
    with pytest.raises(FrozenInstanceError):
        calendar.hours = ()


def test_a_default_day_has_eight_hours():
    assert PLAIN.hours == OFFICE_HOURS
    assert PLAIN.day_length == timedelta(hours=8)
    assert WorkCalendar(hours=((time(9), time(12)), (time(14), time(17, 30)))).day_length == timedelta(
        hours=6.5
    )


def test_adjoining_spans_are_allowed():
    whole = WorkCalendar(hours=((time(9), time(13)), (time(13), time(17))))
    assert whole.day_length == timedelta(hours=8)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ((), "empty"),
        (((time(12), time(9)),), "end before they begin"),
        (((time(9), time(12)), (time(11), time(15))), "overlap"),
        (((time(14), time(18)), (time(8), time(12))), "unordered"),
    ],
)
def test_unusable_hours_are_refused(hours, said):
    with pytest.raises(BadCalendar, match=said):
        WorkCalendar(hours=hours)


@pytest.mark.parametrize("bad", [{"2027-01-01": False}, {date(2027, 1, 1): 0}, {NIGHT: True}])
def test_unusable_tables_are_refused(bad):
    with pytest.raises(BadCalendar, match="calendar table"):
        WorkCalendar(bad)


def test_a_datetime_is_refused_because_its_date_depends_on_the_zone():
    with pytest.raises(TypeError, match="astimezone"):
        PLAIN.is_workday(NIGHT)


def test_the_end_of_time_is_an_overflow_not_a_loop():
    with pytest.raises(OverflowError, match="9999"):
        PLAIN.add_workdays(date(9998, 12, 1), 300)


def test_months_end_on_the_corresponding_day_or_the_last():
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert add_months(date(2024, 3, 15), -3) == date(2023, 12, 15)
    assert month_end(date(2024, 12, 5)) == date(2024, 12, 31)
    with pytest.raises(OverflowError):
        add_months(date(9000, 1, 1), 20000)


@given(ANY_DAYS, st.integers(-600, 600))
def test_add_months_keeps_the_day_or_falls_on_the_month_end(day, n):
    there = add_months(day, n)
    assert (there.year - day.year) * 12 + there.month - day.month == n
    assert there.day == day.day or (there == month_end(there) and there.day < day.day)
