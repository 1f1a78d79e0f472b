"""Periods: the spans of time a figure is counted over, in the forms people and commands write.

Forms (house §7) and their Chinese twins as stories and reports write them:

======================  ============================
2020                    2020年
2020H1                  2020年上半年
2020Q1                  2020年第1季度
2020-03                 2020年3月
2020W12 (ISO 8601)      2020年第12周
2020-01-05              2020年1月5日
2020-01-01..2020-06-15  2020年1月1日至2020年6月15日
since:2021-01-01        自2021年1月1日起
asof:2023-06-30         截至2023年6月30日
ytd:2023-06-30          2023年初至6月30日
======================  ============================

A period has whole days of Asia/Shanghai, its end included. Pure Python: no database.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import get_language

from liren.places.calendar import SHANGHAI, add_months, month_end

_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
#: The cadences a period can be cut into, shortest first.
SLOTS = ("day", "week", *_MONTHS)
KINDS = (*SLOTS, "range", "since", "asof", "ytd")

ACCEPTED = (
    "2020、2020H1、2020Q1、2020-03、2020W12、2020-01-05、2020-01-01..2020-06-15、since:2021-01-01、"
    "asof:2023-06-30、ytd:2023-06-30；2024年、2024年上半年、2024年第1季度、2024年3月、2024年第12周、"
    "2024年3月5日、2024年1月1日至2024年6月15日、自2021年1月1日起、截至2023年6月30日、2023年初至6月30日"
)

_Y = r"(?P<y>(?:19|20|21)[0-9]{2})"
_ISO = r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}"
_ZH = r"(?:19|20|21)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日"
_DATE = rf"{_ISO}|{_ZH}"
_FORMS = [
    (kind, re.compile(form, re.IGNORECASE))
    for kind, form in (
        ("year", rf"{_Y}(?:年度?)?"),
        ("half", rf"{_Y}(?:H(?P<n>[0-9])|年(?P<m>[上下])半年)"),
        ("quarter", rf"{_Y}(?:Q(?P<n>[0-9])|年第?(?P<m>[0-9一二三四])季度)"),
        ("month", rf"{_Y}(?:-(?P<n>[0-9]{{2}})|年(?P<m>[0-9]{{1,2}})月)"),
        ("week", rf"{_Y}(?:-?W(?P<n>[0-9]{{1,2}})|年第(?P<m>[0-9]{{1,2}})周)"),
        ("day", rf"(?P<b>{_DATE})"),
        ("range", rf"(?P<a>{_DATE})\s*(?:\.\.|至|到)\s*(?P<b>{_DATE}|[0-9]{{1,2}}月[0-9]{{1,2}}日)"),
        ("since", rf"(?:since:\s*(?P<a>{_ISO})|自\s*(?P<c>{_DATE})\s*(?:起|以来))"),
        ("asof", rf"(?:asof:\s*|截至\s*|截止\s*)(?P<b>{_DATE})"),
        ("ytd", rf"(?:ytd:\s*(?P<b>{_ISO})|{_Y}年?年初至(?P<c>[0-9]{{1,2}}月[0-9]{{1,2}}日))"),
    )
]
# Not strftime("%B"): that speaks the language of the machine.
_EN_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NUMERALS = {"上": 1, "下": 2, "一": 1, "二": 2, "三": 3, "四": 4}


class BadPeriod(ValueError):
    """A period that cannot be read or used.

    `text`: what was written; `what`, `mend`: the fault and the cure in Chinese; `en`: both in English;
    str() says it in the language in force.
    """

    def __init__(self, text: object, what: str, mend: str, en: str) -> None:
        super().__init__(f"{what}；{mend}")
        self.text, self.what, self.mend, self.en = text, what, mend, en

    def __str__(self) -> str:
        return self.en if (get_language() or "").startswith("en") else super().__str__()


def _unreadable(text: object) -> BadPeriod:
    return BadPeriod(
        text,
        f"「{text}」不是时段",
        f"可写：{ACCEPTED}",
        f"'{text}' is not a period; write one of: {ACCEPTED}",
    )


def _no_such(text: str, zh: str, en: str) -> BadPeriod:
    return BadPeriod(text, f"时段「{text}」：{zh}", "请改正日期", f"period '{text}': {en}; correct it")


def _read_date(text: str, year: int, whole: str) -> date:
    """`2020-01-05`, `2020年1月5日`, or `1月5日` of `year`."""
    numbers = [int(n) for n in re.findall("[0-9]+", text)]
    if len(numbers) == 2:
        numbers.insert(0, year)
    try:
        return date(*numbers)
    except ValueError:
        raise _no_such(whole, f"没有「{text}」这一天", f"there is no day '{text}'") from None


@dataclass(frozen=True)
class Period:
    """A span of whole days: `start` (None for `asof`) to `end`, both included.

    `kind`: day, week, month, quarter, half, year, range, since (open: ends on the day it was read),
    asof (a stock at the end of a day), ytd (1 January to a day).
    """

    kind: str
    start: date | None
    end: date

    @classmethod
    def parse(cls, text: str, today: date) -> Period:
        """Read any accepted form; `today` ends a `since` period. Raises BadPeriod."""
        if not isinstance(text, str):
            raise _unreadable(text)
        plain = unicodedata.normalize("NFKC", text).strip()
        for kind, form in _FORMS:
            if found := form.fullmatch(plain):
                return cls._read(kind, found.groupdict(), plain, today)
        raise _unreadable(text)

    @classmethod
    def _read(cls, kind: str, part: dict[str, str | None], text: str, today: date) -> Period:
        year = int(part.get("y") or 0)
        if kind in _MONTHS or kind == "week":
            number = part.get("n") or part.get("m") or "1"
            return cls._numbered(kind, year, _NUMERALS.get(number) or int(number), text)
        first, last = part.get("a") or part.get("c"), part.get("b")
        if kind == "ytd":
            end = _read_date(last or first or "", year, text)
            return cls(kind, end.replace(month=1, day=1), end)
        if kind in ("day", "asof"):
            end = _read_date(last or "", year, text)
            return cls(kind, end if kind == "day" else None, end)
        start = _read_date(first or "", year, text)
        end = _read_date(last, start.year, text) if last else today
        if end < start:
            raise _no_such(text, f"终点 {end} 早于起点 {start}", f"its end {end} is before its start {start}")
        return cls(kind, start, end)

    @classmethod
    def _numbered(cls, kind: str, year: int, number: int, text: str) -> Period:
        if kind == "week":
            try:
                monday = date.fromisocalendar(year, number, 1)
            except ValueError:
                raise _no_such(text, f"{year} 年没有第 {number} 周", f"{year} has no week {number}") from None
            return cls(kind, monday, monday + 6 * _DAY)
        months = _MONTHS[kind]
        if not 1 <= number <= 12 // months:
            most = 12 // months
            raise _no_such(text, f"{number} 应在 1 至 {most} 之间", f"{kind} {number} is not within 1-{most}")
        return cls.holding(kind, date(year, months * (number - 1) + 1, 1))

    @classmethod
    def holding(cls, kind: str, day: date) -> Period:
        """The day, ISO week, month, quarter, half or year that contains `day`."""
        if kind == "day":
            return cls(kind, day, day)
        if kind == "week":
            monday = day - timedelta(days=day.weekday())
            return cls(kind, monday, monday + 6 * _DAY)
        if kind not in _MONTHS:
            raise BadPeriod(
                kind,
                f"「{kind}」不是固定长度的时段",
                f"可写：{'、'.join(SLOTS)}",
                f"'{kind}' has no fixed length; write one of: {', '.join(SLOTS)}",
            )
        months = _MONTHS[kind]
        start = date(day.year, (day.month - 1) // months * months + 1, 1)
        return cls(kind, start, month_end(add_months(start, months - 1)))

    @property
    def _first(self) -> date:
        return self.end if self.start is None else self.start

    @property
    def text(self) -> str:
        """The canonical form; parse(text) gives this period again."""
        start, end = self._first, self.end
        iso_year, iso_week, _ = start.isocalendar()
        match self.kind:
            case "year":
                return f"{start.year}"
            case "half" | "quarter":
                return f"{start.year}{self.kind[0].upper()}{(start.month - 1) // _MONTHS[self.kind] + 1}"
            case "month":
                return f"{start:%Y-%m}"
            case "week":
                return f"{iso_year}W{iso_week:02}"
            case "day":
                return f"{end}"
            case "range":
                return f"{start}..{end}"
            case "since":
                return f"since:{start}"
        return f"{self.kind}:{end}"

    def __str__(self) -> str:
        return self.text

    @property
    def label_zh(self) -> str:
        """As a report prints it; parse() reads it back."""
        start, end = self._first, self.end
        iso_year, iso_week, _ = start.isocalendar()
        match self.kind:
            case "year":
                return f"{start.year}年"
            case "half":
                return f"{start.year}年{'上' if start.month == 1 else '下'}半年"
            case "quarter":
                return f"{start.year}年第{start.month // 3 + 1}季度"
            case "month":
                return f"{start.year}年{start.month}月"
            case "week":
                return f"{iso_year}年第{iso_week}周"
            case "range":
                return f"{_zh(start)}至{_zh(end)}"
            case "since":
                return f"自{_zh(start)}起"
            case "asof":
                return f"截至{_zh(end)}"
            case "ytd":
                return f"{end.year}年初至{end.month}月{end.day}日"
        return _zh(end)

    @property
    def label_en(self) -> str:
        """As an English page prints it."""
        start, end = self._first, self.end
        iso_year, iso_week, _ = start.isocalendar()
        match self.kind:
            case "year":
                return f"{start.year}"
            case "half":
                return f"{'first' if start.month == 1 else 'second'} half of {start.year}"
            case "quarter":
                return f"Q{start.month // 3 + 1} {start.year}"
            case "month":
                return f"{_EN_MONTHS[start.month - 1]} {start.year}"
            case "week":
                return f"week {iso_week} of {iso_year}"
            case "range":
                return f"{_en(start)} to {_en(end)}"
            case "since":
                return f"since {_en(start)}"
            case "asof":
                return f"as of {_en(end)}"
            case "ytd":
                return f"{end.year} to {end.day} {_EN_MONTHS[end.month - 1]}"
        return _en(end)

    def bounds(self) -> tuple[datetime | None, datetime]:
        """Half-open aware datetimes in Asia/Shanghai: first <= moment < second; first None for asof."""
        start = None if self.start is None else datetime.combine(self.start, time(), SHANGHAI)
        return start, datetime.combine(self.end + _DAY, time(), SHANGHAI)

    def contains(self, day: date) -> bool:
        """Is `day` within the period, both ends included? An asof period reaches back for ever."""
        return (self.start is None or self.start <= day) and day <= self.end

    def previous(self) -> Period:
        """The period that ends the day before this one starts, of the same kind or length.

        Free spans (range, since, ytd) of whole months step by months, others by days; both give a
        range. Raises BadPeriod for asof, which has no length.
        """
        if self.start is None:
            raise self._pointed("没有上一期", "has no period before it")
        last = self.start - _DAY
        if self.kind in SLOTS:
            return Period.holding(self.kind, last)
        if months := self._whole_months():
            return Period("range", add_months(self.start, -months), last)
        return Period("range", self.start - (self.end - self.start + _DAY), last)

    def _whole_months(self) -> int:
        """How many whole months the span is; 0 when it begins or ends inside a month."""
        if self.start is None or self.start.day != 1 or self.end != month_end(self.end):
            return 0
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    def year_ago(self) -> Period:
        """The same period one year before (上年同期).

        A week keeps its ISO number, week 53 becomes 52 where the year before has none; 29 February
        becomes 28; the end of February stays the end of February in asof, ytd and spans of whole
        months. A since period gives a range.
        """
        if self.kind == "week":
            year, week, _ = self._first.isocalendar()
            last = date(year - 1, 12, 28).isocalendar().week  # 28 December is always in the last week
            return Period.holding("week", date.fromisocalendar(year - 1, min(week, last), 1))
        if self.kind in SLOTS:
            return Period.holding(self.kind, add_months(self._first, -12))
        end = add_months(self.end, -12)
        if self.end == month_end(self.end) and (self.kind in ("asof", "ytd") or self._whole_months()):
            end = month_end(end)
        start = None if self.start is None else add_months(self.start, -12)
        return Period("range" if self.kind == "since" else self.kind, start, end)

    def at_end(self) -> Period:
        """The last day of the period as a point in time, for stocks."""
        return Period("asof", None, self.end)

    def at_start(self) -> Period:
        """The day before the period as a point in time: the stock it began with."""
        if self.start is None:
            raise self._pointed("没有期初", "has no beginning")
        return Period("asof", None, self.start - _DAY)

    def _pointed(self, zh: str, en: str) -> BadPeriod:
        return BadPeriod(
            self.text,
            f"时段「{self.text}」是时点，{zh}",
            "改用有起点的时段，如 2023、2023Q1、since:2023-01-01",
            f"'{self.text}' is a point in time and {en}; use a period with a start, such as 2023 or 2023Q1",
        )

    def cut(self, end: date) -> Period:
        """The part up to `end`, as a range; a since period may also be carried on to a later end.

        Raises BadPeriod when `end` lies before the start, or after the end of a closed period, or
        when the period is asof.
        """
        if self.start is None:
            raise self._pointed("不能截短", "cannot be cut")
        if end < self.start or (end > self.end and self.kind != "since"):
            raise BadPeriod(
                self.text,
                f"时段「{self.text}」不能截至 {end}",
                f"选 {self.start} 至 {self.end} 之内的一天",
                f"'{self.text}' cannot be cut at {end}; choose a day from {self.start} to {self.end}",
            )
        return Period("range", self.start, end)

    def slots(self, each: str, today: date | None = None) -> list[Period]:
        """The days, weeks, months, quarters, halves or years of this period, in order, whole.

        A slot belongs to the period that contains its first day (a week: its Monday), so slots of
        neighbouring periods neither overlap nor leave gaps; the last may end after the period.
        With `today`, slots that begin after it are left out: nobody can have missed them yet.
        Raises BadPeriod for an unknown `each`, and for asof, which begins nowhere.
        """
        if self.start is None:
            raise self._pointed("不能分期", "has no slots")
        last = self.end if today is None else min(self.end, today)
        slot = Period.holding(each, self.start)
        if slot._first < self.start:
            slot = Period.holding(each, slot.end + _DAY)
        found = []
        while slot._first <= last:
            found.append(slot)
            slot = Period.holding(each, slot.end + _DAY)
        return found


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _en(day: date) -> str:
    return f"{day.day} {_EN_MONTHS[day.month - 1]} {day.year}"


_COMPARED = {"year_ago": ("同比", "year on year"), "previous": ("环比", "on the previous period")}


def compare_label_zh(kind: str) -> str:
    """同比 for `year_ago`, 环比 for `previous`: generated, never typed (house §5). Raises BadPeriod."""
    return _compared(kind)[0]


def compare_label_en(kind: str) -> str:
    """The English twin of compare_label_zh."""
    return _compared(kind)[1]


def _compared(kind: str) -> tuple[str, str]:
    if kind not in _COMPARED:
        what, mend = f"「{kind}」不是比较方式", "可写：year_ago（同比）、previous（环比）"
        raise BadPeriod(kind, what, mend, f"'{kind}' is not a comparison; write year_ago or previous")
    return _COMPARED[kind]
