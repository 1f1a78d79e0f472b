"""The views of the county's changes: for system and security administrators; for others they are not there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.changes.actions import change_withdraw
from liren.console.acting import Office, nowhere, office
from liren.inforce import catalogue
from liren.look.keeping import resuming
from liren.look.pages import page
from liren.packs.findings import PackRefused
from liren.packs.language import Pack
from liren.refusals import Refusal

from . import presenting
from .draft import draft_of, put

ROLES = ("system_admin", "security_admin")


def _asked(request: HttpRequest, pack: str) -> tuple[Office, Pack]:
    by = office(request, *ROLES)
    found = catalogue().packs.get(pack)
    if found is None:
        raise nowhere(request)
    return by, found


def _crumbs(pack: Pack, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    return [
        (_("业务"), reverse("console:packs")),
        (pack.title, reverse("console:pack", args=[pack.pack])),
        *more,
    ]


@require_safe
def changes(request: HttpRequest, pack: str) -> HttpResponse:
    """The changes in force and withdrawn, and all that may be changed; `?q=` narrows."""
    by, found = _asked(request, pack)
    context = presenting.changes(found, by, request.GET.get("q", "").strip()[:100])
    crumbs = _crumbs(found, (_("本县的改动"), None))
    return page(request, "changing/list", context, section="packs", crumbs=crumbs)


@require_http_methods(["GET", "HEAD", "POST"])
@resuming()
def change(request: HttpRequest, pack: str) -> HttpResponse:
    """One change: shown, tried, or put in force."""
    by, found = _asked(request, pack)
    draft = draft_of(request, found, by)
    if request.method == "POST" and put(draft, trial=request.POST.get("do") != "put"):
        messages.success(request, _("已改，马上照新的办。"))
        return redirect("console:changes", pack=pack)
    here = reverse("console:changes", args=[pack])
    crumbs = _crumbs(found, (_("本县的改动"), here), (_("改一处"), None))
    status = 422 if draft.faults else 200
    return page(
        request, "changing/form", presenting.form(draft), section="packs", crumbs=crumbs, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@resuming()
def withdraw(request: HttpRequest, pack: str, number: int) -> HttpResponse:
    """Takes one change back; it stays in the list with who, when and why."""
    by, found = _asked(request, pack)
    one = presenting.change_numbered(found, by, number)
    if one is None:
        raise nowhere(request)
    fault = ""
    if request.method == "POST":
        try:
            change_withdraw(number=number, path=one.path, by=by.person.name, why=request.POST.get("why", ""))
        except (Refusal, PackRefused) as refused:
            fault = str(refused)
        else:
            messages.success(request, _("已撤回。"))
            return redirect("console:changes", pack=pack)
    here = reverse("console:changes", args=[pack])
    crumbs = _crumbs(found, (_("本县的改动"), here), (_("撤回"), None))
    context = presenting.withdrawing(one, fault, request.POST.get("why", ""))
    return page(
        request, "changing/withdraw", context, section="packs", crumbs=crumbs, status=422 if fault else 200
    )
