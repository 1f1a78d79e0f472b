"""How each database finds spelt phrases. Both give the very same answers (tests hold them to ``in``)."""

import re
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet

from .models import Entry
from .spelling import BREAK, EDGE, apart, open_ended, pattern

#: How many keys are taken from the full-text table at first, and at most, before asking who may see them.
_FIRST, _MOST = 400, 20_000
_SCOPE = re.compile(r"[A-Za-z0-9._]+")


def matching(
    asked: Sequence[str],
    rows: QuerySet,
    *,
    place: str,
    kinds: Iterable[str] | None,
    before: int | None,
    most: int,
) -> list[Entry]:
    """Entries out of ``rows`` that hold all phrases, newest first, ``most`` of them, with keys less than ``before``.

    ``place`` and ``kinds`` are already filters of ``rows``; SQLite's full-text table knows them too and is narrowed
    by them.
    """
    if connection.vendor != "sqlite":
        return list(_holding(asked, rows, before).order_by("-key")[:most])
    found: list[Entry] = []
    for keys in _keys(_question(asked, place, kinds), before):
        found += rows.filter(key__in=keys).order_by("-key")[: most - len(found)]
        if len(found) >= most:
            break
    return found


def _question(asked: Sequence[str], place: str, kinds: Iterable[str] | None) -> str:
    """The question in the language of FTS5. Spelt text holds no quotation marks."""
    words = " AND ".join(
        f'"{" ".join(apart(phrase).split())}"{" *" if open_ended(phrase) else ""}' for phrase in asked
    )
    # A scope in other letters than codes and kinds have is left to the filters of the rows.
    scopes = [
        scope
        for scope in ([place] if place else [], kinds or [])
        if scope and all(map(_SCOPE.fullmatch, scope))
    ]
    narrowed = ["scope : ({})".format(" OR ".join(f'"{word}"' for word in scope)) for scope in scopes]
    return " AND ".join([f"body : ({words})", *narrowed])


def _keys(question: str, before: int | None) -> Iterator[list[int]]:
    """The keys that match, newest first, in portions that grow: most questions are answered by the first.

    Asking for all of them at once and joining would cost a second for 的 in a million records.
    """
    portion, last = _FIRST, (1 << 63) - 1 if before is None else before
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rowid FROM search_letters WHERE search_letters MATCH %s AND rowid < %s"
                " ORDER BY rowid DESC LIMIT %s",
                [question, last, portion],
            )
            keys = [row[0] for row in cursor.fetchall()]
        if keys:
            yield keys
        if len(keys) < portion:
            return
        portion, last = min(portion * 4, _MOST), keys[-1]


def every_key(asked: Sequence[str], *, kind: str, most: int) -> list[int] | None:
    """SQLite: the keys of all entries of a kind that hold all phrases; None where there are more than ``most``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rowid FROM search_letters WHERE search_letters MATCH %s LIMIT %s",
            [_question(asked, "", [kind]), most + 1],
        )
        keys = [row[0] for row in cursor.fetchall()]
    return keys if len(keys) <= most else None


def holding_all(asked: Sequence[str], rows: QuerySet) -> QuerySet:
    """PostgreSQL: the entries that hold all phrases."""
    return _holding(asked, rows, None)


class _HoldsSigns(Func):
    """PostgreSQL: the text has every one of these characters somewhere, by the index ``search_entry_signs``."""

    output_field = BooleanField()

    def __init__(self, expression, signs: Sequence[str] = ()):
        super().__init__(expression)
        self.signs = list(signs)

    def as_postgresql(self, compiler, *_, **__):
        text, params = compiler.compile(self.source_expressions[0])
        return f"(string_to_array({text}, NULL) @> %s::text[])", [*params, self.signs]


def _holding(asked: Sequence[str], rows: QuerySet, before: int | None) -> QuerySet:
    """The index finds texts with all the characters, then each is read: of a long text a ``tsvector`` keeps
    only some positions, so a phrase search by index alone would miss some.
    """
    for phrase in asked:
        wanted = pattern(phrase)
        signs = sorted(set(wanted) - {EDGE, BREAK})
        rows = rows.filter(_HoldsSigns(F("text"), signs), text__contains=wanted)
    return rows if before is None else rows.filter(key__lt=before)
