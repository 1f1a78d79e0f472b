"""The pages on which residents fill something in: a report, a step."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from liren.forms import photos
from liren.forms.records import RecordForm
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.places.models import Place
from liren.portal import shelves
from liren.portal.presenting import mapping
from liren.portal.presenting.matter import head, listed
from liren.portal.reporting import TRAP, hidden_fields
from liren.privacy.notice import notice_of, notices
from liren.records.models import Record

#: Open matters shown before filing.
NEARBY = 6


def report(
    entry: KindEntry, place: Place | None, form: RecordForm, *, near: str, map_: dict[str, Any] | None
) -> dict[str, Any]:
    """The context of report.html: what is open at the same place (or around the same point), then the form."""
    point = mapping.point_of(map_["point"]) if map_ else None
    spec = entry.spec
    return {
        "kind": {
            "id": entry.id,
            "title": spec.title,
            "open": spec.open_title or "",
            "about": entry.pack.about or "",
            "usual": entry.id == shelves.FIRST,
        },
        "needs_place": place is None or place.level == "county",
        "choose": reverse("portal:places_in", args=[place.code]) if place else reverse("portal:places"),
        "nearby": nearby(entry, place, near, point) if place else [],
        "map": map_,
        "near": near,
        "form": form,
        "fields": fields(form),
        "hidden": hidden_fields(form),
        "trap": TRAP,
        "photos": {"most": photos.MOST, "formats": "image/jpeg,image/png,image/webp"},
        "notice": notice_of(entry),
        "demo_phone": settings.LIREN_DEMO,
    }


def all_notices() -> list[dict[str, Any]]:
    """The context of privacy.html: every pack that keeps something private or names persons, with its kinds."""
    told = [(pack.title, notices(pack)) for pack in catalogue().packs.values()]
    return [{"title": title, "notices": found} for title, found in told if found]


def nearby(entry: KindEntry, place: Place, words: str, point: tuple[int, int] | None) -> list[dict[str, Any]]:
    """Matters of the kind that are open around the point, else at the place; narrowed by words of the title."""
    if point is not None:
        return mapping.nearby(entry, point, words, NEARBY)
    found = shelves.rows(shelves.MATTERS, place, [entry.id]).filter(closed__isnull=True)
    if words:
        found = found.filter(title__icontains=words)
    return listed(list(found[:NEARBY]))


def fields(form: RecordForm) -> list[dict[str, Any]]:
    """The boxes of a form, as `parts/field.html` draws them."""
    told = []
    for bound in form.visible_fields():
        widget = bound.field.widget
        group = widget.__class__.__name__ in ("RadioSelect", "CheckboxSelectMultiple")
        key = bound.id_for_label or f"id_{bound.name}"
        told.append(
            {
                "name": bound.name,
                "id": key,
                "anchor": f"{bound.name}_box" if group else key,
                "label": bound.label,
                "ui": bound.name == "note",
                "hint": bound.help_text,
                "required": bound.field.required,
                "errors": list(bound.errors),
                "group": group,
                "widget": bound,
                "options": list(bound) if group else [],
            }
        )
    return told


def step(record: Record, verb: str, form: RecordForm, token: str) -> dict[str, Any]:
    """The context of step.html."""
    spec = catalogue().kinds[record.kind].spec
    return {
        "record": head(record, spec),
        "step": {"title": spec.steps[verb].title, "reopens": bool(spec.steps[verb].to)},
        "form": form,
        "fields": fields(form),
        "hidden": hidden_fields(form),
        "back": reverse("portal:private", args=[token]),
    }
