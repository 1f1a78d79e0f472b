"""Keeps what was typed when the session has run out in the meantime: after signing in, the form is as it was.

The typed values wait sealed in the new visitor's session, for the address they were sent to and for the person
whose form it was: on a shared office machine the next one to sign in is shown nothing of it. Files do not wait;
the form says that they have to be chosen again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liren.look.viewer import actor
from liren.people.models import Person
from liren.people.private import seal, unseal
from liren.refusals import Refusal

#: The word in the session, the hidden field that names the form's person, and how long all this holds (seconds).
WORD, WHO, HOLDS = "kept_form", "_who", 3600
SALT = "liren.who"
#: Signs of a form, encoded for an address (a Chinese sign is nine), that are kept for anybody; and for a form that
#: says whose it is: a whole report from the studio.
MOST, MOST_KNOWN = 60_000, 600_000


def who_token(person: Person) -> str:
    """What a form carries to say whose it is."""
    return signing.dumps(person.pk, salt=SALT)


def to_sign_in(request: HttpRequest, back: str) -> HttpResponseRedirect:
    """Keep what was typed, if anything was, and go to sign in; afterwards the reader is at ``back``."""
    if request.method == "POST":
        typed = request.POST.copy()
        typed.pop("csrfmiddlewaretoken", None)
        text = typed.urlencode()
        if len(text) < (MOST_KNOWN if _whose(typed) else MOST):
            request.session[WORD] = seal({"at": back, "typed": text}, WORD)
            messages.info(request, _("登录已经过期。填的内容还在，登录后接着办。"))
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}")


def kept(request: HttpRequest, back: str, person: Person) -> QueryDict | None:
    """What this person had typed into the form at ``back`` before the session ran out; once."""
    sealed = request.session.get(WORD)
    if not sealed or request.method != "GET":
        return None
    try:
        told: dict[str, Any] = unseal(sealed, WORD)
    except Refusal:
        told = {}
    if told.get("at") != back:
        return None
    del request.session[WORD]
    typed = QueryDict(told.get("typed", ""))
    return typed if _whose(typed) == person.pk else None


def _whose(typed: QueryDict) -> int | None:
    """The person a form was made for; None when it does not say, or not any more."""
    try:
        return signing.loads(typed.get(WHO, ""), salt=SALT, max_age=12 * HOLDS)
    except signing.BadSignature:
        return None


View = Callable[..., HttpResponseBase]


def resuming(page: str = "") -> Callable[[View], View]:
    """For views that show what `request.POST` says: a form sent too late waits until its person has signed in, and
    then their GET finds it there. ``page`` names the page the form stands on, when that is another address."""

    def around(view: View) -> View:
        @wraps(view)
        def resumed(request: HttpRequest, *args: Any, **told: Any) -> HttpResponseBase:
            person, back = actor(request), request.get_full_path()
            if page:
                asked = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
                back = reverse(page, args=args, kwargs=told) + asked
            if not request.user.is_authenticated and request.method == "POST" and _whose(request.POST):
                return to_sign_in(request, back)
            typed = kept(request, back, person) if person else None
            if typed is not None:
                messages.info(request, _("登录过期前填的内容都在，请核对后再交。"))
                request.POST = typed  # type: ignore[assignment]
            return view(request, *args, **told)

        return resumed

    return around
