"""The views of the messages. No page here marks anything as read: nobody keeps who read what."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.console.acting import actor
from liren.look.asking import record_href
from liren.look.pages import page
from liren.look.presenting import notices as presenting
from liren.look.viewer import viewer
from liren.notices.actions import preference_set
from liren.refusals import Refusal


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What I was told about things that have not moved on, then what has."""
    person = actor(request)
    context = presenting.notices(
        person, viewer(request), href=record_href, preferences=reverse("console:notice_preferences")
    )
    return page(request, "telling/notices", context, section="notices", crumbs=[(_("消息"), None)])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Digest or at once, mail or not, and the quiet hours."""
    person = actor(request)
    faults: dict[str, str] = {}
    if request.method == "POST":
        said, faults = presenting.read(request.POST.dict())
        try:
            if not faults:
                preference_set(by=person, **said)
                messages.success(request, _("已保存，还没有发出的也照新的办。"))
                return redirect("console:notices")
        except Refusal as refusal:
            faults = {"digest": str(refusal)}
    context = presenting.preferences(person, request.POST.dict(), faults, back=reverse("console:notices"))
    crumbs = [(_("消息"), reverse("console:notices")), (_("怎样告诉我"), None)]
    status = 422 if faults else 200
    return page(request, "telling/preferences", context, section="notices", crumbs=crumbs, status=status)
