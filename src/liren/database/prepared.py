"""Questions whose words never change, put into SQL once: afterwards only the values travel.

The ORM takes half a millisecond to a whole one to write a statement that the database answers in a hundredth of
that. What every request asks (session, account, person, posts, places) is therefore written once per process. Only
the words are kept, never an answer: what was revoked a moment ago is gone at the next question.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
#: Stand for the values while the words are written; no statement of ours holds them by chance.
_NUMBER, _SIGN = 2_000_000_101, 0xE101


class Prepared(Generic[M]):
    """A query of rows, made by ``make`` out of values that are whole numbers or text (``kinds``).

    ``Prepared(lambda user: Person.objects.filter(user=user), int)(7)`` is the list of that query's objects.
    The query may join (``select_related``), order and slice; what it says must not depend on packs or viewers.
    """

    def __init__(self, make: Callable[..., QuerySet[M]], *kinds: type) -> None:
        self._make, self._kinds = make, kinds
        self._read: Callable[[list[tuple]], list[M]] | None = None

    def __call__(self, *values: int | str | None) -> list[M]:
        if self._read is None:
            self._write()
        assert self._read is not None
        with connection.cursor() as cursor:
            cursor.execute(self._words, [values[at] if own else said for own, at, said in self._said])
            return self._read(cursor.fetchall())

    def first(self, *values: int | str | None) -> M | None:
        """The first row, or None."""
        found = self(*values)
        return found[0] if found else None

    def _write(self) -> None:
        marks = [_NUMBER + at if kind is int else chr(_SIGN + at) for at, kind in enumerate(self._kinds)]
        compiler = self._make(*marks).query.get_compiler(connection=connection)
        self._words, params = compiler.as_sql()
        self._said = [(one in marks, marks.index(one) if one in marks else 0, one) for one in params]
        missing = [at for at, mark in enumerate(marks) if mark not in params]
        assert not missing, f"values {missing} do not stand in the statement as they are: {self._words}"
        self._read = _reader(compiler)


def _reader(compiler) -> Callable[[list[tuple]], list[Any]]:
    """What turns rows into objects, as Django's own `ModelIterable` does."""
    told, select = compiler.klass_info, compiler.select
    model, fields = told["model"], told["select_fields"]
    start, end = fields[0], fields[-1] + 1
    names = [one[0].target.attname for one in select[start:end]]
    related = get_related_populators(told, select, connection.alias)  # type: ignore[call-arg]
    converters = compiler.get_converters([one[0] for one in select])

    def read(rows: list[tuple]) -> list[Any]:
        if converters:
            rows = compiler.apply_converters(rows, converters)
        found = []
        for row in rows:
            one = model.from_db(connection.alias, names, row[start:end])
            for each in related:
                each.populate(row, one)
            found.append(one)
        return found

    return read
