"""What is open around a point: questions that the index of locations answers, whatever the size of the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from liren.database.prepared import Prepared, kept
from liren.inforce import catalogue
from liren.places.geometry import Box, around, distance

from .models import Record

#: Rows looked at in one box; where more than that lie together, some of them are as good as others.
BOUND = 1000
#: Of a wide ground so many metres are looked at first, or this part of it, and then so much more each time.
FIRST, PART, FURTHER = 1500.0, 64, 4


class Near(NamedTuple):
    """A record's key, where it is, and how many metres away."""

    pk: int
    x: int
    y: int
    metres: float


#: Tells ``(key, x, y)`` of at most `BOUND` open records in a box, in no order.
Seek = Callable[[Box], list[tuple[int, int, int]]]


def open_in(box: Box) -> Q:
    """Records that are open and lie in a box. In the words of the partial index, which holds no others."""
    band = Q(latitude__gte=box.south, latitude__lte=box.north)
    return Q(closed__isnull=True) & band & Q(longitude__gte=box.west, longitude__lte=box.east)


def seeker(rows: Callable[[], QuerySet[Record]], *key: Any) -> Seek:
    """What finds open records among ``rows`` in a box, its statement written once; ``key`` says which rows."""

    def write(west: int, south: int, east: int, north: int) -> QuerySet[Record, Any]:
        held = rows().filter(open_in(Box(west, south, east, north)))
        return held.order_by().values_list("pk", "longitude", "latitude")[:BOUND]

    asked = kept(catalogue().derived, ("around", *key), lambda: Prepared(write, int, int, int, int))
    return lambda box: asked(*box)


def searching(rows: QuerySet[Record]) -> Seek:
    """The same for rows that are asked for once."""
    told = rows.order_by().values_list("pk", "longitude", "latitude")
    return lambda box: [(pk, x or 0, y or 0) for pk, x, y in told.filter(open_in(box))[:BOUND]]


def nearest(seek: Seek, point: tuple[int, int], *, most: int, within: float) -> list[Near]:
    """At most so many open records within so many metres of a point, the nearest first.

    Looks further and further, so that a busy town costs no more than a lonely one; where too many lie within the
    first look, it looks nearer.
    """
    reach = min(within, max(FIRST, within / PART))
    looked = seek(around(point, reach))
    while len(looked) == BOUND and reach > 1:
        reach /= FURTHER
        within, looked = reach, seek(around(point, reach))
    while True:
        near = [Near(pk, x, y, distance(point, (x, y))) for pk, x, y in looked]
        found = sorted((one for one in near if one.metres <= reach), key=lambda one: (one.metres, one.pk))
        if len(found) >= most or reach >= within:
            return found[:most]
        reach = min(reach * FURTHER, within)
        looked = seek(around(point, reach))
