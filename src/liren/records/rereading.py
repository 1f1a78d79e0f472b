"""Private values stay readable for a few minutes at an address that is signed, for one person, and holds none of them.

So a page with private values is the answer to a plain request: it can be loaded again and left by the back button,
without a form being sent twice. The reading is noted once, before the address is given.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from liren.clock import now
from liren.inforce import catalogue
from liren.people.models import Person
from liren.people.private import unseal
from liren.refusals import Refusal

from .drafts import desk
from .flow import check_in_charge
from .handing import HOLDS
from .models import Record
from .revealing import record_reveal

_SALT = "liren.records.rereading"


def values_link(
    record: Record, names: Iterable[str], *, by: Person | None, purpose: str, at: datetime | None = None
) -> str:
    """A text by which this person reads these private values for ten minutes; the reading is noted first.

    Raises :class:`Refusal` as :func:`liren.records.revealing.record_reveal` does.
    """
    at, names = at or now(), list(names)
    record_reveal(record, names, by=by, purpose=purpose, at=at)
    assert by is not None, "nobody is in charge without being somebody"
    return signing.dumps([record.pk, by.pk, int((at + HOLDS).timestamp()), names], salt=_SALT)


def linked_values(
    text: str, record: Record, *, to: Person | None, at: datetime | None = None
) -> dict[str, Any]:
    """Name → private value, for whom the link was made. Raises :class:`Refusal` (not_found), whatever is wrong."""
    at = at or now()
    try:
        key, person, until, names = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError):
        raise _over(record) from None
    if to is None or (key, person) != (record.pk, to.pk) or at.timestamp() >= until:
        raise _over(record)
    spec = catalogue().kind_entry(record.kind).spec
    try:  # a post may have ended since
        check_in_charge(desk(), spec, record, to, at, "查看保密内容", own=True)
    except Refusal:
        raise _over(record) from None
    held = unseal(record.secret, record.number)
    return {name: held[name] for name in names if name in spec.fields and held.get(name) is not None}


def _over(record: Record) -> Refusal:
    return Refusal("not_found", what="保密内容", name=record.number, mend=_("查看已过期，请再写一次用途。"))
