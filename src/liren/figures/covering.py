"""Cadence and coverage: which of the expected did it in every slot they should have.

The expected are members of a list (``over``) or, without one, the body itself; the slots are the
months, weeks, quarters … of the period that have begun. The value is doings found over doings
expected; each is a cell of the evidence.
"""

from collections import Counter
from decimal import Decimal

from liren.clock import today
from liren.packs.catalogue import FigureEntry
from liren.packs.fields import CHINA
from liren.packs.figure_language import Figure

from .counting import parsed, selected, standing
from .filters import compile_condition
from .periods import Period
from .scope import Cell, Evidence, Scope
from .sources import Table, table


def covered(entry: FigureEntry, spec: Figure, scope: Scope) -> tuple[Decimal | None, Evidence]:
    """Value (None when nothing was expected) and the cells that prove it."""
    source = table(spec.reads, entry.pack.pack)
    slots: list[Period | None] = [None]
    if spec.each:
        slots = list(scope.period.slots(spec.each, today()))
    members = expected(entry, spec, scope) if spec.over else [None]
    rows = selected(source, spec, scope)
    done = _done(source, spec, rows, slots, members)
    cells = [Cell(slot, member, done[i, member]) for i, slot in enumerate(slots) for member in members]
    evidence = Evidence("cells", rows, source, None, cells=cells)
    if not cells:
        return None, evidence
    hit = sum(1 for cell in cells if cell.done >= spec.at_least)
    return Decimal(hit) / len(cells) * (100 if spec.unit == "%" else 1), evidence


def expected(entry: FigureEntry, spec: Figure, scope: Scope) -> list:
    """The list that should do it: place codes, unit ids or person ids, in order."""
    list_ = table(spec.over or "", entry.pack.pack)
    rows = list_.rows().filter(list_.within(scope.place))
    if list_.kind is None or spec.over != spec.covered:
        rows = rows.filter(standing(list_, scope.period))
    if spec.over_where:
        rows = rows.filter(compile_condition(parsed(spec.over_where), list_))
    path = _member_path(list_, spec.by or "")
    return sorted({m for m in rows.order_by().values_list(path, flat=True) if m is not None})


def _member_path(source: Table, by: str) -> str:
    name = source.model.__name__
    if by == "place" and name == "Place":
        return "code"
    if name.lower() == by:
        return "pk"
    return source.path(by).orm


def _done(source: Table, spec: Figure, rows, slots: list[Period | None], members: list) -> Counter:
    """How often each (slot index, member) was done; one query."""
    moment = source.dated(spec.dated) if spec.each else None
    member = _member_path(source, spec.by or "") if spec.over else None
    columns = [name for name in (moment, member) if name]
    lengths = sorted({len(m) for m in members}) if spec.by == "place" else []
    known = set(members)
    done: Counter = Counter()
    if not columns:
        done[0, None] = rows.count()
        return done
    for values in rows.order_by().values_list(*columns).iterator(chunk_size=5000):
        at = values[0] if moment else None
        who = values[-1] if member else None
        index = _slot(slots, at) if moment else 0
        if lengths and who is not None:
            # A doing in a grid counts for its village: the member whose code contains the place.
            who = next((who[:n] for n in lengths if who[:n] in known), None)
        if index is not None and (who in known or not member):
            done[index, who] += 1
    return done


def _slot(slots: list, moment) -> int | None:
    if moment is None:
        return None
    day = moment.astimezone(CHINA).date()
    low, high = 0, len(slots) - 1
    while low <= high:
        middle = (low + high) // 2
        if slots[middle].contains(day):
            return middle
        if day < slots[middle].start:
            high = middle - 1
        else:
            low = middle + 1
    return None
