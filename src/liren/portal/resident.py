"""Who is at the portal: nobody has to say. A signed cookie and signed links let them come back to what is theirs.

Somebody who holds a post is a resident here like all others: what they report or join as a neighbour is kept
apart from what they do in office, so only a signed-in person without posts counts.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from liren.clock import now
from liren.look.middleware import YEAR
from liren.look.viewer import viewer
from liren.people.actions import person_add
from liren.people.models import Person
from liren.people.queries import person_of, persons_by_id
from liren.people.visibility import PUBLIC, viewer_of
from liren.places.models import Place

COOKIE = "liren_resident"
NAME = "居民"


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


def met(request: HttpRequest, *, place: Place | None = None) -> Person:
    """The resident who was here before, else a new one of whom nothing is known."""
    return known(request) or person_add(name=NAME, place=place)


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
