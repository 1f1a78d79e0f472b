"""What a reader chose for all pages: language, and how the page looks; and what a page may load.

Choices are asked in the address (`?lang=en`, `?size=large`, `?theme=dark`), so that they work as plain links
without a script, hold for that very request, and are kept in a cookie. Values that are not offered are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from liren.inforce import catalogue
from liren.places.queries import calendar_renew

Next = Callable[[HttpRequest], HttpResponseBase]

YEAR = 365 * 24 * 3600  # seconds a choice is kept
LANGUAGES = {"zh": "zh-hans", "en": "en"}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "object-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
#: What else a browser is told: nobody frames, opens or embeds us, and of a device's senses only the place may be asked
#: for (once, when somebody presses the button of a report).
TOLD = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), "
    + ", ".join(
        f"{name}=()"
        for name in (
            "camera",
            "microphone",
            "payment",
            "usb",
            "bluetooth",
            "serial",
            "midi",
            "display-capture",
        )
    ),
}
LOOKS = {"size": ("normal", "large"), "theme": ("auto", "light", "dark")}


class PacksMiddleware:
    """A request is answered by the packs and the calendar as they stand now: what was changed by another process
    is taken up before it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        catalogue.renew()
        calendar_renew()
        return self.get_response(request)


class LanguageMiddleware:
    """`?lang=en|zh` sets the language of the request and a cookie; without either it is Chinese.

    The browser's Accept-Language is not asked: the house speaks Chinese first, and office machines often
    claim English. The language is taken back when the response is made, so that a thread that serves pages
    in English does not write a notice or a log line in English next. A streamed response is read after
    that: it takes its language from `request.LANGUAGE_CODE`.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = LANGUAGES.get(request.GET.get("lang", ""))
        kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = asked or (kept if kept in LANGUAGES.values() else LANGUAGES["zh"])
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        if asked and asked != kept:
            keep(request, response, settings.LANGUAGE_COOKIE_NAME, asked)
        return response


class LookMiddleware:
    """`?size=normal|large` and `?theme=auto|light|dark`: sets `request.look` and cookies of the same names.

    `request.look` holds only what differs from the usual; base.html writes it on <html> as data attributes.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen, look = {}, {}
        for name, offered in LOOKS.items():
            kept = request.COOKIES.get(f"{settings.COOKIE_PREFIX}liren_{name}", "")
            asked = request.GET.get(name, "")
            value = asked if asked in offered else kept if kept in offered else offered[0]
            if value != kept and asked in offered:
                chosen[name] = value
            if value != offered[0]:
                look[name] = value
        request.look = look  # type: ignore[attr-defined]
        response = self.get_response(request)
        for name, value in chosen.items():
            keep(request, response, f"{settings.COOKIE_PREFIX}liren_{name}", value)
        patch_vary_headers(response, ["Cookie"])
        return response


class PolicyMiddleware:
    """The Content-Security-Policy of the pages: everything is ours, and no script or style stands in the markup.

    `form-action` and `base-uri` do not fall back to `default-src` and are said on their own. A response that
    sets its own policy keeps it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in TOLD.items():
            response.headers.setdefault(name, value)
        return response


class FaultMiddleware:
    """A form that comes back has the cursor where the first thing is wrong: the notice above it, or the first field.

    So whoever works by keyboard or screen reader is told, and is there; in every face, without a script.
    """

    FIRST = re.compile(rb'(?= (role="alert"|aria-invalid="true"))')

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "POST" or response.streaming or response.status_code not in (200, 409, 422):
            return response
        page = response.content  # type: ignore[attr-defined]
        first = self.FIRST.search(page)
        if first and page.startswith(b"<!doctype html>") and b" autofocus" not in page:
            told = b' tabindex="-1" autofocus' if first[1].startswith(b"role") else b" autofocus"
            response.content = page[: first.start()] + told + page[first.start() :]  # type: ignore[attr-defined]
        return response


class CompressMiddleware(GZipMiddleware):
    """Words travel compressed, a third of the bytes on a slow line; pictures and documents already are.

    Stands outside of WhiteNoise, so that styles and scripts shrink too. Compressing makes a file's ETag weak, and
    WhiteNoise compares letter by letter: the mark is taken off again when a browser asks whether its copy still holds.
    Against guessing at what stands beside a secret (BREACH), Django adds bytes at random.
    """

    KINDS = (
        "text/",
        "application/json",
        "application/atom+xml",
        "application/manifest+json",
        "image/svg+xml",
    )

    def process_request(self, request: HttpRequest) -> None:
        tag = request.META.get("HTTP_IF_NONE_MATCH", "")
        if tag.startswith("W/"):
            request.META["HTTP_IF_NONE_MATCH"] = tag[2:]

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "").startswith(self.KINDS):
            return super().process_response(request, response)
        return response


def keep(request: HttpRequest, response: HttpResponseBase, name: str, value: str) -> None:
    """Keep a choice for a year; no script reads it, and it is sent only to us."""
    response.set_cookie(
        name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure(), path="/"
    )
