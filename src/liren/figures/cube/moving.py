"""Brings rows out of the database into DuckDB, by ADBC: columns, not one Python object per value.

Several readers see one state of the database: on SQLite they begin while the writers' queue is held for a moment, on
PostgreSQL they share an exported snapshot. Where ADBC is missing, or the caller stands inside a transaction of its
own, Django's connection reads instead: slower, and as exact.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any, Protocol

from django.db import connection

from liren import database
from liren.database.passing import Passing
from liren.refusals import Refusal

from .shapes import BIG, FLAG, MOMENT, TEXT

BATCH = 1 << 16
#: So many answers of about a hundred megabytes are read before their pages are given back.
PASSED = 2
#: The sign between the texts of a row that travel as one: no text has it, as a rule.
BETWEEN = 31
_HEAD = "SELECT coalesce(max(act), 0) FROM trail_head"


class Reader(Protocol):
    """One connection to the database, for one thread."""

    def into(self, target, name: str, columns: dict[str, str], told: Sequence[str], rows: str) -> None:
        """Make the table ``name`` in DuckDB (``target``) of the columns (name → type).

        ``told``: the columns in the database's own words, in the same order; ``rows``: what follows FROM.
        """
        ...

    def numbers(self, statement: str) -> list[int]:
        """The first column of an answer."""
        ...


def needed(name: str = "duckdb") -> Any:
    """The library, or a refusal that says which extra brings it."""
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise Refusal("extra_missing", what="列式引擎", extra="figures") from None


def present() -> bool:
    """Whether the extra is installed."""
    from importlib.util import find_spec

    return find_spec("duckdb") is not None


def in_order() -> str:
    """The number by which a whole table is passed through as it lies: acts on SQLite lie by one of its own."""
    return "_rowid_" if connection.vendor == "sqlite" else "id"


def as_kept(column: str, type_: str) -> str:
    """A column in the database's own words, so that its type is plain from the first row on.

    SQLite's driver looks at the first rows for a column's type: texts that are missing there travel as "".
    """
    if connection.vendor == "sqlite":
        return f"coalesce({column}, '')" if type_ in (TEXT, MOMENT) else column
    return f"({column} AT TIME ZONE 'UTC')" if type_ == MOMENT else column


def as_typed(column: str, type_: str) -> str:
    """The same column once it has arrived in DuckDB."""
    if type_ == TEXT:
        return f"nullif(CAST({column} AS VARCHAR), '')"
    if type_ == MOMENT:
        return f"CAST(nullif(CAST({column} AS VARCHAR), '') AS TIMESTAMP)"
    return f"CAST({column} AS {type_})"


def _typed(columns: dict[str, str]) -> str:
    return ", ".join(
        f'{as_typed(f"c{at}", type_)} AS "{name}"' for at, (name, type_) in enumerate(columns.items())
    )


def _texts(columns: dict[str, str]) -> list[int]:
    """Which columns travel as text."""
    return [at for at, type_ in enumerate(columns.values()) if type_ in (TEXT, MOMENT)]


class AdbcReader:
    """A connection of its own, whose batches DuckDB reads as they are."""

    def __init__(self, passing: Passing | None = None) -> None:
        self._passing, self._passed = passing, 0
        self.held, self.own = _connected(), needed().connect(config={"threads": 1})
        self.cursor = self.held.cursor()
        if connection.vendor == "sqlite":
            self.cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": BATCH})

    def into(self, target, name: str, columns: dict[str, str], told: Sequence[str], rows: str) -> None:
        try:
            if connection.vendor != "sqlite" or len(_texts(columns)) < 2:
                self._apart(target, name, columns, told, rows)
            else:
                self._packed(target, name, columns, told, rows)
        except needed().InvalidInputException:  # a text that holds the sign between texts
            self._apart(target, name, columns, told, rows)
        self._passed += 1
        if self._passing and self._passed % PASSED == 0:
            self._passing.give_back()

    def _apart(self, target, name: str, columns: dict[str, str], told: Sequence[str], rows: str) -> None:
        """Each column by itself."""
        listed = ", ".join(f"{one} AS c{at}" for at, one in enumerate(told))
        self._arrived(target, name, f"SELECT {listed} FROM {rows}", f"SELECT {_typed(columns)} FROM arriving")

    def _packed(self, target, name: str, columns: dict[str, str], told: Sequence[str], rows: str) -> None:
        """The texts of a row as one: what SQLite's driver does for every value costs more than taking them apart."""
        texts = _texts(columns)
        listed = [f"{one} AS c{at}" for at, one in enumerate(told) if at not in texts]
        listed.append(f" || char({BETWEEN}) || ".join(told[at] for at in texts) + " AS packed")
        split = f"SELECT *, string_split(CAST(packed AS VARCHAR), chr({BETWEEN})) AS parts FROM arriving"
        found = ", ".join(f"parts[{nth}] AS c{at}" for nth, at in enumerate(texts, 1))
        whole = f"CASE WHEN len(parts) = {len(texts)} THEN true ELSE error('a text holds the sign between texts') END"
        typed = f"SELECT {_typed(columns)} FROM (SELECT *, {found} FROM ({split}) WHERE {whole})"
        self._arrived(target, name, f"SELECT {', '.join(listed)} FROM {rows}", typed)

    def _arrived(self, target, name: str, statement: str, typed: str) -> None:
        self.cursor.execute(statement)
        target.register("arriving", self.cursor.fetch_arrow())
        try:
            target.execute(f"CREATE OR REPLACE TABLE {name} AS {typed}")
        finally:
            target.unregister("arriving")

    def numbers(self, statement: str) -> list[int]:
        return [row[0] for row in self.answer(statement)]

    def answer(self, statement: str) -> list[tuple]:
        """All rows of a short answer; the driver's own way to rows asks for another library."""
        self.cursor.execute(statement)
        self.own.register("arriving", self.cursor.fetch_arrow())
        found = self.own.execute("SELECT * FROM arriving").fetchall()
        self.own.unregister("arriving")
        return found

    def close(self) -> None:
        for one in (self.own, self.cursor, self.held):
            with suppress(Exception):
                one.close()


