"""The view of steps on many records at once: choose, fill in once, and read what came of each while it is done."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liren.console.presenting import bulk, lists
from liren.console.presenting.list_asking import wanted
from liren.look import keeping
from liren.look.pages import page
from liren.look.viewer import actor, viewer
from liren.people.models import Person
from liren.people.visibility import Viewer
from liren.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Choose a step for the ticked records (GET), and take it on each of them (POST)."""
    entry, person, reader = lists.kind_of(kind), actor(request), viewer(request)
    posted = request.method == "POST"
    told = request.POST if posted else request.GET
    back = bulk.here(entry, told, sent=posted)
    if person is None:
        return keeping.to_sign_in(request, back)
    typed = request.POST if posted else keeping.kept(request, back, person)
    chosen, step = _chosen(typed, told, entry, reader, person), told.get("step", "")
    if not chosen.records:
        raise Refusal("not_found", what="记录", name=_("选中的"), mend="")
    form = bulk.bound(entry, chosen, step, typed)
    if posted and form is not None and bulk.is_right(form):
        return _running(request, bulk.Run(entry, chosen, person, step, form, request.LANGUAGE_CODE))
    restored = typed is not None and not posted
    context = bulk.page(entry, chosen, person, reader, step, form, restored=restored)
    crumbs, status = _crumbs(entry), 422 if posted else 200
    return page(request, "bulk", context, section="lists", crumbs=crumbs, status=status)


def _chosen(typed: QueryDict | None, told: QueryDict, entry, reader: Viewer, person: Person) -> bulk.Picked:
    """Ticked records, or all that the filters of an address leave; a form says which ones it was made for."""
    if not typed and bulk.WHOLE in told:
        return bulk.matched(wanted(told, entry, reader), reader, person, told.get("step", ""))
    return bulk.picked(typed or told, entry, reader, sent=bool(typed))


def _crumbs(entry) -> list[tuple[str, str | None]]:
    own = (entry.spec.title, lists.list_href(entry.id))
    return [(_("清单"), reverse("console:lists")), own, (_("一起办理"), None)]


def _running(request: HttpRequest, run: bulk.Run) -> HttpResponseBase:
    """The page grows with every record that is done: progress that asks no script of the browser."""
    told = {
        "kind": {"title": run.entry.spec.title, "href": lists.list_href(run.entry.id)},
        "step": run.entry.spec.steps[run.step].title,
        "mark": bulk.Svg(bulk.MARK),
        "many": len(run.chosen.records),
    }
    whole: HttpResponse = page(request, "bulk_done", told, section="lists", crumbs=_crumbs(run.entry))
    head, _mark, tail = whole.content.decode().partition(bulk.MARK)
    return StreamingHttpResponse(_pieces(head, run, tail), content_type=whole["Content-Type"])


def _pieces(head: str, run: bulk.Run, tail: str) -> Iterator[str]:
    # The language of the request has been taken back by the time a stream is read.
    with translation.override(run.language):
        yield head
        yield from run.lines()
        yield tail
