"""Short statements of the kernel's writing path, asked through a cursor.

An ORM query costs half a millisecond before the database hears of it; a report is accepted with a dozen of
them. The few that every write asks are written out here and there by hand, with values always as parameters.
Everything that depends on what a pack says stays with the ORM.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections


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


def changed(statement: str, *values: Any) -> int:
    """Carry a change out; how many rows it met."""
    with ready_cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def unmap() -> None:
    """Read SQLite's file through its own cache from now on, on this connection.

    For a process that reads all of a grown table once: mapped into its memory (``MMAP_BYTES``), the file's pages would
    be 230 MiB of what it is resident with, and help nobody a second time.
    """
    if connection.vendor == "sqlite":
        rows("PRAGMA mmap_size=0")
