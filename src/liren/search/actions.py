"""The only code that writes what is searched: entries of records, and names."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from types import SimpleNamespace
from typing import ClassVar

from django.db import connection
from django.db.models import F, Q

from liren import database
from liren.clock import now
from liren.database.bulk import insert_rows
from liren.database.prepared import Prepared
from liren.people.models import Person, Post
from liren.places.models import Place, Unit
from liren.records.models import Record

from .models import Entry, Made, Name
from .pinyin import readings
from .spelling import apart, spell
from .words import Words, entry_of, fingerprint, key_of, reader

#: Rows looked up at once: below the number of parameters any SQLite takes.
_CHUNK = 900
_REBUILD_CHUNK = 5000
#: Stands for the fingerprint while everything is made anew; after so long another loop tries.
_AGAIN, _AT_MOST = "again", timedelta(hours=1)
#: Column, key, name, place of something that is to be found by name.
_Named = tuple[str, str | int, str, str]


def index(record: Record) -> None:
    """Single form of :func:`records_indexed`."""
    records_indexed([record])


def records_indexed(records: Iterable[Record], *, new: bool = False) -> int:
    """Keep the words of new or changed records; returns how many entries changed.

    Call inside the write transaction that changed them. Costs one look where nothing that is searched
    changed. The records must be as the database has them: full rows, saved. ``new`` spares the look for
    records that were inserted just now.
    """
    read, changed = reader(), 0
    # FTS5 writes its buffer out whenever a row does not follow the one before: in order it is far quicker.
    every = iter(sorted({record.pk: record for record in records}.values(), key=key_of))
    with database.atomic(savepoint=False):
        while chunk := list(islice(every, _CHUNK)):
            changed += _replace(chunk, read, new)
    return changed


def _replace(records: Sequence[Record], read, inserted: bool) -> int:
    there = {} if inserted else _kept(records)
    gone, new = [], []
    for record in records:
        was, entry = there.get(record.pk), entry_of(record, read)
        if was == entry:
            continue
        if was:
            gone.append(was)
        if entry:
            new.append(entry)
    _drop(gone)
    insert_rows(Entry, new)
    _letters([(entry.key, apart(entry.text), entry.scope) for entry in new])
    return len(gone) + sum(entry.record_id not in there for entry in new)


_OF = Prepared(lambda record: Entry.objects.filter(record=record), int, by_key=True)


def _kept(records: Sequence[Record]) -> dict[int, Words]:
    if len(records) == 1:
        return {
            one.record_id: Words(one.key, one.record_id, one.text, one.scope) for one in _OF(records[0].pk)
        }
    kept = Entry.objects.filter(record_id__in=[record.pk for record in records])
    return {row[1]: Words(*row) for row in kept.values_list(*Words._fields)}


def _drop(entries: Sequence[Words]) -> None:
    if entries:
        _letters([(entry.key, apart(entry.text), entry.scope) for entry in entries], out=True)
        Entry.objects.filter(key__in=[entry.key for entry in entries]).delete()


def _letters(rows: Sequence[tuple], *, out: bool = False) -> None:
    """Put rows (key, tokens, scope) into SQLite's full-text table, or take them out."""
    if connection.vendor != "sqlite" or not rows:
        return
    statement = "INSERT INTO search_letters (rowid, body, scope) VALUES (%s, %s, %s)"
    if out:
        # A table without contents must be told what it held; other tokens would stay behind in the index.
        statement = "INSERT INTO search_letters (search_letters, rowid, body, scope) VALUES (%s, %s, %s, %s)"
        rows = [("delete", *row) for row in rows]
    with connection.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(statement, rows[0])
        else:
            cursor.executemany(statement, rows)


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Make all entries and names anew (after packs changed, or a new version spells otherwise). Returns how many.

    ``progress`` is told how many records are done. Written in parts, so that others can go on writing;
    until the end a search finds less. Stopped halfway, it is simply run again.
    """
    with database.atomic():
        Entry.objects.all().delete()
        if connection.vendor == "sqlite":
            _command("delete-all")
    done, last = 0, 0
    while True:
        records = list(Record.objects.filter(pk__gt=last).order_by("pk")[:_REBUILD_CHUNK])
        if not records:
            break
        records_indexed(records)
        done, last = done + len(records), records[-1].pk
        if progress:
            progress(done)
    with database.atomic():
        if connection.vendor == "sqlite":
            _command("optimize")
        Name.objects.all().delete()
    names_update()
    return done


def _command(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO search_letters (search_letters) VALUES (%s)", [word])


def keep_up(progress: Callable[[int], None] | None = None) -> int:
    """What the tick does: names that are new, and everything anew where packs or spelling are no longer those
    that the entries were made by. Returns how many records were read for that, mostly none.
    """
    at, said = now(), fingerprint()
    made, _ = Made.objects.get_or_create(pk=1, defaults={"since": at})
    if made.by == said:
        names_update()
        return 0
    if made.by == _AGAIN and at - made.since < _AT_MOST:
        return 0  # another loop is at it
    if Made.objects.filter(pk=1, by=made.by, since=made.since).update(by=_AGAIN, since=at) != 1:
        return 0
    done = rebuild(progress)
    Made.objects.filter(pk=1).update(by=said)
    return done


# -- names --------------------------------------------------------------------------------------------


def names_update(*, people: bool = True) -> int:
    """Bring the table of names up to date: new, renamed and ended places, units and (``people``) persons.

    Returns how many names were entered. Quick when nothing changed; the tick does it.
    """
    ended = Q(valid_to__isnull=False, valid_to__lte=now())
    with database.atomic():
        _renamed("of_place", Place.objects.filter(ended), F("of_place__name"), F("of_place"))
        _renamed("of_unit", Unit.objects.filter(ended), F("of_unit__name"), F("of_unit__place"))
        Name.objects.filter(of_person__isnull=False).exclude(title=F("of_person__name")).delete()
        Name.objects.filter(of_person__place__isnull=False).exclude(place=F("of_person__place")).delete()
        Name.objects.filter(pk__in=_serving_elsewhere()).delete()
        known = Name.objects.order_by()
        places = Place.objects.exclude(ended).exclude(
            pk__in=known.filter(of_place__isnull=False).values("of_place")
        )
        units = Unit.objects.exclude(ended).exclude(
            pk__in=known.filter(of_unit__isnull=False).values("of_unit")
        )
        persons = Person.objects.exclude(pk__in=known.filter(of_person__isnull=False).values("of_person"))
        found: list[_Named] = [("of_place_id", p.code, p.name, p.code) for p in places]
        found += [("of_unit_id", u.pk, u.name, u.place_id) for u in units]
        found += _persons(persons) if people else []
        insert_rows(Name, [row for one in found for row in _names(*one)])
    return len(found)


def _renamed(column: str, ended, name: F, place: F) -> None:
    """Drop the names of what ended, is called otherwise or has moved."""
    rows = Name.objects.filter(**{f"{column}__isnull": False})
    rows.filter(**{f"{column}__in": ended.values("pk")}).delete()
    rows.exclude(title=name, place=place).delete()


def _persons(persons) -> list[_Named]:
    """Persons with where they live, or else where they serve; without either, nobody can look for them."""
    served = _served()
    return [("of_person_id", p.pk, p.name, p.place_id or served.get(p.pk, "")) for p in persons]


def _served() -> dict[int, str]:
    """Where persons without an address serve: the place of the post they took last."""
    posts = Post.objects.filter(person__place__isnull=True).select_related("unit").order_by("starts", "pk")
    return {post.person_id: post.place_code for post in posts}


def _serving_elsewhere() -> list[int]:
    """Rows of persons without an address who took a post somewhere else since."""
    served = _served()
    rows = Name.objects.filter(of_person__place__isnull=True, of_person__isnull=False)
    return [
        pk
        for pk, person, place in rows.values_list("pk", "of_person", "place")
        if place != served.get(person, "")
    ]


@dataclass(slots=True)
class _NewName:
    """A row of :class:`Name` on its way in, light: a county brings hundreds of thousands."""

    title: str
    text: str
    initials: str
    sound: str
    place: str
    of_place_id: str | None = None
    of_unit_id: int | None = None
    of_person_id: int | None = None
    pk: int | None = None
    _state: ClassVar = SimpleNamespace()

    @property
    def id(self) -> int | None:
        return self.pk


def _names(column: str, key, title: str, place: str) -> list[_NewName]:
    text, of = spell(title)[:200], {column: key}
    heard = readings(title) or [("", "")]
    return [_NewName(title, text, initials[:80], sound[:480], place, **of) for initials, sound in heard]
