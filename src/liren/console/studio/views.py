"""The views of the report studio. Reading a draft writes nothing; saving and issuing go through the actions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from liren.changes.actions import change_add, change_withdraw
from liren.clock import now
from liren.console.acting import actor
from liren.look.keeping import resuming
from liren.look.pages import page
from liren.look.viewer import viewer
from liren.packs.findings import PackRefused
from liren.refusals import Refusal
from liren.reports import markdown_writer
from liren.reports.actions import report_issue
from liren.reports.binding import bind
from liren.reports.queries import same_issue

from . import presenting
from .desk import Desk, desk_of


@login_required
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The reports that the reader may word or issue."""
    context = presenting.index(viewer(request))
    return page(request, "studio/index", context, section="home", crumbs=[(_("报告工作室"), None)])


@resuming()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, report: str) -> HttpResponse:
    """The text with its numbers; a POST shows a draft and keeps nothing."""
    one = desk_of(request, report)
    return _shown(request, one)


def _shown(request: HttpRequest, one: Desk, fault: str = "", status: int = 200) -> HttpResponse:
    context = presenting.desk(one, fault)
    crumbs = [(_("报告工作室"), reverse("console:studio")), (one.entry.spec.title, None)]
    return page(request, "studio/desk", context, section="home", crumbs=crumbs, status=status)


@login_required
@require_POST
def preview(request: HttpRequest, report: str) -> HttpResponse:
    """The draft as it would read, and its faults: a part of the page, asked for by studio.js."""
    one = desk_of(request, report)
    return HttpResponse(render_to_string("console/studio/preview.html", presenting.draft(one), request))


@resuming("console:studio_desk")
@login_required
@require_POST
def save(request: HttpRequest, report: str) -> HttpResponse:
    """The draft becomes the county's own text, with who, when and why."""
    one = desk_of(request, report)
    if not one.may_word:
        raise Refusal("not_found", what="报告", name=report, mend="")
    if one.faults:
        return _shown(request, one, _("有 %(n)s 处要改，没有保存。") % {"n": len(one.faults)}, 422)
    try:
        change_add(path=one.path, value=one.text, by=actor(request).name, why=request.POST.get("why", ""))
    except (Refusal, PackRefused) as fault:
        return _shown(request, one, str(fault), 422)
    messages.success(request, _("已存为本县的文本，马上生效。"))
    return redirect(one.href())


@resuming("console:studio_desk")
@login_required
@require_POST
def withdraw(request: HttpRequest, report: str) -> HttpResponse:
    """The county's latest text no longer counts: the one before it does, or the one of the pack."""
    one = desk_of(request, report)
    if not one.may_word or one.latest is None:
        raise Refusal("not_found", what="报告", name=report, mend="")
    try:
        why = request.POST.get("why", "")
        change_withdraw(number=one.latest.number, path=one.path, by=actor(request).name, why=why)
    except (Refusal, PackRefused) as fault:
        return _shown(request, one, str(fault), 422)
    messages.success(request, _("已撤回，改用前一个文本。"))
    return redirect(one.href())


@login_required
@require_POST
def issue(request: HttpRequest, report: str) -> HttpResponse:
    """Issues the text in force: every number is frozen. A second click finds the issue of the first."""
    one = desk_of(request, report)
    if not one.may_issue:
        raise Refusal("not_found", what="报告", name=report, mend="")
    if request.POST.get("checked") != "yes":
        return _shown(request, one, _("印发前请核对一遍，并勾上“已核对”。"), 422)
    asked = one.asked
    bound, document = bind(one.entry.id, place=asked.place, period=asked.period, unit=asked.unit)
    text = markdown_writer.write(document)
    there = same_issue(one.entry.id, asked.place, asked.unit, text)
    issued = there or report_issue(bound, text, by=actor(request), at=now())
    messages.success(request, _("已印发，每个数字连同它的记录一起固定。"))
    return redirect("console:issue", pk=issued.pk)


@login_required
@require_safe
def compare(request: HttpRequest, report: str) -> HttpResponse:
    """The report of today beside what was issued last: which numbers moved, which words changed."""
    one = desk_of(request, report)
    crumbs = [
        (_("报告工作室"), reverse("console:studio")),
        (one.entry.spec.title, one.href()),
        (_("与上次印发比较"), None),
    ]
    return page(request, "studio/compare", presenting.compared(one), section="home", crumbs=crumbs)
