"""Maps as pages take them: the outlines of a place and its neighbours, the little map of one record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from liren.look import maps
from liren.look.svg import Svg
from liren.packs.fields import point_text
from liren.packs.language import Kind
from liren.places.geometry import Box, around, union
from liren.places.models import Outline, Place
from liren.places.queries import outlines, outlines_in, outlines_of
from liren.records.models import Record

#: How far the little map of a record reaches to each side, in metres.
LITTLE = 800


def box(outline: Outline) -> Box:
    """The box of an outline."""
    return Box(outline.west, outline.south, outline.east, outline.north)


def shape(outline: Outline, **more: Any) -> maps.Shape:
    """An outline as a map draws it."""
    return maps.Shape(outline.place.name, outline.rings, outline.x, outline.y, **more)


def of_place(
    place: Place, href: Callable[[Place], str | None] = lambda _place: None
) -> tuple[maps.Frame, list[maps.Shape]] | None:
    """A place with the places in it and those beside it; None where nobody has drawn any of them."""
    drawn = outlines_of(place.code)
    found = union(box(one) for one in drawn)
    if found is None:
        return None
    frame = maps.framed(found)
    alone = all(one.place_id == place.code for one in drawn)
    inner = [_inner(one, place, alone, href) for one in drawn]
    beside = [one for one in outlines_in(frame.box, place.level) if one.place_id != place.code]
    return frame, [*(shape(one, aside=True, href=href(one.place)) for one in beside), *inner]


def _inner(outline: Outline, place: Place, alone: bool, href: Callable[[Place], str | None]) -> maps.Shape:
    """A part of the place with its name; the place itself is named only where it has no parts."""
    if outline.place_id != place.code:
        return shape(outline, href=href(outline.place))
    return shape(outline)._replace(title=outline.place.name if alone else "")


def of_parts(codes: list[str], seen: Callable[[Outline], maps.Shape], title: str, desc: str) -> Svg | None:
    """Places as one map, each as ``seen`` shows it; None unless all of them are drawn: one query."""
    drawn = outlines(Q(place_id__in=codes))
    found = union(box(one) for one in drawn)
    if found is None or len(drawn) < len(codes):
        return None
    return maps.drawn(maps.framed(found), [seen(one) for one in drawn], [], title, desc)


def of_point(point: tuple[int, int], metres: float, place: Place | None = None):
    """The ground around a point; ``place`` is the one it belongs to, all others stand aside."""
    frame = maps.framed(around(point, metres), 0)
    for level in ("village", "town", "county") if metres <= 6000 else ("town", "county"):
        if found := outlines_in(frame.box, level):
            own = place.code[: len(found[0].place_id)] if place else None
            return frame, [shape(one, aside=bool(own) and one.place_id != own) for one in found]
    return frame, []


def point_of(record: Record, kind: Kind) -> tuple[int, int] | None:
    """Where a record is, if its kind has a location at all and this one says it."""
    if kind.located is None or record.longitude is None or record.latitude is None:
        return None
    return record.longitude, record.latitude


def of_record(record: Record, kind: Kind) -> dict[str, Any] | None:
    """``{svg, text}``: the little map of a record, and the same in words; None where it says no location."""
    point = point_of(record, kind)
    if point is None:
        return None
    frame, shapes = of_point(point, LITTLE, record.place)
    told = point_text(*point) or ""
    title = _("%(place)s的位置图") % {"place": record.place.name}
    svg = maps.drawn(frame, shapes, [], title, told, here=point) if shapes else ""
    return {"svg": svg, "text": told}


def metres_text(metres: float) -> str:
    """How far something is, as one says it: 50 米, 1.2 公里."""
    if metres < 1000:
        return _("%(n)s 米") % {"n": f"{max(10, round(metres, -1)):.0f}"}
    return _("%(n)s 公里") % {"n": f"{metres / 1000:.1f}"}
