"""What is open around a point: questions that the index of locations answers, whatever the size of the table."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Q, QuerySet

from liren.places.geometry import Box, around, distance

from .models import Record

#: Rows looked at in one box; where more than that lie together, some of them are as good as others.
BOUND = 1000
#: How far the first look reaches, in metres, and how much further each next one.
FIRST, FURTHER = 150.0, 4


class Near(NamedTuple):
    """A record's key, where it is, and how many metres away."""

    pk: int
    x: int
    y: int
    metres: float


def open_in(box: Box) -> Q:
    """Records that are open and lie in a box. In the words of the partial index, which holds no others."""
    band = Q(latitude__gte=box.south, latitude__lte=box.north)
    return Q(closed__isnull=True) & band & Q(longitude__gte=box.west, longitude__lte=box.east)


def spots(rows: QuerySet[Record], box: Box, most: int) -> list[tuple[int, int, int]]:
    """``(key, x, y)`` of at most so many open records in a box, in no order."""
    found = rows.filter(open_in(box)).order_by().values_list("pk", "longitude", "latitude")[:most]
    return [(pk, x, y) for pk, x, y in found if x is not None and y is not None]


def nearest(rows: QuerySet[Record], point: tuple[int, int], *, most: int, within: float) -> list[Near]:
    """At most so many open records within so many metres of a point, the nearest first.

    Looks further and further, so that a busy street costs no more than a lonely one.
    """
    reach = min(max(FIRST, within / 64), within)
    while True:
        looked = spots(rows, around(point, reach), BOUND)
        near = [Near(pk, x, y, distance(point, (x, y))) for pk, x, y in looked]
        found = sorted((one for one in near if one.metres <= reach), key=lambda one: (one.metres, one.pk))
        if len(found) >= most or reach >= within or len(looked) == BOUND:
            return found[:most]
        reach = min(reach * FURTHER, within)
