"""Opens private values to whoever has to know them, and notes who read what and why before they are shown."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from liren.clock import now
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.fields import BadValue, read_value
from liren.packs.language import FieldSpec
from liren.people.actions import private_read
from liren.people.models import Person, Print, PrivateRead
from liren.people.private import ERASED, fingerprint, fingerprints, unseal
from liren.people.visibility import Viewer, in_reach
from liren.refusals import Refusal

from .drafts import desk
from .flow import check_in_charge, in_charge
from .models import Record
from .values import keepable

#: Reads of one record that are listed, and records that one exact value finds.
MOST = 50
#: Types of private fields that are found again by their exact value, and signs such a value has at least.
FOUND_BY, SHORTEST = ("phone", "text"), 2


def private_names(record: Record, *, told: bool = False) -> list[str]:
    """Names of the private fields of which the record holds a value; none where the key is not here, unless that
    shall be ``told`` (Refusal setup).
    """
    fields = catalogue().kind_entry(record.kind).spec.fields
    if not record.secret:
        return []
    try:
        held = unseal(record.secret, record.number)
    except Refusal:
        if told:
            raise
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


def record_prints(
    kind: str, fields: Mapping[str, FieldSpec], number: str, held: Mapping[str, Any]
) -> list[Print]:
    """The prints of the private values ``held`` in a record of this kind, one for each field that is looked up."""
    return [
        Print(record_number=number, field=f"{kind}.{name}", print=fingerprint(value, f"{kind}.{name}"))
        for name, value in held.items()
        if name in fields and fields[name].type in FOUND_BY and isinstance(value, str) and value != ERASED
    ]


def found_by_private(entry: KindEntry, text: str, *, to: Viewer) -> list[int]:
    """Keys of records in which a private value is exactly ``text``, of those the viewer is in charge of.

    Whoever finds a record so knows what stands in it: it is noted as a reading.
    """
    names = [name for name, spec in entry.spec.fields.items() if spec.private and spec.type in FOUND_BY]
    if len(text) < SHORTEST or not names or to.person is None:
        return []
    prints = {
        one: name for name in names for one in fingerprints(_as_kept(entry, name, text), f"{entry.id}.{name}")
    }
    rows = dict(Print.objects.filter(print__in=prints).values_list("record_number", "print")[:MOST])
    if not rows:
        return []
    mine = in_reach(Record.objects.filter(number__in=rows, kind=entry.id), in_charge(entry.spec), to=to)
    found = dict(mine.values_list("pk", "number"))
    for number in found.values():
        private_read(
            record_number=number,
            fields=[prints[rows[number]]],
            by=to.person,
            at=now(),
            purpose="按内容精确查找",
        )
    return list(found)


def _as_kept(entry: KindEntry, name: str, text: str) -> str:
    try:
        return str(read_value(entry.spec.fields[name].type, text))
    except BadValue:
        return text


def private_reads(record: Record) -> list[PrivateRead]:
    """Who read private values of the record, newest first."""
    reads = PrivateRead.objects.filter(record_number=record.number).select_related("by")
    return list(reads.order_by("-at", "-pk")[:MOST])
