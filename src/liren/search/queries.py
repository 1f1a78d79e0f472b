"""What others may ask: records by their words, places, units and persons by their names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from liren.inforce import catalogue
from liren.people.visibility import Viewer, on_show, visible
from liren.places.codes import after, within
from liren.places.queries import names_of_places
from liren.records.models import Record

from .matching import matching
from .models import Entry, Name
from .spelling import Segment, excerpt, joins, pattern, phrases, segments, spell_fields
from .words import Field, reader


@dataclass(frozen=True)
class Hit:
    """A record that was found. ``title`` and ``number`` in pieces, hits marked: ``[("换了", False), ("路灯", True)]``.

    ``excerpt`` is the surroundings of the first hit in another field, ``field`` that field's title; both
    empty when number or title hold all there is to show. Plain text, to be escaped like any other.
    """

    record: Record
    number: list[Segment]
    title: list[Segment]
    field: str = ""
    excerpt: Sequence[Segment] = ()


@dataclass(frozen=True)
class Found:
    """Hits, newest first, and where to go on (``after``; None at the end)."""

    hits: list[Hit]
    after: int | None = None


@dataclass(frozen=True)
class NameHit:
    """A place, unit or person: ``kind`` is one of these words, ``key`` its code or primary key.

    ``where`` is the name of the place it is in, to tell two of one name apart.
    """

    kind: str
    key: str | int
    title: list[Segment]
    where: str


def search(
    text: str,
    *,
    to: Viewer,
    place: str = "",
    kinds: Iterable[str] | None = None,
    after: int | None = None,
    limit: int = 20,
    shown: bool = False,
) -> Found:
    """Records whose public words hold everything asked for, of those the viewer may see, newest first;
    ``shown``: of those that anybody finds on the portal, published pieces among them.

    Blanks separate words that must all be found; Chinese is found wherever it stands, a last Latin word or number
    may go on. A record's exact number comes first, also of a void record. ``place`` is a code (everything
    in it), ``kinds`` are ``pack.kind``, ``after`` what the last page said. Two or three queries, however many
    rows there are; on SQLite two more where the viewer may see few of very many.
    """
    kinds = None if kinds is None else list(kinds)
    asked = phrases(text)
    if not asked or kinds == [] or limit < 1:
        return Found([])
    rows = Entry.objects.all()
    rows = on_show(rows, prefix="record__") if shown else visible(rows, to=to, prefix="record__")
    rows = _narrowed(rows, place, kinds, "record__")
    first = _narrowed(_numbered(text, None if shown else to), place, kinds).select_related("place").first()
    rows = rows.select_related("record__place")
    entries = matching(asked, rows, place=place, kinds=kinds, before=after, most=limit + 1)
    going_on = entries[limit - 1].key if len(entries) > limit else None
    records = [entry.record for entry in entries[:limit] if first is None or entry.record_id != first.pk]
    if first is not None and after is None:
        records.insert(0, first)
    read = reader()
    return Found([_hit(record, read(record), asked) for record in records], going_on)


def told_openly(hit: Hit, text: str) -> bool:
    """Whether all that was asked for stands in what anybody may read of the record: its number, its title, and
    of a kind that says what is ``shown`` only those fields. Others would tell by being found at all.
    """
    entry = catalogue().kinds.get(hit.record.kind)
    if entry is None or entry.spec.shown is None:
        return True
    open_to_all = {None, "title", *entry.spec.shown.fields}
    spelt = spell_fields([said for (key, _), said in reader()(hit.record) if key in open_to_all])
    return all(pattern(phrase) in spelt for phrase in phrases(text))


def _narrowed(rows: QuerySet, place: str, kinds: Sequence[str] | None, prefix: str = "") -> QuerySet:
    if place:
        rows = rows.filter(within(place, f"{prefix}place_id"))
    return rows if kinds is None else rows.filter(**{f"{prefix}kind__in": kinds})


def _numbered(text: str, to: Viewer | None) -> QuerySet:
    """The record of exactly this number, in either case of letters; without ``to`` if it is on show."""
    number = text.strip()
    if not number.isprintable() or not 1 < len(number) <= 40:
        return Record.objects.none()  # NUL and half characters are refused by PostgreSQL
    rows = Record.objects.filter(number__in={number, number.upper()})
    return on_show(rows) if to is None else visible(rows, to=to)


def _hit(record: Record, texts: list[tuple[Field, str]], asked: list[str]) -> Hit:
    title = segments(record.title, asked)
    number = segments(record.number, asked)
    for (key, name), text in texts:
        if key not in (None, "title") and (cut := excerpt(text, asked)):
            return Hit(record, number, title, name, cut)
    return Hit(record, number, title)


def names(text: str, *, to: Viewer, place: str = "", limit: int = 8) -> list[NameHit]:
    """Places, units and (for staff, within their posts' places) persons by name, initials or whole pinyin.

    ``明月``, ``myl`` and ``mingyue`` all find 明月里. Best first: names that begin so, short ones before long ones.
    """
    asked = phrases(text)
    if not asked or limit < 1:
        return []
    rows = Name.objects.filter(_called(asked), _known(to))
    if place:
        rows = rows.filter(within(place, "place"))
    best: dict[tuple[str, str | int], Name] = {}
    for row in rows.order_by(Length("title"), "pk")[: max(500, limit)]:
        best.setdefault(_of(row), row)
    letters = "".join(asked).replace("|", "")
    chosen = sorted(best.values(), key=lambda row: _rank(row, letters, pattern(asked[0])))[:limit]
    where = names_of_places(_outside(row) for row in chosen)
    return [NameHit(*_of(row), segments(row.title, asked), where.get(_outside(row), "")) for row in chosen]


def _called(asked: list[str]) -> Q:
    """Names that hold everything asked; pinyin, when only letters and digits are asked."""
    written = Q()
    for phrase in asked:
        written &= Q(text__contains=pattern(phrase))
    letters = "".join(asked).replace("|", "")
    if not all(joins(sign) for sign in letters) or not letters.isascii():
        return written
    end = after(letters)
    heard = Q(initials__gte=letters, initials__lt=end) | Q(sound__gte=letters, sound__lt=end)
    if len(letters) > 1:
        heard |= Q(initials__contains=letters)
    return written | heard


def _known(to: Viewer) -> Q:
    """Anybody knows places and units; staff know the persons in the places of their posts."""
    known = Q(of_person__isnull=True)
    for code in {post.place_code for post in to.posts}:
        known |= Q(of_person__isnull=False) & within(code, "place")
    return known


def _of(row: Name) -> tuple[str, str | int]:
    if row.of_place_id is not None:
        return "place", row.of_place_id
    if row.of_unit_id is not None:
        return "unit", row.of_unit_id
    assert row.of_person_id is not None, "a name is of a place, a unit or a person"
    return "person", row.of_person_id


def _rank(row: Name, letters: str, written: str) -> tuple:
    begins = row.initials.startswith(letters) or row.sound.startswith(letters)
    begins = begins or row.text.lstrip("|").startswith(written.lstrip("|"))
    whole = letters in (row.initials, row.sound) or row.text.strip("|") == written.strip("|")
    return not whole, not begins, row.of_person_id is not None, len(row.title), row.place, row.title


def _outside(row: Name) -> str:
    """The place to name beside a hit: of a place, the one it lies in."""
    return row.place[:-3] if row.of_place_id is not None and len(row.place) > 6 else row.place
