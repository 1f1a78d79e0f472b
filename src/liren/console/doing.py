"""The views that write: a deed on a record, a new record, private values opened for a purpose."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.clock import now
from liren.console import downloads
from liren.console.presenting import doing, lists, opening
from liren.console.presenting import record as records
from liren.forms.records import open_by_form
from liren.forms.steps import may_open
from liren.look import keeping
from liren.look.asking import record_href
from liren.look.pages import page
from liren.look.viewer import actor, viewer
from liren.people.queries import standing_of
from liren.people.visibility import Viewer
from liren.records.dossier import dossier, find_record
from liren.records.handing import linked_file
from liren.refusals import Refusal


def record_page(
    request: HttpRequest, number: str, form: dict[str, Any] | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a record, with the form of a deed on it if there is one."""
    found = dossier(number, to=viewer(request))
    context = records.record(found, viewer(request)) | {"revealed": [], "form": form} | more
    context["work"] = doing.offers(found.record, actor(request), viewer(request))
    head = context["record"]
    crumbs = [
        (_("清单"), reverse("console:lists")),
        (head["kind"], lists.list_href(found.record.kind)),
        (number, None),
    ]
    return page(request, "record", context, section="lists", crumbs=crumbs, status=status)


@require_POST
@sensitive_post_parameters()
def do(request: HttpRequest, number: str, deed: str) -> HttpResponseBase:
    """Carry out a deed; what is refused comes back with the reason and what was typed."""
    person = actor(request)
    back = doing.do_href(number, deed).partition("#")[0]
    if person is None:
        return keeping.to_sign_in(request, back)
    record = find_record(number, to=viewer(request))
    work = doing.begin(record, deed, person, viewer(request), request.POST)
    if deed in ("reveal", "open"):
        return _shown(request, work)
    if work.carry_out(request.FILES.getlist("files")):
        messages.success(request, _("%(number)s：%(deed)s，已办。") % {"number": number, "deed": work.title})
        return HttpResponseRedirect(f"{record_href(number)}#acts")
    record.refresh_from_db()
    return record_page(request, number, doing.form_context(work), work.status)


def _shown(request: HttpRequest, work: doing.Work) -> HttpResponse:
    """Private values or a private file: the reading is noted, and for some minutes the address shows it again."""
    address = opening.shown_at(work)
    if address:
        return HttpResponseRedirect(address)
    return record_page(request, work.record.number, doing.form_context(work), work.status)


@require_safe
@never_cache
def revealed(request: HttpRequest, number: str, text: str) -> HttpResponseBase:
    """The record with private values open, for whom the link was made; they stand in no address and no session."""
    record, person = find_record(number, to=viewer(request)), actor(request)
    try:
        shown = opening.revealed(record, text, person, viewer(request))
    except Refusal:
        messages.info(request, _("查看已过期，请再写一次用途。"))
        return HttpResponseRedirect(doing.do_href(number, "reveal"))
    return record_page(request, number, revealed=shown)


@require_safe
@never_cache
def private_file(request: HttpRequest, text: str) -> HttpResponseBase:
    """A private file, for whom the link was made."""
    return downloads.stored(linked_file(text, to=actor(request)))


def chosen(request: HttpRequest, number: str, reader: Viewer) -> dict[str, Any] | None:
    """The form of the deed that the address chose (``?do=``); none for who may not write, or for no such deed."""
    deed, person = request.GET.get("do", ""), actor(request)
    if not deed or person is None:
        return None
    record = find_record(number, to=reader)
    typed = keeping.kept(request, doing.do_href(number, deed).partition("#")[0], person)
    work = doing.begin(record, deed, person, reader, typed)
    open_to = doing.offers(record, person, reader)
    offered = {one["href"] for one in (*open_to["steps"], *open_to["deeds"])}
    if typed is None and doing.do_href(number, deed) not in offered:
        messages.info(
            request, _("「%(deed)s」现在不能办：记录已经往前走了，或不在您的职责内。") % {"deed": work.title}
        )
        return None
    return doing.form_context(work, restored=typed is not None)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def new(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Open a record of a kind, for posts that may."""
    entry, person, back = lists.kind_of(kind), actor(request), reverse("console:new", args=[kind])
    if person is None:
        return keeping.to_sign_in(request, back)
    if not may_open(entry, person, now(), standing_of(viewer(request))):
        raise Refusal("not_found", what="记录类型", name=kind, mend="")
    typed = request.POST if request.method == "POST" else keeping.kept(request, back, person)
    form = opening.form(entry, typed)
    if request.method == "POST" and (record := open_by_form(form, by=person)):
        messages.success(request, _("%(number)s 已登记。") % {"number": record.number})
        return HttpResponseRedirect(record_href(record.number))
    context = opening.page(
        entry, form, person, viewer(request), restored=request.method == "GET" and bool(typed)
    )
    status = 200 if request.method != "POST" else form.refusal.status if form.refusal else 422
    crumbs = [
        (_("清单"), reverse("console:lists")),
        (entry.spec.title, lists.list_href(kind)),
        (_("新的一条"), None),
    ]
    return page(request, "new", context, section="lists", crumbs=crumbs, status=status)
