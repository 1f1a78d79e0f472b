"""Which records an asker finds: with a key what its owner sees, otherwise, and besides, what is on show to all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from liren.api import telling
from liren.api.asking import Asker
from liren.api.paging import mark, read_mark
from liren.packs.catalogue import KindEntry
from liren.people.queries import focused
from liren.people.visibility import on_show
from liren.records.dossier import find_record
from liren.records.lists import Asked, Order, dated, fitting, listed, page_of
from liren.records.models import Record
from liren.refusals import Refusal


def list_of(
    entry: KindEntry, asked: Asked, after: str, who: Asker
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of records of a kind, and the mark to go on after."""
    whole = who.person is not None
    if asked.state and asked.state not in {*entry.spec.states, "open", "ended"}:
        known = "、".join([*entry.spec.states, "open", "ended"])
        raise Refusal("bad_value", field="state", reason=f"没有「{asked.state}」；可以：{known}")
    if whole:
        rows = listed(entry, asked, to=focused(who.viewer, [entry.id]))
    else:
        rows = on_show(fitting(entry, asked), kinds=[entry.id])
    column = dated(entry.spec)
    found, more = page_of(rows, Order(column), ("pk", column), after=read_mark(after))
    there = _in_order([pk for pk, _ in found])
    last = found[-1] if found and more else None
    return telling.records(there, who.viewer, whole=whole), mark(last[1], last[0]) if last else None


def _in_order(keys: list[int]) -> list[Record]:
    rows = Record.objects.select_related("place", "unit", "handler").in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def one_record(number: str, who: Asker) -> dict[str, Any]:
    """One record with its acts. Raises Refusal (not_found), also for what the asker may not see."""
    record, whole = find(number, who)
    (told,) = telling.records([record], who.viewer, whole=whole)
    return told | {"acts": telling.acts(record, who.viewer, whole=whole)}


def find(number: str, who: Asker) -> tuple[Record, bool]:
    """The record, and whether the asker sees it whole."""
    if who.person is not None:
        try:
            return find_record(number, to=who.viewer), True
        except Refusal:
            pass
    shown = on_show(Record.objects.filter(number=number))
    record = shown.select_related("place", "unit", "handler").first()
    if record is None:
        raise Refusal("not_found", what="记录", name=number, mend="请检查编号；也可能还没有公开。")
    return record, False


def newest(entry: KindEntry, place: str | None, most: int) -> list[Record]:
    """What was published last of a kind."""
    rows = on_show(fitting(entry, Asked(place=place or "")), kinds=[entry.id])
    return list(rows.select_related("place").order_by(f"-{dated(entry.spec)}", "-pk")[:most])


def moved(record: Record) -> datetime:
    """When it last came to something a reader would want to hear of."""
    return record.closed or record.opened
