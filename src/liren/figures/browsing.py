"""Reads the evidence of a figure in pieces that a page can show, and finds what a figure last knew.

The number on the page stays the size of the whole evidence; what a viewer may see of it is a part.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone

from liren.database.prepared import ByKeys, kept
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import Figure, operands
from liren.people.models import Person, Post
from liren.people.queries import focused
from liren.people.visibility import Viewer, visible
from liren.places.codes import within
from liren.places.models import Place
from liren.records.models import Record

from .counting import happened
from .models import Reading
from .periods import Period
from .scope import LARGE, Result
from .sources import Path, Table, table


@dataclass(frozen=True)
class Narrow:
    """What a reader asks of a list: words in number or title, a state, a category, a place code, one distinct
    value, one cell (slot as period text, member as text)."""

    text: str = ""
    state: str = ""
    place: str = ""
    category: str = ""
    value: str = ""
    slot: str = ""
    member: str = ""

    def __bool__(self) -> bool:
        return any((self.text, self.state, self.place, self.category, self.value, self.slot, self.member))


def counted_rows(result: Result) -> int:
    """``evidence.count`` without asking again for what the value says already."""
    if result.evidence.measure in ("count", "distinct"):
        return int(result.value or 0)
    return result.evidence.count


def is_large(result: Result) -> bool:
    """Whether so many rows stand behind the number, or a part of it, that a page asks for one thing at a time.

    2,040 distinct persons may stand on 40,800 attendances: the rows are what costs.
    """
    parts = (result, result.numerator, result.denominator)
    return any(part is not None and _is_long(part) for part in parts)


def _is_long(result: Result) -> bool:
    if result.numerator is not None:
        return False  # what a ratio rests on are its parts
    if result.evidence.measure == "count":
        return int(result.value or 0) >= LARGE
    return result.evidence.is_long


def is_deep(result: Result) -> bool:
    """Whether every further question about it walks through the parts of very many records (30,000 items
    have 150,000 acts): then a page asks only what the reader asked for.
    """
    sources = [part.evidence.table for part in (result, result.numerator, result.denominator) if part]
    kinds = {source.source.kind for source in sources if source is not None and source.source.part}
    rows = Record.objects.filter(kind__in=[kind for kind in kinds if kind])
    return bool(kinds) and rows.count() >= LARGE


def withheld(result: Result) -> bool:
    """Whether the public may not be told this number: fewer stand behind it than the figure's ``small``.

    A share is withheld with either of its parts; an average by the number of rows it is made of.
    """
    if any(part is not None and withheld(part) for part in (result.numerator, result.denominator)):
        return True
    least = result.figure.spec.small
    if not least or result.value is None:
        return False
    sized = result.evidence.measure in ("count", "sum", "distinct")
    behind = result.value if sized else Decimal(counted_rows(result))
    return 0 < behind < least


def shown_to(rows: QuerySet, source: Table, viewer: Viewer) -> QuerySet:
    """The rows of an evidence that the viewer may see.

    Places and units are nobody's secret. Posts and persons are listed only to staff, and only where a
    post of theirs reaches.
    """
    kind = source.source.kind
    if kind is not None:
        if not source.prefix or catalogue().kinds[kind].spec.visible == "public":
            return visible(rows, to=viewer, kinds=[kind])
        return visible(rows, to=focused(viewer, [kind]), prefix=source.prefix)
    if source.model not in (Post, Person):
        return rows
    reach = Q(pk__in=[])
    for code in {post.place_code for post in viewer.posts}:
        reach |= within(code) | within(code, "unit__place_id") if source.model is Post else within(code)
    return rows.filter(reach)


def narrowed(rows: QuerySet, result: Result, by: Narrow) -> QuerySet:
    """The rows that fit what a reader asked; a value that cannot be read fits nothing."""
    source = result.evidence.table
    if source is None:
        return rows
    if by.text:
        rows = rows.filter(_said(source, by.text))
    if by.state and source.source.kind:
        rows = rows.filter(**{f"{source.prefix}state": by.state})
    if by.category and source.source.kind:
        rows = rows.filter(**{f"{source.prefix}category": by.category})
    if by.place:
        rows = rows.filter(source.within(by.place))
    if by.value and result.evidence.path is not None:
        rows = rows.filter(_equals(result.evidence.path.orm, by.value, result.evidence.path))
    spec, _ = result.figure.spec.in_force(result.scope.period.end)
    if by.slot:
        rows = rows.filter(happened(source.dated(spec.dated), Period.parse(by.slot, result.scope.period.end)))
    if by.member and spec.over:
        rows = rows.filter(
            source.within(by.member) if spec.by == "place" else _equals(source.path(spec.by).orm, by.member)
        )
    return rows


def _said(source: Table, text: str) -> Q:
    if source.source.kind is None:
        name = "person__name" if source.model is Post else "name"
        return Q(**{f"{name}__icontains": text})
    prefix = source.prefix
    return Q(**{f"{prefix}number__icontains": text}) | Q(**{f"{prefix}title__icontains": text})


def _equals(orm: str, text: str, path: Path | None = None) -> Q:
    """The path has the value that an address wrote as text."""
    textual = path is not None and path.type in ("text", "long", "choice", "place", "date", "link")
    if textual:
        return Q(**{orm: text})
    if text in ("True", "False"):
        return Q(**{orm: text == "True"})
    number = text.removeprefix("-")
    whole = number.isascii() and number.isdigit() and len(number) < 19
    return Q(**{orm: int(text)}) if whole else Q(pk__in=[])


def newest_first(rows: QuerySet, source: Table, spec: Figure, start: int, most: int) -> list:
    """``most`` rows from the ``start``-th on in the order a reader wants: what happened last comes first.

    The keys are sorted first and the rows fetched by key: sorting whole rows of 50,000 takes three times
    as long.
    """
    moment = source.dated(spec.dated)
    ordered = rows.order_by(*([f"-{moment}"] if moment else []), "-pk").values_list("pk", flat=True)
    return _found(rows, list(ordered[start : start + most]))


def any_few(rows: QuerySet, most: int) -> list:
    """``most`` of very many rows, whichever lie nearest: the newest would have to be looked for.

    By their keys too: whole rows are in no index, and SQLite would read ten years of the county for five of a town.
    """
    return _found(rows, list(rows.order_by().values_list("pk", flat=True)[:most]))


def _found(rows: QuerySet, keys: list) -> list:
    """The rows with these keys, in their order."""
    if rows.query.annotations:
        listed = list(rows.order_by().filter(pk__in=keys))
    else:
        # Asked by their keys alone: with the conditions beside them, SQLite would look for the rows once more.
        listed = _keyed(rows)(keys)
    found = {row.pk: row for row in listed}
    return [found[key] for key in keys if key in found]


_BY_KEYS: dict[tuple, ByKeys] = {}


def _keyed(like: QuerySet) -> ByKeys:
    """Rows by their keys, with all that ``like`` joins."""
    model, joined = like.model, like.query.select_related

    def write(keys: Iterable) -> QuerySet:
        rows = model._default_manager.order_by().filter(pk__in=keys)
        rows.query.select_related = joined
        return rows

    kind = str if model is Place else int  # places are known by their codes
    return kept(_BY_KEYS, (model, repr(joined)), lambda: ByKeys(write, kind))


def distinct_page(rows: QuerySet, path: Path, start: int, most: int) -> list[tuple[object, int]]:
    """``most`` distinct values from the ``start``-th on, in order, each with its number of rows."""
    there = rows.exclude(**{f"{path.orm}__isnull": True})
    if path.type in ("text", "long") and not path.in_data:
        there = there.exclude(**{path.orm: ""})
    grouped = there.order_by(path.orm).values_list(path.orm).annotate(rows=Count("pk"))
    return list(grouped[start : start + most])


def replaced(result: Result, most: int) -> list[Reading]:
    """Readings that a later one corrected, newest first."""
    scope = result.scope
    rows = Reading.objects.filter(figure=result.figure.id, replaced_by__isnull=False)
    rows = rows.filter(within(scope.place), ends__lte=scope.period.end)
    return list(rows.select_related("place", "unit", "by").order_by("-at", "-pk")[:most])


def beside(entry: FigureEntry, scope) -> Reading | None:
    """The latest reading from outside of a figure that is counted here, to stand beside it."""
    from .queries import readings

    if entry.spec.verb == "reading":
        return None
    rows = readings(entry.id, scope).select_related("place", "unit", "by")
    return rows.order_by("-ends", "-at", "-pk").first()


def goals(entry: FigureEntry) -> list[FigureEntry]:
    """The planned figures that this one is measured against, and for a planned one the actual figure."""
    figures = catalogue().figures
    if entry.spec.target_of:
        actual = figures.get(catalogue().figure_id(entry.spec.target_of, entry.pack.pack))
        return [actual] if actual else []
    return [
        other
        for other in figures.values()
        if other.spec.target_of and catalogue().figure_id(other.spec.target_of, other.pack.pack) == entry.id
    ]


def first_source(entry: FigureEntry) -> str | None:
    """The kind of record a figure rests on in the end; None for readings and the house's own lists."""
    spec = entry.spec
    if spec.ratio or spec.listed:
        name = operands(spec.ratio)[0] if spec.ratio else spec.listed or ""
        return first_source(catalogue().figures[catalogue().figure_id(name, entry.pack.pack)])
    return table(spec.reads, entry.pack.pack).source.kind if spec.source else None


