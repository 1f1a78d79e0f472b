"""The only code that writes persons, posts and the log of private reads."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from liren import database
from liren.database.bulk import insert_rows
from liren.places.models import Place, Unit

from .models import Person, Post, PrivateRead


def person_add(*, name: str, code: str | None = None, household: str = "", place: Place | None = None) -> Person:
    """Add a person."""
    with database.atomic():
        return Person.objects.create(name=name, code=code, household=household, place=place)


def persons_add(rows: Iterable[Mapping]) -> list[Person]:
    """Bulk form of :func:`person_add`."""
    persons = [Person(**row) for row in rows]
    with database.atomic():
        insert_rows(Person, persons)
    return persons


def post_take(
    *,
    person: Person,
    role: str,
    starts: datetime,
    unit: Unit | None = None,
    place: Place | None = None,
    ends: datetime | None = None,
) -> Post:
    """A person takes up a role at a unit or for a place."""
    with database.atomic():
        return Post.objects.create(
            person=person, role=role, unit=unit, place=place, starts=starts, ends=ends
        )


def post_leave(post: Post, *, at: datetime) -> None:
    """The post ends; what was done under it stays valid."""
    with database.atomic():
        Post.objects.filter(pk=post.pk, ends__isnull=True).update(ends=at)


def private_read(*, record_number: str, fields: Iterable[str], by: Person | None, at: datetime, purpose: str) -> None:
    """Log that private values of a record were shown to somebody."""
    rows = [
        PrivateRead(record_number=record_number, field=name, by=by, at=at, purpose=purpose) for name in fields
    ]
    with database.atomic():
        PrivateRead.objects.bulk_create(rows)
