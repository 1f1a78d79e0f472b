"""Time limits: the counting rules of Civil Code 200-204 by example and by property."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liren.places.calendar import SHANGHAI, WorkCalendar
from liren.places.limits import (
    NAMES,
    BadLimit,
    Limit,
    Remaining,
    due,
    due_is_provisional,
    publicity,
    remaining,
    working_time_between,
)

PLAIN = WorkCalendar()
ODD_HOURS = WorkCalendar(
    hours=((time(8, 30), time(11, 45)), (time(13, 0), time(17, 20)), (time(19), time(20)))
)


def moments(first: date, last: date):
    between = (datetime.combine(day, time()) for day in (first, last))
    return st.datetimes(*between, timezones=st.just(SHANGHAI))


CALENDARS = st.sampled_from([PLAIN, ODD_HOURS])
MOMENTS = moments(date(2004, 1, 1), date(2030, 12, 31))
LIMITS = st.builds(Limit, st.integers(1, 400), st.sampled_from(list(NAMES)))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def ends(start: str, limit: str, calendar: WorkCalendar = PLAIN) -> str:
    return due(at(start), Limit.parse(limit), calendar).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("2wh", "2个工作时", "2 working hours"),
        ("1wd", "1个工作日", "1 working day"),
        ("15d", "15天", "15 days"),
        ("2mo", "2个月", "2 months"),
        ("4h", "4小时", "4 hours"),
        ("30min", "30分钟", "30 minutes"),
    ],
)
def test_limits_read_and_tell(text, zh, en):
    limit = Limit.parse(text)
    assert (limit.text, str(limit), limit.label_zh, limit.label_en) == (text, text, zh, en)


@given(LIMITS)
def test_text_round_trips(limit):
    assert Limit.parse(limit.text) == limit


@pytest.mark.parametrize(
    ("bad", "mend"),
    [
        ("2 工作日", "2wd"),
        ("3个工作时", "3wh"),
        ("15 days", "15d"),
        ("2 months", "2mo"),
        ("2周", "14d"),
        ("4小时", "4h"),
        ("2WD", "2wd"),
        ("wd", "2wh, 7wd"),
        ("1.5h", "2wh, 7wd"),
        ("-3d", "2wh, 7wd"),
        ("２wd", "2wh, 7wd"),
        ("", "2wh, 7wd"),
        ("9" * 5000 + "d", "2wh, 7wd"),
        (None, "2wh, 7wd"),
        (5, "2wh, 7wd"),
        ("0wd", "from 1 to 9999"),
        ("10000wd", "from 1 to 9999"),
    ],
)
def test_bad_limits_say_what_and_how_to_mend(bad, mend):
    with pytest.raises(BadLimit) as caught:
        Limit.parse(bad)
    assert mend in caught.value.en
    assert str(bad) in caught.value.what
    assert str(caught.value) == f"{caught.value.what}；{caught.value.mend}"


@pytest.mark.parametrize(("count", "unit"), [(2, "w"), (0, "d"), (True, "d"), (2.5, "wh")])
def test_a_limit_cannot_be_built_wrong(count, unit):
    with pytest.raises(BadLimit):
        Limit(count, unit)


@given(st.text(alphabet="0123456789 whdmoin.-工作日", max_size=8))
def test_parse_reads_or_refuses_and_nothing_else(text):
    try:
        limit = Limit.parse(text)
    except BadLimit:
        return
    assert text.strip().lstrip("0") == limit.text


def test_natural_days_do_not_count_the_first_day():
    assert ends("2024-03-04 09:10", "1d") == "2024-03-05 23:59:59"
    assert ends("2024-03-04 00:00", "15d") == "2024-03-19 23:59:59"
    assert ends("2024-03-04 23:59", "15d") == "2024-03-19 23:59:59"


def test_a_last_day_off_moves_to_the_next_working_day():
    assert ends("2024-03-04 09:00", "5d") == "2024-03-11 23:59:59"  # Saturday -> Monday
    assert ends("2024-02-01 09:00", "10d") == "2024-02-18 23:59:59"  # festival -> worked Sunday
    assert ends("2026-09-22 09:00", "5d") == "2026-09-28 23:59:59"  # Mid-autumn -> Monday
    assert ends("2026-09-15 09:00", "5d") == "2026-09-20 23:59:59"  # a worked Sunday stays


def test_months_end_on_the_corresponding_day_or_the_last():
    assert ends("2024-03-15 10:00", "2mo") == "2024-05-15 23:59:59"
    assert ends("2024-01-31 10:00", "1mo") == "2024-02-29 23:59:59"
    assert ends("2023-08-31 10:00", "6mo") == "2024-02-29 23:59:59"
    assert ends("2023-09-01 10:00", "1mo") == "2023-10-07 23:59:59"  # National Day -> worked Saturday


def test_working_days_are_full_days_after_the_start():
    assert ends("2024-03-04 09:10", "5wd") == "2024-03-11 23:59:59"
    assert ends("2024-03-09 09:10", "1wd") == "2024-03-11 23:59:59"
    assert ends("2024-02-08 17:00", "2wd") == "2024-02-18 23:59:59"
    assert ends("2026-09-30 17:00", "2wd") == "2026-10-09 23:59:59"


def test_working_hours_run_only_while_the_office_is_open():
    assert ends("2024-03-04 09:10", "2wh") == "2024-03-04 11:10:00"
    assert ends("2024-03-04 11:30", "2wh") == "2024-03-04 15:30:00"
    assert ends("2024-03-04 16:00", "2wh") == "2024-03-04 18:00:00"  # to closing, not next opening
    assert ends("2024-03-04 17:00", "2wh") == "2024-03-05 09:00:00"
    assert ends("2024-03-08 18:00", "2wh") == "2024-03-11 10:00:00"
    assert ends("2024-03-09 12:00", "8wh") == "2024-03-11 18:00:00"
    assert ends("2024-03-04 06:00", "16wh") == "2024-03-05 18:00:00"
    assert ends("2024-03-04 13:00", "1wh") == "2024-03-04 15:00:00"
    assert ends("2024-02-09 17:30", "1wh") == "2024-02-18 08:30:00"


def test_natural_hours_and_minutes_never_stop():
    assert ends("2024-02-09 23:00", "4h") == "2024-02-10 03:00:00"
    assert ends("2024-02-09 23:50", "30min") == "2024-02-10 00:20:00"
    # Summer time of 1991 ended that night: 24 hours later the clock shows an hour less.
    assert ends("1991-09-14 12:00", "24h") == "1991-09-15 11:00:00"


def test_the_day_is_the_day_in_shanghai():
    start = datetime(2024, 3, 4, 17, 0, tzinfo=UTC)  # already 5 March there
    assert due(start, Limit.parse("1d"), PLAIN) == at("2024-03-06 23:59:59")


def test_a_naive_start_and_an_endless_limit_are_refused():
    with pytest.raises(ValueError, match="time zone"):
        due(at("2024-03-04").replace(tzinfo=None), Limit(1, "d"), PLAIN)
    for unit in ("wh", "wd", "d", "mo"):
        with pytest.raises(BadLimit) as caught:
            due(at("9998-12-31 09:00"), Limit(9999, unit), PLAIN)
        assert "shorter" in caught.value.en


def test_the_imported_table_moves_the_due_day():
    holiday = WorkCalendar({date(2027, 10, 1): False, date(2027, 10, 9): True})
    assert ends("2027-09-30 09:00", "1wd") == "2027-10-01 23:59:59"
    assert ends("2027-09-30 09:00", "1wd", holiday) == "2027-10-04 23:59:59"
    assert ends("2027-10-08 16:00", "4wh", holiday) == "2027-10-09 10:00:00"


@pytest.mark.parametrize(
    ("limit", "marked"),
    [
        ("3wd", False),
        ("30wd", True),
        ("40d", True),
        ("400d", True),
        ("20d", False),
        ("999h", False),
        ("300wh", True),
    ],
)
def test_a_due_moment_beyond_the_published_years_is_marked(limit, marked):
    start = at("2026-12-01 09:00")
    assert due_is_provisional(start, Limit.parse(limit), PLAIN) is marked
    # Natural days rest only on the day they end, working days on every year they run through.
    assert not due_is_provisional(at("2003-12-20 09:00"), Limit(20, "d"), PLAIN)
    assert due_is_provisional(at("2003-12-20 09:00"), Limit(20, "wd"), PLAIN)
    known = WorkCalendar({date(2027, 1, 1): False, date(2028, 1, 1): False})
    assert not due_is_provisional(start, Limit.parse(limit), known)


@given(MOMENTS, LIMITS, st.integers(1, 40), CALENDARS)
def test_due_is_monotone_in_the_count(start, limit, more, calendar):
    longer = Limit(limit.count + more, limit.unit)
    assert start < due(start, limit, calendar) <= due(start, longer, calendar)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=30)), LIMITS, CALENDARS)
def test_due_is_monotone_in_the_start(start, later, limit, calendar):
    assert due(start, limit, calendar) <= due(start + later, limit, calendar)


@given(MOMENTS, st.integers(1, 400), st.sampled_from(["wd", "d", "mo"]))
def test_days_end_at_midnight_of_a_working_day(start, count, unit):
    end = due(start, Limit(count, unit), PLAIN)
    assert end.time() == time(23, 59, 59)
    assert PLAIN.is_workday(end.date())
    if unit == "wd":
        assert PLAIN.workdays_between(start.date(), end.date()) == count


@given(MOMENTS, st.integers(1, 2000), CALENDARS)
def test_working_hours_agree_with_the_time_between(start, count, calendar):
    end = due(start, Limit(count, "wh"), calendar)
    assert working_time_between(start, end, calendar) == timedelta(hours=count)
    # One instant earlier the limit is not yet used up: the end is the earliest such moment.
    assert working_time_between(start, end - timedelta.resolution, calendar) < timedelta(hours=count)


@given(MOMENTS, MOMENTS, MOMENTS, CALENDARS)
def test_working_time_adds_up(a, b, c, calendar):
    whole = working_time_between(a, c, calendar)
    assert whole == working_time_between(a, b, calendar) + working_time_between(b, c, calendar)


@given(
    moments(date(2023, 12, 1), date(2024, 3, 1)),
    st.integers(0, 240),
)
def test_working_time_equals_counting_half_hours(start, halves):
    start = start.replace(minute=0, second=0, microsecond=0)
    count = 0
    for n in range(halves):
        moment = start + timedelta(minutes=30 * n)
        open_now = any(a <= moment.time() < b for a, b in PLAIN.hours)
        count += open_now and PLAIN.is_workday(moment.date())
    end = start + timedelta(minutes=30 * halves)
    assert working_time_between(start, end, PLAIN) == timedelta(minutes=30) * count


def test_working_time_between_is_signed():
    def hours(first: str, last: str) -> float:
        return working_time_between(at(first), at(last), PLAIN) / timedelta(hours=1)

    assert hours("2024-03-04 11:00", "2024-03-04 15:00") == 2
    assert hours("2024-03-04 15:00", "2024-03-04 11:00") == -2
    assert hours("2024-03-08 17:00", "2024-03-11 09:30") == 2.5


@pytest.mark.parametrize(
    ("now", "end", "kind", "zh", "en"),
    [
        ("2024-03-04 08:00", "2024-03-04 11:10", "wh", "还剩 3 工作时", "3 working hours left"),
        ("2024-03-04 17:30", "2024-03-05 08:30", "wh", "还剩 1 工作时", "1 working hour left"),
        ("2024-03-04 20:00", "2024-03-05 08:40", "wh", "还剩 40 工作分钟", "40 working minutes left"),
        ("2024-03-04 09:00", "2024-03-11 09:00", "wh", "还剩 5 工作日", "5 working days left"),
        (
            "2024-03-04 20:00",
            "2024-03-04 18:00",
            "wh",
            "已逾期不足 1 工作分钟",
            "less than 1 working minute overdue",
        ),
        ("2024-03-08 17:00", "2024-03-11 23:59:59", "wd", "还剩 1 工作日", "1 working day left"),
        ("2024-03-11 09:00", "2024-03-11 23:59:59", "wd", "今天到期", "due today"),
        ("2024-03-12 09:00", "2024-03-08 23:59:59", "wd", "已逾期 2 工作日", "2 working days overdue"),
        (
            "2024-03-09 09:00",
            "2024-03-08 23:59:59",
            "wd",
            "已逾期不足 1 工作日",
            "less than 1 working day overdue",
        ),
        ("2024-03-04 09:00", "2024-03-09 23:59:59", "d", "还剩 5 天", "5 days left"),
        ("2024-03-09 23:59:59", "2024-03-09 23:59:59", "d", "今天到期", "due today"),
        ("2024-03-10 00:00", "2024-03-09 23:59:59", "d", "已逾期 1 天", "1 day overdue"),
        ("2024-03-04 09:00", "2024-05-06 23:59:59", "mo", "还剩 63 天", "63 days left"),
        ("2024-03-04 09:00", "2024-03-04 12:59", "h", "还剩 3 小时", "3 hours left"),
        ("2024-03-04 09:00", "2024-03-04 09:45", "h", "还剩 45 分钟", "45 minutes left"),
        ("2024-03-04 09:00", "2024-03-04 09:00:20", "min", "还剩不足 1 分钟", "less than 1 minute left"),
        ("2024-03-04 09:00", "2024-03-07 08:00", "h", "还剩 2 天", "2 days left"),
        ("2024-03-04 10:01", "2024-03-04 09:00", "min", "已逾期 1 小时", "1 hour overdue"),
    ],
)
def test_what_is_left_is_told_in_words(now, end, kind, zh, en):
    left = remaining(at(now), at(end), kind, PLAIN)
    assert (left.text_zh, left.text_en) == (zh, en)
    assert left.overdue is (at(now) > at(end))


def test_what_is_left_takes_a_limit_and_carries_the_mark():
    now = at("2026-12-28 09:00")
    assert remaining(now, at("2027-01-05 23:59:59"), Limit(5, "wd"), PLAIN).provisional
    assert remaining(now, at("2027-01-05 23:59:59"), "d", PLAIN).provisional
    assert not remaining(now, at("2027-01-05 23:59:59"), "h", PLAIN).provisional
    assert not remaining(now, at("2026-12-31 23:59:59"), "wd", PLAIN).provisional
    with pytest.raises(BadLimit):
        remaining(now, now, "weeks", PLAIN)
    assert Remaining(True, 2, "wd").text_zh == "已逾期 2 工作日"


@given(MOMENTS, LIMITS, CALENDARS)
def test_at_the_start_the_whole_limit_is_left(start, limit, calendar):
    assume(limit.unit in ("wd", "wh"))
    left = remaining(start, due(start, limit, calendar), limit, calendar)
    assert not left.overdue
    if left.unit == limit.unit:
        assert left.amount == limit.count
    else:
        assert left.unit == "wd"
        assert left.amount == timedelta(hours=limit.count) // calendar.day_length


def test_publicity_needs_full_working_days_after_the_day_of_publication():
    # Published on a Monday: Tuesday to Friday and the next Monday count.
    assert publicity(date(2024, 3, 4), 5, PLAIN) == date(2024, 3, 12)
    # Over the spring festival of 2024: 8, 9, 18 (a worked Sunday), 19 and 20 February.
    assert publicity(date(2024, 2, 7), 5, PLAIN) == date(2024, 2, 21)
    # It may take effect on the day after, working day or not.
    assert publicity(date(2024, 3, 1), 5, PLAIN) == date(2024, 3, 9)
    with pytest.raises(BadLimit):
        publicity(date(2024, 3, 4), 0, PLAIN)


@given(st.dates(date(2004, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_publicity_is_full_exactly_from_its_last_day(start, workdays):
    effect = publicity(start, workdays, PLAIN)
    stood = effect - timedelta(days=1)
    assert PLAIN.workdays_between(start, stood) == workdays
