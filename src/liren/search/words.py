"""What of a record is searched: its number, its title and its public fields of text. Private fields never."""

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

from liren.inforce import catalogue
from liren.packs.sources import column_of
from liren.places.codes import parents
from liren.records.models import Record

from .spelling import SPELLING, spell_fields

_TEXTS = ("text", "long")
#: Columns that stand in every entry, whatever a pack calls them.
_KEPT = ("title", "place", "opened")
#: Minutes since 1970 before 36 bits of row number: keys sort by ``opened`` until the year 2097.
_ROW_BITS, _MOST_MINUTES = 36, (1 << 26) - 1


class Words(NamedTuple):
    """The columns of :class:`~liren.search.models.Entry`, as light as can be: a rebuild makes a million."""

    key: int
    record_id: int
    text: str
    scope: str


#: (key, title) of a field that is searched; the key is None for the record's number.
Field = tuple[str | None, str]


def fields_of(kind: str) -> list[Field]:
    """The searched fields of a kind (``pack.kind``), in the order of the pack; of an unknown kind only the number."""
    entry = catalogue().kinds.get(kind)
    if entry is None:
        return [(None, "")]
    declared = entry.spec.fields
    found: list[Field] = [(None, "")]
    if "title" not in declared:
        found.append(("title", ""))
    found += [
        (key, field.title) for key, field in declared.items() if field.type in _TEXTS and not field.private
    ]
    return found


def touched(kind: str, names: Iterable[str]) -> bool:
    """Whether a change of these fields may change what is kept for a record: its words, its places or its moment."""
    entry = catalogue().kinds.get(kind)
    words = {key for key, _ in fields_of(kind)}
    return any(name in words or entry is None or column_of(entry.spec, name) in _KEPT for name in names)


def fingerprint() -> str:
    """What is searched of which kind, and how it is spelt: other than before, and all entries are stale."""
    told = {kind: fields_of(kind) for kind in sorted(catalogue().kinds)}
    return hashlib.sha256(json.dumps([SPELLING, told]).encode()).hexdigest()


def reader() -> Callable[[Record], list[tuple[Field, str]]]:
    """A function that reads the searched texts of records: make one for each run, packs may change between two."""

    @cache
    def plan(kind: str) -> list[tuple[Field, str | None]]:
        entry = catalogue().kinds.get(kind)
        return [(f, column_of(entry.spec, f[0]) if entry and f[0] else None) for f in fields_of(kind)]

    def read(record: Record) -> list[tuple[Field, str]]:
        found = []
        for field, column in plan(record.kind):
            if field[0] is None:
                value = record.number
            else:
                value = getattr(record, column) if column else record.data.get(field[0])
            if value and isinstance(value, str):
                found.append((field, value))
        return found

    return read


def key_of(record: Record) -> int:
    """Where a record stands among all that are found: later ones have greater keys."""
    minutes = int(record.opened.timestamp() // 60)
    minutes = max(-_MOST_MINUTES, min(_MOST_MINUTES, minutes))
    return (minutes << _ROW_BITS) + record.pk


def scope_of(record: Record) -> str:
    """Kind and places of a record, as the full-text table keeps them to narrow a search."""
    place = record.place_id
    return " ".join([record.kind, *parents(place), place])


def entry_of(record: Record, read: Callable[[Record], list[tuple[Field, str]]]) -> Words | None:
    """What is kept for a record; None for a void one, which only its exact number finds."""
    if record.state == "void":
        return None
    text = spell_fields([value for _, value in read(record)])
    return Words(key_of(record), record.pk, text, scope_of(record))
