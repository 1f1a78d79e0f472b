"""Records, kinds and places as this face tells them, for one viewer; everything a page needs in a few queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from liren.inforce import catalogue
from liren.look.presenting.words import name_of
from liren.packs.catalogue import KindEntry
from liren.packs.language import Kind
from liren.people.models import Person
from liren.people.queries import persons_by_id
from liren.people.visibility import Viewer, shown_fields
from liren.places.models import Place, Unit
from liren.records.dossier import MOST
from liren.records.flow import state_title
from liren.records.models import Record
from liren.records.residents import is_matter
from liren.records.values import field_type, natural_value, value_of

#: Columns that stand outside of `fields` anyway.
OUTSIDE = ("title", "place", "unit", "handler", "starts", "ends", "opened")


def kind_short(entry: KindEntry) -> dict[str, Any]:
    """A kind in a list."""
    spec = entry.spec
    return {
        "id": entry.id, "title": spec.title, "shape": spec.shape, "pack": entry.pack.pack,
        "published": spec.shown is not None or spec.visible == "public", "residents": is_matter(spec),
    }  # fmt: skip


def kind_whole(entry: KindEntry) -> dict[str, Any]:
    """A kind with its fields, states and steps."""
    spec = entry.spec
    return kind_short(entry) | {
        "fields": [
            {"key": key, "title": one.title, "type": one.type, "required": one.required, "private": one.private,
             "unit": one.unit, "choices": dict(one.choices) or None}
            for key, one in spec.fields.items()
        ],
        "states": {key: one.title for key, one in spec.states.items()},
        "ends": [key for key, one in spec.states.items() if one.end],
        "steps": [
            {"verb": verb, "title": one.title, "from": list(one.from_), "to": one.to, "asks": list(one.ask)}
            for verb, one in spec.steps.items()
        ],
    }  # fmt: skip


def place(one: Place) -> dict[str, Any]:
    """A place."""
    names = ("code", "name", "kind", "level", "valid_from", "valid_to", "latitude", "longitude")
    return {name: getattr(one, name) for name in names}


def records(rows: Sequence[Record], to: Viewer, *, whole: bool) -> list[dict[str, Any]]:
    """Records of a page; ``whole`` for who sees them as staff do, else only what is shown to all."""
    persons = persons_by_id(_persons(rows)) if whole else {}
    return [_record(one, to, whole, persons) for one in rows]


def _record(record: Record, to: Viewer, whole: bool, persons: dict[int, Person]) -> dict[str, Any]:
    spec = catalogue().kind_entry(record.kind).spec
    state = spec.states.get(record.state)
    told = {
        "number": record.number, "kind": record.kind, "title": record.title, "state": record.state,
        "state_title": state_title(spec, record.state), "ended": bool(state is None or state.end),
        "place": _named(record.place), "unit": _named(record.unit), "handler": _named(record.handler),
        "opened": record.opened, "closed": record.closed, "starts": record.starts, "ends": record.ends,
        "fields": _fields(record, spec, to, whole, persons),
    }  # fmt: skip
    if whole:
        told |= {"due": record.due, "late_count": record.late_count, "revision": record.revision}
    return told


def _named(one: Place | Unit | None) -> dict[str, str] | None:
    return {"code": one.code, "name": one.name} if one is not None else None


def _fields(
    record: Record, spec: Kind, to: Viewer, whole: bool, persons: dict[int, Person]
) -> dict[str, Any]:
    names = [key for key, one in spec.fields.items() if not one.private] if whole else shown_fields(spec)
    told: dict[str, Any] = {}
    for name in names:
        if name in OUTSIDE or name not in spec.fields:
            continue
        value = value_of(spec, record, name)
        if field_type(spec, name) == "person":
            value = name_of(persons.get(value), to) if whole and value else None
        if value not in (None, "", []):
            told[name] = _plain(natural_value(spec, value, name))
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _persons(rows: Iterable[Record]) -> set[int]:
    """Everybody whom fields of these records name."""
    found: set[int] = set()
    for record in rows:
        spec = catalogue().kind_entry(record.kind).spec
        for name, one in spec.fields.items():
            if (
                one.type == "person"
                and not one.private
                and isinstance(value := value_of(spec, record, name), int)
            ):
                found.add(value)
    return found


def acts(record: Record, to: Viewer, *, whole: bool) -> list[dict[str, Any]]:
    """The acts of a record, oldest first; by whom and why for staff alone."""
    told = []
    for act in record.acts.select_related("by").order_by("id")[:MOST]:
        one = {"at": act.at, "verb": act.verb, "from": act.from_state, "to": act.to_state}
        told.append(one | {"by": name_of(act.by, to, official=True), "note": act.note} if whole else one)
    return told
