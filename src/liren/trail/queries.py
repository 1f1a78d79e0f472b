"""Verifies the chain and that every record stands where its acts left it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from liren.people.visibility import Viewer, visible
from liren.records.models import Act

from .chain import START, link
from .models import Anchor, Head
from .replay import strayed


@dataclass(frozen=True)
class Break:
    """Where the trail does not hold: act number (0 if none), record number, and what is wrong."""

    act: int
    record: str
    what: str


def breaks(
    progress: Callable[[int], None] = lambda _: None,
    *,
    after: int = 0,
    until: int | None = None,
    records: bool = True,
) -> Iterator[Break]:
    """Every break of the trail, in order; nothing when it holds.

    With ``after`` and ``until`` only the acts behind the one number up to the other, joined to the act before them, and
    the records they are about: a grown trail is verified in ranges, one after another or at once. Only the range that
    has no end looks at the chain's end. Without ``records`` only the chain.
    """
    yield from _chain_breaks(progress, after, until)
    if records:
        yield from (Break(0, number, what) for number, what in strayed(after, until))


def _chain_breaks(progress, after: int, until: int | None) -> Iterator[Break]:
    before = Act.objects.filter(pk=after).values_list("hash", flat=True).first() if after else None
    if after and before is None:
        yield Break(after, "", f"第 {after} 号不在，接不上")
    last, expected = before or START, after + 1
    acts, known = Act.objects.filter(pk__gt=after).order_by("id"), Anchor.objects.filter(act__gt=after)
    if until is not None:
        acts, known = acts.filter(pk__lte=until), known.filter(act__lte=until)
    anchors = {a.act: a for a in known}
    for act in acts.iterator(chunk_size=5000):
        if act.id != expected:
            yield Break(act.id, "", f"第 {expected} 至 {act.id - 1} 号记录不见了")
        if act.hash != link(last, act):
            yield Break(act.id, str(act.record_id), "内容或次序与链上的摘要不符")
        if act.id in anchors and anchors[act.id].hash != act.hash:
            yield Break(act.id, "", f"与 {anchors[act.id].day} 的锚点不符")
        last, expected = act.hash, act.id + 1
        if expected % 5000 == 0:
            progress(expected - after)
    yield from _end_breaks(expected, last, until)
    for number in sorted(a for a in anchors if a >= expected):
        yield Break(number, "", f"{anchors[number].day} 的锚点之后的记录被删去")


def _end_breaks(expected: int, last: str, until: int | None) -> Iterator[Break]:
    head = Head.objects.filter(pk=1).first() or Head()
    if until is None and (head.act, head.hash) != (expected - 1, last):
        what = f"链尾应为第 {head.act} 号，实为第 {expected - 1} 号：有留痕被删去或添上"
        yield Break(expected - 1, "", what)
    elif until is not None and expected <= min(until, head.act):
        yield Break(expected - 1, "", f"第 {expected} 至 {min(until, head.act)} 号记录不见了")


def anchor_holds(act: int, digest: str) -> bool:
    """Whether an anchor as it was published is still the hash of that act."""
    return Act.objects.filter(pk=act, hash=digest).exists()


def holds(acts: Sequence[Act]) -> bool:
    """Whether these acts stand in the chain as they were written: each still follows the one before it."""
    before = dict(Act.objects.filter(id__in=[act.id - 1 for act in acts]).values_list("id", "hash"))
    return all(act.hash == link(before.get(act.id - 1, START), act) for act in acts)


def head_hash() -> str:
    """The chain's newest hash: nobody knows it before the act is there."""
    head = Head.objects.filter(pk=1).first()
    return head.hash if head else START


def head() -> Head:
    """The chain's end: the number of its last act and its hash."""
    return Head.objects.filter(pk=1).first() or Head()


def anchors(most: int = 10) -> list[Anchor]:
    """The latest daily anchors: published, each proves that nothing before it was changed."""
    return list(Anchor.objects.order_by("-day")[:most])


@dataclass(frozen=True)
class Asked:
    """What somebody looks for in the trail: record numbers that begin so, a person, a verb, days (both included)."""

    number: str = ""
    person: int | None = None
    verb: str = ""
    since: datetime | None = None
    until: datetime | None = None


def acts_found(asked: Asked, *, to: Viewer) -> QuerySet[Act]:
    """The acts that fit, of records that the viewer may see, the last first."""
    rows = visible(Act.objects.all(), to=to, prefix="record__")
    if asked.number:
        rows = rows.filter(record__number__gte=asked.number, record__number__lt=f"{asked.number}\uffff")
    if asked.person:
        rows = rows.filter(by=asked.person)
    if asked.verb:
        rows = rows.filter(verb=asked.verb)
    if asked.since:
        rows = rows.filter(at__gte=asked.since)
    if asked.until:
        rows = rows.filter(at__lt=asked.until)
    return rows.select_related("record", "by").order_by("-id")
