"""Whose frame answers where no view could: an address of nobody's, a form that is turned away at the door.

A resident who follows an old link stays in the portal; nobody is put before another face's menus.
"""

from django.http import HttpRequest, HttpResponse

from liren.look import pages, refusing
from liren.portal import page as portal
from liren.workbench import pages as workbench

_FRAMES = {"p": portal.page, "w": workbench.page}


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: an address that is none of ours."""
    return refusing.page_not_found(request, exception, page=_frame(request))


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 to a form that did not come from a page of ours."""
    return refusing.form_refused(request, reason, page=_frame(request))


def _frame(request: HttpRequest):
    return _FRAMES.get(request.path_info.split("/")[1], pages.page)
