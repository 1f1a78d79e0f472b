"""What is refused, as problem details (RFC 9457): the code, status and sentence of the house's catalogue."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from liren.database.faults import refusal_of
from liren.figures.periods import BadPeriod
from liren.packs.findings import PackRefused
from liren.refusals import Refusal

log = logging.getLogger("liren")

TYPE = "application/problem+json"


def answer(refusal: Refusal, errors: Sequence[dict[str, str]] = ()) -> HttpResponse:
    """A refusal as an answer: ``code`` for programs, ``detail`` for people, ``errors`` by part of the request."""
    english = (get_language() or "").startswith("en")
    said: dict[str, Any] = {
        "type": f"urn:liren:refusal:{refusal.code}",
        "title": refusal.code,
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.sentence("en" if english else "zh"),
    }
    facts = refusal.facts
    if named := facts.get("field") or facts.get("fields"):
        said["field"] = str(named)
    if facts.get("mend"):
        said["mend"] = str(facts["mend"])
    if errors:
        said["errors"] = list(errors)
    body = json.dumps(said, ensure_ascii=False)
    response = HttpResponse(body, status=refusal.status, content_type=f"{TYPE}; charset=utf-8")
    response["Cache-Control"] = "no-store"
    if refusal.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="liren"'
    if refusal.status in (429, 503):
        response["Retry-After"] = str(facts.get("seconds", 60))
    return response


def no_such_address(request: HttpRequest, **_arguments: str) -> HttpResponse:
    """404 for what is no address of this face."""
    return answer(
        Refusal("not_found", what="接口", name=request.path[:200], mend=_("请看 /api/openapi.json"))
    )


def telling(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, over https alone where the site has it, and whose 405 is a problem like every other: the library
    answers it with a bare text called HTML.
    """

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return answer(Refusal("https_only"))
        said = view(request, *args, **kwargs)
        if said.status_code != 405:
            return said
        allowed = ", ".join(sorted(said["Allow"].split(", ")))
        problem = answer(Refusal("no_method", method=str(request.method), allowed=allowed))
        problem["Allow"] = allowed
        return problem

    return told


def wire(api: NinjaAPI) -> None:
    """Give the API these answers for everything that views may raise."""

    def refused(_request: HttpRequest, fault: Any) -> HttpResponse:
        return answer(fault)

    def bad_packs(_request: HttpRequest, fault: Any) -> HttpResponse:
        return answer(Refusal("pack_refused", findings=str(fault)))

    def bad_period(_request: HttpRequest, fault: Any) -> HttpResponse:
        return answer(Refusal("bad_period", reason=str(fault)))

    def gone(request: HttpRequest, _fault: Any) -> HttpResponse:
        return no_such_address(request)

    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(PackRefused, bad_packs)
    api.add_exception_handler(BadPeriod, bad_period)
    api.add_exception_handler(Http404, gone)
    api.add_exception_handler(ValidationError, _misshapen)
    api.add_exception_handler(HttpError, _unreadable)
    api.add_exception_handler(Exception, _our_fault)


def _misshapen(_request: HttpRequest, fault: Any) -> HttpResponse:
    """Parts of the request that are not as the document says: all of them, each with its place."""
    errors = [
        {"where": ".".join(str(part) for part in one["loc"]), "what": str(one["msg"])[:200]}
        for one in fault.errors[:20]
    ]
    first = errors[0] if errors else {"where": "", "what": ""}
    return answer(Refusal("bad_value", field=first["where"], reason=first["what"]), errors)


def _unreadable(_request: HttpRequest, fault: Any) -> HttpResponse:
    if fault.status_code == 400:
        return answer(Refusal("unreadable", reason=str(fault)[:200]))
    return answer(Refusal("no_key"))


def _our_fault(request: HttpRequest, fault: Any) -> HttpResponse:
    """What the disk or the database could not do, in words; else 500: told to the log, to the asker with nothing."""
    refusal = refusal_of(fault)
    if refusal is not None:
        return answer(refusal)
    log.error("%s %s failed", request.method, request.path, exc_info=fault)
    said = answer(Refusal("fault"))
    said["X-Request-ID"] = getattr(request, "liren_id", "")
    return said
