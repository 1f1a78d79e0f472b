"""The views of lists: all of them, one, and one as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liren.clock import now
from liren.console import downloads
from liren.console.presenting import lists, opening
from liren.console.presenting.bulk import may_tick
from liren.console.presenting.list_asking import wanted
from liren.forms.steps import may_open
from liren.look.pages import page
from liren.look.viewer import actor, viewer
from liren.people.queries import standing_of
from liren.tables.export import RecordTable


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every list there is, and how much of it is open."""
    return page(request, "lists", lists.overview(viewer(request)), section="lists")


@require_safe
def of_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """The records of a kind, narrowed as the address says, fifty at a time."""
    entry = lists.kind_of(kind)
    asked = wanted(request.GET, entry, viewer(request))
    person = actor(request)
    context = lists.page(
        asked, viewer(request), may_tick=person is not None and may_tick(entry.spec, viewer(request))
    )
    context["new"] = (
        opening.offer(entry) if may_open(entry, person, now(), standing_of(viewer(request))) else None
    )
    crumbs = [(_("清单"), reverse("console:lists")), (entry.spec.title, None)]
    return page(request, "list", context, section="lists", crumbs=crumbs)


@require_safe
def as_file(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """Exactly the rows of the list as a table; private values masked."""
    entry = lists.kind_of(kind)
    rows = lists.rows_for(wanted(request.GET, entry, viewer(request)), viewer(request))
    table = RecordTable(entry, chosen=rows)
    columns = table.columns()
    return downloads.table(entry.spec.title, form, [one.title for one in columns], table.rows(columns))
