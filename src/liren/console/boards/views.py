"""The views of the boards."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liren.inforce import catalogue
from liren.look.asking import asked
from liren.look.pages import page
from liren.look.viewer import viewer
from liren.packs.findings import suggest
from liren.refusals import Refusal

from . import presenting


@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """All packs that count something; `?q=` narrows."""
    words = request.GET.get("q", "").strip()[:100]
    return page(request, "boards/index", presenting.index(viewer(request), words), section="boards")


@require_safe
def board(request: HttpRequest, pack: str) -> HttpResponse:
    """The figures of one pack for a place and a period; `?by=` chooses which of them the tiles of places show."""
    found = catalogue().packs.get(pack)
    if found is None or not found.figures:
        raise Refusal("not_found", what="业务", name=pack, mend=suggest(pack, catalogue().packs) or "")
    wanted = asked(request, presenting.counted(found))
    context = presenting.board(found, wanted, viewer(request), request.GET.get("by", ""))
    crumbs = [(_("看板"), reverse("console:boards")), (found.title, None)]
    return page(request, "boards/board", context, section="boards", crumbs=crumbs)
