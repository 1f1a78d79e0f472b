"""The views of the lists: searched, entered by form or table, changed, ended, merged."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.console import downloads
from liren.console.acting import nowhere, office
from liren.look.asking import page_number
from liren.look.keeping import resuming
from liren.look.pages import page
from liren.packs.fields import BadValue
from liren.people.actions import post_leave
from liren.people.apart import ADMINISTRATORS
from liren.people.models import Post
from liren.tables.export import ListTable

from . import presenting, rowform, uploads
from .lists import List, list_of, row_of

Crumbs = list[tuple[str, str | None]]


def crumbs_of(*more: tuple[str, str | None]) -> Crumbs:
    """Crumbs below the administration."""
    return [(_("管理"), reverse("console:admin")), *more]


def _list_crumbs(listed: List, *more: tuple[str, str | None]) -> Crumbs:
    return crumbs_of((str(listed.title), reverse("console:admin_rows", args=[listed.key])), *more)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this administrator keeps."""
    by = office(request, *ADMINISTRATORS)
    return page(request, "administering/home", presenting.home(by), section="admin")


@require_safe
def rows(request: HttpRequest, rows: str) -> HttpResponse:
    """A list, searched and page by page."""
    listed, by = list_of(request, rows)
    words = request.GET.get("q", "").strip()[:100]
    context = presenting.rows(listed, by, words, page_number(request))
    crumbs = crumbs_of((str(listed.title), None))
    return page(request, "administering/rows", context, section="admin", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@resuming()
def new(request: HttpRequest, rows: str) -> HttpResponse:
    """One new row."""
    listed, by = list_of(request, rows)
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = rowform.entered(listed, by, request.POST.dict())
        if not faults:
            messages.success(request, _("已登记。"))
            return redirect("console:admin_rows", rows=rows)
    context = presenting.form(listed, request.POST.dict(), faults, _("新登记"))
    crumbs = _list_crumbs(listed, (_("新登记"), None))
    return _form(request, context, crumbs, bool(faults))


def _form(request: HttpRequest, context: dict[str, Any], crumbs: Crumbs, wrong: bool) -> HttpResponse:
    status = 422 if wrong else 200
    return page(request, "administering/form", context, section="admin", crumbs=crumbs, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@resuming()
def one(request: HttpRequest, rows: str, key: str) -> HttpResponse:
    """One row, to be read and changed."""
    listed, by = list_of(request, rows)
    row = row_of(request, listed, by, key)
    faults: dict[str, str] = {}
    if request.method == "POST":
        if not listed.fields:
            raise nowhere(request)
        faults = rowform.changed(listed, by, row, request.POST.dict())
        if not faults:
            messages.success(request, _("已改。"))
            return redirect(listed.href(row))
    said = request.POST.dict() if faults or request.POST else rowform.values_of(listed, row)
    context = presenting.one(listed, row, said, faults)
    return _form(request, context, _list_crumbs(listed, (listed.name_of(row), None)), bool(faults))


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, rows: str) -> HttpResponse:
    """A table: checked, then entered."""
    listed, by = list_of(request, rows)
    upload = None
    if request.method == "POST":
        upload = uploads.taken(request, rowform.reaching(listed, by))
        if upload.written is not None:
            messages.success(request, _("写入 %(n)s 条。") % {"n": upload.written})
            return redirect("console:admin_rows", rows=rows)
    context = presenting.importing(listed, upload)
    wrong = upload is not None and (upload.plan is None or bool(upload.plan.bad))
    crumbs = _list_crumbs(listed, (_("导入表格"), None))
    status = 422 if wrong else 200
    return page(request, "administering/import", context, section="admin", crumbs=crumbs, status=status)


@require_safe
def table(request: HttpRequest, rows: str, form: str) -> HttpResponseBase:
    """The list as a table, in the columns that an import reads."""
    listed, by = list_of(request, rows)
    if form not in ("csv", "xlsx"):
        raise nowhere(request)
    tables = [ListTable(listed.word, code) for code in by.reach]
    found = (row for one in tables for row in one.rows())
    return downloads.table(listed.title, form, tables[0].titles(), found)


@require_http_methods(["GET", "HEAD", "POST"])
@resuming()
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A post ends on a day; what was done under it stays valid."""
    listed, by = list_of(request, "posts")
    post = row_of(request, listed, by, str(pk))
    fault = _endless(post, by.person.pk)
    if request.method == "POST" and not fault:
        try:
            at = rowform.day_of(request.POST.get("at", ""), after=post.starts)
        except BadValue as wrong:
            fault = str(wrong)
        else:
            post_leave(post, at=at)
            messages.success(request, _("已记下离任。"))
            return redirect("console:admin_rows", rows="posts")
    context = presenting.ending(listed, post, request.POST.get("at", ""), fault)
    return _form(request, context, _list_crumbs(listed, (_("离任"), None)), bool(fault))


def _endless(post: Post, by: int) -> str:
    """Why this post is not ended here, if so."""
    if post.role in ADMINISTRATORS:
        return _("管理员的任职只在命令行上办。")
    if post.person_id == by:
        return _("自己的任职，请别的安全管理员来办。")
    return _("这个任职已经结束。") if post.ends is not None else ""


@require_http_methods(["GET", "HEAD", "POST"])
@resuming()
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """A place goes into another on a day; its old records stay where they were."""
    listed, by = list_of(request, "places")
    place = row_of(request, listed, by, code)
    faults: dict[str, str] = {}
    if request.method == "POST":
        faults = rowform.merged(place, by, request.POST.dict())
        if not faults:
            messages.success(request, _("已并入。"))
            return redirect(listed.href(place))
    context = presenting.merging(place, request.POST.dict(), faults)
    crumbs = _list_crumbs(listed, (place.name, listed.href(place)), (_("并入别的地点"), None))
    return _form(request, context, crumbs, bool(faults))
