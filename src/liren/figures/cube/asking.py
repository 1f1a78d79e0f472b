"""Answers with the columnar engine: cells of places and slots, and any single figure.

:func:`cells` is the wide question (figures × places × slots), a statement or two for each table whatever their
number; :func:`value` computes one figure of any verb as ``figures.queries.compute`` does, for the tests that hold the
engines equal and for provinces. External readings are no rows to count: they stay with the live engine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, Protocol

from liren.clock import today
from liren.figures.breakdown import Group
from liren.figures.counting import parsed
from liren.figures.periods import Period
from liren.figures.queries import ranked
from liren.figures.scope import Scope
from liren.figures.sources import table
from liren.figures.together import leaves, valued
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import Figure, operands
from liren.packs.sources import Source
from liren.places.models import LEVELS

from .compiling import ADDING, Counted, Rows, span
from .dialects import Dialect
from .shapes import member, relation

#: (figure, group, number of the slot) → value; the group is a place code or what a column holds.
Cells = dict[tuple[str, Any, int], Decimal | None]


class Engine(Protocol):
    """Somebody who answers statements: DuckDB over a county's files, Spark over a province's."""

    dialect: Dialect

    def rows(self, statement: str) -> list[tuple]:
        """All rows of an answer."""
        ...


@dataclass(frozen=True)
class Asked:
    """What is asked: which place (everything in it), unit, slots one after the other, and in which groups.

    ``lengths``: places by the length of their codes (6 county, 9 town, 12 village, 15 grid). ``by``: instead, the
    column whose values are the groups. ``own``: what lies above a level stands under its own code, as boards have it.
    ``until``: the last slot is counted up to this day, though its wording is that of its own end.
    """

    place: str
    slots: Sequence[Period]
    unit: int | None = None
    lengths: tuple[int, ...] = ()
    by: str = ""
    own: bool = False
    until: date | None = None

    @property
    def ends(self) -> list[datetime]:
        return [self.cut(slot).bounds()[1] for slot in self.slots]

    @property
    def span(self) -> Period:
        """From the first slot's beginning to the end of the last."""
        return Period("range", self.slots[0].start, self.cut(self.slots[-1]).end)

    def cut(self, slot: Period) -> Period:
        if self.until is None or slot.end <= self.until:
            return slot
        return Period("range", slot.start, self.until)


@dataclass(frozen=True)
class _Part:
    """One counted figure in the wording of a run of slots (``low`` up to but without ``high``)."""

    figure: str
    counted: Counted
    low: int
    high: int

    @property
    def batch(self) -> tuple:
        """What one statement can answer together."""
        alone = self.figure if self.counted.verb == "distinct" else ""
        return relation(self.counted.rows.table.source), self.counted.rows.moment(self.counted.spec), alone

    @property
    def width(self) -> int:
        """How many columns of an answer are its own."""
        return 1 if self.counted.verb == "distinct" else len(ADDING[self.counted.verb])


def cells(engine: Engine, entries: Iterable[FigureEntry], asked: Asked) -> Cells:
    """The value of every figure in every group that has any row, for every slot."""
    entries = list(entries)
    found: Cells = {}
    nothing: dict[tuple[str, int], Decimal | None] = {}
    parts = list(parts_of(engine, entries, asked))
    for part in parts:
        nothing |= {(part.figure, at): part.counted.value(()) for at in range(part.low, part.high)}
    for _key, batch in groupby(sorted(parts, key=lambda p: str(p.batch)), key=lambda p: p.batch):
        found |= _answered(engine, list(batch), asked)
    groups = sorted({group for _figure, group, _at in found}, key=str)
    if all(not entry.spec.ratio for entry in entries):
        told: Cells = {}
        for name in [entry.id for entry in entries]:
            missing = [nothing.get((name, at)) for at in range(len(asked.slots))]
            for group in groups:
                for at, none in enumerate(missing):
                    cell = (name, group, at)
                    told[cell] = found.get(cell, none)
        return told

    def known(at: int, group) -> Callable[[str], Decimal | None]:
        return lambda leaf: found.get((leaf, group, at), nothing.get((leaf, at)))

    return {
        (entry.id, group, at): valued(entry, slot.end, known(at, group))
        for entry in entries
        for at, slot in enumerate(asked.slots)
        for group in groups
    }


