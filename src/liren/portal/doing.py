"""The views by which residents write: report, join, sign up, take a step, be forgotten. All work without a script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liren.activities.actions import signup_leave, signup_make
from liren.clock import today
from liren.forms import photos
from liren.joining.actions import record_join
from liren.look.handing import archive_answer
from liren.portal import reporting, resident, shelves
from liren.portal.page import face, may_write, page, place_of, too_often
from liren.portal.presenting import activity as activities
from liren.portal.presenting import filing, following, mapping, matter
from liren.privacy.actions import erasure_ask
from liren.privacy.own import own_archive
from liren.records.models import Record
from liren.records.residents import kind_for_residents, token_for
from liren.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@face
def report(request: HttpRequest, kind: str) -> HttpResponse:
    """What is open nearby, then the form; filed, it leads to the private link."""
    entry, place = kind_for_residents(kind), place_of(request)
    form = reporting.report_form(entry, request)
    drafts: list[photos.Photo] = []
    if request.method == "POST":
        drafts = reporting.sent_photos(request, form)
        done = reporting.report(request, form, place, drafts)
        if done is not None:
            told = reporting.with_report(request, form, *done)
            response = HttpResponseRedirect(f"{_private_address(*done)}?new=1{told}")
            resident.remember(request, response, done[1])
            return response
    kept = str(form.data.get(entry.spec.located or "", "")) if form.is_bound else ""
    map_ = mapping.picker(request.path, request.GET, entry, place, kept)
    context = filing.report(entry, place, form, near=request.GET.get("near", "")[:60], map_=map_)
    context |= {"drafts": photos.keep_drafts(drafts), "kept": len(drafts)}
    context |= {"may_tick": following.may_tick(form), "ticked": following.TICK in request.POST}
    return page(request, "report", context, status=422 if form.errors else 200)


def _private_address(record: Record, person) -> str:
    return reverse("portal:private", args=[token_for(record, person)])


@require_POST
@face
def join(request: HttpRequest, number: str) -> HttpResponse:
    """Join a matter somebody else reported, and get a private link to it."""
    record = shelves.find(number)
    known = resident.known(request)
    if known is not None and known.pk == record.opener_id:
        return HttpResponseRedirect(_private_address(record, known))
    if not may_write(request):
        return too_often(request)
    person = known or resident.met(request, place=record.place, once=True)
    record_join(record, by=person)
    response = HttpResponseRedirect(_private_address(record, person) + "?new=1")
    resident.remember(request, response, person)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@face
def step(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    """A step of whoever holds the private link: not fixed, rate."""
    record, person = resident.private_record(token)
    form = reporting.resident_step_form(record, verb, request.POST if request.method == "POST" else None)
    if verb not in {one["verb"] for one in matter.offered(record, person)} and request.method != "POST":
        raise Refusal("not_found", what="步骤", name=verb, mend="")
    if request.method == "POST" and reporting.resident_step(form, record, verb, person):
        return HttpResponseRedirect(reverse("portal:private", args=[token]) + "?done=1")
    context = filing.step(record, verb, form, token)
    return page(request, "step", context, status=422 if form.errors else 200, private=True)


@require_POST
@face
def sign_up(request: HttpRequest, number: str) -> HttpResponse:
    """Sign up for an activity, under the name the organiser will call."""
    record = shelves.find(number)
    name = request.POST.get("name", "").strip()
    known = resident.known(request)
    wrong = activities.wrong_name(name) if known is None or known.name == resident.NAME else ""
    if wrong:
        context = activities.activity(record, known) | {"wrong": wrong, "typed": name[:40]}
        return page(request, "activity", context, status=422)
    if not may_write(request):
        return too_often(request)
    person = known or resident.met(request, once=True)
    signup_make(record, by=person, name=name)
    response = HttpResponseRedirect(reverse("portal:record", args=[record.number]) + "?done=1")
    resident.remember(request, response, person)
    return response


@require_POST
@face
def leave(request: HttpRequest, number: str) -> HttpResponse:
    """Take a sign-up back; the next in line gets the place."""
    record, person = shelves.find(number), resident.known(request)
    if person is not None:
        signup_leave(record, by=person)
    return HttpResponseRedirect(reverse("portal:record", args=[record.number]))


@require_POST
@face
def forget_me(_request: HttpRequest) -> HttpResponse:
    """This browser no longer knows who was here; private links still work."""
    response = HttpResponseRedirect(reverse("portal:home"))
    resident.forget(response)
    return response


@require_POST
@face
def own_data(request: HttpRequest) -> HttpResponse:
    """All that is kept about whom this browser speaks for, as a file; not found where nobody is known."""
    persons = resident.selves(request)
    if not persons:
        raise Refusal("not_found", what="数据", name="", mend=_("这台设备上还没有反映过、报过名。"))
    return archive_answer(own_archive(persons), f"liren-{today():%Y%m%d}.zip")


@require_POST
@face
def ask_erasure(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the private link asks that what is private in it be erased; those in charge decide."""
    record, person = resident.private_record(token)
    erasure_ask(record, by=person, note=request.POST.get("note", "").strip()[:500])
    return HttpResponseRedirect(reverse("portal:private", args=[token]) + "?done=1")
