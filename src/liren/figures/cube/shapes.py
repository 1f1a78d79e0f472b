"""Which columns the figures in force read, of which tables: only these leave the database.

A table of the cube is a source of figures (``grid_case.event``, ``grid_case.event.attendance``, ``person``). Its
columns are named by the path the live engine asks (``closed``, ``record__category``, ``data__outcome``), so both
engines read one definition. Private fields are no names a figure may read, so they have no column here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import BooleanField, DateTimeField, IntegerField

from liren.figures.counting import parsed
from liren.figures.sources import Table
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.conditions import Both, Condition, Test, tests
from liren.packs.figure_language import Figure, operands
from liren.packs.sources import Source

BIG, TEXT, FLAG, MOMENT = "BIGINT", "VARCHAR", "BOOLEAN", "TIMESTAMP"
#: Shared columns by which the explorer breaks a figure down, where a kind declares them as choices.
CHOICES = ("category", "level", "source")
#: What else a list is asked by: a post by its unit's place, a unit by the unit above it.
_MORE = {"post": ("unit__place_id", "unit_id", "person_id"), "unit": ("parent_id",)}


@dataclass
class Shape:
    """One table of the cube: its columns (path → type) and the steps whose first act durations ask for."""

    source: Source
    columns: dict[str, str] = field(default_factory=dict)
    verbs: set[str] = field(default_factory=set)
    #: Of acts: which verbs are counted at all; None for every one.
    only: set[str] | None = field(default_factory=set)

    @property
    def name(self) -> str:
        return relation(self.source)

    @cached_property
    def table(self) -> Table:
        return Table(self.source)

    @property
    def digest(self) -> str:
        """Changes when another column is wanted."""
        told = f"{sorted(self.columns.items())}{sorted(self.verbs)}{self.only and sorted(self.only)}"
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def add(self, orm: str) -> None:
        """One more column; a household is looked up in the list of persons when it is asked for."""
        if orm.endswith("person__household"):
            orm = orm.removesuffix("__household") + "_id"
        self.columns.setdefault(orm, type_of(self.table, orm))


def relation(source: Source) -> str:
    """The name of a source's table: also of its file."""
    if source.kind is None:
        return f"house__{source.part}"
    return str(source).replace(".", "__")


def firsts(source: Source) -> str:
    """The table of first acts of a kind's records."""
    return f"{relation(source)}__firsts"


def type_of(table: Table, orm: str) -> str:
    """The type of a column: of ``data`` by the field's, else by the database's own."""
    bare = orm.removeprefix(table.prefix)
    if bare.startswith("data__"):
        assert table.kind is not None
        declared = table.kind.fields.get(bare.removeprefix("data__"))
        kept = declared.type if declared else "text"
        return {"integer": BIG, "number": BIG, "money": BIG, "flag": FLAG}.get(kept, TEXT)
    model = table.model
    parts = orm.split("__")
    for part in parts[:-1]:
        model = model._meta.get_field(part).related_model  # type: ignore[assignment]
    name = parts[-1]
    known = (
        model._meta.pk if name == "pk" else next(f for f in model._meta.concrete_fields if f.attname == name)
    )
    assert known is not None
    while known.is_relation:
        known = known.target_field  # type: ignore[attr-defined]
    for kind, type_ in ((BooleanField, FLAG), (DateTimeField, MOMENT), (IntegerField, BIG)):
        if isinstance(known, kind):
            return type_
    return TEXT


def shapes(entries: Iterable[FigureEntry] | None = None) -> dict[str, Shape]:
    """Every table that figures read (those in force, unless told others), by name."""
    found: dict[str, Shape] = {}
    entries = list(catalogue().figures.values() if entries is None else entries)
    for entry in entries:
        for source, names, spec in _read(entry):
            shape = found.get(relation(source))
            if shape is None:
                shape = found[relation(source)] = _begun(source)
            _widen(shape, names, spec)
    for shape in list(found.values()):
        if shape.source.part and shape.source.kind:  # parts are joined to their records when they are written
            whole = Source(shape.source.kind, None)
            record = found.setdefault(relation(whole), _begun(whole))
            for orm in shape.columns:
                if orm.startswith("record__"):
                    record.add(orm.removeprefix("record__"))
    if any((entry.spec.distinct or "").endswith("household") for entry in entries):
        persons = found.setdefault("house__person", _begun(Source(None, "person")))
        persons.columns["household"] = TEXT
    return dict(sorted(found.items()))


