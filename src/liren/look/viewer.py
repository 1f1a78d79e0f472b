"""Who is reading: sets `request.viewer`, which every read of records passes to `people.visibility`.

On a demo site (LIREN_DEMO=1) anybody may read with the eyes of its cast: `?as=inspector`, `?as=resident`,
`?as=leader-<body>`; the choice is kept in a signed cookie. Elsewhere it is whoever signed in, or the public.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext

from liren.clock import now
from liren.look.middleware import YEAR, Next
from liren.people.models import Person
from liren.people.queries import person_of, persons_coded
from liren.people.visibility import PUBLIC, Viewer, viewer_of

COOKIE = f"{settings.COOKIE_PREFIX}liren_as"
CAST = "cast-"  # how the codes of the demo's cast begin; the rest is what `?as=` says
FIRST, RESIDENT = "inspector", "resident"


@dataclass(frozen=True)
class Face:
    """One pair of eyes of the demo: its word in the address, its name, whether it is the one reading now."""

    key: str
    name: str
    current: bool


class ViewerMiddleware:
    """Sets `request.viewer`, and on a demo site `request.faces`; answers are kept by no shared cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        cast = {(person.code or "")[len(CAST) :]: person for person in _cast()}
        chosen = _chosen(request, cast)
        person = cast.get(chosen) if settings.LIREN_DEMO else _signed_in(request)
        request.viewer = viewer_of(person, now()) if person else PUBLIC  # type: ignore[attr-defined]
        request.faces = _faces(cast, chosen)  # type: ignore[attr-defined]
        response = self.get_response(request)
        _keep_to_oneself(request, response)
        if settings.LIREN_DEMO and request.GET.get("as") == chosen:
            response.set_signed_cookie(
                COOKIE, chosen, salt=COOKIE, max_age=YEAR, httponly=True, samesite="Lax",
                secure=request.is_secure(),
            )  # fmt: skip
        return response


def _keep_to_oneself(request: HttpRequest, response: HttpResponseBase) -> None:
    """No shared cache keeps an answer; what somebody read by a right of theirs no browser keeps either, so that who
    sits down after them finds nothing by the back button. What says for itself how long it holds keeps that.
    """
    signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
    if signed_in and not response.has_header("Cache-Control"):
        patch_cache_control(response, no_store=True)
    patch_cache_control(response, private=True)


def viewer(request: HttpRequest) -> Viewer:
    """Who reads; the public where no middleware has said."""
    return getattr(request, "viewer", PUBLIC)


def actor(request: HttpRequest) -> Person | None:
    """Who may write: the person who signed in. Borrowed eyes (the demo's) read, and write nothing."""
    user, person = getattr(request, "user", None), viewer(request).person
    signed_in = user is not None and user.is_authenticated and person is not None
    return person if signed_in and person.user_id == user.pk else None  # type: ignore[union-attr]


def _cast() -> list[Person]:
    return persons_coded(CAST) if settings.LIREN_DEMO else []


def _chosen(request: HttpRequest, cast: dict[str, Person]) -> str:
    """The word of the address, else of the cookie, else the inspector; only who is there counts."""
    kept = request.get_signed_cookie(COOKIE, default="", salt=COOKIE)
    for word in (request.GET.get("as", ""), kept or "", FIRST):
        if word == RESIDENT or word in cast:
            return word
    return RESIDENT


def _signed_in(request: HttpRequest) -> Person | None:
    user = request.user
    return person_of(user) if user.is_authenticated else None


def _faces(cast: dict[str, Person], chosen: str) -> list[Face]:
    if not settings.LIREN_DEMO:
        return []
    names = {
        key: person.name for key, person in sorted(cast.items(), key=lambda one: (one[0] != FIRST, one[0]))
    }
    names[RESIDENT] = gettext("居民")
    return [Face(key, name, key == chosen) for key, name in names.items()]
