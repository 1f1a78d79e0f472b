"""The views of the figure explorer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liren.console import downloads
from liren.look.pages import page
from liren.refusals import Refusal

from . import presenting


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The form, and what it asks for; what cannot be read stays in its field with the reason."""
    crumbs = [(_("指标"), reverse("console:definitions")), (_("探索指标"), None)]
    context = presenting.explored(presenting.read(request))
    return page(request, "explorer/explore", context, section="figures", crumbs=crumbs)


@require_safe
def table(request: HttpRequest, form: str) -> HttpResponseBase:
    """The same table as a file. Raises Refusal (not_found) where there is none."""
    asking = presenting.read(request)
    if asking.look is None or asking.faults:
        raise Refusal("not_found", what="文件", name=form, mend="")
    titles, rows = presenting.sheet(asking)
    return downloads.table(asking.look.spec.title, form, titles, rows)
