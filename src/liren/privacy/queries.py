"""What others may ask about private data: under which keys it lies, whose erasure is asked for, what was erased."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Left, StrIndex

from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.people.visibility import Viewer, in_reach, visible
from liren.records.models import Act, File, Record
from liren.records.storage import key_of

from .lasting import ASK, SUSPEND, answer_by, deciders
from .models import Erasure, Sweep

#: Rows of one page, and requests of the whole house that are looked through for one reader.
PAGE, MOST = 50, 5000


def sealed_by_key() -> Counter[str]:
    """Name of a key → how many records' private values are sealed with it."""
    rows = Record.objects.exclude(secret="").order_by()
    heads = rows.annotate(head=Left(F("secret"), StrIndex(F("secret"), Value(":")) + 0))
    found: Counter[str] = Counter()
    for head, count in heads.values_list("head").annotate(count=Count("pk")):
        found[head.rstrip(":") or "1"] += count
    return found


def files_by_key() -> Counter[str]:
    """Name of a key → how many private files are sealed with it; the empty name: left plain by an earlier version."""
    digests = File.objects.filter(private=True, erased=False).order_by().values_list("sha256", flat=True)
    found: Counter[str] = Counter()
    for digest in digests.distinct().iterator(chunk_size=5000):
        if (key := key_of(digest)) is not None:
            found[key] += 1
    return found


def sweeps(most: int = 30) -> list[Sweep]:
    """The latest days on which what had its time was erased, newest first."""
    return list(Sweep.objects.order_by("-day")[:most])


@dataclass(frozen=True)
class Pending:
    """A record of which something about its erasure is to be decided: since when, until when (requests), and why."""

    record: Record
    since: datetime
    until: datetime | None
    reason: str


def may_decide(viewer: Viewer) -> bool:
    """Whether the viewer holds a role that decides about erasure anywhere: for them the page of requests is there."""
    held = {post.role for post in viewer.posts}
    return any(held & deciders(entry.spec) for entry in catalogue().kinds.values() if _holds_private(entry))


def waiting_erasures(*, to: Viewer, start: int = 0, most: int = PAGE + 1) -> list[Pending]:
    """Requests that wait for the viewer's answer, the oldest first: of records they see and decide about."""
    rows = Erasure.objects.filter(asked__isnull=False).order_by("asked", "pk").values_list("pk", "asked")
    return _pending(rows, ASK, to, start, most)


def suspensions(*, to: Viewer, start: int = 0, most: int = PAGE + 1) -> list[Pending]:
    """Records whose erasure is suspended and which the viewer may let go on, the oldest first."""
    rows = Erasure.objects.filter(suspended__isnull=False).order_by("suspended", "pk")
    return _pending(rows.values_list("pk", "suspended"), SUSPEND, to, start, most)


def late_answers(at: datetime) -> tuple[int, int]:
    """How many requests wait for their answer in the whole house, and how many of them longer than promised."""
    rows = Erasure.objects.filter(asked__isnull=False)
    since = at - (answer_by(at) - at)
    told = rows.aggregate(all=Count("pk"), late=Count("pk", filter=Q(asked__lt=since)))
    return told["all"], told["late"]


def _holds_private(entry: KindEntry) -> bool:
    return any(field.private for field in entry.spec.fields.values())


def _pending(rows: QuerySet, verb: str, to: Viewer, start: int, most: int) -> list[Pending]:
    since = dict(rows[:MOST])
    mine = _decided_by(to, visible(Record.objects.filter(pk__in=since), to=to))
    reached = set(mine.values_list("pk", flat=True))
    keys = [key for key in since if key in reached][start : start + most]
    said = Act.objects.filter(record_id__in=keys, verb=verb).order_by("id").values_list("record_id", "note")
    reasons, there = dict(said), Record.objects.select_related("place").in_bulk(keys)
    return [
        Pending(there[key], since[key], answer_by(since[key]) if verb == ASK else None, reasons.get(key, ""))
        for key in keys
    ]


def _decided_by(viewer: Viewer, rows: QuerySet[Record]) -> QuerySet[Record]:
    """Of these records those about which the viewer decides: roles and reach of ``privacy.actions``."""
    by_roles: dict[frozenset[str], list[str]] = {}
    for entry in catalogue().kinds.values():
        by_roles.setdefault(frozenset(deciders(entry.spec)), []).append(entry.id)
    held = {post.role for post in viewer.posts}
    found = rows.none()
    for roles, kinds in by_roles.items():
        if roles & held:
            found = found | in_reach(rows.filter(kind__in=kinds), roles, to=viewer)
    return found