def parts_of(engine: Engine, entries: list[FigureEntry], asked: Asked) -> Iterator[_Part]:
    single: dict[str, FigureEntry] = {}
    for slot in asked.slots:
        single |= {leaf.id: leaf for leaf in leaves(entries, Scope(asked.place, slot))}
    for leaf in single.values():
        wordings = [leaf.spec.in_force(slot.end) for slot in asked.slots]
        for _version, run in groupby(range(len(wordings)), key=lambda at: wordings[at][1]):
            same = list(run)
            spec, _ = wordings[same[-1]]
            rows = Rows(table(spec.reads, leaf.pack.pack), engine.dialect, asked.place, asked.unit)
            yield _Part(leaf.id, Counted(rows, spec), same[0], same[-1] + 1)


def _answered(engine: Engine, batch: list[_Part], asked: Asked) -> Cells:
    """One statement for a batch: cells of its rows, rolled up to the groups asked for."""
    found: Cells = {}
    nowhere = (None, "") if asked.by or asked.lengths else (None,)
    rows = [row for row in engine.rows(statement(batch, asked)) if row[0] not in nowhere]
    position = 2
    for part in batch:
        own, position = slice(position, position + part.width), position + part.width
        figure, low, high, known = part.figure, part.low, part.high, dict[tuple, Decimal | None]()
        for row in rows:
            at, said = row[1], row[own]
            if said not in known:  # most cells are one of few small numbers
                known[said] = part.counted.value(said)
            if low <= at < high:
                found[figure, row[0], at] = known[said]
    return found


def statement(batch: Sequence[_Part], asked: Asked) -> str:
    """The statement of parts that read the same rows by the same moment."""
    first = batch[0].counted
    stock = first.rows.moment(first.spec) is None
    distinct = first.verb == "distinct"
    inner = _distinct(batch[0], asked) if distinct else _adding(batch, asked)
    adding = ["n0"] if distinct else [
        f"{how}(n{at})" for at, how in enumerate(how for part in batch for how in ADDING[part.counted.verb])
    ]  # fmt: skip
    slots = ", ".join(f"({at})" for at in range(len(asked.slots)))
    joined = f" JOIN (VALUES {slots}) v(i) ON c.b <= v.i AND v.i < c.e" if stock else ""
    number = "v.i" if stock else "c.b"
    lengths = asked.lengths or (0,)
    rolled = []
    for length in lengths:
        key = f"substr(c.k, 1, {length})" if length and length != max(lengths) else "c.k"
        kept = f" WHERE length(c.k) >= {length}" if length and not asked.own else ""
        # Cells of one level hold each value once in a slot; above, or over time, it may come again.
        whole = distinct and key == "c.k" and not stock
        said = ["count(*)"] if whole else ["count(DISTINCT c.n0)"] if distinct else adding
        rolled.append(f"SELECT {key}, {number}, {', '.join(said)} FROM cells c{joined}{kept} GROUP BY 1, 2")
    return f"WITH cells AS ({inner}) " + " UNION ALL ".join(rolled)


def _adding(batch: Sequence[_Part], asked: Asked) -> str:
    said = [one for part in batch for one in part.counted.aggregates(*_in_run(part, asked))]
    named = ", ".join(f"{one} AS n{at}" for at, one in enumerate(said))
    group, only = _cell(batch[0], asked)
    return f"SELECT {group}, {named} {batch[0].counted.rows.source(None, *only)} GROUP BY 1, 2, 3"


def _distinct(part: _Part, asked: Asked) -> str:
    counted = part.counted
    group, only = _cell(part, asked)
    told = f"{counted.measured} IS NOT NULL"
    if counted.path is not None and counted.path.type == "text":
        told += f" AND {counted.measured} <> ''"
    rows = counted.rows.source(counted.spec, *only, *_in_run(part, asked), told)
    return f"SELECT DISTINCT {group}, {counted.measured} AS n0 {rows}"


