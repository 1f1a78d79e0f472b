"""Has this been written before? Looks only: by idempotency key, and by what makes two records the same."""

import hashlib
import json
from collections.abc import Sequence

from django.utils.translation import gettext as _

from liren.database.statements import row
from liren.refusals import Refusal

from .flow import Draft
from .models import Act, File, Record
from .values import keepable

_CHUNK = 1000


def done(key: str | None, record: Record | None = None) -> Record | None:
    """The record that a write with this key has made or moved; refused when it was another record."""
    if not key:
        return None
    found = row("SELECT record_id FROM records_act WHERE key = %s", keepable(key, "幂等键", 80))
    if found is None:
        return None
    there = Record.objects.get(pk=found[0])
    if record is not None and there.pk != record.pk:
        reason = _("「%(key)s」已用于 %(number)s；每次办理用新的键") % {"key": key, "number": there.number}
        raise Refusal("bad_value", field="幂等键", reason=reason)
    return there


def bound_key(owner: str, once: str, said: object) -> str:
    """The key under which a write is kept that a program named ``once``: bound to its owner and to what was asked.

    Said again word for word it is the same key. Raises Refusal (key_reused) where the owner's name stands for another
    write already, as draft-ietf-httpapi-idempotency-key-header asks.
    """
    start = f"api:{owner}:{_digest(once)}:"
    key = start + _digest(json.dumps(said, sort_keys=True, default=str))
    # Digits and a to f alone follow the start, so the range is the same in every order of signs a database may have.
    used = Act.objects.filter(key__gt=start, key__lt=f"{start}g").values_list("key", flat=True)
    if any(one and one.startswith(start) and one != key for one in used):
        raise Refusal("key_reused", key=once)
    return key


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:28]


def attached(record: Record, key: str | None) -> File | None:
    """The file that a write with this key has attached; the newest, where a record has the same one twice."""
    if not done(key, record):
        return None
    digest = Act.objects.get(key=key).changed["sha256"]
    return File.objects.filter(record=record, sha256=digest).order_by("-pk").first()


def not_done(drafts: list[Draft]) -> list[Draft]:
    """The drafts whose opening's key is new."""
    keys = [keepable(draft.acts[0].key, "幂等键", 80) for draft in drafts if draft.acts[0].key]
    known: set[str | None] = set()
    for start in range(0, len(keys), _CHUNK):
        known |= set(Act.objects.filter(key__in=keys[start : start + _CHUNK]).values_list("key", flat=True))
    return [draft for draft in drafts if draft.acts[0].key not in known] if known else drafts


def refuse_doubles(drafts: Sequence[Draft]) -> None:
    """Refuse what is entered already, or twice in one run, by the kind's ``once`` fields."""
    named = [draft for draft in drafts if draft.record.natural_key is not None]
    seen: set[tuple[str, str | None]] = set()
    for start in range(0, len(named), _CHUNK):
        part = named[start : start + _CHUNK]
        there = _there(part)
        for draft in part:
            own = (draft.kind.id, draft.record.natural_key)
            if own in there or own in seen:
                what = f"{draft.kind.spec.title}「{own[1]}」"
                raise Refusal("already", what=what, number=there.get(own, "同一批里有两条"))
            seen.add(own)


def _there(drafts: Sequence[Draft]) -> dict[tuple[str, str | None], str]:
    """Kind and natural key → number of the records that have one of the drafts' natural keys."""
    kinds, keys = {draft.kind.id for draft in drafts}, [draft.record.natural_key for draft in drafts]
    rows = Record.objects.filter(kind__in=kinds, natural_key__in=keys)
    return {(kind, key): number for kind, key, number in rows.values_list("kind", "natural_key", "number")}
