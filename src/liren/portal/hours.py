"""Opening hours as offices write them, read as far as they can be read: is it open now?

「周二至周日九时至十七时」「工作日和周六九时至十七时」「每天8点半至21点」「每天9点至17点，周一闭馆」.
What cannot be read whole is not guessed at: a door that we call open and is shut costs an old person a walk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from liren.packs.fields import CHINA

DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 6}
NUMBER = r"(?<![周期拜])(?:\d{1,2}|[零〇一二两三四五六七八九十]{1,3})"
CLOCK = rf"(?P<@h>{NUMBER})(?:[:：](?P<@c>\d\d)|[点时](?:(?P<@half>半)|(?P<@m>{NUMBER})分?)?)"
SPAN = re.compile(
    rf"(?:上午|下午|早上|晚上)?{CLOCK.replace('@', 'a')}[至到—–~-](?:上午|下午|晚上)?{CLOCK.replace('@', 'b')}"
)
DAY = r"(?:周|星期|礼拜)([一二三四五六日天末])"
RANGE = re.compile(rf"{DAY}[至到—–~-]{DAY}")
SINGLE = re.compile(DAY)
SHUT = re.compile(r"(?:闭馆|休息|不开放|闭门|停开)")
#: Words that say nothing about when.
FILL = re.compile(r"[，,、；;。和及与\s]|开放|开门|营业|其余时间|全天候?")


@dataclass(frozen=True)
class Hours:
    """Weekdays (0 Monday) on which it opens, whether only on working days, and the spans of a day in minutes."""

    weekdays: frozenset[int]
    workdays: bool
    shut: frozenset[int]
    spans: tuple[tuple[int, int], ...]

    def opens_on(self, day: date, is_workday: Callable[[date], bool]) -> bool:
        """Whether the door opens at all on a day."""
        if day.weekday() in self.shut:
            return False
        return day.weekday() in self.weekdays or (self.workdays and is_workday(day))

    def open_at(self, at: datetime, is_workday: Callable[[date], bool]) -> bool:
        """Whether the door is open at a moment, in the county's time."""
        here = timezone.localtime(at)
        minute = here.hour * 60 + here.minute
        return self.opens_on(here.date(), is_workday) and any(a <= minute < b for a, b in self.spans)

    def next_open(self, at: datetime, is_workday: Callable[[date], bool]) -> datetime | None:
        """When it opens next, within two weeks."""
        here = timezone.localtime(at)
        for days in range(15):
            day = here.date() + timedelta(days=days)
            if self.opens_on(day, is_workday):
                for start, _end in self.spans:
                    opens = datetime(day.year, day.month, day.day, start // 60, start % 60, tzinfo=CHINA)
                    if opens > here:
                        return opens
        return None


def read_hours(text: str) -> Hours | None:
    """Hours out of words; None where any of the words is not understood."""
    rest, spans = text, []
    for match in SPAN.finditer(text):
        start, end = _minute(match, "a"), _minute(match, "b")
        if start is None or end is None:
            return None
        if end <= start and ("下午" in match.group() or end + 720 > start):
            end += 720  # 「下午2点至5点」「8点至5点」: the second one is after noon
        if "下午" in match.group().split("至")[0] and start < 720:
            start += 720
            end = end if end > start else end + 720
        if not 0 <= start < end <= 1440:
            return None
        spans.append((start, end))
        rest = rest.replace(match.group(), "", 1)
    if not spans:
        return None
    return _days(rest, tuple(sorted(spans)))


def _days(rest: str, spans: tuple[tuple[int, int], ...]) -> Hours | None:
    """The days, out of what is left when the clock times are taken away."""
    shut: set[int] = set()
    for part in re.split(r"[，,；;。]", rest):
        if SHUT.search(part):
            found, left = _weekdays(SHUT.sub("", part))
            if not found or FILL.sub("", left):
                return None
            shut |= found
            rest = rest.replace(part, "", 1)
    weekdays, left = _weekdays(rest)
    workdays = "工作日" in left
    every = bool(re.search(r"每天|每日|天天|全年", left))
    left = FILL.sub("", re.sub(r"工作日|每天|每日|天天|全年", "", left))
    if left or not (weekdays or workdays or every or shut):
        return None
    everyday = every or (bool(shut) and not weekdays and not workdays)
    return Hours(frozenset(range(7)) if everyday else frozenset(weekdays), workdays, frozenset(shut), spans)


def _weekdays(text: str) -> tuple[set[int], str]:
    found: set[int] = set()
    for first, last in RANGE.findall(text):
        a, b = WEEKDAYS[first], WEEKDAYS[last]
        found |= {day % 7 for day in range(a, b + 1 if b >= a else b + 8)}
    text = RANGE.sub("", text)
    for day in SINGLE.findall(text):
        found |= {5, 6} if day == "末" else {WEEKDAYS[day]}
    return found, SINGLE.sub("", text)


def _minute(match: re.Match[str], end: str) -> int | None:
    hour = _number(match[f"{end}h"])
    minute = 30 if match[f"{end}half"] else _number(match[f"{end}m"] or match[f"{end}c"] or "0")
    if hour is None or minute is None or hour > 24 or minute > 59:
        return None
    return hour * 60 + minute


def _number(text: str) -> int | None:
    """十七 → 17, 三十 → 30, 08 → 8."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.partition("十")
    if not ten:
        return DIGITS.get(text) if len(text) == 1 else None
    return (DIGITS.get(tens, 1 if not tens else 99)) * 10 + (DIGITS.get(ones, 0) if ones else 0)
