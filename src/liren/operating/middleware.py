"""The outermost step of a request: it gets an id, is timed, counted and told to the log; and machines that ask
whether the house lives are answered here, whatever name they call it by."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from time import perf_counter

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from liren.operating import measures, views
from liren.operating.logs import request_id, route_of

Next = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger("liren.requests")

#: Answered before the name of the site, https and sessions are looked at: a probe knows none of them.
PROBES: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "/healthz": views.healthz,
    "/readyz": views.readyz,
    "/metrics": views.metrics,
}
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestMiddleware:
    """Sets `request.liren_id`; the answer carries it as X-Request-ID."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        known = _id(request)
        request.liren_id = known  # type: ignore[attr-defined]
        mark, begun = request_id.set(known), perf_counter()
        try:
            response = _probe(request) if request.path in PROBES else self.get_response(request)
            _note(request, response, perf_counter() - begun)
        finally:
            request_id.reset(mark)
        response.headers["X-Request-ID"] = known
        return response


def _probe(request: HttpRequest) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    try:
        answer = PROBES[request.path](request)
    except Http404:
        return HttpResponse("not found\n", status=404, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _id(request: HttpRequest) -> str:
    """The proxy's id where there is a proxy that sets one; strangers' are not taken into the log."""
    given = request.headers.get("X-Request-ID", "") if settings.LIREN_PROXY else ""
    return given if _GIVEN.fullmatch(given) else secrets.token_hex(8)


def _note(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    view = "probe" if request.path in PROBES else _view(request)
    measures.answered(view, request.method or "", response.status_code, seconds)
    told = {
        "view": view,
        "method": request.method,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    log.info("answered", extra={"told": told})


def _view(request: HttpRequest) -> str:
    return "static" if request.path.startswith(settings.STATIC_URL) else route_of(request)
