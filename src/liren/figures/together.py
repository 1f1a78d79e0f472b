"""Many figures of one place at once: those that read the same rows are answered by one query.

A board shows thirty numbers for three periods; asked one by one they would be a hundred queries. What is
counted here is what :func:`figures.queries.compute` counts, and a test holds both equal for every figure
of every shipped pack. Figures that no aggregate answers (coverage, named lists, durations, readings, sums
of numbers kept as JSON) are computed one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Substr

from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import Figure, operands
from liren.places.models import LEVELS
from liren.refusals import Refusal

from .breakdown import can_break
from .counting import (
    aggregation,
    happened,
    is_short,
    measured_path,
    met,
    named_values,
    natural,
    parsed,
    selected,
    standing,
)
from .filters import compile_condition
from .periods import Period
from .queries import compute, divided
from .scope import Evidence, Result, Scope
from .series import Series
from .sources import Table, table

#: (figure id, group) → value; the group is a scope, a place code or a slot.
Values = dict[tuple[str, Any], Decimal | None]


@dataclass(frozen=True)
class _Asked:
    """One counted figure in one wording, for one scope."""

    entry: FigureEntry
    spec: Figure
    version: str
    scope: Scope

    @cached_property
    def table(self) -> Table:
        return table(self.spec.reads, self.entry.pack.pack)

    @cached_property
    def moment(self) -> str:
        """The path of the moment that dates its rows; empty where they are counted as they stand."""
        if self.spec.stood or (self.table.always_stock and not self.spec.dated):
            return ""
        return self.table.dated(self.spec.dated) or ""

    @cached_property
    def condition(self) -> Q:
        return compile_condition(parsed(self.spec.where), self.table) if self.spec.where else Q()

    @property
    def only(self) -> Q:
        """Which rows of its table count."""
        period = self.scope.period
        return self.condition & (
            happened(self.moment, period) if self.moment else standing(self.table, period)
        )

    def aggregate(self, only: Q):
        return aggregation(self.spec.verb, measured_path(self.table, self.spec), only or None)

    def value(self, raw) -> Decimal | None:
        return natural(raw, self.spec.verb, measured_path(self.table, self.spec))

    @cached_property
    def named(self) -> tuple:
        """The values it counts, where its definition names them."""
        return named_values(self.table, self.spec)

    def result(self, value: Decimal | None, there: bool = True) -> Result:
        """The result with its evidence; its rows are asked for only when somebody opens it.

        ``there``: whether it may have any.
        """
        rows = selected(self.table, self.spec, self.scope)
        rows = rows if there else rows.none()
        measured = measured_path(self.table, self.spec)
        evidence = Evidence(self.spec.verb, rows, self.table, measured)
        return Result(self.entry, self.scope, value, evidence, self.version)


def computed(entries: Iterable[FigureEntry], scopes: Sequence[Scope]) -> dict[tuple[str, Scope], Result]:
    """``compute`` for every figure and scope; all scopes are of one place and unit.

    One query for each table and each moment that dates its rows, however many figures and periods. What
    cannot be computed for a scope (coverage by month at a point in time) is left out.
    """
    entries = list(entries)
    asked = [_asked(leaf, scope) for scope in scopes for leaf in leaves(entries, scope) if can_break(leaf)]
    known = {(one.entry.id, one.scope): result for one, result in _told_by_name(asked)}
    for batch in _batches(one for one in asked if (one.entry.id, one.scope) not in known):
        if len(batch) == 1:
            continue  # with its condition among those that find the rows, it is the quicker
        named = {f"n{at}": one.aggregate(one.only) for at, one in enumerate(batch)}
        found = _rows(batch).order_by().aggregate(**named)
        for at, one in enumerate(batch):
            known[one.entry.id, one.scope] = one.result(one.value(found[f"n{at}"]))

    def result(entry: FigureEntry, scope: Scope) -> Result:
        """Raises Refusal: cannot_compute."""
        if (entry.id, scope) not in known:
            spec, version = entry.spec.in_force(scope.period.end)
            known[entry.id, scope] = (
                divided(entry, spec, version, scope, part=result) if spec.ratio else compute(entry, scope)
            )
        return known[entry.id, scope]

    told = {}
    for scope in scopes:
        for entry in entries:
            with suppress(Refusal):
                told[entry.id, scope] = result(entry, scope)
    return told


def _told_by_name(asked: Sequence[_Asked]) -> Iterator[tuple[_Asked, Result]]:
    """Those that count which of some named values there are: one query for all of one table, period and column."""
    alike: dict[tuple, list[_Asked]] = {}
    for one in asked:
        if one.named and one.moment:
            path = measured_path(one.table, one.spec)
            alike.setdefault((one.table.source, one.moment, one.scope, path), []).append(one)
    for (_source, _moment, _scope, path), some in alike.items():
        if len(some) < 2:
            continue
        either = Q()
        for one in some:
            either |= one.condition
        known = met(_rows(some).filter(either), path, {value for one in some for value in one.named})
        for one in some:
            found = known.intersection(one.named)
            yield one, one.result(Decimal(len(found)), bool(found))


def by_place(entries: Iterable[FigureEntry], scope: Scope) -> dict[str, dict[str, Decimal | None]]:
    """Figure → code of a place directly below → value; only figures that the database can group.

    What lies at the scope's own place and at none below it stands under that place's own code.
    """
    entries = [entry for entry in entries if can_break(entry)]
    longer = [length for length in sorted(LEVELS) if length > len(scope.place)]
    if not longer:
        return {}
    found: Values = {}
    counted = [_asked(leaf, scope) for leaf in leaves(entries, scope)]
    nothing = {one.entry.id: one.value(None) for one in counted}  # where no row of its table lies
    for batch in _batches(counted):
        key = Substr(batch[0].table.place_path, 1, longer[0])
        for code, values in _grouped(batch, key).items():
            if code:
                found |= {(one.entry.id, code): values[at] for at, one in enumerate(batch)}
    codes = sorted({code for _figure, code in found})
    end = scope.period.end

    def value(entry: FigureEntry, code: str) -> Decimal | None:
        return valued(entry, end, lambda leaf: found.get((leaf, code), nothing[leaf]))

    return {entry.id: {code: value(entry, code) for code in codes} for entry in entries}


def over_time(entries: Iterable[FigureEntry], scope: Scope, slots: Sequence[Period]) -> dict[str, Series]:
    """Figure → its value in each slot up to the scope's end (``figures.series.slots_up_to``)."""
    entries = [entry for entry in entries if can_break(entry)]
    single = {leaf.id: leaf for slot in slots for leaf in leaves(entries, Scope(scope.place, slot))}
    parts = [part for leaf in single.values() for part in _parts(leaf, scope, slots)]
    found: Values = {}
    slots_of = {id(one): same for one, same in parts}
    for batch in _batches(one for one, _same in parts):
        found |= (_happened if batch[0].moment else _stood)(batch, slots_of, slots, scope)

    def value(entry: FigureEntry, slot: Period) -> Decimal | None:
        return valued(entry, slot.end, lambda leaf: found.get((leaf, slot)))

    return {entry.id: [(slot, value(entry, slot)) for slot in slots] for entry in entries}


