"""Activities: what is coming, one of them with its sign-up, and the file for the calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from liren.activities.queries import Taken, places_for, signup_of, signup_refusal, taken_of, waiting_before
from liren.clock import now
from liren.inforce import catalogue
from liren.people.models import Person
from liren.places.models import Place
from liren.places.queries import path_of
from liren.portal import atom, ics, shelves
from liren.portal.presenting.matter import head, photos
from liren.portal.presenting.piece import TITLES, category_of
from liren.portal.presenting.telling import fields_of, names_in
from liren.portal.resident import NAME
from liren.records.dossier import MOST
from liren.records.flow import state_title
from liren.records.models import Record

CANCELLED = ("cancelled", "void")


def listing(place: Place | None, number: int, past: bool) -> dict[str, Any]:
    """The context of activities.html: what is still to come, soonest first; or what has been."""
    found = shelves.rows("activities", place)
    at = now()
    found = found.filter(starts__lt=at) if past else found.filter(starts__gte=at).order_by("starts", "pk")
    records, more = shelves.page_of(found, number)
    taken = taken_of(records)
    return {
        "title": TITLES["activities"],
        "entries": [row(one, taken[one.pk]) for one in records],
        "past": past,
        "number": number,
        "more": more,
        "feed": reverse("portal:feed", args=["activities"]) + (f"?place={place.code}" if place else ""),
    }


def row(record: Record, taken: Taken) -> dict[str, Any]:
    """A line of the list."""
    spec = catalogue().kinds[record.kind].spec
    return head(record, spec) | {
        "starts": record.starts,
        "ends": record.ends,
        "same_day": bool(record.starts and record.ends) and _day(record.starts) == _day(record.ends),
        "category": category_of(record, spec),
        "state": state_title(spec, record.state),
        "cancelled": record.state in CANCELLED,
        "sign_up": signup_refusal(record, now()) is None,
        "taken": taken,
    }


def _day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def activity(record: Record, person: Person | None) -> dict[str, Any]:
    """The context of activity.html."""
    spec = catalogue().kinds[record.kind].spec
    own = signup_of(record, person) if person else None
    room = spec.sign_up.places if spec.sign_up else None
    names = [name for name in shelves.field_names(spec) if name not in ("starts", "ends", room)]
    acts = list(record.acts.order_by("id")[:MOST])
    return {
        "record": row(record, taken_of([record])[record.pk])
        | {"photos": photos([record]).get(record.pk, [])},
        "where": path_of(record.place),
        "fields": fields_of(record, spec, names, names_in(record, spec, acts)),
        "own": {"waiting": waiting_before(own) + 1 if own.seat is None else 0} if own else None,
        "named": person is not None and person.name != NAME,
        "calendar": reverse("portal:calendar", args=[record.number]) if record.starts else "",
        "room": places_for(record),
    }


def wrong_name(name: str) -> str:
    """What is wrong with the name somebody signs up under; nothing where it will do."""
    if not name:
        return _("请写怎么称呼您，组织者好点名")
    return _("最多 40 个字") if len(name) > 40 else ""


def calendar(record: Record) -> str:
    """The activity as an iCalendar object."""
    assert record.starts is not None
    return ics.event(
        uid=atom.tag(f"record/{record.number}"),
        title=record.title,
        starts=record.starts,
        ends=record.ends,
        where=path_of(record.place),
        url=settings.LIREN_URL + reverse("portal:record", args=[record.number]),
        stamp=now(),
        cancelled=record.state in CANCELLED,
        sequence=record.revision,
    )
