"""What is one's own: hours, points, certificates, study."""

from __future__ import annotations

import uuid
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.clock import today
from liren.inforce import catalogue
from liren.packs.fields import BadValue, read_date
from liren.records.dossier import find_record
from liren.refusals import Refusal
from liren.workbench import certificates as register
from liren.workbench.pages import face, number_asked, page, person, viewer
from liren.workbench.presenting import mine as own
from liren.workbench.presenting.words import english, hours, minutes, state
from liren.workbench.returning import typed


@require_safe
@face
def mine(request: HttpRequest) -> HttpResponse:
    """Everything of one's own, and how the pages look."""
    signed = request.user.is_authenticated
    context = own.home(person(request), viewer(request)) | {"signed": signed}
    return page(request, "mine", context, tab="mine", title=_("我的"))


@require_safe
@face
def my_hours(request: HttpRequest) -> HttpResponse:
    """Hours served, each with who confirmed them."""
    context = own.my_hours(person(request), number_asked(request, "before"))
    return page(request, "hours", context, tab="mine", title=_("我的时长"), back=reverse("workbench:mine"))


@require_safe
@face
def my_points(request: HttpRequest) -> HttpResponse:
    """Points: what there is, what came and went."""
    context = own.my_points(person(request), number_asked(request, "before"))
    return page(request, "points", context, tab="mine", title=_("我的积分"), back=reverse("workbench:mine"))


@require_safe
@face
def my_reports(request: HttpRequest) -> HttpResponse:
    """What one reported oneself, and what became of it."""
    context = own.my_reports(viewer(request), number_asked(request, "before"))
    return page(request, "reports", context, tab="mine", title=_("我报的"), back=reverse("workbench:mine"))


@require_safe
@face
def study(request: HttpRequest) -> HttpResponse:
    """Study sessions and exams; seen by oneself alone."""
    context = own.study(viewer(request), number_asked(request, "before"))
    return page(request, "study", context, tab="mine", title=_("学习与考试"), back=reverse("workbench:mine"))


@require_http_methods(["GET", "HEAD", "POST"])
@face
def certificates(request: HttpRequest) -> HttpResponseBase:
    """Certificates asked for, and asking for one."""
    told, wrong = typed(request, person(request)), ""
    said = _asked(told or QueryDict())
    if request.method == "POST":
        try:
            record = _ask(request, said)
            return redirect("workbench:certificate", number=record.number)
        except Refusal as refusal:
            wrong = refusal.sentence("en" if english() else "zh")
    listed = [
        {
            "number": one.number,
            "state": state(one, catalogue().kinds[one.kind].spec),
            "starts": one.starts,
            "ends": one.ends,
            "hours": hours((one.quantity or 0) // 1000),
            "href": reverse("workbench:certificate", args=[one.number]),
        }
        for one in register.certificates_of(person(request), own.PAGE)
    ]
    context = {"listed": listed, "said": said, "wrong": wrong, "possible": register.kind() is not None}
    context["restored"] = request.method != "POST" and bool(told)
    frame: dict = {"tab": "mine", "title": _("服务证明"), "back": reverse("workbench:mine")}
    return page(request, "certificates", context, status=422 if wrong else 200, **frame)


def _asked(told: QueryDict) -> dict[str, str]:
    """What was typed, or this year up to today."""
    day = today()
    return {
        "first": told.get("first", date(day.year, 1, 1).isoformat())[:20],
        "last": told.get("last", day.isoformat())[:20],
        "use": told.get("use", "")[:100],
        "key": told.get("key", "")[:60] or uuid.uuid4().hex,
    }


def _ask(request: HttpRequest, said: dict[str, str]):
    if register.kind() is None:
        raise Refusal("not_found", what="记录类型", name=register.KIND, mend="")
    days = {}
    for name, title in (("first", "开始"), ("last", "截止")):
        try:
            days[name] = date.fromisoformat(read_date(said[name]))
        except BadValue as fault:
            raise Refusal("bad_value", field=title, reason=str(fault)) from None
    return register.certificate_ask(person(request), use=said["use"], key=f"form:{said['key']}", **days)


@require_safe
@face
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """A certificate, to print; before it is issued, what it will say."""
    found = register.certificate(find_record(number, to=viewer(request)))
    spec = catalogue().kinds[found.record.kind].spec
    data = found.record.data
    with translation.override("zh-hans"):  # an official paper, in Chinese on English pages too
        amounts = {"hours": hours(found.served.confirmed), "minutes": minutes(found.served.confirmed)}
    context = amounts | {
        "one": found,
        "number": number,
        "unit": found.record.unit.name if found.record.unit else "",
        "said": {name: data.get(name, "") for name in ("head", "clerk", "contact", "use")},
        "state": state(found.record, spec),
        "is_issued": found.record.state == "issued",
        "more": max(0, found.served.activities - len(found.services)),
    }
    back = reverse("workbench:certificates")
    return page(request, "certificate", context, tab="mine", title=_("志愿服务证明"), back=back)
