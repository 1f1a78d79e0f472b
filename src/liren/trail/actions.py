"""Appends acts to the chain: the only place where acts are inserted."""

from collections.abc import Sequence
from datetime import date

from django.db import connection

from liren import database
from liren.database.bulk import insert_rows
from liren.database.statements import changed, row
from liren.records.acts import NewAct
from liren.records.models import Act

from .chain import link
from .models import Anchor, Head

_HEAD = "SELECT act, hash FROM trail_head WHERE id = 1"
_HEAD_LOCKED = "SELECT act, hash FROM trail_head WHERE id = 1 FOR UPDATE"


def acts_append(acts: Sequence[NewAct]) -> None:
    """Number, chain and insert acts. Call inside a write transaction.

    Locking the head row puts all writers of PostgreSQL in one line; on SQLite the write lock does.
    """
    if not acts:
        return
    number, last = _locked_head()
    for act in acts:
        number += 1
        act.id = number
        act.hash = last = link(last, act)
    insert_rows(Act, acts)
    changed("UPDATE trail_head SET act = %s, hash = %s WHERE id = 1", number, last)


def _locked_head() -> tuple[int, str]:
    """Number and hash of the last act; whoever else appends waits until this transaction is over."""
    asked = _HEAD_LOCKED if connection.features.has_select_for_update else _HEAD
    found = row(asked)
    if found is None:
        Head.objects.get_or_create(pk=1)
        found = row(asked)
    assert found is not None, "the head is one row, made with the first act"
    return found[0], found[1]


def anchor_set(day: date) -> Anchor | None:
    """Keep the head as the anchor of a day (once); returns None when there is no act yet."""
    with database.atomic():
        head = Head.objects.filter(pk=1).first()
        if head is None or not head.act:
            return None
        anchor, _ = Anchor.objects.get_or_create(day=day, defaults={"act": head.act, "hash": head.hash})
        return anchor
