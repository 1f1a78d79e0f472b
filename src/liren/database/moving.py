"""Copies every table of a SQLite database into an empty PostgreSQL one, in one transaction, and proves it.

Both sides are digested row by row in one canonical form, whatever the database makes of a moment, a document or a
yes: the source while it is read, the target when it is read back, before anything is committed. A break, a
difference, a value PostgreSQL cannot keep: nothing is there, and the same command begins anew.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import psycopg
from django.apps import apps
from django.db.models import Field, ForeignKey
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import set_json_loads

from liren.progress import Bar
from liren.refusals import Refusal

#: Rows that migrating writes itself; they are replaced by those of the source.
OF_MIGRATING = ("django_content_type", "auth_permission")
#: Tables that the target makes itself, or that only SQLite has (the full-text table's own).
NOT_MOVED = ("django_migrations", "sqlite_", "search_letters")
_CHUNK = 2000
_RING = 1 << 256


@dataclass(frozen=True)
class Table:
    """One table: its columns in one order for both sides, and how each value of SQLite is read."""

    name: str
    columns: tuple[str, ...]
    readers: tuple[Callable[[Any], Any] | None, ...]
    serial: str | None


@dataclass(frozen=True)
class Moved:
    """What was found of one table on both sides; the digest is 64 hexadecimal digits."""

    table: str
    rows: int
    digest: str


class Document(str):
    """A JSON document as SQLite keeps it: passed on as it is written, so that no number becomes another one."""

    __slots__ = ()

    def read(self) -> Any:
        return json.loads(self, parse_float=Decimal)


def tables() -> list[Table]:
    """Every table of the models, those that only tie two others included, in the order of names."""
    models = apps.get_models(include_auto_created=True)
    found = {m._meta.db_table: m for m in models if m._meta.managed and not m._meta.proxy}
    return [_table(name, found[name]._meta) for name in sorted(found)]


def _table(name: str, meta) -> Table:
    fields = list(meta.concrete_fields)
    serial = meta.pk.column if meta.pk.get_internal_type() in ("AutoField", "BigAutoField") else None
    columns = tuple(str(field.column) for field in fields)
    return Table(name, columns, tuple(_reader(field) for field in fields), serial)


def _reader(field: Field) -> Callable[[Any], Any] | None:
    while isinstance(field, ForeignKey):
        field = field.target_field
    return _READERS.get(field.get_internal_type())


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


#: How a value that SQLite keeps in its own way becomes the one that PostgreSQL takes.
_READERS: dict[str, Callable[[Any], Any]] = {
    "BooleanField": bool,
    "DateTimeField": _moment,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "JSONField": lambda value: Document(value),
    "DecimalField": lambda value: Decimal(str(value)),
    "DurationField": lambda value: timedelta(microseconds=value),
    "UUIDField": uuid.UUID,
    "GenericIPAddressField": ipaddress.ip_address,
}


# -- one form for both sides --------------------------------------------------------------------------


class Digest:
    """A digest of rows that does not depend on their order: the sum of the SHA-256 of each, modulo 2**256."""

    def __init__(self) -> None:
        self.rows, self._sum = 0, 0

    def add(self, row: Sequence[Any]) -> None:
        said = json.dumps([plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))
        self._sum += int.from_bytes(hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest())
        self.rows += 1

    def __str__(self) -> str:
        return f"{self._sum % _RING:064x}"


def plain(value: Any) -> Any:
    """A value as both databases must give it back."""
    if isinstance(value, Document):
        return plain(value.read())
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=plain)
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return repr(value) if isinstance(value, float) else str(value)


# -- there and back -----------------------------------------------------------------------------------


def counts(source: sqlite3.Connection, every: Sequence[Table]) -> dict[str, int]:
    """How many rows each table of the source has. Raises Refusal where a table is missing."""
    there = {name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if lost := [table.name for table in every if table.name not in there]:
        raise Refusal(
            "setup",
            reason=_("源数据库里没有表 %(among)s；请先运行 liren tick 更新它") % {"among": "、".join(lost)},
        )
    return {t.name: source.execute(f'SELECT count(*) FROM "{t.name}"').fetchone()[0] for t in every}  # noqa: S608


def left_behind(source: sqlite3.Connection, every: Sequence[Table]) -> list[str]:
    """Tables of the source that no model of this version knows: they are not moved, and that is said."""
    known = {table.name for table in every}
    rows = source.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in rows if name not in known and not name.startswith(NOT_MOVED)]


def filled(target: psycopg.Connection, every: Sequence[Table]) -> dict[str, int]:
    """Tables of the target that hold rows already, but those that migrating writes."""
    found = {}
    for table in every:
        if table.name in OF_MIGRATING:
            continue
        name = sql.Identifier(table.name)
        row = target.execute(
            sql.SQL("SELECT count(*) FROM (SELECT 1 FROM {} LIMIT 1000) few").format(name)
        ).fetchone()
        if row is not None and row[0]:
            found[table.name] = row[0]
    return found


def move(
    source: sqlite3.Connection, target: psycopg.Connection, every: Sequence[Table], bar: Bar
) -> list[Moved]:
    """Copy all tables inside the open transaction of ``target``, read them back, set the sequences.

    Raises Refusal when a row cannot be kept there or comes back otherwise: then roll the target back.
    """
    set_json_loads(partial(json.loads, parse_float=Decimal), target)
    names = sql.SQL(", ").join(sql.Identifier(name) for name in OF_MIGRATING)
    target.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))
    moved = []
    for table in every:
        gone = _copy(source, target, table, bar)
        come = Digest()
        for row in _read_back(target, table):
            come.add(row)
            bar.advance()
        if (gone.rows, str(gone)) != (come.rows, str(come)):
            reason = _("表 %(name)s 搬过去不一样：%(rows)s 行对 %(rows2)s 行，摘要 %(gone)s 对 %(come)s") % {
                "name": table.name,
                "rows": gone.rows,
                "rows2": come.rows,
                "gone": gone,
                "come": come,
            }
            raise Refusal(
                "setup", reason=_("%(reason)s。什么都没有搬；请把这一行告诉开发者") % {"reason": reason}
            )
        _set_sequence(source, target, table)
        moved.append(Moved(table.name, come.rows, str(come)))
    return moved


def _copy(source: sqlite3.Connection, target: psycopg.Connection, table: Table, bar: Bar) -> Digest:
    digest, columns = Digest(), sql.SQL(", ").join(sql.Identifier(name) for name in table.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    try:
        with target.cursor().copy(statement) as copy:
            for row in _rows(source, table):
                digest.add(row)
                copy.write_row(row)
                bar.advance()
    except (psycopg.DataError, psycopg.IntegrityError, ValueError) as fault:
        said = str(fault).strip().splitlines()[0]
        reason = _("表 %(name)s 第 %(rows)s 行 PostgreSQL 收不下：%(said)s。什么都没有搬；请先在原处改好") % {
            "name": table.name,
            "rows": digest.rows,
            "said": said,
        }
        raise Refusal("setup", reason=reason) from None
    return digest


def _rows(source: sqlite3.Connection, table: Table) -> Iterator[list[Any]]:
    columns = ", ".join(f'"{name}"' for name in table.columns)
    cursor = source.execute(f'SELECT {columns} FROM "{table.name}"')  # noqa: S608 - names come from the models
    while chunk := cursor.fetchmany(_CHUNK):
        for row in chunk:
            yield [
                value if value is None or read is None else read(value)
                for value, read in zip(row, table.readers, strict=True)
            ]


def _read_back(target: psycopg.Connection, table: Table) -> Iterator[tuple]:
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in table.columns)
    statement = sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(table.name))
    with target.cursor(name="liren_moved") as cursor:
        cursor.itersize = _CHUNK
        yield from cursor.execute(statement)


def _set_sequence(source: sqlite3.Connection, target: psycopg.Connection, table: Table) -> None:
    """Numbers go on after the last one ever given, also where the row that had it is gone."""
    if table.serial is None:
        return
    known = source.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", [table.name]).fetchone()
    name, column = sql.Identifier(table.name), sql.Identifier(table.serial)
    top = target.execute(sql.SQL("SELECT max({}) FROM {}").format(column, name)).fetchone()
    last = max(known[0] if known else 0, top[0] or 0 if top else 0)
    if last:
        target.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table.name}"', table.serial, last]
        )
