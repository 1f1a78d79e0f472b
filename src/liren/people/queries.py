"""Finding persons, and who holds a role over a place or unit."""

from datetime import datetime

from django.db.models import Q

from liren.places.codes import parents
from liren.refusals import Refusal

from .models import Person, Post


def find_person(text: str) -> Person:
    """A person by natural key (``code``) or by a name that only one person has."""
    text = text.strip()
    if found := Person.objects.filter(code=text).first():
        return found
    matches = list(Person.objects.filter(name=text).order_by("pk")[:4])
    if not matches:
        raise Refusal("not_found", what="人员", name=text, mend="请先登记人员，或写人员编号。")
    if len(matches) > 1:
        among = "、".join(p.code or str(p.pk) for p in matches)
        raise Refusal("ambiguous", what="人员", name=text, among=among)
    return matches[0]


def holders(role: str, *, place: str, units: list[int], at: datetime) -> list[Person]:
    """Persons who hold the role over a place (at it or above it) or at one of the units, at a moment."""
    held = Q(place_id__in=[*parents(place), place]) | Q(unit_id__in=[u for u in units if u])
    current = Q(starts__lte=at) & (Q(ends__isnull=True) | Q(ends__gt=at))
    posts = Post.objects.filter(held & current, role=role).select_related("person").order_by("pk")
    return list({post.person_id: post.person for post in posts}.values())
