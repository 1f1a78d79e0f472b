"""How a record stands, in the words of the page: its limit, its state, minutes as hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext

from liren.packs.language import Kind
from liren.places.calendar import WorkCalendar
from liren.places.limits import Limit, remaining
from liren.records.flow import state_title
from liren.records.models import Record
from liren.records.values import value_of

SOON = timedelta(hours=24)


def english() -> bool:
    """Whether the page speaks English."""
    return (get_language() or "").startswith("en")


def limit(record: Record, spec: Kind, at: datetime, calendar: WorkCalendar) -> dict[str, Any] | None:
    """`{words, level, due, provisional}` of the limit that runs: 还剩 3 工作时; None where none runs.

    Level is `late`, `soon` (within a day) or empty; the words say it too.
    """
    if record.due is None or record.closed is not None:
        return None
    left = remaining(at, record.due, _unit(record, spec), calendar)
    level = "late" if left.overdue else "soon" if record.due - at < SOON else ""
    text = left.text_en if english() else left.text_zh
    return {"words": text, "level": level, "due": record.due, "provisional": left.provisional}


def _unit(record: Record, spec: Kind) -> str:
    """The unit in which the limit of the record's state is told; natural hours where the pack no longer has one."""
    state = spec.states.get(record.state)
    within = state.within if state else None
    if within is None:
        return "h"
    text = (
        within if isinstance(within, str) else within.limits.get(str(value_of(spec, record, within.by)), "4h")
    )
    return Limit.parse(text).unit


def state(record: Record, spec: Kind) -> str:
    """The title of the record's state, from its pack."""
    return state_title(spec, record.state)


def record_url(number: str) -> str:
    """The page of a record on the workbench."""
    return reverse("workbench:record", args=[number])


def hours(minutes: int) -> str:
    """`90` → 1.5 小时; rounded down to a tenth, so that nobody has served more than they did."""
    tenths = minutes // 6
    told = f"{tenths // 10:,}" if tenths % 10 == 0 else f"{tenths // 10:,}.{tenths % 10}"
    return ngettext("%(n)s 小时", "%(n)s 小时", 1 if told == "1" else 2) % {"n": told}


def minutes(count: int) -> str:
    """`90` → 90 分钟."""
    return ngettext("%(n)s 分钟", "%(n)s 分钟", count) % {"n": f"{count:,}"}
