"""Short statements of the kernel's writing path, asked through a cursor.

An ORM query costs half a millisecond before the database hears of it; a report is accepted with a dozen of
them. The few that every write asks are written out here and there by hand, with values always as parameters.
Everything that depends on what a pack says stays with the ORM.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet


def ready_cursor() -> Any:
    """A cursor for statements that are asked again and again and find rows by equal keys: the database keeps them
    ready with their plan."""
    return connections[DEFAULT_DB_ALIAS].ready_cursor()  # type: ignore[attr-defined]


def row(statement: str, *values: Any) -> tuple | None:
    """The first row of an answer, or None."""
    with ready_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def rows(statement: str, *values: Any) -> list[tuple]:
    """All rows of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def rows_by_key(statement: str, *values: Any) -> list[tuple]:
    """All rows of an answer to a question that finds them by equal keys, however often it is asked."""
    with ready_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def table_of(name: str, held: Sequence[tuple[str | int, ...]]) -> tuple[str, list[Any]]:
    """A table of values to stand behind WITH, and what it is filled with: ``name`` as ``place(reach, low, high)``.

    On PostgreSQL the values travel by columns, so that a statement's words are the same for however many rows and its
    plan is kept; row by row, a to-do list was read and planned anew for every page, at 2.6 ms.
    """
    if connection.vendor == "postgresql":
        columns = [list(column) for column in zip(*held, strict=True)]
        sorts = ["%s::text[]" if isinstance(one, str) else "%s::bigint[]" for one in held[0]]
        return f"{name} AS (SELECT * FROM unnest({', '.join(sorts)}))", columns  # noqa: S608 - our own words
    row = f"({', '.join(['%s'] * len(held[0]))})"
    return f"{name} AS (VALUES {', '.join([row] * len(held))})", [value for one in held for value in one]


def changed(statement: str, *values: Any) -> int:
    """Carry a change out; how many rows it met."""
    with ready_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def stored(query: QuerySet) -> list[tuple]:
    """The rows of a `values_list` as the database hands them over: JSON as text, SQLite's moments without a zone.

    For whoever reads a million of them: to convert every cell is what costs the most.
    """
    try:
        statement, values = query.query.sql_with_params()
    except EmptyResultSet:
        return []
    return rows(statement, *values)


def unmap() -> None:
    """Read SQLite's file through its own cache from now on, on this connection.

    For a process that reads all of a grown table once: mapped into its memory (``MMAP_BYTES``), the file's pages would
    be 230 MiB of what it is resident with, and help nobody a second time.
    """
    if connection.vendor == "sqlite":
        rows("PRAGMA mmap_size=0")


@contextmanager
def unmapped() -> Iterator[None]:
    """`unmap`, and afterwards as it was before: for a server's connection, which has other questions to answer."""
    before = rows("PRAGMA mmap_size") if connection.vendor == "sqlite" else []
    unmap()
    try:
        yield
    finally:
        for (bytes_,) in before:
            rows(f"PRAGMA mmap_size={int(bytes_)}")
