"""The frame of the workbench's pages: who works here, refusals as pages, the bar of places to go."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liren.look.keeping import who_token
from liren.look.pages import banner
from liren.look.refusing import told
from liren.look.viewer import actor
from liren.people.models import Person
from liren.people.visibility import PUBLIC, Viewer
from liren.refusals import Refusal
from liren.workbench.returning import expired
from liren.workbench.wording import words

View = Callable[..., HttpResponseBase]


def viewer(request: HttpRequest) -> Viewer:
    """Who works here."""
    return getattr(request, "viewer", PUBLIC)


def person(request: HttpRequest) -> Person:
    """The signed-in person; only inside :func:`face`."""
    found = viewer(request).person
    assert found is not None, "views of this face are asked through face()"
    return found


def face(view: View) -> View:
    """A view of the workbench: for who is signed in, its refusals as pages of this face."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if viewer(request).person is None and request.method != "POST":
            return _stranger(request)
        if request.method == "POST" and actor(request) is None:
            return expired(request)
        try:
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            response = page(request, "refusal", {"refusal": told(refusal)}, status=refusal.status)
        # What stands on a phone is kept by the service worker alone, which forgets it when somebody signs out
        # (and keeps nothing of what is marked no-store).
        response.headers.setdefault("Cache-Control", "no-cache, private")
        return response

    return answered


def _stranger(request: HttpRequest) -> HttpResponse:
    """To the door, and back here afterwards; on a demo site the other eyes stand in the banner."""
    login = login_url()
    if login and not settings.LIREN_DEMO:
        return redirect(f"{login}?{urlencode({'next': request.get_full_path()})}")
    return page(request, "stranger", {"login": login}, title=_("请先登录"), status=403)


def login_url() -> str:
    """The page to sign in at; empty where the site has none."""
    try:
        return reverse("account_login")
    except NoReverseMatch:
        return ""


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    tab: str = "",
    title: str = "",
    back: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of `workbench/<template>.html`; ``tab`` is where the bar below stands, ``back`` where the arrow leads."""
    who = viewer(request).person
    frame = {
        "tab": tab,
        "page_title": title,
        "back": back,
        "demo": banner(request),
        "who": {"name": who.name, "key": who.pk, "token": who_token(who)} if who else None,
        "words": words(),
    }
    text = render_to_string(f"workbench/{template}.html", frame | context, request)
    answer = HttpResponse(text, status=status)
    if context.get("restored"):
        answer["Cache-Control"] = "no-store, private"
    return answer


def number_asked(request: HttpRequest, name: str) -> int | None:
    """A whole number of the address, None for whatever is no such number."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
