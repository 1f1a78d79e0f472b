"""The frame of the portal's pages: the place somebody chose, what refuses, how often one address may write."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any

from allauth.core.internal.ratelimit import Rate, get_ip, parse_rate
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext

from liren.look.middleware import keep
from liren.look.pages import banner
from liren.look.refusing import told
from liren.people.private import fingerprint
from liren.places.models import Place
from liren.places.queries import chain
from liren.refusals import Refusal

View = Callable[..., HttpResponseBase]
COOKIE = f"{settings.COOKIE_PREFIX}liren_place"


def place_of(request: HttpRequest) -> Place | None:
    """The place of `?place=`, else of the cookie; read once per request. An unknown code is no place."""
    if not hasattr(request, "liren_places"):
        code = request.GET.get("place") or request.COOKIES.get(COOKIE, "")
        fits = code.isascii() and code.isalnum() and len(code) <= 15
        found = chain(code) if fits else []
        request.liren_places = found if found and found[-1].code == code else []  # type: ignore[attr-defined]
    there = request.liren_places  # type: ignore[attr-defined]
    return there[-1] if there else None


def face(view: View) -> View:
    """A view of the portal: its refusals are pages of the portal, and the place it was asked for is kept."""

    @functools.wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            response = page(request, "refusal", {"refusal": told(refusal)}, status=refusal.status)
        asked = request.GET.get("place", "")
        place = place_of(request) if asked else None
        if place is not None and place.code == asked != request.COOKIES.get(COOKIE):
            keep(request, response, COOKIE, asked)
        return response

    return answered


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200, private: bool = False
) -> HttpResponse:
    """A page of `portal/<template>.html`. A ``private`` one is kept by no cache and no search engine."""
    place = place_of(request)
    frame = {
        "place": {"name": place.name, "code": place.code} if place else None,
        "around": _around(request),
        "demo": banner(request),
        "private": private,
        "key": uuid.uuid4().hex,
        "path": request.get_full_path(),
    }
    text = render_to_string(f"portal/{template}.html", frame | context, request)
    response = HttpResponse(text, status=status)
    if private:
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def may_write(request: HttpRequest) -> bool:
    """Whether this address has not written too often within the hour; counts this time.

    Counted in one statement, which a write takes into its own transaction. What is kept is a print of the address.
    """
    rate = _rate(settings.ACCOUNT_RATE_LIMITS["portal"])
    key = f"portal:{fingerprint(get_ip(request), 'portal.origin')[:32]}"
    return bool(cache.tally(key, rate.duration) <= rate.amount)  # type: ignore[attr-defined]


@functools.cache
def _rate(said: str) -> Rate:
    return parse_rate(said)


def too_often(request: HttpRequest) -> HttpResponse:
    """Says that this address has written too often."""
    said = {
        "what": gettext("请过一会儿再试"),
        "where": gettext("这个网络地址一小时内提交得太多了。"),
        "status": 429,
    }
    return page(request, "refusal", {"refusal": said}, status=429)


def _around(request: HttpRequest) -> dict[str, str] | None:
    """The place that the chosen one lies in."""
    places = request.liren_places  # type: ignore[attr-defined]
    return {"name": places[-2].name, "code": places[-2].code} if len(places) > 1 else None
