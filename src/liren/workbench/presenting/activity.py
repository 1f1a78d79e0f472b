"""Activities: those somebody runs or comes to, the sheet of who is there, one's own coming and going."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.activities.models import Attendance, Signup
from liren.activities.queries import (
    attendance_of,
    expected_of,
    rows_of,
    served_at_most,
    signup_of,
    signups,
    signups_of_person,
)
from liren.clock import now
from liren.inforce import catalogue
from liren.people.models import Person
from liren.people.visibility import Viewer
from liren.records.models import Record
from liren.records.waiting import waiting
from liren.workbench.presenting.exam import is_exam
from liren.workbench.presenting.words import minutes, state

#: Persons on one page of a sheet; more are found by name.
MOST = 100
LISTED = 30
#: Activities of one's own among which those that start next are looked for.
RUN = 500
#: Persons of one activity that are looked through.
ALL = 2000


def activities(viewer: Viewer) -> dict[str, Any]:
    """The context of activities.html: what the viewer runs, and where they are expected."""
    assert viewer.person is not None, "a list of somebody"
    kinds = [entry.id for entry in catalogue().kinds.values() if entry.spec.shape == "activity"]
    rows = Record.objects.filter(pk__in=waiting(viewer, most=RUN, kinds=kinds)).select_related("place")
    run = list(rows.order_by(F("starts").asc(nulls_last=True), "pk")[: LISTED + 1])
    return {
        "run": [_card(record) for record in run[:LISTED]],
        "more": len(run) > LISTED,
        "coming": coming(viewer.person),
    }


def coming(person: Person, *, within: timedelta | None = None) -> list[dict[str, Any]]:
    """Activities and exams a person is expected at or signed up for and that are not over, the next first."""
    records = {row.record_id: row.record for row in expected_of(person, LISTED, after=now())}
    for signup in signups_of_person(person, LISTED):
        if signup.record.closed is None and signup.record.state != "void":
            records.setdefault(signup.record_id, signup.record)
    until = now() + within if within else None
    listed = [one for one in records.values() if not (until and one.starts and one.starts > until)]
    listed.sort(key=lambda one: (one.starts is None, one.starts, one.pk))
    return [_card(one) | ({"href": _exam_url(one)} if is_exam(one) else {}) for one in listed]


def _exam_url(record: Record) -> str:
    return reverse("workbench:exam", args=[record.number])


def unconfirmed(record: Record) -> int:
    """How many came and went, and nobody has confirmed their hours."""
    return Attendance.objects.filter(record=record, arrived__isnull=False, confirmed=False).count()


def _card(record: Record) -> dict[str, Any]:
    spec = catalogue().kinds[record.kind].spec
    return {
        "title": record.title or spec.title,
        "kind": spec.title,
        "number": record.number,
        "place": record.place.name,
        "state": state(record, spec),
        "starts": record.starts,
        "ends": record.ends,
        "href": reverse("workbench:activity", args=[record.number]),
    }


def sheet(record: Record, words: str) -> dict[str, Any]:
    """The context of sheet.html: everybody expected or here, with what may be noted about each."""
    rows, told = rows_of(record, ALL), signups(record, ALL)
    there, names = {row.person_id for row in rows}, {one.person_id: one.name for one in told}
    persons = [_row(row, record, names.get(row.person_id, "")) for row in rows]
    persons += [_signup(one) for one in told if one.person_id not in there]
    found = [one for one in persons if words in one["name"]] if words else persons
    found.sort(key=lambda one: (one["order"], one["name"]))
    spec = catalogue().kinds[record.kind].spec
    return {
        "activity": _card(record),
        "persons": found[:MOST],
        "hidden": max(0, len(found) - MOST),
        "present": sum(one["present"] for one in persons),
        "expected": sum(one["expected"] for one in persons),
        "unconfirmed": sum(one["confirmable"] for one in persons),
        "ready": sum(one["confirmable"] and bool(one["minutes"]) for one in persons),
        "ended": spec.states[record.state].end if record.state in spec.states else True,
        "words": words,
    }


def typed_again(context: dict[str, Any], told: QueryDict | None) -> dict[str, Any]:
    """The sheet with what had been typed before the session ended: a reason, or minutes and ticks."""
    if not told:
        return context
    ticked = set(told.getlist("row"))
    for one in context["persons"]:
        if told.get("person") == str(one["person"]):
            one |= {"reason": told.get("reason", "")[:80], "absent": True}
        if one["row"] and f"minutes-{one['row']}" in told:
            one |= {
                "suggested": told[f"minutes-{one['row']}"][:5],
                "left_out": str(one["row"]) not in ticked,
            }
    return context | {"key": told.get("key", "")[:60], "restored": True}


def _row(row: Attendance, record: Record, called: str) -> dict[str, Any]:
    absent = row.expected and not row.present and bool(row.reason)
    return {
        "person": row.person_id,
        "row": row.pk,
        "name": called or row.person.name,
        "present": row.present,
        "expected": row.expected,
        "absent": absent,
        "reason": row.reason,
        "arrived": row.arrived,
        "departed": row.departed,
        "minutes": row.minutes,
        "most": served_at_most(row, record),
        "suggested": row.minutes or served_at_most(row, record),
        "confirmed": row.confirmed_by.name if row.confirmed and row.confirmed_by else "",
        "confirmable": row.present and not row.confirmed,
        "words": _words(row),
        "order": 0 if row.present and not row.confirmed else 1 if not row.present and not absent else 2,
    }


def _signup(signup: Signup) -> dict[str, Any]:
    waits = signup.seat is None
    return {
        "person": signup.person_id,
        "row": None,
        "name": signup.name or signup.person.name,
        "present": False,
        "expected": not waits,
        "absent": False,
        "confirmed": "",
        "confirmable": False,
        "words": _("候补") if waits else _("已报名，还没到"),
        "order": 1,
    }


def _words(row: Attendance) -> str:
    if row.confirmed:
        return _("%(minutes)s，已由 %(name)s 确认") % {
            "minutes": minutes(row.minutes),
            "name": row.confirmed_by.name if row.confirmed_by else "",
        }
    if row.departed is not None:
        return _("已签退，%(minutes)s，等另一人确认") % {"minutes": minutes(row.minutes)}
    if row.arrived is not None:
        return _("已签到")
    if row.present:
        return _("已到")
    return _("缺席：%(reason)s") % {"reason": row.reason} if row.reason else _("还没到")


def own(record: Record, viewer: Viewer) -> dict[str, Any] | None:
    """How the viewer stands on the sheet of an activity; None where they have nothing to do with it."""
    assert viewer.person is not None, "somebody's own"
    row, signup = attendance_of(record, viewer.person), signup_of(record, viewer.person)
    if row is None and signup is None:
        return None
    return {
        "words": _words(row) if row else _signup(signup)["words"] if signup else "",
        "arrived": row.arrived if row else None,
        "departed": row.departed if row else None,
        "confirmed": bool(row and row.confirmed),
    }


def scanned(record: Record, viewer: Viewer) -> dict[str, Any]:
    """The context of scan.html: whether the tap checks in or out."""
    assert viewer.person is not None, "somebody's own"
    row = attendance_of(record, viewer.person)
    leaving = row is not None and row.arrived is not None
    over = row is not None and (row.departed is not None or row.confirmed)
    return {
        "activity": _card(record),
        "leaving": leaving,
        "over": over,
        "words": _words(row) if row else "",
        "arrived": row.arrived if row else None,
    }
