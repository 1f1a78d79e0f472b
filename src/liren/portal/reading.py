"""The views of the portal that only read. Get, ask, render."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from liren.forms import photos
from liren.inforce import catalogue
from liren.look.asking import page_number
from liren.portal import atom, resident, shelves
from liren.portal.keeping import kept
from liren.portal.page import face, page, place_of
from liren.portal.presenting import activity as activities
from liren.portal.presenting import figures as open_figures
from liren.portal.presenting import filing, finding, following, mapping, matter, piece, venue
from liren.portal.presenting import home as homes
from liren.privacy.own import reads_of
from liren.records.models import File, Record
from liren.records.storage import path_of
from liren.refusals import Refusal


@require_safe
@face
def home(request: HttpRequest) -> HttpResponse:
    """Tiles for what residents come for, at the place they chose."""
    place = place_of(request)
    body = kept(place, lambda: render_to_string("portal/parts/home.html", homes.home(place), request))
    return page(request, "home", {"body": body})


def _onward(request: HttpRequest) -> str:
    """The page of the portal to go on to; nothing else than one of ours."""
    onward, home_ = request.GET.get("next", ""), reverse("portal:home")
    return onward if onward.startswith(home_) and "//" not in onward else home_


@require_safe
@face
def places(request: HttpRequest, code: str = "") -> HttpResponse:
    """County, street, community: one link each."""
    safe = _onward(request)
    joined = f"{safe}{'&' if '?' in safe else '?'}place="
    words = request.GET.get("q", "").strip()[:40]
    return page(request, "places", homes.places(code, words) | {"onward": joined, "next": safe})


@require_safe
@face
def report_kinds(request: HttpRequest) -> HttpResponse:
    """Everything that residents may report."""
    return page(request, "kinds", homes.report_kinds())


@require_safe
@face
def matters(request: HttpRequest) -> HttpResponse:
    """What residents reported here, with how it came out."""
    place, number = place_of(request), page_number(request)
    state = request.GET.get("state", "")
    rows = shelves.rows(shelves.MATTERS, place)
    if state in ("open", "ended"):
        rows = rows.filter(closed__isnull=state == "open")
    records, more = shelves.page_of(rows, number)
    context = {"entries": matter.listed(records), "state": state, "number": number, "more": more}
    context["feed"] = reverse("portal:feed", args=["matters"]) + (f"?place={place.code}" if place else "")
    context["map"] = bool(mapping.kinds())
    return page(request, "matters", context)


@require_safe
@face
def around(request: HttpRequest) -> HttpResponse:
    """What is open around a point or in a place, on a map and as a list."""
    return page(request, "map", mapping.page(request.GET, place_of(request)))


@require_safe
@face
def spot(request: HttpRequest) -> HttpResponse:
    """A tap on a map, or the location somebody asked for, leads on with its place and point."""
    safe = _onward(request)
    said = urlencode(mapping.chosen(request.GET))
    joined = f"{safe}{'&' if '?' in safe else '?'}{said}" if said else safe
    return HttpResponseRedirect(f"{joined}#where")


@require_safe
@face
def record(request: HttpRequest, number: str) -> HttpResponse:
    """One record that anybody finds, as its shelf shows it."""
    found, person = shelves.find(number), resident.known(request)
    spec = catalogue().kinds[found.kind].spec
    shelf = shelves.shelf_of(spec)
    done = {"done": request.GET.get("done") == "1"}
    if shelf == "activities":
        return page(request, "activity", activities.activity(found, person) | done)
    if shelf == "venues":
        return page(request, "venue", venue.venue(found))
    if spec.shape == "matter" and shelf == shelves.MATTERS:
        return page(request, "matter", matter.matter(found, person))
    return page(request, "piece", piece.reading(found))


@require_safe
@face
def track(request: HttpRequest) -> HttpResponse:
    """The number on somebody's note leads to its page."""
    number = request.GET.get("number", "").strip().upper()[:40]
    if not number:
        return HttpResponseRedirect(reverse("portal:mine"))
    return HttpResponseRedirect(reverse("portal:record", args=[shelves.find(number).number]))


@require_safe
@face
def mine(request: HttpRequest) -> HttpResponse:
    """What this browser's resident reported, joined and signed up for."""
    persons = resident.selves(request)
    return page(request, "mine", homes.mine(persons) | {"reads": reads_of(persons)}, private=True)


@require_safe
@face
def private(request: HttpRequest, token: str) -> HttpResponse:
    """A record as its private link shows it: with the steps that are the resident's own."""
    return private_page(request, token)


