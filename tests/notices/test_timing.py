"""When something goes out: at once, with the next digest, never in the quiet hours. By the table."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.notices.timing import Habit, after_quiet, goes_out, next_digest
from liren.packs.fields import CHINA
from liren.places.calendar import WorkCalendar
from tests.cast import moment

CALENDAR = WorkCalendar()
DAILY, NOW = Habit(), Habit(daily=False)
PASSES = Habit(urgent_passes=True)
LATE_RISER = Habit(quiet_to=time(9))
NOON = Habit(daily=False, quiet_from=time(12), quiet_to=time(14))
NEVER_QUIET = Habit(daily=False, quiet_from=time(0), quiet_to=time(0))

TABLE = [
    # 2024-03-04 is a Monday
    ("2024-03-04 07:00", DAILY, False, "2024-03-04 08:30"),
    ("2024-03-04 08:29", DAILY, False, "2024-03-04 08:30"),
    ("2024-03-04 08:30", DAILY, False, "2024-03-05 08:30"),
    ("2024-03-04 23:00", DAILY, False, "2024-03-05 08:30"),
    ("2024-03-08 10:00", DAILY, False, "2024-03-11 08:30"),  # over the weekend
    ("2024-03-09 07:00", DAILY, False, "2024-03-11 08:30"),
    ("2024-04-03 10:00", DAILY, False, "2024-04-07 08:30"),  # Qingming; that Sunday works
    ("2024-09-30 10:00", DAILY, False, "2024-10-08 08:30"),  # National Day
    ("2024-03-04 10:00", LATE_RISER, False, "2024-03-05 09:00"),
    ("2024-03-04 10:00", DAILY, True, "2024-03-04 10:01"),
    ("2024-03-09 10:00", DAILY, True, "2024-03-09 10:01"),  # a Saturday
    ("2024-03-04 20:58", DAILY, True, "2024-03-04 20:59"),
    ("2024-03-04 20:59", DAILY, True, "2024-03-05 07:30"),
    ("2024-03-04 23:59", DAILY, True, "2024-03-05 07:30"),
    ("2024-03-05 00:10", DAILY, True, "2024-03-05 07:30"),
    ("2024-03-05 07:28", DAILY, True, "2024-03-05 07:30"),
    ("2024-03-05 07:29", DAILY, True, "2024-03-05 07:30"),
    ("2024-03-04 23:00", PASSES, True, "2024-03-04 23:01"),
    ("2024-03-04 23:00", PASSES, False, "2024-03-05 08:30"),
    ("2024-03-04 10:00", NOW, False, "2024-03-04 10:01"),
    ("2024-03-09 22:00", NOW, False, "2024-03-10 07:30"),
    ("2024-03-04 12:30", NOON, False, "2024-03-04 14:00"),
    ("2024-03-04 14:00", NOON, True, "2024-03-04 14:01"),
    ("2024-03-04 11:59", NOON, True, "2024-03-04 14:00"),
    ("2024-03-04 23:59", NEVER_QUIET, False, "2024-03-05 00:00"),
]


@pytest.mark.parametrize(("told", "habit", "urgent", "expected"), TABLE)
def test_when_it_goes_out(told, habit, urgent, expected):
    assert goes_out(moment(told), habit, urgent=urgent, calendar=CALENDAR) == moment(expected)


def test_a_burst_goes_with_one_minute():
    within = [moment("2024-03-04 10:00") + timedelta(seconds=second) for second in (0, 1, 59)]
    found = {goes_out(told, NOW, urgent=False, calendar=CALENDAR) for told in within}
    assert found == {moment("2024-03-04 10:01")}


moments = st.datetimes(
    min_value=moment("2020-01-01 00:00").replace(tzinfo=None), timezones=st.just(CHINA)
).filter(lambda at: at.date() < date(2026, 12, 1))
habits = st.builds(Habit, st.booleans(), st.times(), st.times(), st.times(), st.booleans())


@given(moments, habits, st.booleans())
def test_it_is_later_than_told_and_awake(told, habit, urgent):
    out = goes_out(told, habit, urgent=urgent, calendar=CALENDAR)
    assert out > told
    if not (urgent and habit.urgent_passes):
        assert after_quiet(out, habit) == out
    if habit.daily and not urgent:
        digest = next_digest(told, habit.digest_at, CALENDAR)
        assert CALENDAR.is_workday(digest.date())
        assert digest <= out < digest + timedelta(days=1)
