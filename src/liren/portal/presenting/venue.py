"""Places that open their doors: which are open now, and when the others are."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from liren.clock import now
from liren.inforce import catalogue
from liren.look.presenting.words import digits
from liren.places.models import Place
from liren.places.queries import work_calendar
from liren.portal import shelves
from liren.portal.hours import read_hours
from liren.portal.presenting.matter import head, photos
from liren.portal.presenting.piece import TITLES, category_of
from liren.portal.presenting.telling import fields_of, names_in
from liren.records.models import Record
from liren.records.values import natural_value, value_of

#: Doors one page lists, those of the chosen place first.
MOST = 60
#: States in which a door is shut though its hours say otherwise.
PAUSED = "paused"


def listing(place: Place | None) -> dict[str, Any]:
    """The context of venues.html."""
    at = now()
    found = shelves.rows("venues", place)
    rows = [row(one, at) for one in found.order_by("-place_id", "title", "pk")[:MOST]]
    return {
        "title": TITLES["venues"],
        "at": at,
        "open": [one for one in rows if one["open"]],
        "shut": [one for one in rows if one["open"] is False],
        "unknown": [one for one in rows if one["open"] is None],
        "entries": rows,
    }


def row(record: Record, at: datetime) -> dict[str, Any]:
    """A door: `open` True, False, or None where nobody can tell from what was written."""
    spec = catalogue().kinds[record.kind].spec
    text = hours_text(record)
    hours = read_hours(text) if text else None
    calendar = work_calendar()
    paused = record.state == PAUSED
    is_open = False if paused else hours.open_at(at, calendar.is_workday) if hours else None
    shut_now = hours is not None and not is_open and not paused
    return head(record, spec) | {
        "hours": text,
        "category": category_of(record, spec),
        "open": is_open,
        "paused": paused,
        "why": str(record.data.get("reason") or record.data.get("cause") or "") if paused else "",
        "next": hours.next_open(at, calendar.is_workday) if shut_now and hours else None,
    }


def hours_text(record: Record) -> str:
    """The opening hours as the office wrote them; a bare number of hours a week says so."""
    spec = catalogue().kinds[record.kind].spec
    field = spec.fields.get("hours")
    value = value_of(spec, record, "hours") if field else None
    if value is None or field is None:
        return ""
    if field.type != "integer":
        return str(value)
    return f"{field.title} {digits(Decimal(natural_value(spec, value, 'hours')))} {field.unit or ''}".strip()


def venue(record: Record) -> dict[str, Any]:
    """The context of venue.html."""
    spec = catalogue().kinds[record.kind].spec
    names = [name for name in shelves.field_names(spec) if name not in ("hours", "reason", "cause")]
    return {
        "record": row(record, now()) | {"photos": photos([record]).get(record.pk, [])},
        "fields": fields_of(record, spec, names, names_in(record, spec)),
    }
