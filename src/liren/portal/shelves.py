"""Which records anybody finds where on the portal. What a kind shows, and in which states, its pack says."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.packs.language import Kind
from liren.people.visibility import on_show
from liren.people.visibility import shown_fields as field_names
from liren.places.codes import parents, within
from liren.places.models import Place
from liren.records.models import Record
from liren.records.residents import FIRST, is_matter, matter_kinds
from liren.refusals import Refusal

__all__ = [
    "FIRST", "MATTERS", "field_names", "find", "is_matter", "kinds_on", "matter_kinds", "near", "page_of", "rows",
    "shelf_of",
]  # fmt: skip

#: The shelf of what residents report; the others are `packs.language.SHELVES`.
MATTERS = "matters"
#: In which order a shelf is read.
ORDERS = {"articles": "-closed", "echoes": "-closed", "activities": "-starts", "venues": "title"}
PAGE = 20


def kinds_on(shelf: str) -> list[str]:
    """The kinds of a shelf."""
    if shelf == MATTERS:
        return [entry.id for entry in matter_kinds()]
    return [
        key for key, entry in catalogue().kinds.items() if entry.spec.shown and entry.spec.shown.as_ == shelf
    ]


def shelf_of(spec: Kind) -> str:
    """The shelf a kind stands on; empty where it stands on none."""
    return spec.shown.as_ if spec.shown else MATTERS if is_matter(spec) else ""


def near(place: Place | None) -> Q:
    """What happens in a place, and what the places around it say to all of them."""
    if place is None:
        return Q()
    # A county has nothing around it: the empty code keeps the OR, without which SQLite sorts every row of the
    # county instead of walking the index of moments from its end (30 000 articles: 400 ms against 3).
    return within(place.code) | Q(place_id__in=parents(place.code) or [""])


def rows(shelf: str, place: Place | None = None, kinds: Iterable[str] | None = None) -> QuerySet[Record]:
    """The records of a shelf at and around a place, in its order."""
    there = kinds_on(shelf)
    wanted = there if kinds is None else [kind for kind in kinds if kind in there]
    # What residents report lies where it lies; what offices say from above is meant for all below.
    where = near(place) if shelf != MATTERS or place is None else within(place.code)
    found = on_show(Record.objects.filter(where), kinds=wanted)
    return found.select_related("place", "unit", "handler").order_by(ORDERS.get(shelf, "-opened"), "-pk")


def find(number: str) -> Record:
    """A record that anybody finds. Raises Refusal (not_found): unknown, not public, not out yet."""
    found = on_show(Record.objects.filter(number=number))
    record = found.select_related("place", "unit", "handler").first()
    if record is None:
        raise Refusal("not_found", what="记录", name=number, mend=_("请检查编号；也可能还没有公开。"))
    return record


def page_of(found: QuerySet[Record], number: int) -> tuple[list[Record], bool]:
    """One page of rows, and whether more follow. Nothing is counted: the table may be long."""
    start = (number - 1) * PAGE
    listed = list(found[start : start + PAGE + 1])
    return listed[:PAGE], len(listed) > PAGE