class OwnReader:
    """Django's own connection, with what the running transaction has written."""

    def into(self, target, name: str, columns: dict[str, str], told: Sequence[str], rows: str) -> None:
        arrived = {BIG: "BIGINT", FLAG: "BOOLEAN"}
        kinds = {f"c{at}": arrived.get(type_, "VARCHAR") for at, type_ in enumerate(columns.values())}
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(told)} FROM {rows}")
            found = [dict(zip(kinds, map(_plain, row), strict=True)) for row in cursor.fetchall()]
        said = f"unnest(from_json($1, '{json.dumps([kinds])}'), recursive := true)"
        target.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT {_typed(columns)} FROM (SELECT {said})",
            [json.dumps(found, ensure_ascii=False)],
        )

    def numbers(self, statement: str) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return [row[0] for row in cursor.fetchall()]

    def close(self) -> None:
        """Django keeps its connection."""


def _plain(value):
    return value if value is None or isinstance(value, int | str) else str(value)


@contextmanager
def readers(count: int, *, whole: bool = False) -> Iterator[tuple[int, Sequence[Reader]]]:
    """The number of the last act, and readers who all see the database as it was then.

    ``whole``: they pass through all of it, and leave the machine's memory as it was.
    """
    if connection.in_atomic_block or not present() or not _adbc():
        own = OwnReader()
        yield own.numbers(_HEAD)[0], [own]
        return
    with ExitStack() as stack:
        found = _together(count, whole, stack)
        yield found[0].numbers(_HEAD)[0], found


def _together(count: int, whole: bool, stack: ExitStack) -> list[AdbcReader]:
    if connection.vendor == "sqlite":
        # ADBC brings an SQLite of its own. When that closes the file, the system drops all locks this process has on
        # it, those of Django's connection too: another process that leaves would then think itself the last, and
        # remove the log that we go on writing to. So Django's connection ends with the readers, and begins anew.
        stack.callback(connection.close)
        name = connection.settings_dict["NAME"]
        passing = stack.enter_context(closing(Passing(name))) if whole else None
        with database.atomic():  # nobody writes meanwhile, so all begin at the same state
            found = [stack.enter_context(closing(AdbcReader(passing))) for _ in range(count)]
            for reader in found:
                reader.numbers(_HEAD)
        return found
    found = [stack.enter_context(closing(AdbcReader())) for _ in range(count)]
    for reader in found:
        reader.cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    ((snapshot,),) = found[0].answer("SELECT pg_export_snapshot()")
    for reader in found[1:]:
        reader.cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
    return found


def _adbc() -> bool:
    from importlib.util import find_spec

    return find_spec(f"adbc_driver_{connection.vendor}") is not None


def _connected():
    from importlib import import_module

    driver = import_module(f"adbc_driver_{connection.vendor}.dbapi")
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return driver.connect(f"file:{settings['NAME']}")
    from psycopg.conninfo import make_conninfo

    said = connection.get_connection_params()
    known = {
        k: said[k]
        for k in ("host", "port", "user", "password", "dbname", "options", "sslmode")
        if said.get(k)
    }
    return driver.connect(make_conninfo(**known))
