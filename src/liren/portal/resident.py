"""Who is at the portal: nobody has to say. A signed cookie and signed links let them come back to what is theirs.

Somebody who holds a post is a resident here like all others: what they report or join as a neighbour is kept
apart from what they do in office, so only a signed-in person without posts counts.
"""

from __future__ import annotations

import hashlib
import re

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from liren.clock import now
from liren.inforce import catalogue
from liren.look.middleware import YEAR
from liren.look.viewer import viewer
from liren.people.actions import person_add
from liren.people.models import Person
from liren.people.queries import person_of, persons_by_id
from liren.people.visibility import PUBLIC, viewer_of
from liren.places.models import Place
from liren.records.models import Record
from liren.records.residents import holder_of
from liren.refusals import Refusal

COOKIE = f"{settings.COOKIE_PREFIX}liren_resident"
NAME = "居民"
#: What the key of a form looks like, and for how many seconds the same form may be sent again.
KEY, AGAIN = re.compile(r"[0-9a-f]{32}"), 24 * 3600


def known(request: HttpRequest) -> Person | None:
    """The resident who is signed in, or else was here before."""
    return _signed_in(request) or _remembered(request)


def selves(request: HttpRequest) -> list[Person]:
    """Whom this browser speaks for: who is signed in, and who it was before that."""
    both = [_signed_in(request), _remembered(request)]
    return list(dict.fromkeys(person for person in both if person is not None))


def _signed_in(request: HttpRequest) -> Person | None:
    reader = viewer(request)
    if settings.LIREN_DEMO:  # there the viewer has somebody's eyes, whoever signed in
        person = person_of(request.user) if request.user.is_authenticated else None
        reader = viewer_of(person, now()) if person else PUBLIC
    return reader.person if reader.person is not None and not reader.is_staff else None


def _remembered(request: HttpRequest) -> Person | None:
    kept = request.get_signed_cookie(COOKIE, default="", salt=COOKIE) or ""
    return persons_by_id([int(kept)]).get(int(kept)) if kept.isascii() and kept.isdigit() else None


def met(request: HttpRequest, *, place: Place | None = None, once: bool = False) -> Person:
    """The resident who was here before, else a new one of whom nothing is known.

    ``once``: the same form with the same words, sent again because the answer was lost and the cookie with it, comes
    from the same person, and not from another one who takes a second place.
    """
    person = known(request)
    if person is not None:
        return person
    name = _form(request) if once else ""
    if name and (earlier := persons_by_id([cache.get(name)])):
        return next(iter(earlier.values()))
    person = person_add(name=NAME, place=place)
    if name and not cache.add(name, person.pk, AGAIN):  # both at once: the other was first
        return next(iter(persons_by_id([cache.get(name)]).values()), person)
    return person


def _form(request: HttpRequest) -> str:
    """What was sent, as a name for it; empty where the form carries no key."""
    if not KEY.fullmatch(request.POST.get("key", "")):
        return ""
    said = sorted((name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken")
    return f"portal.met:{hashlib.sha256(repr((request.path, said)).encode()).hexdigest()}"


def remember(request: HttpRequest, response: HttpResponseBase, person: Person) -> None:
    """Let this browser come back to what is the person's, for a year; no script reads it."""
    if _signed_in(request) == person:
        return
    response.set_signed_cookie(
        COOKIE,
        str(person.pk),
        salt=COOKIE,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def forget(response: HttpResponseBase) -> None:
    """This browser is used by others too: it no longer knows anybody."""
    response.delete_cookie(COOKIE, samesite="Lax")


def private_record(token: str) -> tuple[Record, Person]:
    """The record and person of a private link. Raises Refusal (not_found)."""
    held = holder_of(token)
    found = (
        Record.objects.filter(pk=held[0]).select_related("place", "unit", "handler").first() if held else None
    )
    if held is None or found is None or found.kind not in catalogue().kinds:
        raise Refusal("not_found", what="记录", name="", mend=_("请检查链接是不是完整。"))
    return found, held[1]
