"""The views of the console: get, check, ask, render. What pages show is made in `presenting`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liren.console import doing, downloads
from liren.console.presenting import evidence as evidences
from liren.console.presenting import figure as figures
from liren.console.presenting import home as homes
from liren.console.presenting import issue as issues
from liren.console.presenting import pack as packings
from liren.console.presenting import report as reports
from liren.figures.queries import compute, figure_entry
from liren.inforce import catalogue
from liren.look.asking import asked, narrow, page_number
from liren.look.pages import page
from liren.look.presenting import definition
from liren.look.presenting.look import Look
from liren.look.viewer import viewer
from liren.packs.findings import suggest
from liren.records.dossier import open_file
from liren.refusals import Refusal
from liren.reports.binding import bind, report_entry
from liren.reports.queries import find_issue


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Bodies and their reports; `?q=` leads to a record or a figure."""
    if words := request.GET.get("q", "").strip():
        return HttpResponseRedirect(homes.search(words, viewer(request)))
    return page(request, "home", homes.home(), section="home")


@require_safe
def report(request: HttpRequest, report: str) -> HttpResponse:
    """A report with the numbers of today."""
    entry = report_entry(report)
    wanted = homes.report_scope(request, entry)
    bound, document = bind(
        entry.id, place=wanted.place, period=wanted.period, unit=wanted.unit, digests=False
    )
    context = reports.live(bound, document, viewer(request))
    return page(
        request,
        "report",
        context | reports.around(entry, wanted, viewer(request)),
        section="home",
        crumbs=[(wanted.where, None), (entry.spec.title, None)],
    )


@require_safe
def report_file(request: HttpRequest, report: str, form: str) -> HttpResponseBase:
    """The same report as a file."""
    entry = report_entry(report)
    wanted = homes.report_scope(request, entry)
    _bound, document = bind(entry.id, place=wanted.place, period=wanted.period, unit=wanted.unit)
    return downloads.written(document, form, entry.spec.layout, to=viewer(request))


@require_safe
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """A report as it was issued, with what moved since."""
    found = find_issue(pk)
    context = issues.issued(found, viewer(request), homes.live_href(found))
    crumbs = [((found.unit or found.place).name, None), (found.title, None)]
    return page(request, "report", context, section="home", crumbs=crumbs)


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """All figures with their definitions; `?q=` and `?pack=` narrow."""
    words, pack = request.GET.get("q", "").strip()[:100], request.GET.get("pack", "")
    context = definition.definitions(words, pack, page_number(request))
    return page(request, "definitions", context, section="figures")


@require_safe
def figure(request: HttpRequest, figure: str) -> HttpResponse:
    """One figure for a place and a period."""
    entry = figure_entry(figure)
    wanted = asked(request, [entry])
    look = Look(compute(entry, wanted.scope), wanted, viewer(request), broken=request.GET.get("by", ""))
    return page(request, "figure", figures.figure(look), section="figures", crumbs=_crumbs(figure))


def _crumbs(figure: str) -> list[tuple[str, str | None]]:
    entry = figure_entry(figure)
    pack = reverse("console:pack", args=[entry.pack.pack])
    return [(_("指标"), reverse("console:definitions")), (entry.pack.title, pack), (entry.spec.title, None)]


@require_safe
def evidence(request: HttpRequest, figure: str) -> HttpResponse:
    """What proves a figure, page by page."""
    entry = figure_entry(figure)
    wanted = asked(request, [entry])
    result = compute(entry, wanted.scope)
    part = "denominator" if request.GET.get("part") == "denominator" else "numerator"
    chosen = getattr(result, part) or result
    by = narrow(request)
    whole = result if result.numerator else None
    look = Look(chosen, wanted, viewer(request), by, whole, part if whole else "")
    crumbs = [
        *_crumbs(figure)[:-1],
        (entry.spec.title, wanted.figure(entry.id)),
        (_("支撑记录"), None),
    ]
    return page(
        request, "evidence", evidences.evidence(look, page_number(request)), section="figures", crumbs=crumbs
    )


@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    """One record with all that hangs on it, and the form of what is to be done (`?do=`)."""
    return doing.record_page(request, number, doing.chosen(request, number, viewer(request)))


@require_safe
def file(request: HttpRequest, sha256: str, name: str) -> HttpResponseBase:
    """An attachment, for those who see its record."""
    return downloads.stored(open_file(sha256, name, to=viewer(request)))


@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """All packs; `?q=` narrows."""
    words = request.GET.get("q", "").strip()[:100]
    return page(request, "packs", packings.index(viewer(request), words), section="packs")


@require_safe
def pack(request: HttpRequest, pack: str) -> HttpResponse:
    """What one pack says."""
    found = catalogue().packs.get(pack)
    if found is None:
        raise Refusal("not_found", what="业务", name=pack, mend=suggest(pack, catalogue().packs) or "")
    crumbs = [(_("业务"), reverse("console:packs")), (found.title, None)]
    return page(request, "pack", packings.pack(found, viewer(request)), section="packs", crumbs=crumbs)


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """How numbers are proved, and what the house will not do."""
    return page(request, "about", homes.about(), section="about")
