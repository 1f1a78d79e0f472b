"""Reporting quickly, and several reports on one walk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.packs.catalogue import KindEntry
from liren.workbench import quick, walks, writing
from liren.workbench.pages import face, page, person, viewer
from liren.workbench.presenting.choices import suggestions
from liren.workbench.presenting.words import record_url
from liren.workbench.returning import typed

#: Kinds shown at once; the others stand folded away.
FIRST = 6


@require_safe
@face
def new(request: HttpRequest) -> HttpResponse:
    """What may be reported, most used first."""
    kinds = [_kind(entry, count) for entry, count in quick.openable(viewer(request))]
    walk = _walk(request)
    context = {"kinds": kinds[:FIRST], "more": kinds[FIRST:], "walk": walk}
    return page(request, "new", context, tab="new", title=_("上报"))


def _kind(entry: KindEntry, count: int) -> dict:
    return {
        "id": entry.id,
        "title": entry.spec.title,
        "verb": entry.spec.open_title or _("登记"),
        "pack": entry.pack.title,
        "count": count,
        "href": reverse("workbench:report", args=[entry.id]),
        "walks": entry.spec.shape in ("matter", "entry"),
    }


def _walk(request: HttpRequest) -> dict | None:
    walk = walks.walk_of(request)
    if walk is None:
        return None
    listed = [{"number": number, "href": record_url(number)} for number in reversed(walk.numbers)]
    href = reverse("workbench:report", args=[walk.kind])
    return {
        "kind": walk.kind,
        "began": walk.began,
        "count": len(walk.numbers),
        "numbers": listed,
        "href": href,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@face
def report(request: HttpRequest, kind: str) -> HttpResponseBase:
    """One report: tap a category, tap send. On a walk the next one stands ready at once."""
    entry, walk = quick.kind_to_open(viewer(request), kind), walks.walk_of(request)
    on_walk = walk is not None and walk.kind == kind
    told, sent = typed(request, person(request)), request.method == "POST"
    near = walk.place if walk and on_walk else ""
    form = quick.quick_form(entry, viewer(request), told, near=near, given=_given(request))
    if sent and (record := writing.report(request, form, viewer(request))):
        verb = entry.spec.open_title or _("登记")
        said = {"verb": verb, "number": record.number}
        messages.success(request, _("「%(verb)s」已记下：%(number)s") % said)
        after = ("workbench:report", kind) if on_walk else ("workbench:record", record.number)
        return redirect(*after)
    context = {"form": form, "kind": _kind(entry, 0), "walk": _walk(request) if on_walk else None}
    context |= quick.parts(form) | {
        "restored": bool(told) and not sent,
        "finds": suggestions(form, _where(request)),
    }
    status, back = 422 if sent and form.errors else 200, reverse("workbench:new")
    return page(request, "report", context, tab="new", title=entry.spec.title, back=back, status=status)


def _given(request: HttpRequest) -> dict[str, str]:
    """Boxes filled in by an address, so that a category can be a link."""
    return {
        name: str(value)[:200]
        for name, value in request.GET.items()
        if name not in ("key", "lang", "size", "theme")
    }


def _where(request: HttpRequest) -> str:
    posts = viewer(request).posts
    who = viewer(request).person
    return posts[0].place_code if posts else (who.place_id if who and who.place_id else "")


@require_POST
@face
def walk_start(request: HttpRequest) -> HttpResponseBase:
    """Set out: the reports of this kind follow one another until the walk ends."""
    entry = quick.kind_to_open(viewer(request), request.POST.get("kind", ""))
    walks.walk_begin(request, entry.id)
    return redirect("workbench:report", kind=entry.id)


@require_POST
@face
def walk_stop(request: HttpRequest) -> HttpResponseBase:
    """The walk is over: what came of it, in one line each."""
    shown = _walk(request)
    walks.walk_end(request)
    if shown is None or not shown["count"]:
        messages.info(request, _("巡查已结束，没有新的上报"))
        return redirect("workbench:new")
    return page(request, "walked", {"walk": shown}, tab="new", title=_("这一趟巡查"))
