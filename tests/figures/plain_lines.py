"""A figure over time by the plainest question: one query a wording, each row told its slot. What lines are held against."""

from decimal import Decimal
from itertools import groupby

from django.db.models import Case, IntegerField, Value, When

from liren.figures.breakdown import can_break
from liren.figures.counting import aggregation, conditioned, measured_path, natural, selected, standing
from liren.figures.periods import Period
from liren.figures.scope import Scope
from liren.figures.series import Series, slots_up_to
from liren.figures.sources import Table, table
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import Figure, operands


def series(entry: FigureEntry, scope: Scope) -> Series:
    """The figure per month (per quarter for a quarter) up to the scope's end, oldest first.

    Empty for what the database cannot group. The last point reaches to the scope's end.
    """
    if not can_break(entry):
        return []
    slots = slots_up_to(scope.period)
    return list(zip(slots, _values(entry, scope, slots), strict=True))


def _values(entry: FigureEntry, scope: Scope, slots: list[Period]) -> list[Decimal | None]:
    """One value a slot, each by the wording in force at its end: one query for every wording."""
    found: list[Decimal | None] = []
    for _, part in groupby(slots, key=lambda slot: entry.spec.in_force(slot.end)[1]):
        same = list(part)
        spec, _ = entry.spec.in_force(same[-1].end)
        end = min(same[-1].end, scope.period.end)
        whole = Scope(scope.place, Period("range", same[0].start, end), scope.unit)
        found += _divided(entry, spec, whole, same) if spec.ratio else _counted(entry, spec, whole, same)
    return found


def _divided(entry: FigureEntry, spec: Figure, whole: Scope, slots: list[Period]) -> list[Decimal | None]:
    figures, pack = catalogue().figures, entry.pack.pack
    over, under = (figures[catalogue().figure_id(name, pack)] for name in operands(spec.ratio or ""))
    above, below = _values(over, whole, slots), _values(under, whole, slots)
    factor = 100 if spec.unit == "%" else 1
    return [a / b * factor if a is not None and b else None for a, b in zip(above, below, strict=True)]


def _counted(entry: FigureEntry, spec: Figure, whole: Scope, slots: list[Period]) -> list[Decimal | None]:
    source = table(spec.reads, entry.pack.pack)
    if spec.stood or (source.always_stock and not spec.dated):
        return _stood(source, spec, whole, slots)
    moment = source.dated(spec.dated)
    if moment is None:
        return [None] * len(slots)
    measured = measured_path(source, spec)
    # The rows are those of the whole span, so the first end that lies after a row ends its slot.
    ends = (When(**{f"{moment}__lt": slot.bounds()[1]}, then=Value(at)) for at, slot in enumerate(slots))
    rows = selected(source, spec, whole).order_by().annotate(slot=Case(*ends, output_field=IntegerField()))
    found = dict(rows.values_list("slot").annotate(value=aggregation(spec.verb, measured)))
    empty = Decimal(0) if spec.verb in ("count", "sum", "distinct") else None
    return [natural(found[at], spec.verb, measured) if at in found else empty for at in range(len(slots))]


def _stood(source: Table, spec: Figure, whole: Scope, slots: list[Period]) -> list[Decimal | None]:
    """A stock at the end of every slot, in one query: each slot is a filtered aggregate of its own."""
    measured = measured_path(source, spec)
    rows = conditioned(source, spec, whole).order_by()
    points = [slot if slot.end <= whole.period.end else whole.period.at_end() for slot in slots]
    ends = {
        f"slot{at}": aggregation(spec.verb, measured, standing(source, point))
        for at, point in enumerate(points)
    }
    found = rows.aggregate(**ends)
    return [natural(found[name], spec.verb, measured) for name in ends]