def _begun(source: Source) -> Shape:
    """What every table of its sort has: key, place, unit, the moments that date and end it."""
    shape = Shape(source)
    table = shape.table
    shape.add("code" if source.part == "place" and source.kind is None else "id")
    shape.add(table.place_path if table.source != Source(None, "person") else "place_id")
    if source.kind is None:
        for orm in table.standing_from_to or ():
            shape.add(orm)
        for orm in _MORE.get(source.part or "", ()):
            shape.add(orm)
        return shape
    if source.part:
        shape.add("record_id")
    shape.add(f"{table.prefix}unit_id")
    if moment := table.dated(None):
        shape.add(moment)
    if source.part is None:
        shape.add("state")
        assert table.kind is not None
        for name in CHOICES:
            declared = table.kind.fields.get(name)
            if declared and declared.choices and not declared.private:
                shape.add(table.path(name).orm)
    return shape


def _read(entry: FigureEntry) -> Iterator[tuple[Source, set[str], Figure | None]]:
    """The sources a figure reads, with the names it reads there, in every wording it ever had."""
    spec, pack = entry.spec, entry.pack.pack
    if spec.source:
        wheres = [spec.where, *(version.where for version in spec.versions)]
        names = _names(wheres) | {n for n in (spec.measured_name, spec.dated) if n}
        if spec.by and spec.over:
            names.add(spec.by)
        yield catalogue().source(spec.source, pack), names, spec
    if spec.over:
        yield catalogue().source(spec.over, pack), _names([spec.over_where]) | {spec.by or "place"}, None
    if spec.listed:
        for leaf in _counted(catalogue().figure_id(spec.listed, pack)):
            yield catalogue().source(leaf.spec.reads, leaf.pack.pack), {spec.by or "place"}, leaf.spec


def _counted(figure: str) -> Iterator[FigureEntry]:
    """The figure itself, or those it divides, in every wording."""
    entry = catalogue().figures[figure]
    ratios = {ratio for ratio in (entry.spec.ratio, *(v.ratio for v in entry.spec.versions)) if ratio}
    if not ratios:
        yield entry
    for name in {name for ratio in ratios for name in operands(ratio)}:
        yield from _counted(catalogue().figure_id(name, entry.pack.pack))


def _names(wheres: Iterable[str | None]) -> set[str]:
    return {test.name for where in wheres if where for test in tests(parsed(where))}


def _widen(shape: Shape, names: Iterable[str], spec: Figure | None) -> None:
    table = shape.table
    for name in names:
        if not _is_itself(table, name):
            shape.add(table.path(name).orm)
    if spec is None or spec.stood:
        for orm in table.standing_from_to or ():
            shape.add(orm)
    if spec is None:
        return
    for name in spec.between or ():
        if is_step(table, name):
            shape.verbs.add(name)
        else:
            shape.add(table.path(name).orm)
    if shape.source.part == "acts":
        _narrow(shape, spec)


def _narrow(shape: Shape, spec: Figure) -> None:
    """Acts that no figure counts stay where they are: of twenty million, those of one verb."""
    for where in {spec.where, *(version.where for version in spec.versions)}:
        verbs = _verbs(parsed(where)) if where else None
        if verbs is None or shape.only is None:
            shape.only = None
        else:
            shape.only |= verbs


def _verbs(condition: Condition) -> set[str] | None:
    """The verbs a condition is confined to; None where it is not."""
    if isinstance(condition, Test) and condition.name == "verb" and condition.op in ("==", "in"):
        values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        return {str(value) for value in values}
    if isinstance(condition, Both):
        return next((found for part in condition.parts if (found := _verbs(part)) is not None), None)
    return None


def is_step(table: Table, name: str) -> bool:
    """Whether a moment of a duration is a step (its first act), not a column."""
    return table.kind is not None and (name in table.kind.steps or name == "open")


def _is_itself(table: Table, name: str) -> bool:
    """A list of places told by place, of persons by person: the member is the row's own key."""
    return table.source.kind is None and table.source.part == name


def member(table: Table, by: str) -> str:
    """The column that names whom a row of a list, or a doing, is told of."""
    if _is_itself(table, by):
        return "code" if by == "place" else "id"
    return table.path(by).orm
