"""Three steps between a request and its view: who reads, whether one proof is enough, and leaving for a
provider."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from liren import database
from liren.clock import now
from liren.people.apart import ADMINISTRATORS
from liren.people.queries import person_of
from liren.people.visibility import Viewer, viewer_of

from .actions import event_note
from .origins import origin_of

#: Of one account in an hour: who tries all numbers fills no log.
REFUSED_NOTED = 30
Next = Callable[[HttpRequest], HttpResponseBase]


def signed_in_viewer(request: HttpRequest) -> Viewer | None:
    """The viewer who signed in; None for everybody else, and for an account that belongs to no person."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None  # nobody's key is None, and so is that of a person without an account
    reader: Viewer | None = getattr(request, "viewer", None)
    if reader and reader.person and reader.person.user_id == user.pk:
        return reader  # looked up when the request came in
    person = person_of(user)
    return viewer_of(person, now()) if person else None


class SignedInMiddleware:
    """Whoever signed in is `request.viewer`, in the demo too, where the console lets anybody borrow eyes.

    Stands after the console's ViewerMiddleware. An administrator with a password alone gets no further
    than the page that sets a second factor up (LIREN_SECOND_FACTOR).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        viewer = signed_in_viewer(request)
        if viewer is not None:
            request.viewer = viewer  # type: ignore[attr-defined]
            request.faces = []  # type: ignore[attr-defined]
            if _needs_second(request, viewer):
                messages.warning(request, gettext("管理员要有第二道验证：请先添加通行密钥或验证器。"))
                return redirect("mfa_index")
        response = self.get_response(request)
        if response.status_code in (403, 404):
            _note_refused(request)
        return response


def _note_refused(request: HttpRequest) -> None:
    """Who is known and asked for what is not theirs to see: on record with the page's name, not the record's."""
    match, user = request.resolver_match, getattr(request, "user", None)
    account = user.pk if user is not None and user.is_authenticated else None
    program = getattr(getattr(request, "auth", None), "person", None)
    account = program.user_id if program is not None else account
    if match is None or account is None:
        return
    told = {"account": account, "origin": origin_of(request), "detail": match.view_name[:60]}
    # A database that takes nothing keeps nobody from reading what they may.
    with suppress(DatabaseError), database.atomic():
        if cache.tally(f"refused:{account}", 3600) <= REFUSED_NOTED:  # type: ignore[attr-defined]
            event_note("access_refused", at=now(), **told)


def _needs_second(request: HttpRequest, viewer: Viewer) -> bool:
    roles = {post.role for post in viewer.posts}
    wanted = {"admins": bool(roles & ADMINISTRATORS.keys()), "staff": bool(roles)}
    if settings.LIREN_DEMO or not wanted.get(settings.LIREN_SECOND_FACTOR, False):
        return False
    return not _is_open(request.path) and not is_mfa_enabled(request.user)


def _is_open(path: str) -> bool:
    """One's own account is open without a second factor, to set one up; the security log, the accounts of
    others and keys for programs are not."""
    guarded = (
        reverse("signin:events"),
        reverse("signin:accounts"),
        reverse("signin:keys"),
        reverse("signin:lost"),
    )
    own = path.startswith(reverse("signin:home")) and not path.startswith(guarded)
    return own or path.startswith(settings.STATIC_URL)


class LeavingMiddleware:
    """Sends a browser to a provider by a page instead of a redirect: the policy `form-action 'self'` stops
    a posted form from being redirected to another site, which is how allauth goes there."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or request.method != "POST" or response.status_code not in (302, 303):
            return response
        target = response.headers.get("Location", "")
        if not (match.url_name or "").endswith("_login") or not urlsplit(target).netloc:
            return response
        told: dict[str, Any] = {"target": target, "host": urlsplit(target).hostname}
        return render(request, "signin/leaving.html", told)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A provider that cannot be reached on the way there (on the way back allauth sees to it)."""
        match = request.resolver_match
        if (
            match is None
            or not (match.url_name or "").endswith("_login")
            or not isinstance(exception, OSError)
        ):
            return None
        return render(request, "socialaccount/authentication_error.html", status=502)
