"""The ground of the demo counties: fictional boundaries, drawn by arithmetic, the same every time.

A county is a round shape cut up among its towns, each town among its villages, each community among its grids: every
bit of ground goes to whoever's seat is nearest (Voronoi), so that neighbours share their boundaries. Then everything
is bent by one smooth wave, which makes straight lines look like rivers and ridges and keeps shared ones shared.
The counties lie in the middle of the Yellow Sea, where no county is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import ceil, cos, hypot, pi, sin, sqrt

from liren.places import geometry
from liren.places.actions import outlines_set
from liren.places.models import Outline, Place

Point = tuple[float, float]
#: Where the counties lie (degrees), and how far they reach from there (kilometres).
SEATS = {"990121": (122.40, 34.60), "990122": (122.95, 34.62), "990103": (122.68, 35.05)}
REACH = {"990121": 18.0, "990122": 19.0, "990103": 7.0}
#: The golden angle: seats set by it lie evenly and in no rows.
GOLDEN = pi * (3 - sqrt(5))
#: Streets, the town itself, lie in the middle and are smaller: how far from there, as a share of the whole.
INNER = 0.3


def add_ground(counties: Iterable[Place]) -> int:
    """Draw the boundaries of counties and of all places in them; returns how many."""
    drawn: dict[str, list[list[list[int]]]] = {}
    for county in counties:
        for code, polygon in _county(county):
            drawn[code] = [[_flat(county.code, polygon)]]
    return outlines_set(drawn, source="虚构")


def _county(county: Place) -> Iterator[tuple[str, list[Point]]]:
    """Every place of a county with its polygon in kilometres around the county's seat."""
    reach, number = REACH[county.code], int(county.code)
    turns = [2 * pi * n / 48 for n in range(48)]
    edge = [
        (
            reach * (1 + 0.05 * sin(3 * t + number)) * cos(t),
            reach * (1 + 0.05 * sin(3 * t + number)) * sin(t) * 0.82,
        )
        for t in turns
    ]
    yield county.code, edge
    below: dict[str, list[Place]] = {}
    for place in Place.objects.filter(code__startswith=county.code).order_by("code"):
        below.setdefault(place.code[:-3], []).append(place)
    work = [(county.code, edge)]
    while work:
        code, polygon = work.pop()
        parts = below.get(code, [])
        for place, piece in zip(parts, _divided(polygon, parts), strict=False):
            yield place.code, piece
            work.append((place.code, piece))


def _divided(polygon: list[Point], parts: Sequence[Place]) -> Iterator[list[Point]]:
    """A polygon cut up among places: streets in the middle, the others around them."""
    seats = _seats(polygon, parts)
    for _turn in range(2):  # seats moved into the middle of their ground twice: even sizes
        pieces = [_nearest(polygon, seat, seats) for seat in seats]
        inner = sum(place.kind == "street" for place in parts)
        seats = [
            seat if at < inner else _middle(piece)
            for at, (seat, piece) in enumerate(zip(seats, pieces, strict=True))
        ]
    yield from (_nearest(polygon, seat, seats) for seat in seats)


def _seats(polygon: list[Point], parts: Sequence[Place]) -> list[Point]:
    """Seats spread over a polygon by the golden angle, from its middle outward."""
    x, y = _middle(polygon)
    streets = sum(place.kind == "street" for place in parts)
    mixed = 0 < streets < len(parts)
    found = []
    for at in range(len(parts)):
        if mixed and at < streets:
            share = INNER * sqrt((at + 0.5) / streets)
        elif mixed:
            share = INNER + 0.15 + (0.85 - INNER) * sqrt((at - streets + 0.5) / (len(parts) - streets))
        else:
            share = sqrt((at + 0.5) / len(parts))
        turn = GOLDEN * (at + 1) + x
        found.append(_toward(polygon, (x, y), turn, share * 0.95))
    return found


