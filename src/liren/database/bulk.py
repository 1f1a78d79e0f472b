"""Inserts many rows at once, five times quicker than building each column's SQL through the ORM.

For rows that were made by the nouns' own code only: values are taken from the objects' attributes
as they are, moments and JSON documents adapted for the database.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, BigAutoField, DateTimeField, JSONField, Model

_CHUNK = 2000


def insert_rows(model: type[Model], objects: Sequence[Any]) -> None:
    """Insert objects (model instances, or anything with the columns' attribute names).

    Objects without a primary key get the next ones, in order. Call inside a write transaction.
    """
    if not objects:
        return
    fields = list(model._meta.concrete_fields)
    if isinstance(model._meta.pk, AutoField | BigAutoField):
        _number(model, objects)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    # Names come from the models, values travel as parameters.
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    takers = [(field.attname, _adapter(field)) for field in fields]
    with connection.cursor() as cursor:
        for start in range(0, len(objects), _CHUNK):
            rows = [
                tuple(adapt(getattr(one, name)) if adapt else getattr(one, name) for name, adapt in takers)
                for one in objects[start : start + _CHUNK]
            ]
            cursor.executemany(statement, rows)


def update_row(one: Model, names: Sequence[str], **was: Any) -> bool:
    """Write some columns of a row, if the columns of ``was`` still hold what they did; whether it was so."""
    model, quote = type(one), connection.ops.quote_name
    columns = {field.name: field for field in model._meta.concrete_fields}
    fields = [columns[name] for name in names]
    told = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    held = " AND ".join(f"{quote(str(columns[name].column))} = %s" for name in ("id", *was))
    values = []
    for field in fields:
        value, adapt = getattr(one, field.attname), _adapter(field)
        values.append(adapt(value) if adapt else value)
    with connection.cursor() as cursor:
        statement = f"UPDATE {quote(model._meta.db_table)} SET {told} WHERE {held}"  # noqa: S608 - as above
        cursor.execute(statement, [*values, one.pk, *was.values()])
        return cursor.rowcount == 1


def _adapter(field) -> Callable[[Any], Any] | None:
    if isinstance(field, DateTimeField):
        moment = connection.ops.adapt_datetimefield_value
        return lambda value: None if value is None else moment(value)
    if isinstance(field, JSONField):
        return lambda value: connection.ops.adapt_json_value(value, json.JSONEncoder)
    return None


def _number(model: type[Model], objects: Sequence[Any]) -> None:
    """Give primary keys: on PostgreSQL from the sequence; on SQLite after the last one ever given,
    which is safe because the write transaction has begun IMMEDIATE.
    """
    new = [one for one in objects if one.pk is None]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            column = model._meta.pk.column
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [table, column, len(new)],
            )
            numbers = [row[0] for row in cursor.fetchall()]
        else:
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            last = row[0] if row else 0
            numbers = list(range(last + 1, last + 1 + len(new)))
    for one, number in zip(new, numbers, strict=True):
        one.pk = number
        one._state.adding, one._state.db = False, "default"
