"""Appends acts to the chain: the only place where acts are inserted."""

from collections.abc import Sequence
from datetime import date

from liren import database
from liren.database.bulk import insert_rows
from liren.records.acts import NewAct
from liren.records.models import Act

from .chain import link
from .models import Anchor, Head


def acts_append(acts: Sequence[NewAct]) -> None:
    """Number, chain and insert acts. Call inside a write transaction.

    Locking the head row puts all writers of PostgreSQL in one line; on SQLite the write lock does.
    """
    if not acts:
        return
    Head.objects.get_or_create(pk=1)
    head = Head.objects.select_for_update().get(pk=1)
    number, last = head.act, head.hash
    for act in acts:
        number += 1
        act.id = number
        act.hash = last = link(last, act)
    insert_rows(Act, acts)
    Head.objects.filter(pk=1).update(act=number, hash=last)


def anchor_set(day: date) -> Anchor | None:
    """Keep the head as the anchor of a day (once); returns None when there is no act yet."""
    with database.atomic():
        head = Head.objects.filter(pk=1).first()
        if head is None or not head.act:
            return None
        anchor, _ = Anchor.objects.get_or_create(day=day, defaults={"act": head.act, "hash": head.hash})
        return anchor
