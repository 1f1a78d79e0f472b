"""Short statements of the kernel's writing path, asked through a cursor.

An ORM query costs half a millisecond before the database hears of it; a report is accepted with a dozen of
them. The few that every write asks are written out here and there by hand, with values always as parameters.
Everything that depends on what a pack says stays with the ORM.
"""

from typing import Any

from django.db import connection


def row(statement: str, *values: Any) -> tuple | None:
    """The first row of an answer, or None."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def rows(statement: str, *values: Any) -> list[tuple]:
    """All rows of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def changed(statement: str, *values: Any) -> int:
    """Carry a change out; how many rows it met."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
