"""Time limits: reading them, the moment they end, and how much of them is left.

Six units, because statutes and county rules mix them even inside one article (norms §0.4, §1.3):

=====  ==================  ===========================================================
unit   name                how it is counted
=====  ==================  ===========================================================
wh     工作时 working hours   only the calendar's office hours; begins at once or at the next opening
wd     工作日 working days    full working days after the day of the start, to 24:00 of the last
d      日 natural days       days after the day of the start; a last day off moves to the next working day
mo     月 months            to the corresponding day, or the month's last; a last day off moves likewise
h      小时 natural hours    from the moment, night and holiday included (the urgent clock)
min    分钟 natural minutes  likewise
=====  ==================  ===========================================================

Civil Code art. 200-204: the day of the start is not counted (201); a month ends on the
corresponding day or on the month's last (202); a last day that is a statutory day off moves to the
day after the days off, and a day ends at 24:00 (203). Art. 204 lets special rules prevail: such a
rule is written in the pack as another limit.

All moments are aware datetimes. 24:00 is written 23:59:59 so that it shows the right date; a moment
is late when it is greater than the due moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from liren.places.calendar import SHANGHAI, WorkCalendar, add_months

NAMES = {  # unit -> (Chinese, English singular, English plural)
    "wh": ("工作时", "working hour", "working hours"),
    "wd": ("工作日", "working day", "working days"),
    "d": ("天", "day", "days"),
    "mo": ("个月", "month", "months"),
    "h": ("小时", "hour", "hours"),
    "min": ("分钟", "minute", "minutes"),
}
_TOLD = NAMES | {"wmin": ("工作分钟", "working minute", "working minutes")}

MOST = 9999
_FORM = re.compile(r"([0-9]{1,9})(wh|wd|d|mo|h|min)")
_NEAR = re.compile(r"([0-9]{1,9})\s*个?\s*(\S.*)")
_WORDS = {
    "wh": ("工作时", "工作小时", "working hour", "working hours", "work hours"),
    "wd": ("工作日", "工作天", "working day", "working days", "workdays", "bd"),
    "d": ("天", "日", "自然日", "day", "days"),
    "mo": ("月", "month", "months", "mon"),
    "h": ("小时", "时", "钟头", "hour", "hours", "hr", "hrs"),
    "min": ("分钟", "分", "minute", "minutes", "mins"),
}


class BadLimit(ValueError):
    """A time limit that cannot be read or reckoned.

    `text`: what was written; `what`, `mend`: the fault and the cure in Chinese (also str());
    `en`: both in English.
    """

    def __init__(self, text: object, what: str, mend: str, en: str) -> None:
        super().__init__(f"{what}；{mend}")
        self.text, self.what, self.mend, self.en = text, what, mend, en


def _unreadable(text: object) -> BadLimit:
    forms = "2wh 工作时、7wd 工作日、15d 自然日、2mo 月、4h 小时、30min 分钟"
    mend, en = f"写整数加单位：{forms}", "write a whole number and a unit: 2wh, 7wd, 15d, 2mo, 4h, 30min"
    near = _NEAR.fullmatch(str(text).strip().lower())
    if near:
        count, word = int(near[1]), near[2]
        unit = next((u for u, words in _WORDS.items() if word in (u, *words)), None)
        if word in ("w", "week", "weeks", "周", "星期"):
            unit, count = "d", count * 7
        if unit and 1 <= count <= MOST:
            mend, en = f"是否要写 {count}{unit}？", f"did you mean {count}{unit}?"
    return BadLimit(text, f"「{text}」不是时限", mend, f"'{text}' is not a time limit; {en}")


@dataclass(frozen=True)
class Limit:
    """A time limit of `count` (1-9999) of a `unit` (wh, wd, d, mo, h, min). Raises BadLimit."""

    count: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in NAMES or not isinstance(self.count, int) or isinstance(self.count, bool):
            raise _unreadable(f"{self.count}{self.unit}")
        if not 1 <= self.count <= MOST:
            raise BadLimit(
                self.text,
                f"时限「{self.text}」超出范围",
                f"写 1 到 {MOST} 的整数",
                f"time limit '{self.text}' is out of range; write a whole number from 1 to {MOST}",
            )

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Read `2wh`, `7wd`, `15d`, `2mo`, `4h` or `30min`; raises BadLimit with a suggestion."""
        found = _FORM.fullmatch(text.strip()) if isinstance(text, str) else None
        if not found:
            raise _unreadable(text)
        return cls(int(found[1]), found[2])

    @property
    def text(self) -> str:
        """The form a pack writes."""
        return f"{self.count}{self.unit}"

    @property
    def label_zh(self) -> str:
        """For readers: 2个工作时, 15天, 2个月."""
        return f"{self.count}{'个' if self.unit in ('wh', 'wd') else ''}{NAMES[self.unit][0]}"

    @property
    def label_en(self) -> str:
        """For readers: 2 working hours."""
        return f"{self.count} {NAMES[self.unit][1 if self.count == 1 else 2]}"

    def __str__(self) -> str:
        return self.text


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(
            f"{moment} has no time zone; limits need an aware datetime (django.utils.timezone.now())"
        )
    return moment.astimezone(SHANGHAI)


