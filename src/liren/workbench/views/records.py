"""The to-do list, a record, its steps."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.clock import now
from liren.forms.records import KEY, step_by_form
from liren.inforce import catalogue
from liren.packs.language import Kind
from liren.people.queries import standing_of
from liren.people.visibility import Viewer
from liren.places.queries import work_calendar
from liren.records.actions import desk
from liren.records.dossier import dossier, find_record
from liren.records.flow import check_in_charge
from liren.records.models import Record
from liren.refusals import Refusal
from liren.workbench import writing
from liren.workbench.pages import face, page, person, viewer
from liren.workbench.presenting import record as records
from liren.workbench.presenting.activity import coming, unconfirmed
from liren.workbench.presenting.choices import suggestions, used_before
from liren.workbench.presenting.todo import todo as todo_list
from liren.workbench.presenting.words import limit, record_url, state
from liren.workbench.returning import typed

#: What one is expected at within so long stands on the to-do list too.
SOON = timedelta(days=7)


@require_safe
@face
def todo(request: HttpRequest) -> HttpResponse:
    """What waits for whoever signed in, by when it is due; `?kind=` narrows, `?after=` goes on."""
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    context = todo_list(viewer(request), kind, after)
    context["coming"] = [] if kind or after else coming(person(request), within=SOON)
    return page(request, "todo", context, tab="todo", title=_("待办"))


@require_safe
@face
def record(request: HttpRequest, number: str) -> HttpResponse:
    """One record: what it is, what may be done now, what was done."""
    found = dossier(number, to=viewer(request))
    may = in_charge(found.record, viewer(request), own=True)
    context = records.record(found, viewer(request), may_attach=may) | {"key": uuid.uuid4().hex}
    return page(request, "record", context, title=context["title"], back=reverse("workbench:todo"))


def in_charge(record: Record, to: Viewer, *, own: bool = False) -> bool:
    """Whether somebody may take part in running a record."""
    try:
        spec = catalogue().kind_entry(record.kind).spec
        check_in_charge(desk(standing=standing_of(to)), spec, record, to.person, now(), "办理", own=own)
    except Refusal:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@face
def step(request: HttpRequest, verb: str, number: str) -> HttpResponseBase:
    """Confirm a step, or fill in what it asks; what was typed stays when something is wrong."""
    found = find_record(number, to=viewer(request))
    told = typed(request, person(request))
    form = writing.form_of_step(found, verb, told)
    known = standing_of(viewer(request))
    if request.method == "POST" and step_by_form(form, found, verb, by=person(request), standing=known):
        title = catalogue().kinds[found.kind].spec.steps[verb].title
        messages.success(request, _("「%(step)s」已办：%(number)s") % {"step": title, "number": number})
        return redirect("workbench:todo")
    return _step_page(request, form, found, verb, restored=request.method != "POST" and bool(told))


def _step_page(
    request: HttpRequest, form, found: Record, verb: str, *, restored: bool = False
) -> HttpResponse:
    found.refresh_from_db()
    spec = catalogue().kinds[found.kind].spec
    asked = [bound for bound in form.visible_fields() if bound.name != "note"]
    context = {
        "form": form,
        "asked": asked,
        "note": form["note"],
        "finds": suggestions(form, found.place_id),
        "step": {"title": spec.steps[verb].title, "verb": verb, "confirm": not asked},
        "record": {"number": found.number, "title": found.title or spec.title, "kind": spec.title},
        "state": state(found, spec),
        "limit": limit(found, spec, now(), work_calendar()),
        "place": found.place.name,
        "used": used_before(form, found),
        "unconfirmed": _left_open(found, spec, verb),
        "restored": restored,
    }
    title = spec.steps[verb].title
    status = 422 if form.errors and not restored else 200
    return page(request, "step", context, title=title, back=record_url(found.number), status=status)


def _left_open(record: Record, spec: Kind, verb: str) -> int:
    """How many hours would never be confirmed, because the step ends the activity and closes its list."""
    to = spec.states.get(spec.steps[verb].to or "")
    return unconfirmed(record) if to and to.end and record.shape == "activity" else 0


@require_POST
@face
def attach(request: HttpRequest, number: str) -> HttpResponseBase:
    """Add a photo to a record."""
    found = find_record(number, to=viewer(request))
    told: dict[str, Any] = {
        "key": request.POST.get(KEY, "")[:60] or uuid.uuid4().hex,
        "private": "private" in request.POST,
    }
    writing.photo_added(request, found, viewer(request), **told)
    messages.success(request, _("照片已附上"))
    return redirect("workbench:record", number=number)
