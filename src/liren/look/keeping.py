"""Keeps what was typed when the session has run out in the meantime: after signing in, the form is as it was.

The typed values wait sealed in the new visitor's session, for the address they were sent to and for the person
whose form it was: on a shared office machine the next one to sign in is shown nothing of it. Files do not wait;
the form says that they have to be chosen again.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liren.people.models import Person
from liren.people.private import seal, unseal
from liren.refusals import Refusal

#: The word in the session, the hidden field that names the form's person, and how long all this holds (seconds).
WORD, WHO, HOLDS = "kept_form", "_who", 3600
SALT = "liren.who"
#: More than this was no typing.
MOST = 60_000


def who_token(person: Person) -> str:
    """What a form carries to say whose it is."""
    return signing.dumps(person.pk, salt=SALT)


def to_sign_in(request: HttpRequest, back: str) -> HttpResponseRedirect:
    """Keep what was typed, if anything was, and go to sign in; afterwards the reader is at ``back``."""
    if request.method == "POST":
        typed = request.POST.copy()
        typed.pop("csrfmiddlewaretoken", None)
        text = typed.urlencode()
        if len(text) < MOST:
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
    try:
        mine = signing.loads(typed.get(WHO, ""), salt=SALT, max_age=12 * HOLDS) == person.pk
    except signing.BadSignature:
        mine = False
    return typed if mine else None
