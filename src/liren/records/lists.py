"""Lists of the records of one kind: narrowed, ordered, page by page after a row, counted up to a bound.

Every page costs the same wherever it stands and however many rows there are: it goes on after the last row
shown (so that a record entered meanwhile moves none), and nothing is counted beyond ``BOUND``. Orders that no
index serves are for lists of at most that many rows; a longer one is ordered by its date.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from liren.clock import now
from liren.database.prepared import Prepared, kept
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.fields import CHINA
from liren.packs.language import Kind
from liren.packs.sources import column_of
from liren.people.models import Person
from liren.people.visibility import Viewer, reach_of, visible
from liren.places.codes import within
from liren.places.geometry import Box
from liren.search.narrowing import holding, is_written

from .around import open_in
from .models import Record
from .revealing import found_by_private

#: Rows of a page, and up to how many rows a list is counted.
PAGE, BOUND = 50, 1000
#: States that are no state of a kind: everything that has not ended, everything that has, what was void.
OPEN, ENDED, VOID = "open", "ended", "void"
#: Columns by which a list may be ordered. Those in ``INDEXED`` are found in order, whatever the size.
INDEXED = ("opened", "starts", "closed")
_SORTED = ("title", "starts", "ends", "opened", "due", "closed", "quantity", "money", "late_count", "place")


@dataclass(frozen=True)
class Asked:
    """What is asked of a list. ``place`` a code; ``unit`` and ``handler`` primary keys; days in China's time.

    ``state`` is a state of the kind or one of ``OPEN``, ``ENDED``, ``VOID``; ``late`` is ``now`` (past its limit at
    this moment) or ``ever``; ``words`` must all stand in number or title, Chinese ones in any public field.
    ``around`` holds only what is open.
    """

    state: str = ""
    category: str = ""
    level: str = ""
    place: str = ""
    unit: int | None = None
    handler: int | None = None
    late: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None
    closed_since: date | None = None
    closed_until: date | None = None
    around: Box | None = None


@dataclass(frozen=True)
class Mark:
    """The row after (or before) which a page goes on: what it is ordered by, and its primary key."""

    value: str | int | datetime | None
    pk: int


@dataclass(frozen=True)
class Order:
    """By which column, and whether the greatest comes first."""

    column: str
    down: bool = True


def dated(kind: Kind) -> str:
    """The moment that dates records of a kind: activities by their start, others by when they came about."""
    return "starts" if kind.shape == "activity" else "opened"


def orders(kind: Kind) -> list[str]:
    """Columns by which a list of the kind may be ordered."""
    used = {column_of(kind, key) for key in kind.fields} | {"opened", "place", "title"}
    used |= {"due", "closed", "late_count"} if kind.shape == "matter" else set()
    used |= {"starts", "ends", "closed"} if kind.shape == "activity" else set()
    return [name for name in _SORTED if name in used]


def listed(entry: KindEntry, asked: Asked, *, to: Viewer) -> QuerySet[Record]:
    """Records of the kind that the viewer may see and that fit what is asked; void ones only when asked for."""
    fits = _fits(entry.spec, asked)
    if written := [word for word in asked.words.split() if is_written(word)]:
        held = holding(written, kind=entry.id)
        # What nearly every row holds is not looked up: its title tells, and the first page is soon full.
        fits &= held if held is not None else _titled(written)
    words = asked.words.strip()
    if words and (found := found_by_private(entry, words, to=to)):
        # By the exact value of a private field: in place of the words, with all else that is asked.
        fits |= _fits(entry.spec, replace(asked, words="")) & Q(pk__in=found)
    rows = Record.objects.filter(fits, kind=entry.id)
    return visible(rows, to=to, kinds=[entry.id])


def _titled(words: Sequence[str]) -> Q:
    wanted = Q()
    for word in words:
        wanted &= Q(title__contains=word)
    return wanted


def fitting(entry: KindEntry, asked: Asked) -> QuerySet[Record]:
    """Records of the kind that fit what is asked, whoever may see them: for what narrows them further."""
    return Record.objects.filter(_fits(entry.spec, asked), kind=entry.id)


def _fits(kind: Kind, asked: Asked) -> Q:
    wanted = _in_state(kind, asked.state)
    for name in ("category", "level", "unit", "handler"):
        if value := getattr(asked, name):
            wanted &= Q(**{name: value})
    if asked.place:
        wanted &= within(asked.place)
    if asked.around:
        wanted &= open_in(asked.around)
    if asked.late == "now":
        wanted &= Q(due__lt=now()) & _in_state(kind, OPEN)
    elif asked.late:
        wanted &= Q(due__lt=now()) | Q(late_count__gt=0)
    for word in asked.words.split():
        if not is_written(word):
            wanted &= Q(title__contains=word) | Q(number__contains=word.upper())
    wanted &= _between(dated(kind), asked.since, asked.until)
    return wanted & _between("closed", asked.closed_since, asked.closed_until)


def _in_state(kind: Kind, state: str) -> Q:
    """States by name, which an index finds; ``closed`` says the same, and would have to be looked for."""
    if state == OPEN:
        return Q(state__in=[key for key, one in kind.states.items() if not one.end])
    if state == ENDED:
        return Q(state__in=[key for key, one in kind.states.items() if one.end])
    return Q(state=state) if state else ~Q(state=VOID)


def _between(column: str, first: date | None, last: date | None) -> Q:
    """Days are days in China, the last one included."""
    wanted = Q()
    if first:
        wanted &= Q(**{f"{column}__gte": datetime.combine(first, time(), CHINA)})
    if last:
        wanted &= Q(**{f"{column}__lt": datetime.combine(last, time(), CHINA) + timedelta(days=1)})
    return wanted


def is_selective(asked: Asked) -> bool:
    """Whether an index finds what is asked for, so that counting first is quick and tells how to order."""
    return bool(asked.state or asked.place or asked.around or asked.unit or asked.handler or asked.late)


def counted(rows: QuerySet[Record]) -> int:
    """How many rows there are, at most ``BOUND`` + 1: more than that are not counted."""
    return rows.order_by()[: BOUND + 1].count()


def page_of(
    rows: QuerySet[Record],
    order: Order,
    paths: Sequence[str],
    *,
    after: Mark | None = None,
    before: Mark | None = None,
    few: bool = False,
) -> tuple[list[tuple[Any, ...]], bool]:
    """One page of values (``paths``) in order, and whether there are more in the direction asked for.

    ``before`` asks for the page in front of a row. What has no value in the column comes last. ``few``: there are
    no more rows than ``BOUND``; then they are found by what narrows them and sorted, not looked for in order.
    """
    found = list(_paged(rows, order, paths, after, before, few))
    return _cut(found, back=before is not None)


def _paged(
    rows: QuerySet[Record],
    order: Order,
    paths: Sequence[str],
    after: Mark | None,
    before: Mark | None,
    few: bool,
) -> QuerySet[Record, tuple[Any, ...]]:
    back = before is not None
    mark = before if back else after
    down = order.down is not back
    if mark is not None:
        rows = rows.filter(_beyond(order.column, mark, down=down, last=not back))
    ordered = rows.order_by(*_ordered(order.column, down, last=not back, few=few))
    return ordered.values_list(*paths)[: PAGE + 1]


def _cut(found: list[tuple[Any, ...]], *, back: bool) -> tuple[list[tuple[Any, ...]], bool]:
    """A page of rows and one more where there are more."""
    page = found[:PAGE]
    return (page[::-1] if back else page), len(found) > PAGE


@dataclass(frozen=True)
class Listing:
    """A list as somebody sees it. The words of what is often asked (how many there are, the first page) are kept:
    writing them costs as much as answering them."""

    entry: KindEntry
    asked: Asked
    to: Viewer

    @cached_property
    def rows(self) -> QuerySet[Record]:
        return listed(self.entry, self.asked, to=self.to)

    def counted(self) -> int:
        """As :func:`counted`."""
        if not self._is_kept:
            return counted(self.rows)
        # No column is asked for: PostgreSQL's indexes don't hold the key, and it would look up every row.
        return self._kept("count", lambda rows: rows.order_by().values_list(Value(1))[: BOUND + 1]).count(
            self._who
        )

    def page(
        self, order: Order, paths: Sequence[str], *, after: Mark | None, before: Mark | None, few: bool
    ) -> tuple[list[tuple[Any, ...]], bool]:
        """As :func:`page_of`."""
        if after or before or not self._is_kept:
            return page_of(self.rows, order, paths, after=after, before=before, few=few)
        key = (order, tuple(paths), few)
        return _cut(
            self._kept(key, lambda rows: _paged(rows, order, paths, None, None, few))(self._who), back=False
        )

    @property
    def _is_kept(self) -> bool:
        """What depends on the moment, on words or on a point is another question each time; and which units are below
        one's own would have to be asked first."""
        fleeting = self.asked.late or self.asked.words or self.asked.around
        return not fleeting and (self._is_public or not any(post.unit_id for post in self.to.posts))

    @property
    def _is_public(self) -> bool:
        return self.entry.spec.visible == "public"

    @property
    def _is_plain(self) -> bool:
        """Found by kind and state alone, in the order of an index: by one plan, whatever the kind and state."""
        return self._is_public and replace(self.asked, state="") == Asked()

    @property
    def _who(self) -> int:
        return self.to.person.pk if self.to.person else 0

    def _kept(self, what: Hashable, of: Callable[[QuerySet], QuerySet]) -> Prepared:
        """A statement kept under what its words depend on: the packs, what is asked, and of whom is not told all, the
        reach of their posts."""
        reach = None if self._is_public else reach_of(self.to)
        key = ("list", what, self.entry.id, self.asked, reach)

        def write(person: int) -> QuerySet:
            seen = Viewer(Person(pk=person) if self.to.person else None, self.to.posts)
            return of(listed(self.entry, self.asked, to=seen))

        return kept(
            catalogue().derived, key, lambda: Prepared(write, int, may_lack=True, by_key=self._is_plain)
        )


