"""How long private values are kept: ``keep`` of a field, else of its kind, counted from when the record ended."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from liren.packs.fields import CHINA
from liren.packs.language import Kind
from liren.packs.linting import RELATIONS
from liren.records.flow import in_charge
from liren.records.models import Act, File, Record

#: Acts by which the erasure of a record is asked for, refused, done, suspended and resumed.
ASK, REFUSE, ERASE, SUSPEND, RESUME = (
    "ask_erasure",
    "refuse_erasure",
    "erase",
    "suspend_erasure",
    "resume_erasure",
)


def keeps(kind: Kind) -> dict[str, str]:
    """Private field → how long its values are kept; fields that are kept for good are left out."""
    found = {name: spec.keep or kind.keep for name, spec in kind.fields.items() if spec.private}
    return {name: keep for name, keep in found.items() if keep}


def deciders(kind: Kind) -> set[str]:
    """Roles that decide about erasure: those that carry records of the kind on, not those that only report them."""
    roles = {role for step in kind.steps.values() for role in step.by} - {"resident", *RELATIONS}
    return roles or in_charge(kind)


def before(at: datetime, keep: str) -> datetime:
    """What ended before this moment has been kept long enough at ``at``: ``10y``, ``6mo`` or ``30d`` earlier.

    Civil Code 202: a period of months ends on the day of the same number, or on the month's last.
    """
    day = at.astimezone(CHINA)
    count = int(keep.rstrip("ymod"))
    if keep.endswith("d"):
        return datetime.fromtimestamp(at.timestamp() - count * 86400, CHINA)
    months = day.year * 12 + day.month - 1 - count * (1 if keep.endswith("mo") else 12)
    year, month = max(months // 12, 1), months % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def suspended(records: Iterable[int]) -> set[int]:
    """Keys of those records whose erasure is suspended: the last word about it is a suspension."""
    return _last(records, (SUSPEND, RESUME), SUSPEND)


def asked(records: Iterable[int]) -> set[int]:
    """Keys of those records whose erasure somebody asked for and nobody has decided."""
    return _last(records, (ASK, REFUSE, ERASE), ASK)


@dataclass(frozen=True)
class Standing:
    """Where the erasure of one record stands: since when a request waits, whether nothing is erased meanwhile, and
    the last request that was refused: when, and why.
    """

    asked: datetime | None = None
    suspended: bool = False
    refused: datetime | None = None
    reason: str = ""


def standing_of_erasure(record: int) -> Standing:
    """Where the erasure of one record stands; one query."""
    verbs = (ASK, REFUSE, ERASE, SUSPEND, RESUME)
    said = list(Act.objects.filter(record=record, verb__in=verbs).order_by("id").only("verb", "at", "note"))
    about = next((act for act in reversed(said) if act.verb in (ASK, REFUSE, ERASE)), None)
    held = [act.verb for act in said if act.verb in (SUSPEND, RESUME)][-1:] == [SUSPEND]
    if about is not None and about.verb == ASK:
        return Standing(asked=about.at, suspended=held)
    if about is not None and about.verb == REFUSE:
        return Standing(suspended=held, refused=about.at, reason=about.note)
    return Standing(suspended=held)


def answer_by(asked: datetime) -> datetime:
    """When a request is answered at the latest. The Personal Information Protection Law (article 50) asks for an answer
    with reasons and names no number of days: ``LIREN_ERASURE_DAYS`` says what the county promises.
    """
    return asked + timedelta(days=settings.LIREN_ERASURE_DAYS)


def _last(records: Iterable[int], verbs: tuple[str, ...], verb: str) -> set[int]:
    said = Act.objects.filter(record_id__in=list(records), verb__in=verbs).order_by("id")
    return {record for record, last in dict(said.values_list("record_id", "verb")).items() if last == verb}


def due_files(record: Record, kind: Kind, at: datetime) -> list[File]:
    """Private files of a record that have been kept as long as its kind says."""
    if not kind.keep or record.closed is None or record.closed >= before(at, kind.keep):
        return []
    return list(File.objects.filter(record=record, private=True, erased=False).order_by("pk"))
