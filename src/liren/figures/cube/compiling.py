"""Writes a definition of the closed algebra as SQL: conditions, rows, aggregates, cells of places and slots.

The text is the same for every engine but for what ``dialects`` says. It follows ``figures.filters`` and
``figures.counting`` line by line: conditions are two-valued, negation is pushed down to the single tests, so a NULL
never turns into a row. Values stand in the text as literals; they come from packs (linted) and scopes, and only
:meth:`Dialect.literal` writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from liren.figures.counting import measured_path, parsed
from liren.figures.filters import OPPOSITE, kept_value, rounded
from liren.figures.periods import Period
from liren.figures.sources import Path, Table
from liren.packs.conditions import Both, Condition, Not, Test
from liren.packs.figure_language import Figure
from liren.people.models import Person, Post
from liren.places.codes import after
from liren.places.models import Place, Unit

from .dialects import Dialect
from .shapes import firsts, is_step, relation

#: Verbs whose parts add up: a village's number is made of its grids', a stock's of its groups'.
ADDING = {
    "count": ("sum",),
    "sum": ("sum",),
    "average": ("sum", "sum"),
    "maximum": ("max",),
    "minimum": ("min",),
}


@dataclass(frozen=True)
class Rows:
    """The rows one source gives for a place and unit, in the words of one engine."""

    table: Table
    dialect: Dialect
    place: str = ""
    unit: int | None = None

    def column(self, orm: str) -> str:
        """A column by the path the live engine asks."""
        if orm.endswith("person__household"):
            return f"home.{self.dialect.named('household')}"
        if orm == "pk":
            orm = "code" if self.table.model is Place else "id"
        return f"t.{self.dialect.named(orm)}"

    def literal(self, value) -> str:
        return self.dialect.literal(value)

    def within(self, code: str) -> str:
        """Lies in a place; posts by their place or their unit's."""
        paths = ["place_id", "unit__place_id"] if self.table.model is Post else [self.table.place_path]
        one = self.literal(code), self.literal(after(code))
        return _any([f"{self.column(p)} >= {one[0]} AND {self.column(p)} < {one[1]}" for p in paths])

    def of_unit(self, unit: int) -> str:
        if self.table.model is Unit:
            return f"({self.column('id')} = {unit} OR {self.column('parent_id')} = {unit})"
        if self.table.model in (Place, Person):
            return "TRUE"
        return f"{self.column(f'{self.table.prefix}unit_id')} = {unit}"

    def source(self, spec: Figure | None = None, *more: str) -> str:
        """``FROM … WHERE …`` of the source: place, unit, condition, and what else is said."""
        where = [part for part in (*self._scope(), *more) if part != "TRUE"]
        if spec is not None and spec.where:
            where.append(self.condition(parsed(spec.where)))
        said = f" WHERE {' AND '.join(f'({part})' for part in where)}" if where else ""
        return f"FROM {self.dialect.named(relation(self.table.source))} t{self._joined(spec)}{said}"

    def _scope(self) -> list[str]:
        said = [self.within(self.place)] if self.place else []
        return [*said, self.of_unit(self.unit)] if self.unit is not None else said

    def _joined(self, spec: Figure | None) -> str:
        named = self.dialect.named
        said = ""
        if spec is not None and spec.distinct and spec.distinct.removeprefix("record.") == "household":
            path = self.table.path(spec.distinct).orm
            if path.endswith("person__household"):
                person = f"t.{named(path.removesuffix('__household') + '_id')}"
                said = f" LEFT JOIN {named('house__person')} home ON home.{named('id')} = {person}"
            else:
                said = f" LEFT JOIN {named('house__person')} home ON home.{named('id')} = t.{named('id')}"
        if spec is not None and any(is_step(self.table, name) for name in spec.between or ()):
            said += (
                f" LEFT JOIN {named(firsts(self.table.source))} f ON f.{named('record_id')} = t.{named('id')}"
            )
        return said

    # -- conditions -------------------------------------------------------------------------------------

    def condition(self, condition: Condition, wanted: bool = True) -> str:
        """A condition, or its opposite."""
        if isinstance(condition, Test):
            return self._test(condition, wanted)
        if isinstance(condition, Not):
            return self.condition(condition.part, not wanted)
        parts = [self.condition(part, wanted) for part in condition.parts]
        return _all(parts) if isinstance(condition, Both) == wanted else _any(parts)

    def _test(self, test: Test, wanted: bool) -> str:
        path, op = self.table.path(test.name), test.op
        if op in ("!=", "not in"):
            op, wanted = ("==" if op == "!=" else "in"), not wanted
        if op == "==":
            return self._equal(path, test.value, wanted)
        if op == "in":
            assert isinstance(test.value, tuple)
            parts = [self._equal(path, value, wanted) for value in test.value]
            return _any(parts) if wanted else _all(parts)
        column = self.column(path.orm)
        if wanted:
            return f"{column} {op} {self._bound(path, op, test.value)}"
        turned = OPPOSITE[op]
        return f"({column} IS NULL OR {column} {turned} {self._bound(path, turned, test.value)})"

    def _bound(self, path: Path, op: str, value) -> str:
        return self.literal(rounded(op, kept_value(path, value)))

    def _equal(self, path: Path, value, wanted: bool) -> str:
        column = self.column(path.orm)
        if value is None:
            return f"{column} IS {'' if wanted else 'NOT '}NULL"
        found = kept_value(path, value)
        if isinstance(found, Decimal):
            return "FALSE" if wanted else "TRUE"
        said = self.literal(found)
        return f"{column} = {said}" if wanted else f"({column} IS NULL OR {column} <> {said})"

    # -- moments ----------------------------------------------------------------------------------------

    def moment(self, spec: Figure) -> str | None:
        """The column that dates its rows; None where they are counted as they stand."""
        if spec.stood or (self.table.always_stock and not spec.dated):
            return None
        return self.table.dated(spec.dated)

    def standing(self, period: Period) -> str:
        """Standing at the end of a period: begun before it, not ended by then."""
        if self.table.standing_from_to is None:
            return "TRUE"
        end = self.literal(period.bounds()[1])
        begun, ended = (self.column(orm) for orm in self.table.standing_from_to)
        return f"({begun} IS NULL OR {begun} < {end}) AND ({ended} IS NULL OR {ended} >= {end})"

    def happened(self, orm: str, period: Period) -> str:
        start, end = period.bounds()
        said = f"{self.column(orm)} < {self.literal(end)}"
        return said if start is None else f"{self.column(orm)} >= {self.literal(start)} AND {said}"

    def selected(self, spec: Figure, period: Period) -> str:
        moment = self.moment(spec)
        return self.happened(moment, period) if moment else self.standing(period)

    def slot(self, column: str, ends: Sequence[datetime], *, missing: int | None = None) -> str:
        """The number of the first slot that ends after a moment, ``len(ends)`` where none does: asked in halves."""
        found = self._halved(column, ends, 0, len(ends))
        return found if missing is None else f"CASE WHEN {column} IS NULL THEN {missing} ELSE {found} END"

    def _halved(self, column: str, ends: Sequence[datetime], low: int, high: int) -> str:
        if low == high:
            return str(low)
        middle = (low + high) // 2
        said = f"CASE WHEN {column} < {self.literal(ends[middle])} THEN {self._halved(column, ends, low, middle)}"
        return f"{said} ELSE {self._halved(column, ends, middle + 1, high)} END"


