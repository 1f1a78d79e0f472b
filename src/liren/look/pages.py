"""Renders a page in the frame of the house: navigation, crumbs, the demo's banner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    section: str = "",
    crumbs: Sequence[tuple[str, str | None]] = (),
    status: int = 200,
) -> HttpResponse:
    """A page of `console/<template>.html`; `crumbs` are (title, address or None) after the house."""
    trail = [{"title": _("首页"), "href": reverse("console:home"), "ui": True}]
    trail += [{"title": title, "href": href} for title, href in crumbs]
    frame = {"section": section, "crumbs": trail if crumbs else [], "demo": banner(request)}
    return HttpResponse(render_to_string(f"console/{template}.html", frame | context, request), status=status)


def banner(request: HttpRequest) -> dict[str, Any] | None:
    """On a demo site: whose eyes the reader has, and links to have another's on the same page."""
    if not settings.LIREN_DEMO:
        return None
    faces = getattr(request, "faces", [])
    told = request.GET.copy()
    links = []
    for face in faces:
        told["as"] = face.key
        links.append({"title": face.name, "href": f"?{told.urlencode()}", "current": face.current})
    return {"name": next((face.name for face in faces if face.current), ""), "links": links}