def _in_run(part: _Part, asked: Asked) -> list[str]:
    """The rows of the slots in which this wording is in force, where there are several wordings."""
    moment = part.counted.rows.moment(part.counted.spec)
    if moment is None or (part.low == 0 and part.high == len(asked.slots)):
        return []
    start = asked.slots[part.low].start if part.low else None
    return [part.counted.rows.happened(moment, Period("range", start, asked.slots[part.high - 1].end))]


def _cell(part: _Part, asked: Asked) -> tuple[str, list[str]]:
    """Group and slots of a row (``k``, ``b`` up to but without ``e``), and which rows are asked at all."""
    rows, count = part.counted.rows, len(asked.slots)
    key = _key(rows, asked)
    moment = rows.moment(part.counted.spec)
    if moment is not None:
        only = [rows.happened(moment, asked.span)]
        slot = rows.slot(rows.column(moment), asked.ends[:-1])
        return f"{key} AS k, {slot} AS b, 0 AS e", only
    if rows.table.standing_from_to is None:
        return f"{key} AS k, 0 AS b, {count} AS e", []
    begun, ended = (rows.column(orm) for orm in rows.table.standing_from_to)
    if count == 1:
        return f"{key} AS k, 0 AS b, 1 AS e", [rows.standing(asked.cut(asked.slots[0]))]
    first, last = (rows.literal(asked.ends[at]) for at in (0, -1))
    only = [f"({begun} IS NULL OR {begun} < {last}) AND ({ended} IS NULL OR {ended} >= {first})"]
    b, e = rows.slot(begun, asked.ends, missing=0), rows.slot(ended, asked.ends, missing=count)
    return f"{key} AS k, {b} AS b, {e} AS e", only


def _key(rows: Rows, asked: Asked) -> str:
    if asked.by:
        return rows.column(rows.table.path(asked.by).orm)
    if not asked.lengths or max(asked.lengths) <= len(asked.place):
        return rows.literal(asked.place)
    return f"substr({rows.column(rows.table.place_path)}, 1, {max(asked.lengths)})"


# -- one figure -----------------------------------------------------------------------------------------


class NotColumnar(LookupError):
    """A figure that the columnar engine does not know: an external reading."""


def value(engine: Engine, entry: FigureEntry, scope: Scope) -> Decimal | None:
    """The value of one figure. Raises NotColumnar for readings."""
    spec, _version = entry.spec.in_force(scope.period.end)
    if spec.ratio:
        names = (catalogue().figure_id(name, entry.pack.pack) for name in operands(spec.ratio))
        over, under = (value(engine, catalogue().figures[name], scope) for name in names)
        return over / under * (100 if spec.unit == "%" else 1) if over is not None and under else None
    if spec.between:
        return _lasted(engine, entry, spec, scope)
    if spec.covered:
        return _covered(engine, entry, spec, scope)
    if spec.listed:
        return Decimal(len(ranked(entry, spec, scope, lambda *said: groups(engine, *said))))
    if spec.reading:
        raise NotColumnar(entry.id)
    found = cells(engine, [entry], Asked(scope.place, [scope.period], scope.unit))
    return found.get((entry.id, scope.place, 0), Counted(_rows(engine, entry, spec, scope), spec).value(()))


def _rows(engine: Engine, entry: FigureEntry, spec: Figure, scope: Scope) -> Rows:
    return Rows(table(spec.reads, entry.pack.pack), engine.dialect, scope.place, scope.unit)


