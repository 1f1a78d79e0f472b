"""The working-day calendar: which days a county office works, and at what hours.

Days come from three sources, the first that speaks wins:

1. the county's own imported table (`overrides`): the yearly notice of the State Council on
   public holidays, or a local closure;
2. the years that the library `chinesecalendar` has published (norms §9: 2004-2026);
3. the plain week (Monday to Friday), which is a guess and therefore marked *provisional*.

Pure Python: no database, no settings. Whoever holds the table hands it over as a mapping.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Hours = tuple[tuple[time, time], ...]

#: Eight working hours a day (国务院关于职工工作时间的规定, art. 3); local hours are configuration.
OFFICE_HOURS: Hours = ((time(8), time(12)), (time(14), time(18)))

# The notice of a year may move the last days of the December before it (2018-12-29 was a working
# Saturday by the notice of 2019). Such a day says nothing about the rest of its own year.
_NEXT_NOTICE_FROM = (12, 24)


class BadCalendar(ValueError):
    """A calendar table or opening hours that cannot be meant. Says what and how to mend it."""


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later (earlier if negative), or the last day of that month.

    Civil Code art. 202. Raises OverflowError outside the years 1-9998.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9998:
        raise OverflowError(f"{day} plus {months} months leaves the calendar; use a smaller number")
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, month_end(first).day))


@lru_cache(maxsize=1)
def _published() -> tuple[int, int, frozenset[date], frozenset[date]]:
    """First and last published year, days off on weekdays, working weekend days.

    The library's own functions raise NotImplementedError outside its years; reading its two
    tables once means that error cannot reach anybody.
    """
    from chinese_calendar.constants import holidays, workdays

    years = [day.year for day in holidays]
    return min(years), max(years), frozenset(holidays), frozenset(workdays)


def published_years() -> range:
    """The years whose official calendar is built in (2004-2026 with chinesecalendar 1.11)."""
    first, last, _, _ = _published()
    return range(first, last + 1)


@dataclass(frozen=True)
class _Year:
    """The working days of one year as ordinals: a set to ask, a sorted tuple to count."""

    days: frozenset[int]
    row: tuple[int, ...]

    @classmethod
    def of(cls, ordinals: Iterable[int]) -> _Year:
        row = tuple(sorted(ordinals))
        return cls(frozenset(row), row)


@lru_cache(maxsize=512)
def _plain_year(year: int) -> _Year:
    """Working days of a year without any override."""
    first, last, off, on = _published()
    begin, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    week = [n for n in range(begin, end + 1) if (n - 1) % 7 < 5]  # ordinal 1 was a Monday
    if not first <= year <= last:
        return _Year.of(week)
    # A day in both tables works: the library decides so too.
    rest = {day.toordinal() for day in off if day.year == year}
    extra = {day.toordinal() for day in on if day.year == year}
    return _Year.of((set(week) - rest) | extra)


def _check_day(day: object) -> date:
    # A datetime is a date to Python, but its date depends on the time zone: make the caller choose.
    if isinstance(day, datetime) or not isinstance(day, date):
        raise TypeError(f"a date is needed, not {day!r}; take .astimezone(SHANGHAI).date() first")
    return day


def _check_hours(hours: Iterable[tuple[time, time]]) -> Hours:
    spans = tuple((start, end) for start, end in hours)
    if not spans:
        raise BadCalendar("office hours are empty; give at least one span such as 08:00-12:00")
    last = None
    for start, end in spans:
        if start >= end:
            raise BadCalendar(f"office hours {start}-{end} end before they begin; swap the two")
        if last is not None and start < last:
            raise BadCalendar(f"office hours overlap or are unordered at {start}; sort the spans")
        last = end
    return spans


@dataclass(frozen=True)
class WorkCalendar:
    """Working days and hours; immutable, safe to share between threads.

    `overrides`: day -> True (works) or False (off); wins over everything else.
    `hours`: spans of local time (Asia/Shanghai) in which a working day is open, in order.
    Raises BadCalendar for unusable hours or overrides.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    hours: Hours = OFFICE_HOURS
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _covered: frozenset[int] = field(default=frozenset(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        table = dict(self.overrides)
        by_year: dict[int, dict[int, bool]] = {}
        for day, works in table.items():
            if isinstance(day, datetime) or not isinstance(day, date) or not isinstance(works, bool):
                raise BadCalendar(f"calendar table: {day!r}: {works!r} is not a date and true/false")
            by_year.setdefault(day.year, {})[day.toordinal()] = works
        years = {}
        for year, changes in by_year.items():
            days = set(_plain_year(year).days)
            days -= {n for n, works in changes.items() if not works}
            days |= {n for n, works in changes.items() if works}
            years[year] = _Year.of(days)
        covered = {day.year for day in table if (day.month, day.day) < _NEXT_NOTICE_FROM}
        # object.__setattr__ is the only way into a frozen dataclass.
        object.__setattr__(self, "overrides", MappingProxyType(table))
        object.__setattr__(self, "hours", _check_hours(self.hours))
        object.__setattr__(self, "_years", years)
        object.__setattr__(self, "_covered", frozenset(covered))

    def _year(self, year: int) -> _Year:
        if not 1 <= year <= 9998:
            raise OverflowError(f"year {year} leaves the calendar; use a smaller number of days")
        return self._years.get(year) or _plain_year(year)

    @cached_property
    def day_length(self) -> timedelta:
        """Working time of one working day."""
        spans = ((end, start) for start, end in self.hours)
        return sum((_since_midnight(e) - _since_midnight(s) for e, s in spans), timedelta())

    def is_workday(self, day: date) -> bool:
        """Does the office work on `day`?"""
        return _check_day(day).toordinal() in self._year(day.year).days

    def is_provisional(self, day: date) -> bool:
        """True when nobody has published the year of `day`, so weekends alone decide.

        A year is definite when it is built in or when the imported table speaks of it. Days of the
        table from 24 December on do not make their year definite: they belong to the next notice.
        """
        return self.is_provisional_between(day, day)

    def is_provisional_between(self, first: date, last: date) -> bool:
        """Is any year from the year of `first` to the year of `last` provisional?"""
        built_in = published_years()
        return any(
            year not in built_in and year not in self._covered
            for year in range(_check_day(first).year, _check_day(last).year + 1)
        )

    def workday_from(self, day: date) -> date:
        """`day` itself if it is a working day, else the first working day after it."""
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def next_workday(self, day: date) -> date:
        """The first working day strictly after `day`."""
        return self.add_workdays(day, 1)

    def add_workdays(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it if n is negative); `day` itself if n is 0.

        The day itself is never counted (Civil Code art. 201). Whole years are skipped by their
        count, so long spans cost no more than short ones. Raises OverflowError past year 9998.
        """
        _check_day(day)
        if n == 0:
            return day
        year = day.year
        row = self._year(year).row
        if n > 0:
            index = bisect_right(row, day.toordinal()) + n - 1
            while index >= len(row):
                index -= len(row)
                year += 1
                row = self._year(year).row
        else:
            index = bisect_left(row, day.toordinal()) + n
            while index < 0:
                year -= 1
                row = self._year(year).row
                index += len(row)
        return date.fromordinal(row[index])

    def workdays_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative when `last` is earlier.

        The inverse of add_workdays: workdays_between(d, add_workdays(d, n)) == n for n >= 0.
        """
        if _check_day(last) < _check_day(first):
            return -self.workdays_between(last, first)
        count = bisect_right(self._year(last.year).row, last.toordinal())
        count -= bisect_right(self._year(first.year).row, first.toordinal())
        return count + sum(len(self._year(y).row) for y in range(first.year, last.year))


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
