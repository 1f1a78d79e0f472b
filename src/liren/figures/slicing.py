"""A figure over time, slot by slot: each slot's rows are found by an index and counted where they lie.

Told apart while they pass, as in ``figures.series``, all rows of the span are compared with the slots' ends and sorted,
which costs five times as much. The words of so long a question are written once; afterwards only place and days travel.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import Q, QuerySet, Value

from liren.database.prepared import Prepared, kept
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.places.codes import after
from liren.records.models import Record

from .breakdown import can_break
from .counting import aggregation, measured_path, natural, parsed
from .filters import compile_condition
from .periods import Period
from .scope import Scope
from .series import Series
from .sources import Table, table
from .together import leaves, valued


def sliced(entry: FigureEntry, scope: Scope, slots: Sequence[Period]) -> Series | None:
    """The figure in slots that follow one another, the last up to the scope's end.

    None where it is not counted so: by parts of records, as a stock, or by another wording in one of the slots.
    """
    parts = leaves([entry], scope)
    told = [part.spec.in_force(scope.period.end) for part in parts]
    known = [one for part in [entry, *parts] for one in {part.spec.in_force(slot.end)[1] for slot in slots}]
    if len(known) > len(parts) + 1 or not all(can_break(part) for part in parts):
        return None
    source = table(told[0][0].reads, parts[0].pack.pack)
    moment = source.dated(told[0][0].dated) or ""
    if not all(
        _alike(source, moment, part, spec) for part, (spec, _version) in zip(parts, told, strict=True)
    ):
        return None
    below = scope.place if source.is_spread(scope.place, moment) else ""
    key = (
        "slots",
        *((p.id, v) for p, (_, v) in zip(parts, told, strict=True)),
        len(slots),
        bool(below),
        bool(scope.unit),
    )

    def write(low: str, _high: str, unit: int, *ends: datetime) -> QuerySet:
        within = source.spread(low) if below else source.within(low)
        rows = source.rows().filter(within & (source.of_unit(unit) if scope.unit else Q()))
        return _slices(rows, source, moment, [spec for spec, _version in told], ends)

    last = Period("range", slots[-1].start, min(slots[-1].end, scope.period.end))
    ends = [*(slot.bounds()[0] for slot in slots), last.bounds()[1]]
    kinds = (str, str, int, *[datetime] * len(ends))
    asked = kept(catalogue().derived, key, lambda: Prepared(write, *kinds, may_lack=True))
    found = {
        at: values for _kind, at, *values in asked(scope.place, after(scope.place), scope.unit or 0, *ends)
    }

    def value(leaf: str, slot: int) -> Any:
        number = next(n for n, part in enumerate(parts) if part.id == leaf)
        spec = told[number][0]
        raw = found[slot][number] if slot in found else None
        return natural(raw, spec.verb, measured_path(source, spec))

    return [
        (slot, valued(entry, slot.end, lambda leaf, at=at: value(leaf, at)))  # type: ignore[misc]
        for at, slot in enumerate(slots)
    ]


def _alike(source: Table, moment: str, part: FigureEntry, spec: Any) -> bool:
    """Whether a figure reads these records by this moment."""
    own = table(spec.reads, part.pack.pack)
    stock = spec.stood or (own.always_stock and not spec.dated)
    return (
        own.model is Record and own.source == source.source and not stock and own.dated(spec.dated) == moment
    )


def _slices(
    rows: QuerySet, source: Table, moment: str, specs: Sequence[Any], ends: Sequence[datetime]
) -> QuerySet:
    """Kind, number of the slot, and a value for each of the specs."""
    only = [compile_condition(parsed(spec.where), source) if spec.where else Q() for spec in specs]
    either = Q(*only, _connector=Q.OR) if all(only) else Q()
    named = {
        f"n{at}": aggregation(spec.verb, measured_path(source, spec), one or None)
        for at, (spec, one) in enumerate(zip(specs, only, strict=True))
    }
    made = [
        rows.filter(either, **{f"{moment}__gte": start, f"{moment}__lt": end})
        .order_by()
        .values_list("kind")
        .annotate(slot=Value(at), **named)
        for at, (start, end) in enumerate(pairwise(ends))
    ]
    return made[0].union(*made[1:], all=True)