def private_page(
    request: HttpRequest, token: str, asked: dict[str, str] | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of a private link; ``asked``: what was typed to be told of news, and what is wrong with it."""
    found, person = resident.private_record(token)
    steps = [
        one | {"href": reverse("portal:step", args=[token, one["verb"]])}
        for one in matter.offered(found, person)
    ]
    context = matter.matter(found, person, private=True) | {
        "steps": steps,
        "own": matter.own(found, person),
        "erase": reverse("portal:ask_erasure", args=[token]),
        "link": request.build_absolute_uri(reverse("portal:private", args=[token])),
        "new": request.GET.get("new") == "1",
        "done": request.GET.get("done") == "1",
        "follow": following.offer(found, person, token),
        "following": request.GET.get("following", ""),
    }
    return page(request, "matter", context | (asked or {}), status=status, private=True)


@require_safe
@face
def shelf(request: HttpRequest, shelf: str) -> HttpResponse:
    """Disclosures, articles, notices, activities at the place, page by page."""
    place, number = place_of(request), page_number(request)
    if shelf == "activities":
        context = activities.listing(place, number, request.GET.get("past") == "1")
        return page(request, "activities", context)
    if shelf not in ("disclosure", "articles", "notices"):
        raise Refusal("not_found", what="栏目", name=shelf, mend="")
    return page(request, "shelf", piece.listing(shelf, place, request.GET.get("category", ""), number))


@require_safe
@face
def venues(request: HttpRequest) -> HttpResponse:
    """Whose door is open now."""
    return page(request, "venues", venue.listing(place_of(request)))


@require_safe
@face
def lists(request: HttpRequest) -> HttpResponse:
    """Places praised, places to be mended, and what became of them."""
    return page(request, "lists", piece.problems(place_of(request), page_number(request)))


@require_safe
@face
def figures(request: HttpRequest) -> HttpResponse:
    """All open figures; `?q=` narrows."""
    return page(request, "figures", open_figures.listing(request.GET.get("q", "").strip()[:60]))


@require_safe
@face
def figure(request: HttpRequest, figure: str) -> HttpResponse:
    """One open figure here, for a period, with its definition."""
    return page(request, "figure", open_figures.figure(request, figure, place_of(request)))


@require_safe
@face
def search(request: HttpRequest) -> HttpResponse:
    """Records and places by words."""
    after, place = request.GET.get("after", ""), place_of(request)
    near = place is not None and request.GET.get("near") == "1"
    # What the county and the street say is meant for the community too: it is not narrowed unless asked for.
    where = "" if place is None else place.code if near else place.code[:6]
    words = request.GET.get("q", "").strip()[:100]
    told = finding.found(words, where, int(after) if after.isdecimal() else None)
    return page(request, "search", told | {"near": near})


@require_safe
@face
def about(request: HttpRequest) -> HttpResponse:
    """What is kept of whom, for how long; and where to go in person."""
    return page(request, "about", {})


@require_safe
@face
def privacy(request: HttpRequest) -> HttpResponse:
    """What each kind of work keeps about persons, why, how long, and who sees it: made from the packs."""
    return page(request, "privacy", {"packs": filing.all_notices()})


@require_safe
@face
def feed(request: HttpRequest, shelf: str) -> HttpResponse:
    """A shelf as an Atom feed, of a place or of all; `?kind=` narrows it to one kind."""
    kind, there = request.GET.get("kind", ""), shelves.kinds_on(shelf)
    if not there or (kind and kind not in there):
        raise Refusal("not_found", what="栏目", name=kind or shelf, mend="")
    place = place_of(request) if "place" in request.GET else None
    records = list(shelves.rows(shelf, place, [kind] if kind else None)[: atom.MOST])
    content = atom.feed(
        title=piece.feed_title(shelf, kind, place), key=f"feed/{kind or shelf}/{place.code if place else 'all'}",
        self_href=request.get_full_path(),
        href=piece.shelf_href(shelf) + (f"?place={place.code}" if place else ""), records=records,
        words=lambda one: str(one.data.get("details") or "")[:200],
        link=lambda one: reverse("portal:record", args=[one.number]),
    )  # fmt: skip
    return HttpResponse(content, content_type=atom.TYPE)


@require_safe
@face
def calendar(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001
    """An activity for the calendar of a phone."""
    found = shelves.find(number)
    if found.shape != "activity" or found.starts is None:
        raise Refusal("not_found", what="活动", name=number, mend="")
    response = HttpResponse(activities.calendar(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.pk}.ics"'
    return response


@require_safe
@face
def photo(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A picture of a record anybody finds, shown in place; `?small=1` for lists."""
    files = File.objects.filter(sha256=sha256, private=False, media_type__in=matter.PICTURES)
    shown = shelves.on_show(Record.objects.filter(pk__in=files.values("record_id"))).exists()
    path = path_of(sha256) if shown else None
    if path is None or not path.is_file():
        raise Refusal("not_found", what="照片", name=sha256[:8], mend="")
    if request.GET.get("small") == "1":
        response: HttpResponseBase = HttpResponse(photos.small(path), content_type="image/jpeg")
    else:
        response = FileResponse(path.open("rb"), content_type=files[0].media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=86400"
    return response
