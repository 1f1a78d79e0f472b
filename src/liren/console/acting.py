"""Who acts by a form: the person who signed in. Borrowed eyes of the demo read, they do not write."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest

from liren.look.viewer import viewer
from liren.people.models import Person
from liren.people.queries import person_of
from liren.places.codes import contains, within
from liren.refusals import Refusal


def actor(request: HttpRequest) -> Person:
    """The person who signed in and acts. Raises Refusal (not_found): whoever may not act finds no such page."""
    person = person_of(request.user) if request.user.is_authenticated else None
    if person is None:
        raise nowhere(request)
    return person


def nowhere(request: HttpRequest) -> Refusal:
    """What is not for this reader is not there."""
    return Refusal("not_found", what="页面", name=request.path, mend="")


@dataclass(frozen=True)
class Office:
    """An administrator at work: who, in which of the asked roles, and the places they administer."""

    person: Person
    roles: frozenset[str]
    reach: tuple[str, ...]
    account: int

    def holds(self, role: str) -> bool:
        return role in self.roles

    def covers(self, code: str | None) -> bool:
        """Whether a place is theirs to administer; what has no place is any administrator's."""
        return not code or any(contains(one, code) for one in self.reach)

    def inside(self, field: str, *, nowhere: bool = False) -> Q:
        """Rows whose place (a path to its code) is theirs; with ``nowhere`` those without a place too."""
        found = Q(**{f"{field}__isnull": True}) if nowhere else Q(pk__in=[])
        for code in self.reach:
            found |= within(code, field)
        return found


def office(request: HttpRequest, *roles: str) -> Office:
    """The office of a signed-in administrator who holds one of the roles now.

    Raises Refusal (not_found) for everybody else: for them these pages are not there.
    """
    person = actor(request)
    held = [post for post in viewer(request).posts if post.role in roles]
    if not held:
        raise nowhere(request)
    reach = tuple(sorted({post.place_code for post in held}))
    return Office(person, frozenset(post.role for post in held), reach, request.user.pk or 0)
