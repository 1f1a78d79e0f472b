"""Tables out: the records of a kind, or a list of the house, row by row in pages.

Titles are those an import reads, so an exported file can be imported into an empty house: names stand
beside their codes. Private values are masked, void records left out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from liren.figures.models import Reading
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.fields import CHINA, COLUMNS
from liren.packs.sources import column_of
from liren.people.models import Person, Post
from liren.people.private import mask, unseal
from liren.places.codes import parents, within
from liren.places.models import Place, Unit
from liren.places.queries import names_of_places, path_of
from liren.records.models import Record
from liren.records.values import field_type, natural_value, value_of
from liren.refusals import Refusal

from .lists import LISTS, PLACE_KINDS, Persons, Places, Posts, Units
from .numbers import Readings
from .records import MASK, Records
from .sheet_writing import Value

PAGE = 2000
#: Places whose names are asked for at once: with those around them fewer than the parameters any SQLite takes.
_TOGETHER = 200
_REFERENCES = ("unit", "handler", "person")
#: Shared columns a table shows only where a record uses them; place and date are always shown.
_OPTIONAL = ("title", "unit", "handler", "person", "quantity", "money", "starts", "ends")


@dataclass
class Names:
    """Paths and names already looked up in this run."""

    places: dict[str, str] = field(default_factory=dict)
    persons: dict[int, str] = field(default_factory=dict)

    def place(self, code: str) -> str:
        """The path of a place; its code where nobody knows it any more."""
        if code not in self.places:
            found = Place.objects.filter(code=code).first()
            self.places[code] = path_of(found) if found else code
        return self.places[code]

    def learn(self, codes: Iterable[str]) -> None:
        """Look the paths of many places up at once."""
        new = sorted(set(codes) - self.places.keys())
        for start in range(0, len(new), _TOGETHER):
            part = new[start : start + _TOGETHER]
            asked = {*part, *(above for code in part for above in parents(code)[1:])}
            names = names_of_places(asked)
            for code in part:
                above = [names[one] for one in parents(code)[1:] if one in names]
                self.places[code] = "/".join([*above, names[code]]) if code in names else code

    def person(self, pk: int) -> str:
        """What an import finds a person by: the natural key, else the name."""
        if pk not in self.persons:
            found = Person.objects.filter(pk=pk).values_list("code", "name").first()
            self.persons[pk] = (found[0] or found[1]) if found else str(pk)
        return self.persons[pk]


@dataclass(frozen=True)
class Column:
    """A column going out: its title, and its value for a record (private values already masked)."""

    title: str
    value: Callable[[Record, dict[str, str]], Value]


@dataclass
class RecordTable:
    """The records of a kind in a place and a span of time, ready to be written.

    ``bounds``: from (included, None for the beginning) and until (left out), by the moment that dates
    the kind: ``starts`` of activities, else ``opened``.
    """

    entry: KindEntry
    place: str | None = None
    bounds: tuple[datetime | None, datetime] | None = None
    #: The records themselves where somebody else chose them (a list on a page); place and bounds are not asked then.
    chosen: QuerySet[Record] | None = None
    names: Names = field(default_factory=Names)
    #: Numbers of records whose private part does not open with the key that is here.
    sealed: list[str] = field(default_factory=list)

    def records(self) -> QuerySet[Record]:
        """The records wanted; without void ones, unless those were chosen."""
        if self.chosen is not None:
            return self.chosen
        rows = Record.objects.filter(kind=self.entry.id).exclude(state="void")
        if self.place:
            rows = rows.filter(within(self.place))
        if self.bounds:
            dated = "starts" if self.entry.spec.shape == "activity" else "opened"
            after, before = self.bounds
            rows = rows.filter(**{f"{dated}__lt": before})
            rows = rows.filter(**{f"{dated}__gte": after}) if after else rows
        return rows

    def columns(self) -> list[Column]:
        """Number, state, declared fields in their order, then the shared columns in use."""
        spec = self.entry.spec
        kernel = Records.kernel_titles(spec)
        found = [
            Column(kernel["编号"], lambda record, _: record.number),
            Column(kernel["状态"], lambda record, _: _state(spec, record)),
        ]
        kept = {column_of(spec, key) for key in spec.fields}
        for key in (*spec.fields, *(key for key in COLUMNS if key not in kept and self._in_use(key))):
            found += self._columns_of(key)
        if spec.shape == "matter":
            found += [
                Column(kernel["期限"], lambda record, _: record.due),
                Column(kernel["办结"], lambda record, _: record.closed),
                Column(kernel["逾期次数"], lambda record, _: record.late_count),
            ]
        return found

    def _in_use(self, key: str) -> bool:
        if key in ("place", "opened"):
            return True
        if key not in _OPTIONAL:
            return False
        rows = self.records()
        return (
            rows.exclude(title="") if key == "title" else rows.filter(**{f"{key}__isnull": False})
        ).exists()

    def _columns_of(self, key: str) -> list[Column]:
        spec = self.entry.spec
        declared = spec.fields.get(key)
        title = declared.title if declared else COLUMNS[key].title
        column = column_of(spec, key)
        if declared is not None and declared.private:
            return [Column(title, lambda _, private: private.get(key))]
        if column == "place":
            named = Column(title, lambda record, _: self.names.place(record.place_id))
            return [named, *self._exact("place", lambda record: record.place_id)]
        if column in _REFERENCES:
            named = Column(title, lambda record, _: getattr(getattr(record, column), "name", None))
            return [
                named,
                *self._exact(column, lambda record: getattr(getattr(record, column), "code", None)),
            ]
        return [Column(title, lambda record, _: self._shown(record, key))]

    def _exact(self, name: str, value: Callable[[Record], str | None]) -> list[Column]:
        """The column that says by code what a column of names may leave open."""
        exact = Records.exact_titles(self.entry.spec)
        titles = [title for title, column in exact.items() if column == name]
        return [Column(title, lambda record, _: value(record)) for title in titles]

    def _shown(self, record: Record, key: str) -> Value:
        spec = self.entry.spec
        stored, kind = value_of(spec, record, key), field_type(spec, key)
        if stored is None:
            return None
        if kind in ("choice", "choices"):
            choices = spec.fields[key].choices
            keys = stored if isinstance(stored, list) else [stored]
            return "、".join(choices.get(one) or str(one) for one in keys)
        if kind == "flag":
            return "是" if stored else "否"
        if kind == "person":
            return self.names.person(stored)
        if kind in ("date", "datetime"):
            return _moment(stored, kind)
        return natural_value(spec, stored, key)

    def rows(self, columns: Sequence[Column]) -> Iterator[list[Value]]:
        """Rows in the order in which the records came about, one page at a time.

        Pages go on after the last (opened, id): an index serves that, whatever the page; and a record
        entered meanwhile moves none of them.
        """
        wanted = self.records().select_related(*_REFERENCES).order_by("opened", "pk")
        page = list(wanted[:PAGE])
        while page:
            self.names.learn(record.place_id for record in page)
            for record in page:
                private = self._masked(record)
                yield [column.value(record, private) for column in columns]
            if len(page) < PAGE:
                return
            last = page[-1]
            later = Q(opened__gt=last.opened) | Q(opened=last.opened, pk__gt=last.pk)
            page = list(wanted.filter(later, opened__gte=last.opened)[:PAGE])

    def _masked(self, record: Record) -> dict[str, str]:
        if not record.secret:
            return {}
        try:
            return {key: mask(value) for key, value in unseal(record.secret, record.number).items()}
        except Refusal:  # the key is not here; the table is still wanted
            self.sealed.append(record.number)
            return {key: MASK for key, spec in self.entry.spec.fields.items() if spec.private}


def _state(spec, record: Record) -> str:
    return spec.states[record.state].title if record.state in spec.states else record.state


def _moment(stored: Any, kind: str) -> Value:
    if kind == "date":
        return stored.astimezone(CHINA).date() if isinstance(stored, datetime) else date.fromisoformat(stored)
    return stored if isinstance(stored, datetime) else datetime.fromisoformat(stored)


# -- lists of the house -------------------------------------------------------------------------------


@dataclass
class ListTable:
    """A list of the house (``place``, ``unit``, ``person``, ``post``, ``reading:FIGURE``), ready to be written."""

    word: str
    place: str | None = None
    names: Names = field(default_factory=Names)

    def titles(self) -> list[str]:
        """The titles of the list, as an import reads them."""
        return [column.titles[0] for column in self._register().columns]

    def rows(self) -> Iterator[list[Value]]:
        """Rows in the order of their keys."""
        keys = [column.key for column in self._register().columns]
        told, rows = self._told()
        for row in rows.iterator(chunk_size=PAGE):
            values = told(row)
            yield [values.get(key) for key in keys]

    def _register(self):
        return Readings if self.word.startswith("reading:") else LISTS[self.word]

    def _told(self) -> tuple[Callable[[Any], dict[str, Value]], QuerySet]:
        register = self._register()
        if register is Places:
            return _place, self._inside(Place.objects.order_by("code"), "code")
        if register is Units:
            return _unit, self._inside(Unit.objects.select_related("parent").order_by("code"))
        if register is Persons:
            return _person, self._inside(Person.objects.order_by("pk"))
        if register is Posts:
            either = self._within() | self._within("unit__place_id") if self.place else Q()
            return self._post, Post.objects.filter(either).select_related("unit").order_by("pk")
        figure = Readings(self.word.removeprefix("reading:"), by=None, place=None).entry.id
        rows = Reading.objects.filter(figure=figure, replaced_by__isnull=True).select_related("unit")
        return _reading, self._inside(rows.order_by("pk"))

    def _within(self, path: str = "place_id") -> Q:
        return within(self.place or "", path)

    def _inside(self, rows: QuerySet, path: str = "place_id") -> QuerySet:
        return rows.filter(self._within(path)) if self.place else rows

    def _post(self, row: Post) -> dict[str, Value]:
        return {
            "person": self.names.person(row.person_id),
            "role": catalogue().roles.get(row.role, row.role),
            "unit": row.unit.code if row.unit else None,
            "place": row.place_id,
            "starts": row.starts,
            "ends": row.ends,
        }


def _place(row: Place) -> dict[str, Value]:
    kind = PLACE_KINDS[row.kind][0] if row.kind in PLACE_KINDS else row.kind
    degrees = {
        name: str(value) for name in ("latitude", "longitude") if (value := getattr(row, name)) is not None
    }
    said: dict[str, Value] = {"code": row.code, "name": row.name, "kind": kind, **degrees}
    return said | {"valid_from": row.valid_from, "valid_to": row.valid_to}


def _unit(row: Unit) -> dict[str, Value]:
    said: dict[str, Value] = {
        "code": row.code, "name": row.name, "kind": row.kind, "place": row.place_id,
    }  # fmt: skip
    above = row.parent.code if row.parent else None
    return said | {"parent": above, "valid_from": row.valid_from, "valid_to": row.valid_to}


def _person(row: Person) -> dict[str, Value]:
    return {"code": row.code, "name": row.name, "household": row.household, "place": row.place_id}


def _reading(row: Reading) -> dict[str, Value]:
    same = ("starts", "ends", "subject", "source", "source_date", "link", "note")
    said: dict[str, Value] = {name: getattr(row, name) for name in same} | {
        "value": Decimal(row.value) / 1000
    }
    return said | {"place": row.place_id, "unit": row.unit.code if row.unit else None}
