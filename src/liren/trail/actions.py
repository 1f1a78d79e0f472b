"""Appends acts to the chain: the only place where acts are inserted."""

import json
from collections.abc import Iterator, Sequence
from datetime import date

from django.db import connection

from liren import database
from liren.records.acts import NewAct
from liren.records.models import Act

from .chain import link
from .models import Anchor, Head

_COLUMNS = [f.column for f in Act._meta.concrete_fields]
_CHUNK = 5000


def acts_append(acts: Sequence[NewAct]) -> None:
    """Number, chain and insert acts. Call inside a write transaction.

    Locking the head row puts all writers of PostgreSQL in one line; on SQLite the write lock does.
    """
    if not acts:
        return
    head = Head.objects.select_for_update().filter(pk=1).first()
    if head is None:
        head = Head.objects.create(pk=1)
    number, last = head.act, head.hash
    for act in acts:
        number += 1
        act.id = number
        act.hash = last = link(last, act)
    _insert(acts)
    Head.objects.filter(pk=1).update(act=number, hash=last)


def _insert(acts: Sequence[NewAct]) -> None:
    """Rows straight into the table: building a model object for each costs five times the insert."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(c) for c in _COLUMNS)
    marks = ", ".join(["%s"] * len(_COLUMNS))
    statement = f"INSERT INTO {quote(Act._meta.db_table)} ({columns}) VALUES ({marks})"
    with connection.cursor() as cursor:
        for start in range(0, len(acts), _CHUNK):
            cursor.executemany(statement, list(_rows(acts[start : start + _CHUNK])))


def _rows(acts: Sequence[NewAct]) -> Iterator[tuple]:
    moment, document = connection.ops.adapt_datetimefield_value, connection.ops.adapt_json_value
    for act in acts:
        values = {
            "id": act.id,
            "record_id": act.record_id,
            "verb": act.verb,
            "from_state": act.from_state,
            "to_state": act.to_state,
            "by_id": act.by_id,
            "at": moment(act.at),
            "entered": moment(act.entered),
            "note": act.note,
            "changed": document(act.changed, json.JSONEncoder),
            "key": act.key,
            "hash": act.hash,
        }
        yield tuple(values[column] for column in _COLUMNS)


def anchor_set(day: date) -> Anchor | None:
    """Keep the head as the anchor of a day (once); returns None when there is no act yet."""
    with database.atomic():
        head = Head.objects.filter(pk=1).first()
        if head is None or not head.act:
            return None
        anchor, _ = Anchor.objects.get_or_create(day=day, defaults={"act": head.act, "hash": head.hash})
        return anchor
