"""Where on the map: choosing the point of a report, what is open around it, the page of open matters on a map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.database.prepared import ByKeys
from liren.look import maps
from liren.look.presenting import mapping
from liren.packs.catalogue import KindEntry
from liren.packs.fields import POINT, BadValue, point_micro, point_text, read_value
from liren.people.visibility import on_show
from liren.places.geometry import Box, around
from liren.places.models import Outline, Place
from liren.places.queries import chain, place_at, tops
from liren.portal import shelves
from liren.portal.presenting.matter import listed
from liren.records.around import Seek, nearest, searching, seeker
from liren.records.models import Record

#: How many matters stand in the list beside a map with a number each, and how many dots a map has at most.
LISTED, DOTS = 20, 200
#: Open matters within so many metres are shown before filing.
WITHIN = 1000.0
#: On a map wider than so many metres points lie too close together for numbers.
CROWDED = 12_000
#: How near and how far a map of a point can be looked at, in metres to each side; after a tap it is so much nearer.
NEAREST, FARTHEST, NEARER = 150, 40_000, 4
#: A picture that is tapped without a script is as wide as the narrowest screen, since where it was hit is told in
#: the pixels in which it is shown.
TAPPED = 240


class Where(NamedTuple):
    """What an address says of a point, and how far around it is looked at."""

    point: tuple[int, int] | None
    metres: int

    @property
    def text(self) -> str:
        """The point as an address says it."""
        return (point_text(*self.point) or "") if self.point else ""


def where(told: QueryDict) -> Where:
    """`?point=117.1,36.1&wide=500`; what cannot be read is not there."""
    wide = told.get("wide", "")
    metres = int(wide) if wide.isascii() and wide.isdigit() and len(wide) < 7 else 500
    return Where(point_of(told.get("point", "")), min(max(metres, NEAREST), FARTHEST))


def point_of(text: str) -> tuple[int, int] | None:
    """A point as text; None where it is none."""
    try:
        found = read_value(POINT, text[:60])
    except BadValue:
        return None
    return point_micro(found) if found else None


def hit(told: QueryDict) -> tuple[tuple[int, int], int] | None:
    """Where a picture was tapped, and how far to look around it: from the box it showed and the pixels told.

    Browsers tell 0, 0 when the button was pressed by keyboard: that is no place.
    """
    try:
        box = Box(*(int(one) for one in told.get("box", "").split(",")))
        across, down, wide, high = (float(told.get(name, "")) for name in ("at.x", "at.y", "w", "h"))
        fits = (
            0 <= across <= wide and 0 <= down <= high and wide > 0 and high > 0 and (across, down) != (0, 0)
        )
        sound = (
            -180_000_000 <= box.west < box.east <= 180_000_000
            and -90_000_000 <= box.south < box.north <= 90_000_000
        )
        if not fits or not sound:
            return None
    except (TypeError, ValueError):
        return None
    x = round(box.west + (box.east - box.west) * across / wide)
    y = round(box.north - (box.north - box.south) * down / high)
    return (x, y), max(NEAREST, round(box.metres[0] / 2 / NEARER))


def chosen(told: QueryDict) -> dict[str, str]:
    """What the address of the next page says after a tap or a location that was asked for: place and point.

    Outside of every outline there is no point; where nobody has drawn any, the place stays as it was chosen.
    """
    tapped = hit(told) if "box" in told else None
    point, metres = tapped or (point_of(told.get("point", "")), 200)
    if point is None:
        return {}
    found = place_at(*point)
    if found is None and Outline.objects.exists():
        return {"outside": "1"}
    place = {"place": found.code} if found else {}
    return place | {"point": point_text(*point) or "", "wide": str(min(metres, FARTHEST))}


def settled(point: tuple[int, int] | None, place: Place | None) -> Place | None:
    """The place of a report: the smallest in which its point lies, unless the chosen one is smaller still."""
    found = place_at(*point) if point else None
    if found is None or (place is not None and place.code.startswith(found.code)):
        return place
    return found


def picker(
    path: str, told: QueryDict, entry: KindEntry, place: Place | None, kept: str = ""
) -> dict[str, Any] | None:
    """The map on which the point of a report is chosen; None for kinds without one, no ``src`` where none is drawn.

    ``kept`` is the point with which a faulty form comes back.
    """
    if entry.spec.located is None:
        return None
    at = where(told)
    at = at._replace(point=point_of(kept)) if kept else at
    said = {"point": at.text, "next": path, "outside": told.get("outside") == "1", "larger": "", "src": ""}
    said |= {"clear": f"{path}?place={place.code}" if place else ""}
    drawn = _ground(at, place)
    if drawn is None:
        return said
    frame, shapes = drawn
    dots = _dots(_seek([entry.id]), frame.box, set())
    said["src"] = maps.tapped(frame, shapes, dots, here=at.point)
    said |= {"w": TAPPED, "h": round(frame.high * TAPPED / maps.WIDE), "dots": len(dots)}
    if at.point and at.metres < FARTHEST:
        said["larger"] = _href(path, at, place, at.metres * NEARER)
    return said | {"box": ",".join(str(one) for one in frame.box)}


def _href(path: str, at: Where, place: Place | None, metres: int) -> str:
    told = {"place": place.code} if place else {}
    return f"{path}?{urlencode(told | {'point': at.text, 'wide': str(min(metres, FARTHEST))})}"


def _ground(at: Where, place: Place | None, href=lambda _place: None):
    """The ground to draw: around the point, else the place or the nearest one around it that is drawn."""
    if at.point:
        frame, shapes = mapping.of_point(at.point, at.metres, place)
        return (frame, shapes) if shapes else None
    for one in reversed(chain(place.code)) if place else tops()[:2]:
        if found := mapping.of_place(one, href):
            return found
    return None


def nearby(entry: KindEntry, point: tuple[int, int], words: str, most: int) -> list[dict[str, Any]]:
    """Open matters of the kind around a point, the nearest first, each with how far away it is."""
    seek = _seek([entry.id])
    if words:
        seek = searching(on_show(Record.objects.filter(title__icontains=words), kinds=[entry.id]))
    near = nearest(seek, point, most=most, within=WITHIN)
    return _listed([(one.pk, mapping.metres_text(one.metres)) for one in near])


#: What a matter in a list is made of; whole records with their units take twice as long to read.
_READ = (
    "number", "kind", "shape", "title", "place__name", "category", "level", "source", "state", "opened", "closed",
    "due", "data",
)  # fmt: skip
_KEYED = ByKeys(lambda keys: Record.objects.filter(pk__in=keys).select_related("place").only(*_READ))


def _listed(found: Sequence[tuple[int, str]]) -> list[dict[str, Any]]:
    """Matters by key in this order, each with a word on how far away it is."""
    records = {record.pk: record for record in _KEYED(pk for pk, _away in found)}
    there = [(records[pk], away) for pk, away in found if pk in records]
    told = listed([record for record, _away in there])
    return [one | {"away": away} for one, (_record, away) in zip(told, there, strict=True)]


def kinds() -> list[str]:
    """The kinds that residents report and whose location anybody may see."""
    return [
        entry.id for entry in shelves.matter_kinds() if entry.spec.located in shelves.field_names(entry.spec)
    ]


def page(told: QueryDict, place: Place | None) -> dict[str, Any]:
    """The context of map.html: what is open around a point or in a place, on the map and as a list."""
    at, here = where(told), reverse("portal:map")
    drawn = _ground(at, place, lambda one: f"{here}?place={one.code}" if len(one.code) < 15 else None)
    frame, shapes = drawn or (maps.framed(around(at.point, at.metres), 0) if at.point else None, [])
    context = {"point": at.text, "next": here, "outside": told.get("outside") == "1", "map": None}
    context |= {"entries": [], "more": False, "numbered": False} | _ways(here, at, place)
    return context | _shown(frame, shapes, at, place) if frame else context


def _ways(here: str, at: Where, place: Place | None) -> dict[str, str]:
    """Where one looks closer, and where further."""
    if not at.point:
        wider = f"{here}?place={place.code[:-3]}" if place and len(place.code) > 6 else ""
        return {"nearer": "", "larger": wider}
    return {
        "nearer": _href(here, at, place, at.metres // 2) if at.metres > NEAREST else "",
        "larger": _href(here, at, place, at.metres * 2) if at.metres < FARTHEST else "",
    }


def _shown(frame: maps.Frame, shapes: list[maps.Shape], at: Where, place: Place | None) -> dict[str, Any]:
    """The map with the matters nearest to its middle, the list of them, and the others as dots."""
    seek = _seek(kinds())
    found = nearest(
        seek, at.point or frame.box.middle, most=LISTED + 1, within=max(frame.box.metres) / 2**0.5
    )
    near = [one for one in found if frame.box.holds(one.x, one.y)]
    listed_ = _listed(
        [(one.pk, mapping.metres_text(one.metres) if at.point else "") for one in near[:LISTED]]
    )
    numbered, more = frame.box.metres[0] <= CROWDED, len(near) > LISTED
    marks = [
        maps.Spot(
            one.x, one.y, told["title"], str(number) if numbered else "", told["href"],
            "late" if told["status"]["overdue"] else "",
        )
        for number, (one, told) in enumerate(zip(near, listed_, strict=False), 1)
    ]  # fmt: skip
    marks = [*(_dots(seek, frame.box, {one.pk for one in near[:LISTED]}) if more else []), *marks]
    title = _("正在办的事的地图：%(place)s") % {"place": place.name if place else _("身边")}
    desc = _("图上的点就是清单里的事；清单里有每一件事的地点。")
    svg = maps.drawn(frame, shapes, marks, title, desc, here=at.point) if shapes else None
    return {"map": svg, "entries": listed_, "more": more, "numbered": numbered and bool(svg)}


def _seek(shown: list[str]) -> Seek:
    """What finds open matters of kinds that anybody may see."""
    return seeker(lambda: on_show(Record.objects.all(), kinds=shown), "portal", *shown)


def _dots(seek: Seek, box: Box, shown: set[int]) -> list[maps.Spot]:
    """The others in the box as bare dots."""
    return [maps.Spot(x, y, "") for pk, x, y in seek(box)[:DOTS] if pk not in shown]
