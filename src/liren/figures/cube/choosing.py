"""When a page may take its numbers from the columnar files: for wide tables over many rows, and never in secret.

Tiles, single figures and all evidence stay with the live engine. Who takes numbers from here also gets the moment
they are of, and says it. Where anything is amiss (nothing installed, nothing written, files of yesterday, a
definition that reads another column, a viewer who does not oversee the place), the answer is None: ask live.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection

from liren.clock import now
from liren.figures.breakdown import Group, can_break, grouped, named
from liren.figures.periods import Period
from liren.figures.scope import Scope
from liren.figures.series import Series, slots_up_to
from liren.figures.slicing import sliced
from liren.figures.together import by_place as live_by_place
from liren.figures.together import over_time as live_over_time
from liren.packs.catalogue import FigureEntry
from liren.people.visibility import Viewer, oversees
from liren.places.models import LEVELS

from .asking import Asked, cells, groups, sources
from .moving import present
from .shapes import relation, shapes
from .storing import DuckEngine, Store, all_shapes

#: Older files are not asked: a tick that stopped must not leave boards standing still.
STALE = timedelta(hours=26)


@dataclass(frozen=True)
class Answer:
    """An engine that may answer, and of when its numbers are."""

    engine: DuckEngine
    at: datetime


_held: dict[str, tuple[int, DuckEngine]] = {}
_lock = threading.Lock()


def engine(store: Store | None = None) -> DuckEngine | None:
    """DuckDB over the files in force, kept for the process until there are others; None where there are none."""
    if not present():
        return None
    store = store or Store()
    with _lock:
        stamp, key = store.stamp(), str(store.folder)
        if key not in _held or _held[key][0] != stamp:
            state = store.state()
            if state is None:
                _held.pop(key, None)
                return None
            _held[key] = stamp, DuckEngine(store, state, all_shapes(shapes()))
        return _held[key][1]


def answer(entries: Iterable[FigureEntry], scope: Scope, viewer: Viewer) -> Answer | None:
    """Who may answer a wide question about these figures; None: ask live."""
    least = settings.LIREN_CUBE_ROWS
    found = engine() if least else None
    if found is None or now() - found.state.moment > STALE:
        return None
    asked = sources(entries, scope)
    if not oversees(viewer, [source.kind for source in asked if source.kind], scope.place):
        return None
    wanted = shapes()
    parts = {name: found.state.tables.get(name) for name in map(relation, asked)}
    if any(part is None or part.shape != wanted[name].digest for name, part in parts.items()):
        return None
    rows = sum(part.rows for part in parts.values() if part is not None)
    return Answer(found, found.state.moment) if rows >= least else None


def by_place(
    entries: Iterable[FigureEntry], scope: Scope, viewer: Viewer
) -> tuple[dict[str, dict[str, Decimal | None]], datetime | None]:
    """As ``figures.together.by_place``, and the moment the numbers are of (None: of now)."""
    entries = [entry for entry in entries if can_break(entry)]
    longer = [length for length in sorted(LEVELS) if length > len(scope.place)]
    held = answer(entries, scope, viewer) if longer and entries else None
    if held is None:
        return live_by_place(entries, scope), None
    asked = Asked(scope.place, [scope.period], scope.unit, lengths=(longer[0],), own=True)
    found = cells(held.engine, entries, asked)
    codes = sorted({str(code) for _figure, code, _at in found})
    return {e.id: {code: found[e.id, code, 0] for code in codes} for e in entries}, held.at


def over_time(
    entries: Iterable[FigureEntry], scope: Scope, slots: Sequence[Period], viewer: Viewer
) -> tuple[dict[str, Series], datetime | None]:
    """As ``figures.together.over_time``, and the moment the numbers are of (None: of now)."""
    entries = [entry for entry in entries if can_break(entry)]
    held = answer(entries, scope, viewer) if entries else None
    if held is None:
        return live_over_time(entries, scope, slots), None
    asked = Asked(scope.place, slots, scope.unit, until=scope.period.end)
    found = cells(held.engine, entries, asked)
    return {
        e.id: [(slot, found.get((e.id, scope.place, at), _empty(e))) for at, slot in enumerate(slots)]
        for e in entries
    }, held.at


def _empty(entry: FigureEntry) -> Decimal | None:
    """The value where there is not one row."""
    return Decimal(0) if entry.spec.verb in ("count", "sum", "distinct") else None


def line(entry: FigureEntry, scope: Scope, viewer: Viewer) -> tuple[Series, datetime | None]:
    """The figure over time up to the scope's end, and the moment the numbers are of (None: of now)."""
    if not can_break(entry) or answer([entry], scope, viewer) is None:
        return live_line(entry, scope), None
    found, at = over_time([entry], scope, slots_up_to(scope.period), viewer)
    return found[entry.id], at


def live_line(entry: FigureEntry, scope: Scope) -> Series:
    """The figure per month (per quarter for a quarter) up to the scope's end, oldest first.

    Slot by slot where it can be, the parts of a share in one walk otherwise. PostgreSQL tells slots apart by hashing
    them, and would set workers to so many small questions.
    """
    if not can_break(entry):
        return []
    slots = slots_up_to(scope.period)
    found = sliced(entry, scope, slots) if connection.vendor == "sqlite" else None
    return found or live_over_time([entry], scope, slots)[entry.id]


def broken_down(
    entry: FigureEntry, scope: Scope, by: str, viewer: Viewer
) -> tuple[list[Group], datetime | None]:
    """As ``figures.breakdown.grouped``, and the moment the numbers are of (None: of now)."""
    held = answer([entry], scope, viewer) if can_break(entry) else None
    if held is None:
        return grouped(entry, scope, by), None
    return named(entry, scope, by, groups(held.engine, entry, scope, by)), held.at
