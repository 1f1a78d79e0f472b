"""Tables out: the records of a kind, or a list of the house, row by row in pages.

Titles are those an import reads, so an exported file can be imported into an empty house: names stand
beside their codes. Private values are masked, void records left out.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Count, Q, QuerySet

from liren.database.statements import stored, unmapped
from liren.figures.models import Reading
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.fields import COLUMNS, POINT, point_text
from liren.packs.sources import column_of, scale_of
from liren.people.models import Person, Post
from liren.people.private import mask, unseal
from liren.places.codes import parents, within
from liren.places.models import Place, Unit
from liren.places.queries import names_of_places, path_of
from liren.records.models import Record
from liren.records.values import field_type, natural_value
from liren.refusals import Refusal

from .cells import Value, day, moment
from .lists import LISTS, PLACE_KINDS, Persons, Places, Posts, Units
from .numbers import Readings
from .records import MASK, Records
from .stored import Column, Part, each, told, utc

PAGE = 2000
#: Persons whose names are kept from one page to the next.
_REMEMBERED = 20_000
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

    def learn_persons(self, keys: Iterable[int]) -> None:
        """Look many persons up at once; who was asked for long ago is forgotten."""
        if len(self.persons) > _REMEMBERED:
            self.persons.clear()
        new = sorted(set(keys) - self.persons.keys())
        for start in range(0, len(new), _TOGETHER):
            rows = Person.objects.filter(pk__in=new[start : start + _TOGETHER])
            self.persons |= {pk: code or name for pk, code, name in rows.values_list("pk", "code", "name")}

    def person(self, pk: int) -> str:
        """What an import finds a person by: the natural key, else the name."""
        if pk not in self.persons:
            self.learn_persons([pk])
        return self.persons.get(pk) or str(pk)


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
        with unmapped():  # whether a column is in use may take a look at all of the kind
            return self._columns()

    def _columns(self) -> list[Column]:
        spec = self.entry.spec
        kernel = Records.kernel_titles(spec)
        found = [
            Column(kernel["编号"], ("number",), lambda part: part["number"]),
            Column(kernel["状态"], ("state",), lambda part: each(part["state"], partial(_state, spec))),
        ]
        kept = {column_of(spec, key) for key in spec.fields}
        more = self._in_use([key for key in COLUMNS if key not in kept])
        for key in (*spec.fields, *more):
            found += self._columns_of(key)
        if spec.shape == "matter":
            found += [
                Column(kernel["期限"], ("due",), lambda part: told(part["due"], moment)),
                Column(kernel["办结"], ("closed",), lambda part: told(part["closed"], moment)),
                Column(kernel["逾期次数"], ("late_count",), lambda part: part["late_count"]),
            ]
        return found

    def _in_use(self, keys: Sequence[str]) -> list[str]:
        """Which of the shared columns a record uses; place and date always. One walk, however many nobody uses."""
        asked = {
            key: ~Q(title="") if key == "title" else Q(**{f"{key}__isnull": False})
            for key in keys
            if key in _OPTIONAL
        }
        counts = {f"n_{key}": Count("pk", filter=used) for key, used in asked.items()}
        found = self.records().order_by().aggregate(**counts) if counts else {}
        return [key for key in keys if key in ("place", "opened") or found.get(f"n_{key}")]

    def _columns_of(self, key: str) -> list[Column]:
        spec = self.entry.spec
        declared = spec.fields.get(key)
        title = declared.title if declared else COLUMNS[key].title
        column = column_of(spec, key)
        if declared is not None and declared.private:
            return [
                Column(title, ("secret", "number"), lambda part: [one.get(key) for one in self._masked(part)])
            ]
        if column == "place":
            named = Column(title, ("place_id",), lambda part: each(part["place_id"], self.names.place))
            return [named, *self._exact("place", "place_id")]
        if column in _REFERENCES:
            named = Column(title, (f"{column}__name",), lambda part: part[f"{column}__name"])
            return [named, *self._exact(column, f"{column}__code")]
        return [self._own(title, key, column)]

    def _exact(self, name: str, path: str) -> list[Column]:
        """The column that says by code what a column of names may leave open."""
        exact = Records.exact_titles(self.entry.spec)
        titles = [title for title, column in exact.items() if column == name]
        return [Column(title, (path,), lambda part: part[path]) for title in titles]

    def _own(self, title: str, key: str, column: str | None) -> Column:
        """A column of the kind's own values."""
        shown = self._shown(key)
        if column is None:
            return Column(title, ("data",), lambda part: told(part.data(key), shown))
        if column == POINT:
            return Column(
                title,
                ("longitude", "latitude"),
                lambda part: list(map(point_text, part["longitude"], part["latitude"])),
            )
        return Column(title, (column,), lambda part: told(_there(part[column]), shown))

    def _shown(self, key: str) -> Callable[[Any], Value] | None:
        """What turns a kept value of a field into the one that is shown; None where it is shown as it is kept."""
        spec = self.entry.spec
        kind = field_type(spec, key)
        if kind in ("choice", "choices"):
            choices = spec.fields[key].choices
            return lambda one: "、".join(
                choices.get(each) or str(each) for each in (one if isinstance(one, list) else [one])
            )
        if kind == "flag":
            return lambda one: "是" if one else "否"
        if kind == "person":
            return self.names.person
        if kind in ("date", "datetime"):
            return day if kind == "date" else moment
        return None if scale_of(spec, key) == 1 else lambda one: natural_value(spec, one, key)

    def rows(self, columns: Sequence[Column]) -> Iterator[Sequence[Value]]:
        """Rows in the order in which the records came about, one page at a time.

        Pages go on after the last (opened, id): an index serves that, whatever the page; and a record
        entered meanwhile moves none of them.
        """
        paths = list(dict.fromkeys(["opened", "pk", *(path for one in columns for path in one.paths)]))
        wanted = self.records().order_by("opened", "pk").values_list(*paths)
        page = stored(wanted[:PAGE])
        while page:
            part = Part(paths, page)
            self._learn(part)
            yield from zip(*(column.told(part) for column in columns), strict=True)
            if len(page) < PAGE:
                return
            opened, last = utc(page[-1][0]), page[-1][1]
            later = Q(opened__gt=opened) | Q(opened=opened, pk__gt=last)
            page = stored(wanted.filter(later, opened__gte=opened)[:PAGE])

    def _learn(self, part: Part) -> None:
        """What the records of a part name is asked for at once."""
        if "place_id" in part:
            self.names.learn(part["place_id"])
        spec = self.entry.spec
        for key, declared in spec.fields.items():
            if declared.type == "person" and column_of(spec, key) is None and not declared.private:
                self.names.learn_persons(one for one in part.data(key) if isinstance(one, int))

    def _masked(self, part: Part) -> list[dict[str, str]]:
        """The private values of each record, masked; asked for once a part."""
        if part.private is None:
            part.private = list(map(self._opened, part["secret"], part["number"]))
        return part.private

    def _opened(self, secret: str, number: str) -> dict[str, str]:
        if not secret:
            return {}
        try:
            return {key: mask(value) for key, value in unseal(secret, number).items()}
        except Refusal:  # the key is not here; the table is still wanted
            self.sealed.append(number)
            return {key: MASK for key, spec in self.entry.spec.fields.items() if spec.private}


def _there(column: Sequence[Any]) -> list[Any]:
    """A column with nothing in place of empty texts."""
    return [None if one == "" else one for one in column]


def _state(spec, state: str) -> str:
    return spec.states[state].title if state in spec.states else state


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