# -- parts ----------------------------------------------------------------------------------------------


def _asked(entry: FigureEntry, scope: Scope) -> _Asked:
    return _Asked(entry, *entry.spec.in_force(scope.period.end), scope)


def leaves(entries: Iterable[FigureEntry], scope: Scope) -> list[FigureEntry]:
    """The figures that are not divided, among them and below them, each once."""
    found: dict[str, FigureEntry] = {}
    waiting = list(entries)
    while waiting:
        entry = waiting.pop(0)
        spec, _version = entry.spec.in_force(scope.period.end)
        if spec.ratio:
            waiting += _operands(entry, spec)
        else:
            found.setdefault(entry.id, entry)
    return list(found.values())


def _operands(entry: FigureEntry, spec: Figure) -> list[FigureEntry]:
    names = operands(spec.ratio or "")
    return [catalogue().figures[catalogue().figure_id(name, entry.pack.pack)] for name in names]


def valued(entry: FigureEntry, day, known: Callable[[str], Decimal | None]) -> Decimal | None:
    """The value of a figure whose leaves are known: a leaf itself, or numerator over denominator."""
    spec, _version = entry.spec.in_force(day)
    if not spec.ratio:
        return known(entry.id)
    over, under = (valued(part, day, known) for part in _operands(entry, spec))
    factor = 100 if spec.unit == "%" else 1
    return over / under * factor if over is not None and under else None


