"""What is one's own: hours, points, certificates, study and exams. Shown to the person alone; nobody is ranked."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.activities.models import Attendance
from liren.activities.queries import attended, expected_of, served
from liren.clock import now
from liren.exams.queries import attempts_of, closed_to, exams_for, with_paper
from liren.inforce import catalogue
from liren.notices.queries import open_count
from liren.people.models import Person
from liren.people.visibility import Viewer, visible
from liren.points.queries import balances, moves
from liren.records.models import Record
from liren.workbench.presenting.todo import cards
from liren.workbench.presenting.words import hours, minutes, record_url, state

PAGE = 30


def home(person: Person, viewer: Viewer) -> dict[str, Any]:
    """The context of mine.html."""
    told = served(person)
    return {
        "told": open_count(viewer),
        "hours": hours(told.confirmed),
        "waiting": minutes(told.waiting) if told.waiting else "",
        "activities": told.activities,
        "points": balances(person).get("points", 0),
    }


def my_hours(person: Person, before: int | None) -> dict[str, Any]:
    """The context of hours.html: every activity with what was confirmed and by whom."""
    rows = attended(person, PAGE + 1, before=before)
    told = served(person)
    return {
        "hours": hours(told.confirmed),
        "waiting": minutes(told.waiting) if told.waiting else "",
        "rows": [_service(row) for row in rows[:PAGE]],
        "next": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else "",
        "later": before is not None,
    }


def _service(row: Attendance) -> dict[str, Any]:
    spec = catalogue().kinds[row.record.kind].spec
    return {
        "title": row.record.title or spec.title,
        "kind": spec.title,
        "at": row.record.starts or row.record.opened,
        "place": row.record.place.name,
        "minutes": minutes(row.minutes),
        "confirmed": row.confirmed_by.name if row.confirmed and row.confirmed_by else "",
        "is_confirmed": row.confirmed,
        "spoke": row.spoke,
        "href": reverse("workbench:activity", args=[row.record.number]),
    }


def my_points(person: Person, before: int | None) -> dict[str, Any]:
    """The context of points.html: what there is of each currency, and every move."""
    found = moves(person, PAGE + 1, before)
    listed = [
        {
            "amount": f"{move.amount:+,}",
            "currency": currency(move.currency),
            "at": move.at,
            "title": move.record.title or move.record.number,
            "kind": catalogue().kinds[move.record.kind].spec.title
            if move.record.kind in catalogue().kinds
            else "",
            "place": move.record.place.name,
            "number": move.record.number,
            "spent": move.amount < 0,
            "href": record_url(move.record.number),
        }
        for move in found[:PAGE]
    ]
    amounts = [
        {"title": currency(name), "amount": f"{amount:,}"} for name, amount in balances(person).items()
    ]
    more = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    told = {"amounts": amounts, "moves": listed, "next": more, "later": before is not None}
    return told | {"hours": hours(served(person).confirmed), "name": person.name}


def currency(name: str) -> str:
    """What an account counts."""
    return {"points": _("积分"), "minutes": _("服务分钟")}.get(name, name)


def my_reports(viewer: Viewer, before: int | None) -> dict[str, Any]:
    """The context of reports.html: what one reported oneself and what became of it, the last first."""
    rows = visible(Record.objects.filter(opener=viewer.person), to=viewer).exclude(shape="activity")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("place", "unit").order_by("-pk")[: PAGE + 1])
    more = f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else ""
    return {"cards": cards(found[:PAGE], viewer), "next": more, "later": before is not None}


def study(viewer: Viewer, before: int | None) -> dict[str, Any]:
    """The context of study.html: sessions to come and past, and the exams one may sit."""
    assert viewer.person is not None, "somebody's own"
    told = _exams(viewer)
    sat = {one["number"] for one in told}
    expected = [row for row in expected_of(viewer.person, PAGE, after=now()) if learning(row.record)]
    coming = [row for row in expected if row.record.number not in sat]
    past = [row for row in attended(viewer.person, PAGE * 4, before=before) if learning(row.record)]
    return {
        "coming": [_service(row) for row in coming],
        "past": [_service(row) for row in past[:PAGE]],
        "exams": told,
    }


def learning(record: Record) -> bool:
    """Whether a session is of one's own study: of a pack that serves study or learning, without sign-up."""
    entry = catalogue().kinds.get(record.kind)
    return entry is not None and any(
        one.startswith(("study.", "law.", "party.")) for one in entry.pack.serves
    )


def _exams(viewer: Viewer) -> list[dict[str, Any]]:
    assert viewer.person is not None, "somebody's own"
    records = list(exams_for(viewer).order_by("-pk")[:PAGE])
    keys, at = [record.pk for record in records], now()
    taken, drawn = attempts_of(viewer.person, keys), with_paper(keys)
    told = []
    for record in records:
        spec, attempt = catalogue().kinds[record.kind].spec, taken.get(record.pk)
        open_ = attempt is None and closed_to(record, at, drawn=record.pk in drawn) is None
        told.append(
            {
                "title": record.title or spec.title,
                "number": record.number,
                "state": state(record, spec),
                "open": open_,
                "going": attempt is not None and attempt.submitted is None,
                "mark": attempt.mark if attempt and attempt.submitted else None,
                "passed": attempt.passed if attempt else None,
                "href": reverse("workbench:exam", args=[record.number]),
            }
        )
    return told