def groups(engine: Engine, entry: FigureEntry, scope: Scope, by: str) -> list[Group]:
    """A figure broken down by the places below, or by a column: as ``figures.breakdown.grouped``, without names."""
    asked = Asked(scope.place, [scope.period], scope.unit, by=by)
    if by == "place":
        longer = [length for length in sorted(LEVELS) if length > len(scope.place)]
        if not longer:
            return []
        asked = Asked(scope.place, [scope.period], scope.unit, lengths=(longer[0],), own=True)
    spec, _ = entry.spec.in_force(scope.period.end)
    if not spec.ratio:
        found = cells(engine, [entry], asked)
        return [Group(key, str(key), found[entry.id, key, 0]) for _figure, key, _at in found]
    over, under = (
        catalogue().figures[catalogue().figure_id(name, entry.pack.pack)] for name in operands(spec.ratio)
    )
    above = {group.key: group.value for group in groups(engine, over, scope, by)}
    factor = 100 if spec.unit == "%" else 1
    told = []
    for group in groups(engine, under, scope, by):
        part = above.get(group.key, Decimal(0))
        share = part / group.value * factor if group.value and part is not None else None
        told.append(Group(group.key, group.name, share))
    return told


def _lasted(engine: Engine, entry: FigureEntry, spec: Figure, scope: Scope) -> Decimal | None:
    ((count, total, most, least),) = engine.rows(span(_rows(engine, entry, spec, scope), spec, scope.period))
    if not count or total is None:
        return None
    scale = 3_600_000_000 if spec.measured == "hours" else 1
    whole = {"sum": total, "average": total, "maximum": most, "minimum": least}[spec.take]
    return Decimal(int(whole)) / scale / (int(count) if spec.take == "average" else 1)


def _covered(engine: Engine, entry: FigureEntry, spec: Figure, scope: Scope) -> Decimal | None:
    slots = scope.period.slots(spec.each, today()) if spec.each else []
    members = _members(engine, entry, spec, scope) if spec.over else [None]
    done = _done(engine, entry, spec, scope, slots, members)
    count = len(members) * (len(slots) if spec.each else 1)
    if not count:
        return None
    hit = sum(1 for times in done.values() if times >= spec.at_least) if spec.at_least > 0 else count
    return Decimal(hit) / count * (100 if spec.unit == "%" else 1)


def _members(engine: Engine, entry: FigureEntry, spec: Figure, scope: Scope) -> list:
    """Who is expected: see ``figures.covering.expected``."""
    rows = Rows(table(spec.over or "", entry.pack.pack), engine.dialect, scope.place)
    only = [rows.standing(scope.period)] if rows.table.kind is None or spec.over != spec.covered else []
    if spec.over_where:
        only.append(rows.condition(parsed(spec.over_where)))
    column = rows.column(member(rows.table, spec.by or ""))
    found = engine.rows(f"SELECT DISTINCT {column} {rows.source(None, *only)}")
    return sorted(one for (one,) in found if one is not None)


def _done(
    engine: Engine, entry: FigureEntry, spec: Figure, scope: Scope, slots: list[Period], members: list
) -> Counter:
    """How often each (slot, member) was done: grouped there, matched to the members here."""
    rows = _rows(engine, entry, spec, scope)
    moment = rows.table.dated(spec.dated) if spec.each else None
    if spec.each and not slots:
        return Counter()
    only, slot = [rows.selected(spec, scope.period)], "0"
    if moment:
        only.append(rows.happened(moment, Period("range", slots[0].start, slots[-1].end)))
        slot = rows.slot(rows.column(moment), [one.bounds()[1] for one in slots[:-1]])
    column = rows.column(member(rows.table, spec.by or "")) if spec.over else "0"
    done: Counter = Counter()
    known, lengths = (
        set(members),
        sorted({len(m) for m in members}) if spec.by == "place" and spec.over else [],
    )
    for at, who, times in engine.rows(
        f"SELECT {slot}, {column}, count(*) {rows.source(spec, *only)} GROUP BY 1, 2"
    ):
        if not spec.over:
            who = None
        elif lengths and who is not None:
            who = next((who[:n] for n in lengths if who[:n] in known), None)
        if who in known:
            done[at, who] += times
    return done


def sources(entries: Iterable[FigureEntry], scope: Scope) -> set[Source]:
    """The tables that figures rest on."""
    found: dict[str, Source] = defaultdict()
    for leaf in leaves(entries, scope):
        if leaf.spec.source:
            source = catalogue().source(leaf.spec.source, leaf.pack.pack)
            found[relation(source)] = source
    return set(found.values())
