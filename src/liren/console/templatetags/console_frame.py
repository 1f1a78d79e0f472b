"""What the frame offers to whom: rooms to administrators, messages to whoever signed in; whose form it is."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html

from liren.look.keeping import WHO, who_token
from liren.look.viewer import actor
from liren.people.apart import ADMINISTRATORS

register = template.Library()


@register.simple_tag(takes_context=True)
def rooms(context: Context) -> dict[str, Any]:
    """`admin` for holders of an administrator's post, `person`: the name of whoever signed in.

    Asks nothing of the database.
    """
    request = context.get("request")
    viewer = getattr(request, "viewer", None)
    signed_in = bool(getattr(getattr(request, "user", None), "is_authenticated", False))
    if viewer is None or not signed_in:
        return {"admin": False, "person": "", "signed_in": signed_in}
    held = {post.role for post in viewer.posts}
    name = viewer.person.name if viewer.person else ""
    return {"admin": bool(held & ADMINISTRATORS.keys()), "person": name, "signed_in": True}


@register.simple_tag(takes_context=True)
def whose(context: Context) -> str:
    """The hidden field by which a form says whose it is: sent too late, it waits for that person to sign in again."""
    request = context.get("request")
    person = actor(request) if request is not None else None
    return format_html('<input type="hidden" name="{}" value="{}">', WHO, who_token(person)) if person else ""
