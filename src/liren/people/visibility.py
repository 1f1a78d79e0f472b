"""Who may see which records. Every read for a face passes :func:`visible`.

Anybody sees kinds declared ``public``. Staff see kinds declared ``staff`` where a post of theirs
contains the record's place, or is at its unit or handler. Kinds declared ``roles`` are seen only by
holders of a role in ``seen by`` over the record. A person always sees their own records. What the
portal shows to all, whoever they are, is :func:`on_show`.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.language import Kind
from liren.places.codes import contains, within

from .models import Person, Post
from .standing import Standing


@dataclass(frozen=True)
class Viewer:
    """Somebody who reads: a person with the posts they hold now, or nobody in particular (a resident)."""

    person: Person | None = None
    posts: tuple[Post, ...] = ()

    @property
    def is_staff(self) -> bool:
        return bool(self.posts)


PUBLIC = Viewer()


def viewer_of(person: Person | None, at: datetime) -> Viewer:
    """The viewer a person is at a moment."""
    return Viewer(person, tuple(Standing().posts(person, at))) if person else PUBLIC


def reach_of(viewer: Viewer) -> Hashable:
    """All of a viewer on which what they see depends, but for what is their own: statements are kept under it."""
    standing = Standing()
    return viewer.person is not None, frozenset(
        (
            post.role,
            post.place_id,
            post.place_code,
            frozenset(standing.below(post.unit_id) if post.unit_id else ()),
        )
        for post in viewer.posts
    )


def visible(rows: QuerySet, *, to: Viewer, prefix: str = "", kinds: Iterable[str] | None = None) -> QuerySet:
    """The rows (of records, or of parts of records with ``prefix="record__"``) that the viewer may see.

    ``kinds``: the rows are of these kinds and no others. Then the question names nothing else, which is far
    shorter, and nothing at all where everybody may see them.
    """
    entries = catalogue().kinds
    if kinds is None:
        return rows.filter(_allowed(to, prefix, entries.values()))
    named = [entries[kind] for kind in set(kinds) if kind in entries]
    if named and all(entry.spec.visible == "public" for entry in named):
        return rows
    return rows.filter(_allowed_alone(to, rows, named))


def on_show(rows: QuerySet, *, kinds: Iterable[str] | None = None, prefix: str = "") -> QuerySet:
    """The rows that anybody finds on the portal: of public kinds all that is not void, and of kinds that say
    what is ``shown`` the records in those states. Of the latter only the fields named there are shown.
    """
    wanted = (
        catalogue().kinds
        if kinds is None
        else {k: catalogue().kinds[k] for k in kinds if k in catalogue().kinds}
    )
    plain = [
        kind for kind, entry in wanted.items() if entry.spec.shown is None and entry.spec.visible == "public"
    ]
    allowed = Q(**{f"{prefix}kind__in": plain}) & ~Q(**{f"{prefix}state": "void"})
    for kind, entry in wanted.items():
        if entry.spec.shown is not None:
            allowed |= Q(**{f"{prefix}kind": kind, f"{prefix}state__in": entry.spec.shown.in_})
    return rows.filter(allowed)


def shown_fields(spec: Kind) -> list[str]:
    """The fields anybody may read of what is on show, in their order; never private ones, never the title."""
    named = spec.shown.fields if spec.shown else list(spec.fields)
    private = {key for key, field in spec.fields.items() if field.private}
    return [name for name in named if name != "title" and name not in private]


def sees(viewer: Viewer, record) -> bool:
    """Whether the viewer may see one record."""
    return visible(type(record).objects.filter(pk=record.pk), to=viewer, kinds=[record.kind]).exists()


def in_reach(rows: QuerySet, roles: Iterable[str], *, to: Viewer) -> QuerySet:
    """The records over which the viewer holds one of the roles: less than what they see."""
    standing, named, reached = Standing(), set(roles), Q(pk__in=[])
    for post in to.posts:
        if post.role in named:
            reached |= _covered(post, "", standing)
    return rows.filter(reached)


def oversees(viewer: Viewer, kinds: Iterable[str], place: str) -> bool:
    """Whether a viewer may see every record of these kinds in a place: numbers reckoned beforehand are for them.

    More is not looked into: who sees some of the records through a unit, or because they are their own, does not.
    """
    reach = [post for post in viewer.posts if post.place_id and contains(post.place_id, place)]
    for entry in (catalogue().kinds[kind] for kind in kinds):
        if entry.spec.visible == "public":
            continue
        roles = set(entry.spec.seen_by) if entry.spec.visible == "roles" else None
        if not any(roles is None or post.role in roles for post in reach):
            return False
    return viewer.is_staff


def _allowed(to: Viewer, prefix: str, entries: Iterable[KindEntry]) -> Q:
    open_, staff, guarded = _by_rule(entries)
    allowed = Q(**{f"{prefix}kind__in": open_})
    if to.person is not None:
        allowed |= Q(**{f"{prefix}opener_id": to.person.pk}) | Q(**{f"{prefix}person_id": to.person.pk})
    standing = Standing()
    for post in to.posts:
        kinds = [*staff, *_opened_by(post, guarded)]
        allowed |= Q(**{f"{prefix}kind__in": kinds}) & _covered(post, prefix, standing)
    return allowed


def _allowed_alone(to: Viewer, rows: QuerySet, entries: list[KindEntry]) -> Q:
    """The same of records of some kinds alone: a post that opens them all need not name them.

    Place and key stand in every index of the kind, so rows out of reach are passed over without being read; one's
    own records are therefore looked up by key. Asked as columns they would have every row read: 130 ms for a
    village's view of 30,000 articles instead of 9.
    """
    open_, staff, guarded = _by_rule(entries)
    allowed = Q(kind__in=open_) if open_ else Q(pk__in=[])
    standing = Standing()
    for post, kinds in _reaches(to, staff, guarded):
        covered = _covered(post, "", standing)
        allowed |= covered if len(kinds) == len(entries) else Q(kind__in=sorted(kinds)) & covered
    if to.person is not None:
        for own in ("opener", "person"):
            allowed |= Q(pk__in=rows.model._default_manager.filter(**{own: to.person.pk}).values("pk"))
    return allowed


def _reaches(
    to: Viewer, staff: list[str], guarded: list[tuple[str, set[str]]]
) -> Iterable[tuple[Post, set[str]]]:
    """One post for each place and unit, with all that the posts held there open: an inspector holds fifty."""
    opened: dict[str, list[str]] = {}
    reaches: dict[tuple[str | None, int | None], tuple[Post, set[str]]] = {}
    for post in to.posts:
        if post.role not in opened:
            opened[post.role] = [*staff, *_opened_by(post, guarded)]
        if opened[post.role]:
            reach = reaches.setdefault((post.place_id, post.unit_id), (post, set()))
            reach[1].update(opened[post.role])
    return reaches.values()


def _by_rule(entries: Iterable[KindEntry]) -> tuple[list[str], list[str], list[tuple[str, set[str]]]]:
    """Kinds for everybody, kinds for staff, and kinds with the roles that see them."""
    by_rule: dict[str, list[str]] = {"public": [], "staff": []}
    guarded = []
    for entry in entries:
        if entry.spec.visible == "roles":
            guarded.append((entry.id, set(entry.spec.seen_by)))
        else:
            by_rule[entry.spec.visible].append(entry.id)
    return by_rule["public"], by_rule["staff"], guarded


def _opened_by(post: Post, guarded: list[tuple[str, set[str]]]) -> list[str]:
    return [kind for kind, roles in guarded if post.role in roles]


def _covered(post: Post, prefix: str, standing: Standing) -> Q:
    """Rows over which a post reaches, as in ``people.standing``."""
    reached = within(post.place_id, f"{prefix}place_id") if post.place_id else Q(pk__in=[])
    if post.unit_id is None or post.unit is None:
        return reached
    units = standing.below(post.unit_id)
    named = Q(**{f"{prefix}unit_id__in": units}) | Q(**{f"{prefix}handler_id__in": units})
    unnamed = Q(**{f"{prefix}unit_id__isnull": True, f"{prefix}handler_id__isnull": True})
    return reached | named | (unnamed & within(post.unit.place_id, f"{prefix}place_id"))
