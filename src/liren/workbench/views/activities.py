"""Activities: the organiser's list and code, checking in and out, confirming hours."""

from __future__ import annotations

import io
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.activities.actions import check_in, check_out, hours_confirm, presence_note
from liren.activities.codes import LIVES, RENEWED, code_make, code_read
from liren.activities.queries import person_on_sheet
from liren.people.models import Person
from liren.records.dossier import find_record
from liren.records.models import Record
from liren.refusals import Refusal
from liren.workbench.pages import face, page, person, viewer
from liren.workbench.presenting import activity as sheets
from liren.workbench.returning import typed
from liren.workbench.views.records import in_charge


@require_safe
@face
def activities(request: HttpRequest) -> HttpResponse:
    """Activities the viewer runs, and those they are expected at."""
    return page(request, "activities", sheets.activities(viewer(request)), tab="activities", title=_("活动"))


@require_safe
@face
def activity(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet, for who runs the activity; their own line, for who comes to it."""
    record = _activity(request, number)
    back = reverse("workbench:activities")
    title = record.title or record.number
    if in_charge(record, viewer(request), own=True):
        context = sheets.sheet(record, request.GET.get("q", "").strip()[:40]) | {"key": uuid.uuid4().hex}
        context = sheets.typed_again(context, typed(request, person(request)))
        return page(request, "sheet", context, tab="activities", title=title, back=back)
    own = sheets.own(record, viewer(request))
    if own is None:
        return redirect("workbench:record", number=number)
    context = {"own": own, "activity": sheets.scanned(record, viewer(request))["activity"]}
    return page(request, "attending", context, tab="activities", title=title, back=back)


def _activity(request: HttpRequest, number: str) -> Record:
    """An activity that the viewer sees, or on whose sheet they stand. Raises Refusal (not_found)."""
    try:
        found = find_record(number, to=viewer(request))
    except Refusal:
        own = Record.objects.filter(number=number).select_related("place").first()
        if own is None or sheets.own(own, viewer(request)) is None:
            raise
        found = own
    if found.shape != "activity":
        raise Refusal("not_found", what="活动", name=number, mend="")
    return found


def _run(request: HttpRequest, number: str) -> Record:
    """An activity that the viewer runs. Raises Refusal (not_found)."""
    record = _activity(request, number)
    if not in_charge(record, viewer(request), own=True):
        raise Refusal("not_found", what="活动", name=number, mend="")
    return record


@require_POST
@face
def note(request: HttpRequest, number: str) -> HttpResponseBase:
    """One line of the list: here, away for a reason, gone; what is refused is said above the list."""
    record, told = _run(request, number), request.POST
    who = _whom(record, told.get("person", ""))
    key = f"form:{told.get('key', '')[:60]}:{who.pk}:{told.get('what', '')}"
    said: dict[str, Any] = {"person": who, "by": person(request), "key": key}
    try:
        match told.get("what"):
            case "in":
                check_in(record, **said)
            case "out":
                check_out(record, **said)
            case "away":
                presence_note(record, present=False, reason=told.get("reason", ""), **said)
            case _:
                presence_note(record, present=True, **said)
    except Refusal as refusal:
        messages.error(request, _say(request, refusal))
    return redirect(f"{reverse('workbench:activity', args=[number])}#p{who.pk}")


def _whom(record: Record, key: str) -> Person:
    """Somebody on the sheet or signed up; nobody else can be noted from here."""
    found = person_on_sheet(record, int(key)) if _is_key(key) else None
    if found is None:
        raise Refusal("not_found", what="人员", name=key, mend=_("请从名单里选。"))
    return found


def _say(request: HttpRequest, refusal: Refusal) -> str:
    return refusal.sentence(getattr(request, "LANGUAGE_CODE", "zh"))


@require_POST
@face
def confirm(request: HttpRequest, number: str) -> HttpResponseBase:
    """The second person's word: minutes of those ticked."""
    record, told = _run(request, number), request.POST
    minutes = {
        int(key): _minutes(told.get(f"minutes-{key}", "")) for key in told.getlist("row") if _is_key(key)
    }
    try:
        if not minutes:
            raise Refusal("missing", fields="要确认的人", what="确认时长")
        rows = hours_confirm(
            record, minutes=minutes, by=person(request), key=f"form:{told.get('key', '')[:60]}"
        )
        messages.success(request, _("已确认 %(n)s 人的时长") % {"n": len(rows)})
    except Refusal as refusal:
        messages.error(request, _say(request, refusal))
    return redirect("workbench:activity", number=number)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _minutes(text: str) -> int:
    """Minutes as typed; nought, which is refused in words, for whatever is no number."""
    return int(text) if _is_key(text) and len(text) < 6 else 0


@require_safe
@face
def code(request: HttpRequest, number: str) -> HttpResponse:
    """The code for the organiser's screen; the page fetches a new one before the old one is worthless."""
    record = _run(request, number)
    context = {
        "activity": sheets.sheet(record, "")["activity"],
        "renewed": RENEWED,
        "lives": LIVES // 60,
        "picture": reverse("workbench:code_picture", args=[number]),
    }
    back = reverse("workbench:activity", args=[number])
    return page(request, "code", context, tab="activities", title=_("签到码"), back=back)


@require_safe
@face
def code_picture(request: HttpRequest, number: str) -> HttpResponse:
    """The code as a picture, made anew at every look."""
    import segno

    record = _run(request, number)
    address = request.build_absolute_uri(reverse("workbench:scan", args=[code_make(record)]))
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=8, border=4, dark="#000", light="#fff")
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "no-store, private"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@face
def scan(request: HttpRequest, code: str) -> HttpResponseBase:
    """Whoever scanned the code checks in; and out, when they come again."""
    record = Record.objects.filter(pk=code_read(code)).select_related("place").first()
    if record is None:
        raise Refusal("not_found", what="活动", name="", mend="")
    told = sheets.scanned(record, viewer(request))
    if request.method == "POST" and not told["over"]:
        leaving = request.POST.get("what") == "out"
        act = check_out if leaving else check_in
        act(record, person=person(request), by=person(request), code=code, key=_key(request))
        messages.success(request, _("已签退，等另一人确认时长") if leaving else _("已签到"))
        return redirect("workbench:activity", number=record.number)
    context = told | {"key": uuid.uuid4().hex}
    return page(request, "scan", context, tab="activities", title=told["activity"]["title"])


def _key(request: HttpRequest) -> str:
    return f"form:{request.POST.get('key', '')[:60] or uuid.uuid4().hex}"