def sources(entries: Iterable[FigureEntry]) -> frozenset[str]:
    """What figures rest on in the end: ids of kinds, and for readings the figure's own id."""
    found = (first_source(entry) or (entry.id if entry.spec.verb == "reading" else None) for entry in entries)
    return frozenset(name for name in found if name)


def last_known(entries: Iterable[FigureEntry], place: str = "") -> tuple[date, str] | None:
    """The last day about which the sources of these figures know something, and its place code.

    None when they know nothing at all (inside ``place``, if one is given).
    """
    names = sources(entries)
    kinds = {name for name in names if name in catalogue().kinds}
    found = _last_record(kinds, place) if kinds else []
    if names - kinds:
        rows = Reading.objects.filter(figure__in=names - kinds)
        rows = rows.filter(within(place)) if place else rows
        found += rows.order_by("-ends").values_list("ends", "place_id")[:1]
    return max(found, default=None)


def last_days(names: frozenset[str]) -> dict[tuple[str, str], date]:
    """(source, county) → the last day about which it knows something, for many sources in two queries."""
    county = Substr("place_id", 1, 6)
    rows = Record.objects.filter(kind__in=names).order_by().values_list("kind", county)
    found = {
        (kind, there): timezone.localtime(at).date() for kind, there, at in rows.annotate(at=Max("opened"))
    }
    given = Reading.objects.filter(figure__in=names).order_by().values_list("figure", county)
    return found | {(figure, there): day for figure, there, day in given.annotate(at=Max("ends"))}


def _last_record(kinds: set[str], place: str) -> list[tuple[date, str]]:
    rows = Record.objects.filter(kind__in=kinds)
    rows = rows.filter(within(place)) if place else rows
    if len(kinds) == 1:
        newest = rows.order_by("-opened").values_list("opened", "place_id")[:1]
        return [(timezone.localtime(at).date(), code) for at, code in newest]
    at = rows.aggregate(at=Max("opened"))["at"]
    return [(timezone.localtime(at).date(), place)] if at else []


def reaches(viewer: Viewer) -> list[str]:
    """The counties (six-digit codes) in which the viewer holds a post."""
    return sorted({post.place_code[:6] for post in viewer.posts})
