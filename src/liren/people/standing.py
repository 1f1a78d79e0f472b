"""Who may take part: posts held at a moment, matched against a record's place and units.

A role counts where the post's place contains the record's place, or the post's unit (or a unit
above it) is the record's unit or handler; a post at a unit also covers records of the unit's place
that name no unit at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from liren.database.prepared import Prepared
from liren.database.statements import row, rows
from liren.places.codes import contains

from .models import Person, Post

#: All posts of a person, with their units; which of them hold is asked of the moment.
_HELD = Prepared(
    lambda person: Post.objects.filter(person=person).select_related("unit").order_by("pk"), int, by_key=True
)


@dataclass
class Standing:
    """Looks posts up once per person and unit ancestors once per unit; make one per request or bulk."""

    _posts: dict[int, list[Post]] = field(default_factory=dict)
    _parents: dict[int, int | None] = field(default_factory=dict)
    _every: bool = False

    def posts(self, person: Person, at: datetime) -> list[Post]:
        """Posts held by the person at the moment."""
        if person.pk not in self._posts:
            self._posts[person.pk] = _HELD(person.pk)
        return [p for p in self._posts[person.pk] if p.starts <= at and (p.ends is None or at < p.ends)]

    def post_for(
        self, person: Person, roles: Iterable[str], place: str, units: Iterable[int | None], at: datetime
    ) -> Post | None:
        """The post by which the person holds one of the roles over a record, or None."""
        wanted, named = set(roles), [u for u in units if u]
        for post in self.posts(person, at):
            if post.role in wanted and self._covers(post, place, named):
                return post
        return None

    def _covers(self, post: Post, place: str, units: list[int]) -> bool:
        if post.place_id and contains(post.place_id, place):
            return True
        if post.unit_id is None:
            return False
        if units:
            return any(post.unit_id in self._chain(unit) for unit in units)
        return contains(post.place_code, place)

    def above(self, units: Iterable[int]) -> set[int]:
        """The units and every unit above them."""
        return {one for unit in units for one in self._chain(unit)}

    def below(self, unit: int) -> set[int]:
        """The unit and every unit below it."""
        if not self._every:
            self._parents, self._every = dict(rows("SELECT id, parent_id FROM places_unit")), True
        return {one for one in self._parents if unit in self._chain(one)}

    def _chain(self, unit: int) -> list[int]:
        chain: list[int] = []
        here: int | None = unit
        while here is not None and here not in chain:
            chain.append(here)
            here = self._parent(here)
        return chain

    def _parent(self, unit: int) -> int | None:
        """A level is one short look-up, and there are few; a county has thousands of units."""
        if unit not in self._parents:
            found = row("SELECT parent_id FROM places_unit WHERE id = %s", unit)
            self._parents[unit] = found[0] if found else None
        return self._parents[unit]
