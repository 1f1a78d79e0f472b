"""The only code that writes persons, posts, the log of private reads, and prints of private values."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from liren import database
from liren.database.bulk import insert_rows
from liren.places.models import Place, Unit
from liren.places.signals import list_changed
from liren.refusals import Refusal

from .apart import ADMINISTRATORS, apart_from
from .models import AccessKey, Person, Post, Print, PrivateRead
from .signals import key_ended, key_made, post_left, post_taken


def person_add(
    *, name: str, code: str | None = None, household: str = "", place: Place | None = None
) -> Person:
    """Add a person."""
    person = Person(name=name, code=code, household=household, place=place)
    with database.atomic(savepoint=False):  # one statement: nothing of it could be taken back alone
        insert_rows(Person, [person])
    return person


def persons_add(rows: Iterable[Mapping]) -> list[Person]:
    """Bulk form of :func:`person_add`."""
    persons = [Person(**row) for row in rows]
    with database.atomic():
        insert_rows(Person, persons)
    return persons


def person_change(person: Person, **said) -> None:
    """Another name, key (``code``), household or home of a person.

    Raises Refusal: already, where somebody else has this key.
    """
    code = said.get("code")
    with database.atomic():
        if code and Person.objects.filter(code=code).exclude(pk=person.pk).exists():
            raise Refusal("already", what="人员编号", number=code)
        Person.objects.filter(pk=person.pk).update(**said)
        list_changed.send(Person, what="person_changed", subject=f"person:{person.pk}")


def person_link(person: Person, *, user) -> None:
    """The person signs in as this user from now on. Raises Refusal: already, where they have another account."""
    with database.atomic():
        free = Q(user__isnull=True) | Q(user=user)
        if not Person.objects.filter(free, pk=person.pk).update(user=user):
            raise Refusal(
                "already",
                what=_("%(name)s的账户") % {"name": person.name},
                number=str(Person.objects.get(pk=person.pk).user),
            )
    person.user = user


def post_take(
    *,
    person: Person,
    role: str,
    starts: datetime,
    unit: Unit | None = None,
    place: Place | None = None,
    ends: datetime | None = None,
) -> Post:
    """A person takes up a role at a unit or for a place.

    Raises Refusal: roles_apart where the person holds, at some time of the new post, a role that must stay
    in other hands (``people.apart``).
    """
    with database.atomic():
        _refuse_apart(person, role, starts, ends)
        post = Post.objects.create(person=person, role=role, unit=unit, place=place, starts=starts, ends=ends)
        post_taken.send(Post, post=post)
    return post


def _refuse_apart(person: Person, role: str, starts: datetime, ends: datetime | None) -> None:
    """The person's row is locked first: of two appointments at once the second sees the first."""
    others = apart_from(role)
    if not others:
        return
    Person.objects.select_for_update().get(pk=person.pk)
    at_the_time = Q(ends__isnull=True) | Q(ends__gt=starts)
    if ends is not None:
        at_the_time &= Q(starts__lt=ends)
    held = Post.objects.filter(at_the_time, person=person, role__in=others).first()
    if held is not None:
        raise Refusal(
            "roles_apart",
            who=person.name,
            role=ADMINISTRATORS.get(role, role),
            held=ADMINISTRATORS.get(held.role, held.role),
        )


def post_leave(post: Post, *, at: datetime) -> None:
    """The post ends; what was done under it stays valid."""
    with database.atomic():
        if Post.objects.filter(pk=post.pk, ends__isnull=True).update(ends=at):
            post_left.send(Post, post=post, at=at)


def private_read(
    *, record_number: str, fields: Iterable[str], by: Person | None, at: datetime, purpose: str
) -> None:
    """Log that private values of a record were shown to somebody."""
    rows = [
        PrivateRead(record_number=record_number, field=name, by=by, at=at, purpose=purpose) for name in fields
    ]
    with database.atomic():
        PrivateRead.objects.bulk_create(rows)


def prints_keep(found: Sequence[Print], *, new: bool = False) -> None:
    """Keep prints of private values in place of earlier ones; ``new``: of records that had none.

    Call inside the transaction that writes the values.
    """
    if not new:
        for one in found:
            Print.objects.filter(record_number=one.record_number, field=one.field).delete()
    insert_rows(Print, found)


def prints_drop(record_number: str, fields: Iterable[str]) -> None:
    """Forget the prints of values that were erased. Call inside the transaction that erases them."""
    Print.objects.filter(record_number=record_number, field__in=list(fields)).delete()


# -- keys by which programs speak for a person -------------------------------------------------------------

#: What a key may be good for, for how many days at most, and how many a person has at most.
SCOPES = ("read", "write")
DAYS, KEYS = 366, 10
#: How every key begins, so that whoever finds one knows what it is.
BEGINS = "liren_"


def key_digest(secret: str) -> str:
    """What is kept of a key: of 256 random bits a plain hash is enough, and it is found by an index."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_make(
    *, person: Person, name: str, scopes: Iterable[str], days: int, at: datetime
) -> tuple[AccessKey, str]:
    """A key for a program, and its secret, which is shown once and kept nowhere.

    Raises Refusal: missing, bad_value (scope, days), already (too many keys).
    """
    chosen = [scope for scope in SCOPES if scope in set(scopes)]
    if not name.strip() or not chosen:
        raise Refusal("missing", fields="名称、用途", what="生成密钥")
    if not 1 <= days <= DAYS:
        raise Refusal("bad_value", field="有效天数", reason=_("1 到 %(days)s 天") % {"days": DAYS})
    secret = BEGINS + secrets.token_urlsafe(32)
    with database.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if AccessKey.objects.filter(person=person, ends__gt=at).count() >= KEYS:
            raise Refusal("already", what=_("%(keys)s 把有效的密钥") % {"keys": KEYS}, number="先停用不用的")
        key = AccessKey.objects.create(
            person=person, name=name.strip()[:60], digest=key_digest(secret), hint=secret[: len(BEGINS) + 4],
            scopes=" ".join(chosen), since=at, ends=at + timedelta(days=days),
        )  # fmt: skip
        key_made.send(AccessKey, key=key)
    return key, secret


def key_end(key: AccessKey, *, at: datetime) -> None:
    """The key is good for nothing from now on."""
    with database.atomic():
        if AccessKey.objects.filter(pk=key.pk, ends__gt=at).update(ends=at):
            key_ended.send(AccessKey, key=key)


def key_used(key: AccessKey, *, day: date) -> None:
    """Note the day of a use: at most one write a day."""
    if key.used != day:
        with database.atomic():
            AccessKey.objects.filter(pk=key.pk).update(used=day)


def keys_sweep(before: datetime) -> int:
    """Forget keys that ended before a moment; how many."""
    with database.atomic():
        return AccessKey.objects.filter(ends__lt=before).delete()[0]
