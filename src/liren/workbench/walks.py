"""A walk: several reports one after another without starting over. Kept in the session, gone when it ends.

No track is kept: a walk knows when it began, which kind is reported and which numbers came of it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.http import HttpRequest

from liren.clock import now

KEY = "liren_walk"
#: A walk that nobody ended is over after so many hours.
HOURS = 12
MOST = 200


@dataclass
class Walk:
    """Reports of one kind since a moment; ``place`` is where the last one was."""

    kind: str
    since: str
    place: str = ""
    numbers: list[str] = field(default_factory=list)

    @property
    def began(self) -> datetime:
        """When it was started."""
        return datetime.fromisoformat(self.since)


def walk_of(request: HttpRequest) -> Walk | None:
    """The walk somebody is on."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict):
        return None
    walk = Walk(**kept)
    if (now() - walk.began).total_seconds() > HOURS * 3600:
        return None
    return walk


def walk_begin(request: HttpRequest, kind: str) -> Walk:
    """Start a walk; one that is going on with the same kind goes on."""
    there = walk_of(request)
    if there is not None and there.kind == kind:
        return there
    return _keep(request, Walk(kind, now().isoformat()))


def walk_add(request: HttpRequest, kind: str, number: str, place: str) -> Walk | None:
    """A report of this walk was filed; None where nobody is on a walk with this kind. Twice counts once."""
    walk = walk_of(request)
    if walk is None or walk.kind != kind:
        return None
    if number not in walk.numbers:
        walk.numbers = [*walk.numbers, number][-MOST:]
    walk.place = place
    return _keep(request, walk)


def walk_end(request: HttpRequest) -> Walk | None:
    """The walk is over; returns what it was."""
    walk = walk_of(request)
    request.session.pop(KEY, None)
    return walk


def _keep(request: HttpRequest, walk: Walk) -> Walk:
    request.session[KEY] = asdict(walk)
    return walk