def _toward(polygon: list[Point], middle: Point, turn: float, share: float) -> Point:
    """A point so great a share of the way from the middle to the edge."""
    x, y = middle
    far = 0.0
    for (ax, ay), (bx, by) in pairwise([*polygon, polygon[0]]):
        across = (bx - ax) * sin(turn) - (by - ay) * cos(turn)
        if across:
            along = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / -across
            part = ((x - ax) * sin(turn) - (y - ay) * cos(turn)) / across
            if along > 0 and 0 <= part <= 1:
                far = max(far, along)
    return x + cos(turn) * far * share, y + sin(turn) * far * share


def _nearest(polygon: list[Point], seat: Point, seats: Sequence[Point]) -> list[Point]:
    """The part of a polygon that lies nearer to a seat than to any other."""
    found = polygon
    for other in seats:
        if other != seat and found:
            found = _cut(found, seat, other)
    return found


def _cut(polygon: list[Point], seat: Point, other: Point) -> list[Point]:
    """The side of the line midway between two seats that is the first one's."""
    ax, ay = other[0] - seat[0], other[1] - seat[1]
    edge = (other[0] ** 2 + other[1] ** 2 - seat[0] ** 2 - seat[1] ** 2) / 2
    found: list[Point] = []
    for one, two in pairwise([*polygon, polygon[0]]):
        here, there = ax * one[0] + ay * one[1] - edge, ax * two[0] + ay * two[1] - edge
        if here <= 0:
            found.append(one)
        if (here <= 0) != (there <= 0):
            share = here / (here - there)
            found.append((one[0] + (two[0] - one[0]) * share, one[1] + (two[1] - one[1]) * share))
    return found


def _middle(polygon: Sequence[Point]) -> Point:
    """The centre of gravity."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in pairwise([*polygon, polygon[0]]):
        part = ax * by - bx * ay
        area, x, y = area + part, x + (ax + bx) * part, y + (ay + by) * part
    return x / area / 3, y / area / 3


def _flat(county: str, polygon: list[Point]) -> list[int]:
    """The polygon in millionths of a degree, its lines bent."""
    lon, lat = SEATS[county]
    narrow = geometry.shrink(round(lat * 1e6))
    flat: list[int] = []
    for one, two in pairwise([*polygon, polygon[0]]):
        # Each line in pieces of half a kilometre, and no fewer than four: only a line with corners can bend.
        parts = max(4, ceil(hypot(two[0] - one[0], two[1] - one[1]) / 0.5))
        for part in range(parts):
            x, y = (one[at] + (two[at] - one[at]) * part / parts for at in (0, 1))
            x, y = _bent(x, y)
            flat += [round((lon + x / 111.32 / narrow) * 1e6), round((lat + y / 111.32) * 1e6)]
    box = geometry.box_of([[flat]])
    return geometry.thinned(flat, max(box.east - box.west, box.north - box.south) / 1500)


def _bent(x: float, y: float) -> Point:
    """Where a point comes to lie: waves of several lengths over one another."""
    across = 0.55 * sin(y * 0.55 + 1) + 0.22 * sin(y * 1.7 + x * 0.6) + 0.05 * sin(y * 6.1 + x * 2.3)
    down = 0.55 * sin(x * 0.5 + 2) + 0.22 * sin(x * 1.5 - y * 0.7) + 0.05 * sin(x * 5.7 - y * 2.9)
    return x + across, y + down


def point_in(outline: Outline, index: int) -> tuple[int, int] | None:
    """The ``index``-th of many points spread over an outline, each at least a little inside of it."""
    box = geometry.Box(outline.west, outline.south, outline.east, outline.north)
    for again in range(40):
        turn = index * 40 + again
        x = round(box.west + (box.east - box.west) * (0.08 + 0.84 * (turn * 0.754_877_666 % 1)))
        y = round(box.south + (box.north - box.south) * (0.08 + 0.84 * (turn * 0.569_840_291 % 1)))
        if geometry.inside(outline.rings, x, y):
            return x, y
    return None
