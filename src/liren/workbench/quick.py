"""Reports made quickly: which kinds somebody may open, and a form that needs two taps.

The category is a wall of buttons; the title writes itself from category and place; everything that need not be
said stands folded away. Photo and location are there only when somebody presses for them.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext as _

from liren.forms.fields import CHINESE
from liren.forms.records import RecordForm, opening_form
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.people.visibility import Viewer
from liren.places.codes import contains
from liren.places.models import Place
from liren.places.queries import below, chain
from liren.records.models import Record
from liren.refusals import Refusal

RESIDENT = "resident"
#: A field of one of these names takes a location that somebody pressed for, where the kind has no field for it.
SPOTS = ("spot", "position", "location")
#: Places offered in the list of a form; whoever works over more writes the name.
PLACES = 120


def openable(viewer: Viewer) -> list[tuple[KindEntry, int]]:
    """Kinds the viewer may open and how often they did: by their roles, most used first, then what anybody may."""
    roles = {post.role for post in viewer.posts}
    own = [one for one in catalogue().kinds.values() if roles.intersection(one.spec.opened_by)]
    anybody = [one for one in catalogue().kinds.values() if one not in own and RESIDENT in one.spec.opened_by]
    used = _used(viewer, [one.id for one in own + anybody])
    own.sort(key=lambda one: (-used.get(one.id, 0), one.spec.shape != "matter", one.spec.title))
    anybody.sort(key=lambda one: (-used.get(one.id, 0), one.spec.title))
    return [(one, used.get(one.id, 0)) for one in own + anybody]


def _used(viewer: Viewer, kinds: list[str]) -> dict[str, int]:
    rows = Record.objects.filter(opener=viewer.person, kind__in=kinds)
    return dict(rows.order_by().values_list("kind").annotate(count=Count("*")))


def kind_to_open(viewer: Viewer, key: str) -> KindEntry:
    """The kind, if the viewer may open it. Raises Refusal (not_found)."""
    entry = catalogue().kinds.get(key)
    roles = {post.role for post in viewer.posts} | {RESIDENT}
    if entry is None or not roles.intersection(entry.spec.opened_by):
        raise Refusal("not_found", what="记录类型", name=key, mend=_("请从「上报」里选。"))
    return entry


def quick_form(
    kind: KindEntry,
    viewer: Viewer,
    data: QueryDict | None = None,
    *,
    near: str = "",
    given: dict[str, Any] | None = None,
) -> RecordForm:
    """The form of a quick report; ``near`` is the place code of the report before."""
    places = places_for(viewer, kind)
    codes = {place.code for place in places}
    initial: dict[str, Any] = dict(given or {})
    if places:
        initial["place"] = near if near in codes else places[0].code
    if data is not None:
        data = _titled(kind, data, places)
    form = opening_form(kind, data, initial)
    if "title" in form.fields:
        form.fields["title"].required = False
        form.fields["title"].help_text = _("不写就用「类别 · 地点」")
    if places and len(places) <= PLACES and "place" in form.fields:
        label = form.fields["place"].label
        choices = [(place.code, place.name) for place in places]
        form.fields["place"] = forms.ChoiceField(
            label=label, choices=choices, required=False, widget=forms.Select(attrs=CHINESE)
        )
    _wall(kind, form)
    return form


def _wall(kind: KindEntry, form: RecordForm) -> None:
    """Every choice that must be made is a wall of buttons, however many there are."""
    for name, field in form.fields.items():
        spec = kind.spec.fields.get(name)
        if spec and spec.type == "choice" and (spec.required or name == "category"):
            choices = list(spec.choices.items())
            kept: dict[str, Any] = {
                "label": field.label,
                "help_text": field.help_text,
                "required": field.required,
            }
            form.fields[name] = forms.ChoiceField(
                choices=choices, widget=forms.RadioSelect, initial=spec.default, **kept
            )


def _titled(kind: KindEntry, data: QueryDict, places: list[Place]) -> QueryDict:
    """What was sent, with a title where none was written: 公共设施 · 第3网格."""
    if "title" not in kind.spec.fields or data.get("title", "").strip():
        return data
    data = data.copy()
    category = kind.spec.fields.get("category")
    choice = category.choices.get(data.get("category", ""), "") if category else ""
    place = next((one.name for one in places if one.code == data.get("place")), "")
    parts = [choice or kind.spec.title, place]
    if choice or not category:
        data["title"] = " · ".join(part for part in parts if part)
    return data


def places_for(viewer: Viewer, kind: KindEntry) -> list[Place]:
    """Places to choose from: where the viewer's posts for this kind are, the smallest first, and what is below."""
    posts = [post for post in viewer.posts if post.role in kind.spec.opened_by]
    codes = sorted({post.place_code for post in posts}, key=lambda code: (-len(code), code))
    if not codes:
        own = viewer.person.place_id if viewer.person else None
        return chain(own)[-1:] if own else []
    found: dict[str, Place] = {}
    for code in codes[:3]:
        there = chain(code)
        found |= {place.code: place for place in there[-1:] + below(code)}
    return [place for place in found.values() if any(contains(code, place.code) for code in codes)]


def parts(form: RecordForm) -> dict[str, Any]:
    """The boxes of the form as the page lays them out: the wall, what is asked, what is folded away."""
    spec = form.kind.spec
    wall, asked, folded = [], [], []
    for bound in form.visible_fields():
        declared = spec.fields.get(bound.name)
        if bound.name == "category" and isinstance(bound.field, forms.ChoiceField):
            wall.append(bound)
        elif (
            bound.name in ("title", "place", spec.located)
            or bound.name in SPOTS
            or (declared and declared.required)
        ):
            asked.append(bound)
        else:
            folded.append(bound)
    spot = next((bound.name for bound in asked if bound.name in SPOTS), "")
    spot = spec.located if spec.located in form.fields else spot
    wrong = any(bound.errors for bound in folded)
    return {"wall": wall, "asked": asked, "folded": folded, "spot": spot, "unfold": wrong}
