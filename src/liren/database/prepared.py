"""Questions whose words do not change, put into SQL once: afterwards only the values travel.

The ORM takes half a millisecond to a whole one to write a statement that the database answers in a hundredth of
that. What every request asks (session, account, person, posts, places) is therefore written once per process. Only
the words are kept, never an answer: what was revoked a moment ago is gone at the next question.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import ModelIterable, get_related_populators

from .statements import ready_cursor

Row = TypeVar("Row")
Read = Callable[[list[tuple]], list[Any]]
_AS_IT_IS, _COUNTED = "", "SELECT COUNT(*) FROM ({}) counted"
_ONE, _ANY = " IN (%s)", " = ANY(%s)"
#: Stand for the values while the words are written; no statement of ours holds them by chance.
_MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda at: 2_000_000_101 + at,
    str: lambda at: chr(0xE101 + at),
    datetime: lambda at: datetime(1801, 1, 1, tzinfo=UTC) + timedelta(days=at),
}


class Prepared(Generic[Row]):
    """A query of rows, made by ``make`` out of values that are whole numbers, text or moments (``kinds``).

    ``Prepared(lambda user: Person.objects.filter(user=user), int)(7)`` is the list of that query's objects, and
    of `values_list` its tuples. The query may join (``select_related``), order and slice. Every value stands in the
    statement as it is; where it ``may_lack`` some, they are ignored. ``by_key``: rows are found by equal keys, so that
    one plan is as good as another, and the database may keep it. ``together``: instead of its one value the call gets
    a list of such, and what is ``IN (…)`` is found (PostgreSQL's arrays: the words are the same for any number).
    """

    def __init__(
        self,
        make: Callable[..., QuerySet[Any, Row]],
        *kinds: type,
        may_lack: bool = False,
        by_key: bool = False,
        together: bool = False,
    ) -> None:
        self._make, self._kinds, self._may_lack = make, kinds, may_lack
        self._by_key, self._together = by_key, together
        self._read: Read | None = None

    def __call__(self, *values: Any) -> list[Row]:
        found = self._found(_AS_IT_IS, values)
        return self._read(found) if found and self._read else []

    def count(self, *values: Any) -> int:
        """How many rows there are: they are counted where they lie."""
        found = self._found(_COUNTED, values)
        return found[0][0] if found else 0

    def _found(self, around: str, values: tuple[Any, ...]) -> list[tuple]:
        if self._read is None:
            self._write()
        if not self._words:
            return []
        told = [_adapted(value) for value in values]
        with ready_cursor() if self._by_key else connection.cursor() as cursor:
            words = around.format(self._words) if around else self._words
            cursor.execute(words, [said if at is None else told[at] for at, said in self._said])
            return cursor.fetchall()

    def first(self, *values: Any) -> Row | None:
        """The first row, or None."""
        found = self(*values)
        return found[0] if found else None

    def _write(self) -> None:
        marks = [_MARKS[kind](at) for at, kind in enumerate(self._kinds)]
        rows = self._make(*marks)
        compiler = rows.query.get_compiler(connection=connection)
        stand = {_adapted(mark): at for at, mark in enumerate(marks)}
        try:
            words, params = compiler.as_sql()
        except EmptyResultSet:  # whatever the values, there is nothing
            self._words, self._read = "", list
            return
        self._said = [(stand.get(one) if isinstance(one, Hashable) else None, one) for one in params]
        lacking = set(stand.values()) - {at for at, _ in self._said}
        assert self._may_lack or not lacking, (
            f"values {lacking} do not stand in the statement as they are: {words}"
        )
        if self._together:
            assert words.count(_ONE) == 1, f"which of them is the list is not told by {words}"
            words = words.replace(_ONE, _ANY)
        self._words, self._read = words, _reader(compiler, objects=rows._iterable_class is ModelIterable)


class ByKeys(Generic[Row]):
    """A query over rows that are named by their keys (of a ``kind``), as a page has them: ``make`` takes the keys.

    Up to a page's; more are asked for through the ORM. It is one statement on PostgreSQL, which keeps it ready, and
    one for each number of keys on SQLite.
    """

    MOST = 60

    def __init__(self, make: Callable[[Iterable[Any]], QuerySet[Any, Row]], kind: type = int) -> None:
        self._make, self._kind, self._written = make, kind, dict[int, Prepared[Row]]()
        self._every = Prepared(self._as_many, kind, by_key=True, together=True)

    def __call__(self, keys: Iterable[Any]) -> list[Row]:
        told = list(dict.fromkeys(keys))
        count = len(told)
        if count > self.MOST:
            return list(self._make(told))
        if not told:
            return []
        if connection.vendor == "postgresql":
            return self._every(told)
        return kept(self._written, count, lambda: Prepared(self._as_many, *[self._kind] * count))(*told)

    def _as_many(self, *keys: Any) -> QuerySet[Any, Row]:
        return self._make(keys)


Made = TypeVar("Made")
#: Statements kept beside one another; when there are more, all are written anew.
MOST = 500


def kept(shelf: dict[Any, Any], key: Hashable, make: Callable[[], Made]) -> Made:
    """What stands on a shelf under everything that its words depend on, made when it is not there."""
    found = shelf.get(key)
    if found is None:
        if len(shelf) >= MOST:
            shelf.clear()
        found = shelf[key] = make()
    return found


def _adapted(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _reader(compiler, *, objects: bool) -> Read:
    """What turns rows into objects, as Django's own `ModelIterable` does; tuples where the query names columns."""
    told, select = compiler.klass_info, compiler.select
    converters = compiler.get_converters([one[0] for one in select])
    if not objects:
        return lambda rows: [tuple(row) for row in compiler.apply_converters(rows, converters)]
    model, fields = told["model"], told["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [one[0].target.attname for one in select[start:end]]
    alias = connection.alias
    related = get_related_populators(told, select, alias)  # type: ignore[call-arg]
    annotated = list(compiler.annotation_col_map.items())

    def read(rows: list[tuple]) -> list[Any]:
        found = []
        for row in compiler.apply_converters(rows, converters) if converters else rows:
            one = model.from_db(alias, names, row[start:end])
            for each in related:
                each.populate(row, one)
            for name, at in annotated:
                setattr(one, name, row[at])
            found.append(one)
        return found

    return read
