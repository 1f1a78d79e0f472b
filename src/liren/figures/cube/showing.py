"""The cube as rows: every figure of some, for a place and all places below, slot by slot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from liren.figures.breakdown import can_break
from liren.figures.periods import Period
from liren.figures.printing import plain
from liren.packs.catalogue import FigureEntry
from liren.places.models import LEVELS
from liren.refusals import Refusal

from .asking import Asked, cells, parts_of, statement
from .choosing import engine
from .storing import DuckEngine


def _asked(place: str, period: Period) -> Asked:
    lengths = tuple(length for length in sorted(LEVELS) if len(place) <= length < max(LEVELS))
    slots = [period] if period.start is None else period.slots("month")
    return Asked(place, slots, lengths=lengths)


def _engine() -> DuckEngine:
    found = engine()
    if found is None:
        raise Refusal("setup", reason=_("没有列式文件；先安装 liren[figures]，再运行 liren cube refresh"))
    return found


def wide(entries: Sequence[FigureEntry], place: str, period: Period) -> list[dict[str, Any]]:
    """One row a figure, place and month: figure, place, period, value (text; null where there is none)."""
    asked = _asked(place, period)
    counting = [entry for entry in entries if can_break(entry)]
    found = cells(_engine(), counting, asked)
    spec = {entry.id: entry.spec for entry in counting}
    return [
        {
            "figure": figure,
            "place": str(code),
            "period": asked.slots[at].text,
            "value": None if value is None else plain(value, spec[figure].decimals),
        }
        for (figure, code, at), value in sorted(found.items(), key=str)
    ]


def statements(entries: Sequence[FigureEntry], place: str, period: Period) -> list[str]:
    """What is asked of DuckDB for it."""
    asked, held = _asked(place, period), _engine()
    parts = sorted(
        parts_of(held, [entry for entry in entries if can_break(entry)], asked), key=lambda p: str(p.batch)
    )
    return [statement(list(batch), asked) for _key, batch in groupby(parts, key=lambda part: part.batch)]
