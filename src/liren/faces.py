"""Whose frame answers where no view could: an address of nobody's, a request turned away at the door, a fault of ours.

A resident who follows an old link stays in the portal; nobody is put before another face's menus, and programs are
answered as programs are.
"""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from liren.api import problems
from liren.database.faults import refusal_of
from liren.look import pages, refusing
from liren.portal import page as portal
from liren.refusals import Refusal
from liren.signin import views as signin
from liren.workbench import pages as workbench

log = logging.getLogger("liren")

_FRAMES: dict[str, refusing.Framed] = {"p": portal.page, "w": workbench.page}


class RefusalMiddleware(refusing.RefusalMiddleware):
    """What a view refused past its own face, in the frame of that face."""

    def frame(self, request: HttpRequest) -> refusing.Framed:
        return _frame(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: too much at once, cut short, or under a name of the site that is not ours."""
    if _is_program(request):
        return problems.answer(Refusal("unreadable", reason=_("内容太多，或者不完整")))
    return refusing.bad_request(request, exception, page=_frame(request))


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 to a form that did not come from a page of ours."""
    return refusing.form_refused(request, reason, page=_frame(request))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: an address that is none of ours."""
    if _is_program(request):
        return problems.no_such_address(request)
    return refusing.page_not_found(request, exception, page=_frame(request))


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """429: more than a person asks for; who was at the door is told there."""
    if _first(request) not in _FRAMES:
        return signin.too_many(request, exception)
    return refusing.too_many(request, page=_frame(request))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, 503 or 507 without the database; in plain words where the frame itself is what is broken."""
    if _is_program(request):
        return problems.answer(refusal_of(sys.exc_info()[1]) or Refusal("fault"))
    if not hasattr(request, "liren_places"):
        request.liren_places = []  # type: ignore[attr-defined]  # the portal would look its place up
    try:
        return refusing.server_error(request, page=_frame(request))
    except Exception:
        log.exception("no page for a fault: %s", _first(request))
        said = _("系统出了故障"), _("不是您的操作有误。请稍后再试；若一再出现，请告诉管理员请求编号和时间。")
        return HttpResponse("\n".join(said), status=500, content_type="text/plain; charset=utf-8")


def _first(request: HttpRequest) -> str:
    """The first word of the address, by which a face is known; a request need not be about an address at all."""
    return request.path_info.removeprefix("/").partition("/")[0]


def _is_program(request: HttpRequest) -> bool:
    return _first(request) == "api"


def _frame(request: HttpRequest) -> refusing.Framed:
    return _FRAMES.get(_first(request), pages.page)
