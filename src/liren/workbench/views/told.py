"""What I was told, and how I like to be told. Looking at it is noted nowhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.look.presenting import notices as presenting
from liren.notices.actions import preference_set
from liren.workbench.pages import face, page, person, viewer
from liren.workbench.presenting.words import record_url


@require_safe
@face
def notices(request: HttpRequest) -> HttpResponse:
    """What I was told about things that have not moved on, then what has."""
    context = presenting.notices(
        person(request), viewer(request), href=record_url, preferences=reverse("workbench:notice_preferences")
    )
    return page(request, "notices", context, tab="mine", title=_("消息"), back=reverse("workbench:mine"))


@require_http_methods(["GET", "HEAD", "POST"])
@face
def preferences(request: HttpRequest) -> HttpResponseBase:
    """Digest or at once, mail or not, and the quiet hours."""
    faults: dict[str, str] = {}
    back = reverse("workbench:notices")
    if request.method == "POST":
        said, faults = presenting.read(request.POST.dict())
        if said["digest"] not in ("daily", "now"):
            faults["digest"] = _("请选一个")
        if not faults:
            preference_set(by=person(request), **said)
            messages.success(request, _("已保存，还没有发出的也照新的办。"))
            return redirect(back)
    context = presenting.preferences(person(request), request.POST.dict(), faults, back=back)
    frame: dict = {"tab": "mine", "title": _("怎样告诉我"), "back": back}
    return page(request, "preferences", context, status=422 if faults else 200, **frame)
