"""Finding persons, and who holds a role over a place or unit."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.db.models import Q
from django.utils.translation import gettext as _

from liren.database.prepared import Prepared
from liren.inforce import catalogue
from liren.places.codes import after, parents
from liren.refusals import Refusal

from .actions import key_digest
from .models import AccessKey, Person, Post
from .standing import Standing
from .visibility import Viewer

_OF_USER = Prepared(lambda user: Person.objects.filter(user=user), int, by_key=True)
_BY_KEY = Prepared(lambda key: Person.objects.filter(pk=key), int, by_key=True)


def find_person(text: str) -> Person:
    """A person by natural key (``code``) or by a name that only one person has."""
    text = text.strip()
    if found := Person.objects.filter(code=text).first():
        return found
    matches = list(Person.objects.filter(name=text).order_by("pk")[:4])
    if not matches:
        raise Refusal("not_found", what="人员", name=text, mend=_("请先登记人员，或写人员编号。"))
    if len(matches) > 1:
        among = "、".join(p.code or str(p.pk) for p in matches)
        raise Refusal("ambiguous", what="人员", name=text, among=among)
    return matches[0]


def holders(role: str, *, place: str, units: list[int], at: datetime) -> list[Person]:
    """Persons who hold the role over a record of this place and these units, at a moment.

    The same rule as ``people.standing``, asked the other way round: who may act is who is told.
    """
    around, named = [*parents(place), place], [unit for unit in units if unit]
    above = sorted(Standing().above(named))
    posts = _held(len(around), len(above))(role, *around, *(above or around))
    holding = [post for post in posts if post.starts <= at and (post.ends is None or at < post.ends)]
    return list({post.person_id: post.person for post in holding}.values())


@cache
def _held(around: int, above: int) -> Prepared[Post]:
    """Posts of a role at so many places, or at so many units; without units, at units of these places."""

    def posts(role: str, *where: str | int):
        there, units = where[:around], where[around:]
        held = Q(place_id__in=there) | (Q(unit_id__in=units) if above else Q(unit__place_id__in=units))
        return Post.objects.filter(held, role=role).select_related("person").order_by("pk")

    kinds: list[type] = [int] * above or [str] * around
    return Prepared(posts, str, *[str] * around, *kinds, by_key=True)


def persons_coded(prefix: str) -> list[Person]:
    """Persons whose natural key begins with ``prefix``, in the order of their keys."""
    return list(Person.objects.filter(code__gte=prefix, code__lt=after(prefix)).order_by("code"))


def person_of(user) -> Person | None:
    """The person who signs in as this user, if any; not asked for where they came with the account."""
    fetched = user._state.fields_cache
    return fetched["person"] if "person" in fetched else _OF_USER.first(user.pk)


def names_of_persons(ids: Iterable[int]) -> dict[int, str]:
    """Names by primary key; unknown keys are left out."""
    return dict(Person.objects.filter(pk__in=[i for i in ids if i]).values_list("pk", "name"))


def posts_of_persons(ids: Iterable[int]) -> dict[int, list[Post]]:
    """Every post, past ones too, of some persons, with its unit."""
    found: dict[int, list[Post]] = {}
    for post in Post.objects.filter(person_id__in=set(ids)).select_related("unit").order_by("pk"):
        found.setdefault(post.person_id, []).append(post)
    return found


def focused(viewer: Viewer, kinds: Iterable[str]) -> Viewer:
    """The viewer with only the posts that decide about records of these kinds, one per reach.

    For rows of these kinds alone. An inspector holds a hundred posts over three counties: a query that
    names each of them takes a hundred times as long as one that names the counties.
    """
    wanted = [catalogue().kinds[kind] for kind in kinds if kind in catalogue().kinds]
    kept: dict[tuple, Post] = {}
    for post in viewer.posts:
        opened = frozenset(
            entry.id
            for entry in wanted
            if entry.spec.visible == "staff"
            or (entry.spec.visible == "roles" and post.role in entry.spec.seen_by)
        )
        if opened:
            kept.setdefault((post.place_id, post.unit_id, opened), post)
    return Viewer(viewer.person, tuple(kept.values()))


def standing_of(viewer: Viewer) -> Standing:
    """What a viewer may take part in, by the posts they were seen to hold: nothing is looked up again."""
    return Standing({viewer.person.pk: list(viewer.posts)} if viewer.person else {})


def persons_by_id(ids: Iterable[int]) -> dict[int, Person]:
    """Persons by primary key; unknown keys are left out."""
    wanted = [i for i in ids if isinstance(i, int)]
    if len(wanted) == 1:
        return {person.pk: person for person in _BY_KEY(*wanted)}
    return Person.objects.in_bulk(wanted)


def key_of(secret: str, at: datetime) -> AccessKey | None:
    """The key with this secret, with its person, if it still holds and its owner's account is open."""
    held = (
        AccessKey.objects.select_related("person__user")
        .filter(digest=key_digest(secret), ends__gt=at)
        .first()
    )
    user = held.person.user if held else None
    return held if held and user is not None and user.is_active else None


def keys_of(person: Person, at: datetime) -> list[AccessKey]:
    """The keys of a person that still hold, the last first."""
    return list(AccessKey.objects.filter(person=person, ends__gt=at).order_by("-pk"))
