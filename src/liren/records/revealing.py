"""Opens private values to whoever has to know them, and notes who read what and why before they are shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from liren.clock import now
from liren.inforce import catalogue
from liren.people.actions import private_read
from liren.people.models import Person, PrivateRead
from liren.people.private import unseal
from liren.refusals import Refusal

from .drafts import desk
from .flow import check_in_charge
from .models import Record
from .values import keepable

#: Reads of one record that are listed.
MOST = 50


def private_names(record: Record) -> list[str]:
    """Names of the private fields of which the record holds a value; none where the key is not here."""
    fields = catalogue().kind_entry(record.kind).spec.fields
    if not record.secret:
        return []
    try:
        held = unseal(record.secret, record.number)
    except Refusal:
        return []
    return [name for name, spec in fields.items() if spec.private and held.get(name) is not None]


def record_reveal(
    record: Record, names: Iterable[str], *, by: Person | None, purpose: str, at: datetime | None = None
) -> dict[str, Any]:
    """Name → private value, for who is in charge of the record, opened it, or is its subject.

    Every reading is noted for itself, the same person's second one too. Raises :class:`Refusal` (not_yours; missing
    without a purpose; setup where the key does not open the values).
    """
    at = at or now()
    spec = catalogue().kind_entry(record.kind).spec
    check_in_charge(desk(), spec, record, by, at, "查看保密内容", own=True)
    wanted = [name for name in names if name in spec.fields and spec.fields[name].private]
    if not wanted or not purpose.strip():
        raise Refusal("missing", fields="用途" if wanted else "要看的栏目", what="查看")
    held = unseal(record.secret, record.number)
    purpose = keepable(purpose.strip(), "用途", 200)
    private_read(record_number=record.number, fields=wanted, by=by, at=at, purpose=purpose)
    return {name: held[name] for name in wanted if held.get(name) is not None}


def private_reads(record: Record) -> list[PrivateRead]:
    """Who read private values of the record, newest first."""
    reads = PrivateRead.objects.filter(record_number=record.number).select_related("by")
    return list(reads.order_by("-at", "-pk")[:MOST])