def day_close(day: date) -> datetime:
    """24:00 of `day` in Asia/Shanghai, written 23:59:59."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI)


def due(start: datetime, limit: Limit, calendar: WorkCalendar) -> datetime:
    """The moment `limit` ends when it starts at `start`; aware, in Asia/Shanghai.

    Raises BadLimit when the end lies beyond the calendar (year 9998), ValueError for a naive start.
    """
    begin = _local(start)
    try:
        if limit.unit == "wh":
            return _add_working_time(begin, timedelta(hours=limit.count), calendar)
        if limit.unit == "wd":
            return day_close(calendar.add_workdays(begin.date(), limit.count))
        if limit.unit in ("d", "mo"):
            return day_close(calendar.workday_from(_last_day(begin.date(), limit)))
        # Through UTC: clocks of one zone subtract wall times, wrong over a summer-time change.
        step = timedelta(hours=limit.count) if limit.unit == "h" else timedelta(minutes=limit.count)
        return (begin.astimezone(UTC) + step).astimezone(SHANGHAI)
    except OverflowError as error:
        raise BadLimit(
            limit.text,
            f"时限「{limit}」自 {begin:%Y-%m-%d} 起超出日历",
            "改用较短的时限",
            f"time limit '{limit}' from {begin:%Y-%m-%d} leaves the calendar; use a shorter one",
        ) from error


def _last_day(day: date, limit: Limit) -> date:
    if limit.unit == "mo":
        return add_months(day, limit.count)
    return day + timedelta(days=limit.count)


def due_is_provisional(start: datetime, limit: Limit, calendar: WorkCalendar) -> bool:
    """Does the due moment rest on a year whose calendar is not published yet?

    Natural hours and minutes never do; days and months only by the day they end on.
    """
    if limit.unit in ("h", "min"):
        return False
    first, last = _local(start).date(), due(start, limit, calendar).date()
    if limit.unit in ("d", "mo"):
        first = _last_day(first, limit)
    return calendar.is_provisional_between(first, last)


def _spans(day: date, calendar: WorkCalendar) -> list[tuple[datetime, datetime]]:
    """The open spans of a working day."""
    at = datetime.combine
    return [(at(day, a, SHANGHAI), at(day, b, SHANGHAI)) for a, b in calendar.hours]


def _add_working_time(begin: datetime, left: timedelta, calendar: WorkCalendar) -> datetime:
    day = calendar.workday_from(begin.date())
    today = _worked(day, begin, calendar, after=True)
    if left > today:
        left -= today
        # Whole days are jumped over. A span that ends exactly at closing ends that day, not at the
        # next opening, hence the one microsecond.
        whole = (left - timedelta.resolution) // calendar.day_length
        day = calendar.add_workdays(day, whole + 1)
        left -= whole * calendar.day_length
    for opening, closing in _spans(day, calendar):
        opening = max(opening, begin)
        if opening < closing:
            if left <= closing - opening:
                return opening + left
            left -= closing - opening
    raise AssertionError("a working day holds its own length")


def _worked(day: date, moment: datetime, calendar: WorkCalendar, *, after: bool) -> timedelta:
    """Working time of working day `day` after (or before) `moment`."""
    total = timedelta()
    for opening, closing in _spans(day, calendar):
        begin, end = (max(opening, moment), closing) if after else (opening, min(closing, moment))
        total += max(end - begin, timedelta())
    return total


def working_time_between(first: datetime, last: datetime, calendar: WorkCalendar) -> timedelta:
    """Office time between two moments, exact; negative when `last` is earlier."""
    begin, end = _local(first), _local(last)
    if end < begin:
        return -working_time_between(last, first, calendar)
    # Office time of all days after the first up to the last, plus the rest of the first, minus the
    # rest of the last: no loop over days.
    total = calendar.workdays_between(begin.date(), end.date()) * calendar.day_length
    if calendar.is_workday(begin.date()):
        total += _worked(begin.date(), begin, calendar, after=True)
    if calendar.is_workday(end.date()):
        total -= _worked(end.date(), end, calendar, after=True)
    return total


@dataclass(frozen=True)
class Remaining:
    """How much of a limit is left, or by how much it is overdue, in words.

    `amount` of `unit` (wh, wd, d, h, min or wmin = minutes of office time) is rounded down, so
    neither the time left nor the delay is overstated. 0 d left means due today. `provisional`: the
    count rests on a year without a published calendar.
    """

    overdue: bool
    amount: int
    unit: str
    provisional: bool = False

    @property
    def text_zh(self) -> str:
        """For example 还剩 3 工作时, 今天到期, 已逾期 2 工作日."""
        if self.amount == 0 and self.unit == "d" and not self.overdue:
            return "今天到期"
        number = f" {self.amount}" if self.amount else "不足 1"
        return f"{'已逾期' if self.overdue else '还剩'}{number} {_TOLD[self.unit][0]}"

    @property
    def text_en(self) -> str:
        """For example 3 working hours left, due today, 2 working days overdue."""
        if self.amount == 0 and self.unit == "d" and not self.overdue:
            return "due today"
        number = str(self.amount) if self.amount else "less than 1"
        name = _TOLD[self.unit][1 if self.amount < 2 else 2]
        return f"{number} {name} {'overdue' if self.overdue else 'left'}"


def remaining(now: datetime, due_at: datetime, kind: Limit | str, calendar: WorkCalendar) -> Remaining:
    """What to tell at `now` about a limit of `kind` (a Limit or its unit) that ends at `due_at`.

    Days are told in days (working days for `wd`), hours in hours or below one hour in minutes, 48
    natural hours and more in days, five days of working hours and more in working days.
    """
    unit = kind.unit if isinstance(kind, Limit) else kind
    if unit not in NAMES:
        raise _unreadable(unit)
    now, due_at = _local(now), _local(due_at)
    overdue = now > due_at
    first, last = (due_at, now) if overdue else (now, due_at)
    days = (last.date() - first.date()).days
    if unit in ("h", "min"):
        return Remaining(overdue, *_tell_clock(last.astimezone(UTC) - first.astimezone(UTC)))
    if unit in ("d", "mo"):
        return Remaining(overdue, days, "d", calendar.is_provisional(due_at.date()))
    if unit == "wh":
        told = _tell_working(working_time_between(first, last, calendar), calendar)
    elif days:
        told = calendar.workdays_between(first.date(), last.date()), "wd"
    else:
        told = 0, "d"
    return Remaining(overdue, *told, calendar.is_provisional_between(first.date(), last.date()))


def _tell_working(span: timedelta, calendar: WorkCalendar) -> tuple[int, str]:
    if span >= 5 * calendar.day_length:
        return span // calendar.day_length, "wd"
    if span >= timedelta(hours=1):
        return span // timedelta(hours=1), "wh"
    return span // timedelta(minutes=1), "wmin"


def _tell_clock(span: timedelta) -> tuple[int, str]:
    if span >= timedelta(hours=48):
        return span // timedelta(days=1), "d"
    if span >= timedelta(hours=1):
        return span // timedelta(hours=1), "h"
    return span // timedelta(minutes=1), "min"


def publicity(start: date, workdays: int, calendar: WorkCalendar) -> date:
    """The first day on which a decision may take effect after a notice published on `start`.

    "Not fewer than 5 working days" means 5 full working days after the day of publication (norms
    §0.10, §9; a reading of Civil Code art. 201): the notice stands to 24:00 of the last of them and
    the decision may take effect on the day after, working day or not. Raises BadLimit for workdays
    outside 1-9999.
    """
    return calendar.add_workdays(start, Limit(workdays, "wd").count) + timedelta(days=1)