def _column(name: str) -> str:
    return "place_id" if name == "place" else name


def _may_lack(name: str) -> bool:
    return name not in ("opened", "title", "place", "late_count")


def _ordered(name: str, down: bool, *, last: bool, few: bool) -> tuple[Any, str]:
    column, key = _column(name), "-pk" if down else "pk"
    # Said twice over, a column is no longer what an index is in order of: SQLite, which keeps no statistics, would
    # otherwise rather walk through all records of the kind in order than sort the few that fit.
    by = Coalesce(column, column) if few else F(column)
    ends = {("nulls_last" if last else "nulls_first"): True} if _may_lack(name) else {}
    return (by.desc(**ends) if down else by.asc(**ends)), key


def _beyond(name: str, mark: Mark, *, down: bool, last: bool) -> Q:
    """Rows that come after the mark. The bound on the column alone is what an index can use."""
    column = _column(name)
    than, bound, key = ("lt", "lte", "pk__lt") if down else ("gt", "gte", "pk__gt")
    lacks = Q(**{f"{column}__isnull": True})
    if mark.value is None:
        same = lacks & Q(**{key: mark.pk})
        return same if last else same | Q(**{f"{column}__isnull": False})
    beyond = Q(**{f"{column}__{bound}": mark.value}) & (
        Q(**{f"{column}__{than}": mark.value}) | Q(**{column: mark.value, key: mark.pk})
    )
    return beyond | lacks if last and _may_lack(name) else beyond


def open_counts(*, to: Viewer) -> dict[str, int]:
    """Kind → how many records the viewer may see that have not ended: one query. Registers, whose lines all
    stand until somebody ends them, are left out: theirs is no work that waits.
    """
    kinds = [key for key, entry in catalogue().kinds.items() if entry.spec.shape != "entry"]
    rows = Record.objects.filter(kind__in=kinds, closed__isnull=True).exclude(state=VOID)
    seen = visible(rows, to=to, kinds=kinds).order_by().values_list("kind")
    return dict(seen.annotate(rows=Count("*")))