@dataclass(frozen=True)
class Counted:
    """One counting figure in one wording, over the rows of a scope."""

    rows: Rows
    spec: Figure

    @cached_property
    def path(self) -> Path | None:
        return measured_path(self.rows.table, self.spec)

    @cached_property
    def verb(self) -> str:
        return self.spec.verb

    @cached_property
    def measured(self) -> str:
        return self.rows.column(self.path.orm) if self.path else ""

    @cached_property
    def only(self) -> str:
        """Which rows of its table count, whenever they happened."""
        return self.rows.condition(parsed(self.spec.where)) if self.spec.where else ""

    def aggregates(self, *more: str) -> list[str]:
        """The parts from which its value is made (see ADDING); ``more`` narrows its rows further."""
        said = {
            "count": ["count(*)"],
            "sum": [f"sum({self.measured})"],
            "average": [f"sum({self.measured})", f"count({self.measured})"],
            "maximum": [f"max({self.measured})"],
            "minimum": [f"min({self.measured})"],
        }[self.verb]
        only = [part for part in (self.only, *more) if part]
        return (
            [f"{one} FILTER (WHERE {' AND '.join(f'({p})' for p in only)})" for one in said] if only else said
        )

    def value(self, parts: Sequence) -> Decimal | None:
        """The value from its parts: unscaled, nought for an empty sum, None for an empty average."""
        verb, scale = self.verb, self.path.scale if self.path else 1
        first = parts[0] if parts else None
        if verb in ("count", "distinct"):
            return Decimal(int(first or 0))
        if verb == "average":
            count = parts[1] if parts else None
            return Decimal(int(first)) / int(count) / scale if first is not None and count else None
        if first is None:
            return Decimal(0) if verb == "sum" else None
        return Decimal(int(first)) / scale


def span(rows: Rows, spec: Figure, period: Period) -> str:
    """The statement of a duration: rows, sum, longest and shortest of what is measured, in whole units or micros."""
    first, last = (_told(rows, name) for name in spec.between or ())
    if spec.measured == "hours":
        length = rows.dialect.micros.format(first, last)
    else:
        days = [rows.dialect.day.format(one) for one in (first, last)]
        length = rows.dialect.days.format(*days) + (" + 1" if spec.measured == "full_days" else "")
        if spec.measured == "workdays":
            return _workdays(rows, spec, period, first, last)
    found = f"{first} IS NOT NULL AND {last} IS NOT NULL"
    told = rows.source(spec, rows.selected(spec, period), found)
    return f"SELECT count(*), sum({length}), max({length}), min({length}) {told}"


def _workdays(rows: Rows, spec: Figure, period: Period, first: str, last: str) -> str:
    """Working days are looked up: so many up to the last day, less so many up to the first."""
    named = rows.dialect.named
    day = rows.dialect.day.format
    found = f"{first} IS NOT NULL AND {last} IS NOT NULL"
    inner = (
        f"SELECT {day(first)} AS a, {day(last)} AS b {rows.source(spec, rows.selected(spec, period), found)}"
    )
    length, calendar = "(y.upto - x.upto)", named("house__calendar")
    return (
        f"SELECT count({length}), sum({length}), max({length}), min({length}) FROM ({inner}) d "
        f"LEFT JOIN {calendar} x ON x.day = d.a LEFT JOIN {calendar} y ON y.day = d.b"
    )


def _told(rows: Rows, name: str) -> str:
    if is_step(rows.table, name):
        return f"f.{rows.dialect.named(name)}"
    return rows.column(rows.table.path(name).orm)


def _all(parts: Sequence[str]) -> str:
    return " AND ".join(f"({part})" for part in parts)


def _any(parts: Sequence[str]) -> str:
    return " OR ".join(f"({part})" for part in parts)
