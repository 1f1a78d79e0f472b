"""What every page of this room shows around its content, for the frame of the console."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from liren.people.queries import person_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the demo's banner on pages that bring none, and who is signed in, asked for lazily.

    `signed_in` is called by the template where it is used: other pages pay nothing for it.
    """
    demo = {"name": "", "links": []} if settings.LIREN_DEMO else None
    return {"demo": demo, "signed_in": lambda: _signed_in(request)}


def _signed_in(request: HttpRequest) -> dict[str, Any] | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    reader = getattr(getattr(request, "viewer", None), "person", None)
    # Whoever reads was looked up when the request came in; another person reads only in the demo.
    person = reader if reader is not None and reader.user_id == user.pk else person_of(user)
    return {"name": person.name if person else user.get_username(), "username": user.get_username()}
