"""Who may see which records. Every read for a face passes :func:`visible`.

Anybody sees kinds declared ``public``. Staff see kinds declared ``staff`` where a post of theirs
contains the record's place, or is at its unit or handler. Kinds declared ``roles`` are seen only by
holders of a role in ``seen by`` over the record. A person always sees their own records.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from liren.inforce import catalogue
from liren.places.codes import within
from liren.places.models import Unit

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


def visible(rows: QuerySet, *, to: Viewer, prefix: str = "") -> QuerySet:
    """The rows (of records, or of parts of records with ``prefix="record__"``) that the viewer may see."""
    return rows.filter(_allowed(to, prefix))


def sees(viewer: Viewer, record) -> bool:
    """Whether the viewer may see one record."""
    return visible(type(record).objects.filter(pk=record.pk), to=viewer).exists()


def _allowed(to: Viewer, prefix: str) -> Q:
    by_rule: dict[str, list[str]] = {"public": [], "staff": []}
    guarded = []
    for entry in catalogue().kinds.values():
        if entry.spec.visible == "roles":
            guarded.append((entry.id, set(entry.spec.seen_by)))
        else:
            by_rule[entry.spec.visible].append(entry.id)
    allowed = Q(**{f"{prefix}kind__in": by_rule["public"]})
    if to.person is not None:
        allowed |= Q(**{f"{prefix}opener_id": to.person.pk}) | Q(**{f"{prefix}person_id": to.person.pk})
    for post in to.posts:
        open_to_post = [kind for kind, roles in guarded if post.role in roles]
        kinds = [*by_rule["staff"], *open_to_post]
        allowed |= Q(**{f"{prefix}kind__in": kinds}) & _covered(post, prefix)
    return allowed


def _covered(post: Post, prefix: str) -> Q:
    """Rows over which a post reaches, as in ``people.standing``."""
    if post.place_id:
        return within(post.place_id, f"{prefix}place_id")
    units = [post.unit_id, *Unit.objects.filter(parent_id=post.unit_id).values_list("pk", flat=True)]
    named = Q(**{f"{prefix}unit_id__in": units}) | Q(**{f"{prefix}handler_id__in": units})
    unnamed = Q(**{f"{prefix}unit_id__isnull": True, f"{prefix}handler_id__isnull": True})
    return named | (unnamed & within(post.place_code, f"{prefix}place_id"))
