"""What makes the workbench an app that works without a network: manifest, worker, queue and its endpoint."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles.finders import find
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.look.middleware import POLICY
from liren.refusals import Refusal
from liren.workbench import writing
from liren.workbench.pages import face, page, viewer
from liren.workbench.presenting.words import english, record_url

STATIC = Path(__file__).resolve().parent.parent / "static"
#: What every page of the face loads, beside itself.
FILES = (
    *(f"liren/{name}.css" for name in ("tokens", "base", "parts", "forms", "workbench")),
    *(f"workbench/{name}.js" for name in ("store", "work", "waiting", "report", "exam", "code")),
    "liren/icons/seal.svg",
    "workbench/icon-192.png",
)


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """What a phone reads when the workbench is put on its first screen."""
    told = {
        "id": reverse("workbench:todo"),
        "name": _("里仁工作台"),
        "short_name": _("里仁"),
        "lang": "en" if english() else "zh-Hans",
        "start_url": reverse("workbench:todo"),
        "scope": reverse("workbench:todo"),
        "display": "standalone",
        "background_color": "#f7f3ec",
        "theme_color": "#f7f3ec",
        "icons": _icons(),
        "shortcuts": [{"name": _("上报"), "url": reverse("workbench:new")}],
    }
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")


def _icons() -> list[dict[str, str]]:
    return [
        {
            "src": static(f"workbench/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": use,
        }
        for size in (192, 512)
        for use in ("any", "maskable")
    ]


@require_safe
def worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The service worker: its text with what it keeps filled in. A change of any part makes it a new one."""
    told = {
        "version": _version(),
        "shell": shell(),
        "home": reverse("workbench:todo"),
        "store": static("workbench/store.js"),
    }
    text = (STATIC / "workbench" / "worker.js").read_text(encoding="utf-8")
    text = f"const TOLD = {json.dumps(told)};\n{text}"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    # A worker may load and fetch only from here, and is asked for anew every time a page registers it.
    response["Content-Security-Policy"] = POLICY
    patch_cache_control(response, no_cache=True)
    return response


def shell() -> list[str]:
    """Addresses that are kept on the phone beforehand: what every page needs, and the pages that work alone."""
    return [*(static(name) for name in FILES), reverse("workbench:queue"), reverse("workbench:offline")]


@lru_cache(maxsize=1)
def _version() -> str:
    """A digest of everything the shell is made of, the worker included: when one of it changes, all is kept anew."""
    found = hashlib.sha256((STATIC / "workbench" / "worker.js").read_bytes())
    for name in FILES:
        found.update(Path(str(find(name))).read_bytes())
    return found.hexdigest()[:12]


@require_safe
@face
def queue(request: HttpRequest) -> HttpResponse:
    """What waits on this phone to be sent; the list itself is on the phone alone."""
    return page(request, "queue", {}, tab="queue", title=_("待发"))


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Shown where a page is asked for that the phone does not keep, while there is no network."""
    return page(request, "offline", {}, title=_("离线"))


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> JsonResponse:
    """GET: who is signed in, and a token to send with. POST: one form of the queue, written at most once.

    Answers 200 done, 401 nobody signed in, 409 somebody else's, 422 refused in words.
    """
    who = viewer(request).person
    if who is None:
        return JsonResponse({"who": None}, status=401)
    if request.method == "GET":
        return JsonResponse({"who": who.pk, "name": who.name, "token": get_token(request)})
    if request.POST.get("person") != str(who.pk):
        return JsonResponse({"who": who.pk, "other": True}, status=409)
    try:
        record, form = writing.sent(request, viewer(request))
    except Refusal as refusal:
        words = refusal.sentence("en" if english() else "zh")
        return JsonResponse({"refused": [words], "fields": {}, "code": refusal.code}, status=422)
    if record is None:
        return JsonResponse(writing.faults(form), status=422)
    return JsonResponse({"done": True, "number": record.number, "href": record_url(record.number)})
