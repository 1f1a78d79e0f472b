"""A form that was sent after the session had ended: to the door, and back to the page it stood on, as it was.

Without a script a form is sent as it stands. (With one it waits in the phone's queue, and is sent after signing in.)
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from liren.look.keeping import kept, to_sign_in
from liren.people.models import Person

#: Addresses that only take forms → the page on which their form stands.
PAGES = {
    "attach": "record",
    "note": "activity",
    "confirm": "activity",
    "exam_begin": "exam",
    "exam_save": "exam",
    "exam_hand_in": "exam",
    "exam_paper": "exam",
    "walk_start": "new",
    "walk_stop": "new",
}
#: Forms in which something is typed; the others are a tap, and are tapped again.
TYPED = ("report", "step", "certificates", "note", "confirm", "exam_hand_in")


def expired(request: HttpRequest) -> HttpResponseBase:
    """To sign in, what was typed kept; afterwards back to the page of the form."""
    match = request.resolver_match
    name = match.url_name or "" if match else ""
    back = request.get_full_path()
    if match and name in PAGES:
        back = reverse(f"workbench:{PAGES[name]}", args=[*match.kwargs.values()])
    if name in TYPED:
        return to_sign_in(request, back)
    return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': back})}")


def typed(request: HttpRequest, person: Person) -> QueryDict | None:
    """What was sent, or what waited for its person to sign in again; None for a form that begins."""
    return request.POST if request.method == "POST" else kept(request, request.get_full_path(), person)
