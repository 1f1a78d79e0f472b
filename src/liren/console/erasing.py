"""The view of requests to erase personal information, for the posts that decide about them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liren.console.acting import actor, nowhere
from liren.console.presenting import erasing
from liren.look.asking import page_number
from liren.look.pages import page
from liren.look.viewer import viewer
from liren.privacy.queries import may_decide


@require_safe
@login_required
def erasures(request: HttpRequest) -> HttpResponse:
    """What waits for the reader's answer, the oldest first; `?state=suspended`: what is kept from being erased."""
    actor(request)
    if not may_decide(viewer(request)):
        raise nowhere(request)
    state = "suspended" if request.GET.get("state") == "suspended" else ""
    context = erasing.page(viewer(request), state, page_number(request))
    return page(request, "erasures", context, section="lists", crumbs=[(_("个人信息请求"), None)])