def _batches(asked: Iterable[_Asked]) -> Iterator[list[_Asked]]:
    """Those that read the same rows by the same moment, together."""
    found: dict[tuple, list[_Asked]] = {}
    for one in asked:
        found.setdefault((one.table.source, one.moment), []).append(one)
    yield from found.values()


def _rows(batch: Sequence[_Asked]) -> QuerySet:
    """The rows of a batch: table, place, unit, and the span of all its periods."""
    first = batch[0]
    short = all(is_short(one.scope) for one in batch)
    rows = first.table.inside(first.scope.place, dated=first.moment, short=short)
    if first.scope.unit is not None:
        rows = rows.filter(first.table.of_unit(first.scope.unit))
    if not first.moment:
        return rows
    starts = [one.scope.period.bounds()[0] for one in batch]
    last = max(one.scope.period.bounds()[1] for one in batch)
    rows = rows.filter(**{f"{first.moment}__lt": last})
    known = [start for start in starts if start is not None]
    return rows.filter(**{f"{first.moment}__gte": min(known)}) if len(known) == len(starts) else rows


def _grouped(batch: Sequence[_Asked], key) -> dict[Any, dict[int, Decimal | None]]:
    """One grouped query: group → number of the asking in the batch → value."""
    # The rows are those of the span already: where all share it, their day need not be looked at again.
    alone = batch[0].moment and len({one.scope.period for one in batch}) == 1
    named = {f"n{at}": one.aggregate(one.condition if alone else one.only) for at, one in enumerate(batch)}
    rows = _rows(batch).order_by().annotate(group=key).values("group").annotate(**named)
    return {row["group"]: {at: one.value(row[f"n{at}"]) for at, one in enumerate(batch)} for row in rows}


# -- over time ------------------------------------------------------------------------------------------


def _parts(leaf: FigureEntry, scope: Scope, slots: Sequence[Period]) -> Iterator[tuple[_Asked, list[Period]]]:
    """The slots in runs of one wording, each run as one asking; the last reaches to the scope's end."""
    for _version, run in groupby(slots, key=lambda slot: leaf.spec.in_force(slot.end)[1]):
        same = list(run)
        span = Period("range", same[0].start, min(same[-1].end, scope.period.end))
        whole = Scope(scope.place, span, scope.unit)
        yield _Asked(leaf, *leaf.spec.in_force(same[-1].end), whole), same


def _happened(batch, slots_of, slots: Sequence[Period], _scope: Scope) -> Values:
    """What happened in each slot: one query grouped by slot."""
    # The first end that lies after a row ends its slot.
    ends = (When(**{f"{batch[0].moment}__lt": s.bounds()[1]}, then=Value(at)) for at, s in enumerate(slots))
    found: Values = {}
    told = _grouped(batch, Case(*ends, output_field=IntegerField()))
    for at, one in enumerate(batch):
        empty = one.value(None)
        for number, slot in enumerate(slots):
            if slot in slots_of[id(one)]:
                found[one.entry.id, slot] = told.get(number, {}).get(at, empty)
    return found


def _stood(batch, slots_of, _slots: Sequence[Period], scope: Scope) -> Values:
    """A stock at the end of every slot: each slot is a filtered aggregate of its own, all in one query."""
    named: dict[str, Any] = {}
    meant: dict[str, tuple[_Asked, Period]] = {}
    for one in batch:
        for slot in slots_of[id(one)]:
            point = slot if slot.end <= scope.period.end else scope.period.at_end()
            name = f"n{len(named)}"
            named[name] = one.aggregate(one.condition & standing(one.table, point))
            meant[name] = (one, slot)
    found = _rows(batch).order_by().aggregate(**named)
    return {(one.entry.id, slot): one.value(found[name]) for name, (one, slot) in meant.items()}
