"""A figure over time, slot by slot: each slot's rows are found by an index and counted where they lie.

Told apart while they pass, as in ``figures.together``, all rows of the span are compared with the slots' ends and
sorted, which costs five times as much. The words of so long a question are written once; afterwards only place and days
travel.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

from django.db.models import Q, QuerySet, Value

from liren.database.prepared import Prepared, kept
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import Figure
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
    if any(_wordings(one, slots) > 1 for one in (entry, *parts)) or not all(
        can_break(part) for part in parts
    ):
        return None
    told = [(part.spec.in_force(scope.period.end)[0], part.pack.pack) for part in parts]
    source = table(told[0][0].reads, told[0][1])
    moment = source.dated(told[0][0].dated) or ""
    if not all(_alike(source, moment, spec, pack) for spec, pack in told):
        return None
    specs = [spec for spec, _pack in told]
    found = _asked([part.id for part in parts], source, moment, specs, scope, slots)
    number = {part.id: at for at, part in enumerate(parts)}

    def value(leaf: str, slot: int) -> Decimal | None:
        spec = specs[number[leaf]]
        raw = found[slot][number[leaf]] if slot in found else None
        return natural(raw, spec.verb, measured_path(source, spec))

    return [(slot, valued(entry, slot.end, partial(value, slot=at))) for at, slot in enumerate(slots)]


def _wordings(entry: FigureEntry, slots: Sequence[Period]) -> int:
    return len({entry.spec.in_force(slot.end)[1] for slot in slots})


def _asked(
    names: Sequence[str],
    source: Table,
    moment: str,
    specs: Sequence[Figure],
    scope: Scope,
    slots: Sequence[Period],
) -> dict[int, list[Any]]:
    """Number of the slot → a value of each figure as the database tells it; slots without a row are left out."""
    spread = source.is_spread(scope.place, moment)

    def write(low: str, _high: str, unit: int, *ends: datetime) -> QuerySet:
        within = source.spread(low) if spread else source.within(low)
        rows = source.rows().filter(within & (source.of_unit(unit) if scope.unit else Q()))
        return _slices(rows, source, moment, specs, ends)

    last = Period("range", slots[-1].start, min(slots[-1].end, scope.period.end))
    ends = [*(slot.bounds()[0] for slot in slots), last.bounds()[1]]
    kinds = (str, str, int, *[datetime] * len(ends))
    # The wording in force is the one at the last slot's end: which it is, belongs to the key.
    versions = tuple(catalogue().figures[name].spec.in_force(scope.period.end)[1] for name in names)
    key = ("slots", *names, versions, len(slots), spread, bool(scope.unit))
    asked = kept(catalogue().derived, key, lambda: Prepared(write, *kinds, may_lack=True))
    told = asked(scope.place, after(scope.place), scope.unit or 0, *ends)
    return {at: values for _kind, at, *values in told}


def _alike(source: Table, moment: str, spec: Figure, pack: str) -> bool:
    """Whether a figure reads these records by this moment."""
    own = table(spec.reads, pack)
    stock = spec.stood or (own.always_stock and not spec.dated)
    return (
        own.model is Record and own.source == source.source and not stock and own.dated(spec.dated) == moment
    )


def _slices(
    rows: QuerySet, source: Table, moment: str, specs: Sequence[Figure], ends: Sequence[datetime]
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
