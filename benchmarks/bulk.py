"""Many millions of rows into an empty database: written plainly, indexes made afterwards, nothing durable on the way.

Only for a database that is thrown away when building it fails.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection

CHUNK = 20_000
_HASTY = {
    "journal_mode": "OFF", "synchronous": "OFF", "cache_size": "-400000", "temp_store": "FILE", "foreign_keys": "OFF",
    "threads": "2",
}  # fmt: skip


def lite() -> bool:
    """Whether the county is built on SQLite."""
    return connection.vendor == "sqlite"


@contextmanager
def hasty(tables: Iterable[str]) -> Iterator[None]:
    """While it lasts the tables have no indexes that a constraint does not need, and SQLite keeps no journal."""
    before = _pragmas(_HASTY)
    _session(
        "SET synchronous_commit = off", "SET session_replication_role = replica"
    )  # no check of references
    dropped = [made for table in tables for made in _indexes(table)]
    with connection.cursor() as cursor:
        for name, _ in dropped:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _, statement in dropped:
            cursor.execute(statement)
        if not lite():  # as autovacuum would; a site on SQLite keeps no statistics
            cursor.execute("VACUUM (ANALYZE)")
    _session("RESET synchronous_commit", "RESET session_replication_role")
    _pragmas(before)


def told(cursor: Any, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """A small table of the connection's own, by which a statement puts rows together."""
    known = list(rows)
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({columns})")
    marks = ", ".join(["%s"] * len(known[0]))
    cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", known)


def poured(statement: str, lines: Iterable[str]) -> None:
    """COPY lines of text into PostgreSQL, many at a time."""
    connection.ensure_connection()
    rest = iter(lines)
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        while block := "".join(islice(rest, CHUNK)):
            copy.write(block)


def read(statement: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement, a few thousand at a time, while others are put: on SQLite by the same connection,
    whose writing would wait for another's reading; on PostgreSQL by one that sees what was committed."""
    if lite():
        connection.ensure_connection()
        cursor = sqlite3.Connection.execute(connection.connection, statement)
        while found := cursor.fetchmany(CHUNK):
            yield from found
        return
    import psycopg

    said = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    with psycopg.connect(**said) as other, other.cursor(name="county") as found:
        found.itersize = CHUNK
        yield from found.execute(statement)


def _pragmas(said: dict[str, str]) -> dict[str, str]:
    """Set them on SQLite; returns what was set before."""
    found = {}
    if lite():
        with connection.cursor() as cursor:
            for name, value in said.items():
                cursor.execute(f"PRAGMA {name}")
                found[name] = str(cursor.fetchone()[0])
                cursor.execute(f"PRAGMA {name}={value}")
    return found


def _session(*said: str) -> None:
    if not lite():
        with connection.cursor() as cursor:
            for one in said:
                cursor.execute(one)


def _indexes(table: str) -> list[tuple[str, str]]:
    """Name and statement of the indexes of a table that no constraint made."""
    asked = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s"
        if lite()
        else "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint)"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [table])
        return cursor.fetchall()
