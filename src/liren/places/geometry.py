"""Points, boxes and polygons on the ground, in millionths of a degree: plain arithmetic, no library.

A county is small: within it a degree of longitude is as long everywhere, so a map is a stretched rectangle and
a distance is the root of two squares (wrong by less than a thousandth over fifty kilometres).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import cos, hypot, radians
from typing import NamedTuple

#: Metres in a millionth of a degree of latitude.
METRE = 0.111_32
Ring = Sequence[int]
#: Polygons, each of rings, each ``[x, y, x, y, …]``; the first ring of a polygon is the outer one.
Rings = Sequence[Sequence[Ring]]


class Box(NamedTuple):
    """A rectangle of the map: ``west``, ``south``, ``east``, ``north``."""

    west: int
    south: int
    east: int
    north: int

    @property
    def middle(self) -> tuple[int, int]:
        """The point in its middle."""
        return (self.west + self.east) // 2, (self.south + self.north) // 2

    @property
    def metres(self) -> tuple[float, float]:
        """How wide and how high it is."""
        return (self.east - self.west) * METRE * shrink(self.middle[1]), (self.north - self.south) * METRE

    def holds(self, x: int, y: int) -> bool:
        """Whether a point lies in it."""
        return self.west <= x <= self.east and self.south <= y <= self.north

    def meets(self, other: Box) -> bool:
        """Whether two boxes have something in common."""
        across = self.west <= other.east and other.west <= self.east
        return across and self.south <= other.north and other.south <= self.north

    def wider(self, share: float) -> Box:
        """The box with a margin of so great a share of its longer side on every side."""
        wide, high = self.metres
        return around(self.middle, max(wide, high) * (0.5 + share))


def shrink(y: int) -> float:
    """How much shorter a degree of longitude is than one of latitude, at a latitude."""
    return max(cos(radians(y / 1e6)), 0.01)


def around(point: tuple[int, int], metres: float) -> Box:
    """The square that reaches so many metres to each side of a point."""
    x, y = point
    high = round(metres / METRE)
    wide = round(metres / METRE / shrink(y))
    return Box(x - wide, y - high, x + wide, y + high)


def union(boxes: Iterable[Box]) -> Box | None:
    """The box around boxes."""
    found = list(boxes)
    if not found:
        return None
    return Box(
        min(b.west for b in found), min(b.south for b in found),
        max(b.east for b in found), max(b.north for b in found),
    )  # fmt: skip


def distance(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Metres between two points."""
    across = (one[0] - other[0]) * shrink((one[1] + other[1]) // 2)
    return hypot(across, one[1] - other[1]) * METRE


def corners(ring: Ring) -> Iterator[tuple[int, int]]:
    """The corners of a ring."""
    return zip(ring[::2], ring[1::2], strict=True)


def clipped(points: Sequence[tuple[int, int]], box: Box) -> list[tuple[int, int]]:
    """The part of a ring that lies in a box (Sutherland and Hodgman: one side of the box after the other)."""
    found = list(points)
    for axis, edge, sign in ((0, box.west, 1), (0, box.east, -1), (1, box.south, 1), (1, box.north, -1)):
        corners_, found = found, []
        for one, two in pairwise([*corners_, *corners_[:1]]):
            here, there = (one[axis] - edge) * sign >= 0, (two[axis] - edge) * sign >= 0
            if here:
                found.append(one)
            if here != there:
                share = (edge - one[axis]) / (two[axis] - one[axis])
                across = round(one[1 - axis] + (two[1 - axis] - one[1 - axis]) * share)
                found.append((edge, across) if axis == 0 else (across, edge))
    return found


def thinned(ring: Ring, most: float) -> list[int]:
    """A ring without the corners that lie less than ``most`` aside of the line left (Douglas and Peucker)."""
    points = list(corners(ring))
    middle = max(range(len(points)), key=lambda at: _apart(points[0], points[at]))
    kept, work = {0, middle}, [(0, middle), (middle, len(points))]
    points.append(points[0])
    while work:
        first, last = work.pop()
        aside = [(_aside(points[at], points[first], points[last]), at) for at in range(first + 1, last)]
        far, at = max(aside, default=(0.0, 0))
        if far > most:
            kept.add(at)
            work += [(first, at), (at, last)]
    found = [n for at in sorted(kept) for n in points[at]]
    return found if len(found) >= 6 else list(ring)


def _apart(one: tuple[int, int], other: tuple[int, int]) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])


def _aside(point: tuple[int, int], one: tuple[int, int], other: tuple[int, int]) -> float:
    """How far a point lies aside of the line between two others (of the one, where they are the same)."""
    length = _apart(one, other)
    if not length:
        return _apart(point, one)
    across = (other[0] - one[0]) * (point[1] - one[1]) - (other[1] - one[1]) * (point[0] - one[0])
    return abs(across) / length


def box_of(rings: Rings) -> Box:
    """The box around polygons."""
    xs = [x for polygon in rings for x in polygon[0][::2]]
    ys = [y for polygon in rings for y in polygon[0][1::2]]
    return Box(min(xs), min(ys), max(xs), max(ys))


def inside(rings: Rings, x: int, y: int) -> bool:
    """Whether a point lies in polygons: a line from it to the east crosses their rings an odd number of times."""
    return sum(at > x for at in _crossings(rings, y)) % 2 == 1


def within(rings: Rings) -> tuple[int, int]:
    """A point inside, about where one would write the name: in the middle of the longest level line of a few."""
    box = box_of(rings)
    best, found = -1.0, box.middle
    for part in (5, 4, 6, 3, 7, 2, 8):
        y = box.south + (box.north - box.south) * part // 10
        crossed = sorted(_crossings(rings, y))
        for left, right in zip(crossed[::2], crossed[1::2], strict=False):
            # A line a little shorter but nearer to the middle reads better.
            length = (right - left) * (1 - abs(part - 5) / 20)
            if length > best:
                best, found = length, (round((left + right) / 2), y)
    return found


def _crossings(rings: Rings, y: int) -> Iterator[float]:
    """Where the rings cross a level line."""
    for polygon in rings:
        for ring in polygon:
            points = list(corners(ring))
            for (ax, ay), (bx, by) in pairwise([*points, points[0]]):
                # One end counts and the other does not, so that a corner is crossed once.
                if (ay > y) != (by > y):
                    yield ax + (bx - ax) * (y - ay) / (by - ay)
