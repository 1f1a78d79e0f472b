"""The security log as a chain: which lines are sealed, and whether they still say what they said.

Lines are sealed by the tick, within a minute, and not as they are written: a thousand people who sign in at nine must
not wait for one another. A seal holds the digest of its line and the hash of the seal before it. What had its six
months goes with its seals, but for the last two of them: by these the rest is known to begin where it may.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef

from .events import KEPT
from .models import EventAnchor, EventSeal, SecurityEvent, SharedValue

BEFORE_ALL = "0" * 64
#: A line among sealed ones that is older than this is sealed too, or somebody slipped it in.
WAITS = timedelta(hours=1)
#: So much earlier than the line before it no line is, unless the clock was set back.
BACK = timedelta(days=1)
#: So many younger lines may be there already when a long transaction brings its own.
LATE = 10_000
#: Under which key the shared values hold what was sent last.
SENT = "log.sent"
#: Seals that stay of those whose lines had their time.
STAY = 2
_BATCH = 2000


def digest_of(event: SecurityEvent) -> str:
    """What a line says, every column of it."""
    said = [
        event.pk, _moment(event.at), event.kind, event.account, event.by, event.subject, event.origin, event.detail,
    ]  # fmt: skip
    return hashlib.sha256(_plain(said)).hexdigest()


def hash_of(before: str, seal: EventSeal) -> str:
    """The hash of a seal behind the one with the hash ``before``."""
    said = [seal.number, seal.event, _moment(seal.at), seal.digest]
    return hashlib.sha256(before.encode() + _plain(said)).hexdigest()


def _plain(said: list) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True)
class LogBreak:
    """Where the log does not hold: the number of the seal (0 if none), and what is wrong.

    What is not ``sure`` is to be looked at: a clock that was set back leaves the same mark.
    """

    number: int
    what: str
    sure: bool = True


def breaks(at: datetime) -> Iterator[LogBreak]:
    """Every place where the log does not hold at this moment; nothing when it does."""
    anchors = dict(EventAnchor.objects.values_list("number", "hash"))
    last, begins = None, 0
    for seals in _batches():
        begins = begins or seals[0].number
        events = SecurityEvent.objects.in_bulk([seal.event for seal in seals])
        for seal in seals:
            if begins != 1 and seal.number <= begins + 1 and seal.at >= at - KEPT:
                yield LogBreak(seal.number, "之前的日志没有到期，却不在了")
            yield from _wrong(seal, last, events.get(seal.event), at - KEPT)
            if anchors.get(seal.number, seal.hash) != seal.hash:
                yield LogBreak(seal.number, "与当日的锚点不符")
            last = seal
    yield from _end(last.number if last else 0, begins, max(anchors, default=0))
    yield from _without_seal(at)


def _end(last: int, begins: int, anchored: int) -> Iterator[LogBreak]:
    if last < anchored:
        yield LogBreak(anchored, "到这一号锚点为止的日志被删去")
    if begins > 1 and last == begins:
        yield LogBreak(last, "之前的日志没有到期，却不在了")


def _without_seal(at: datetime) -> Iterator[LogBreak]:
    """Lines among the sealed ones that have none. What came after them waits for the tick, which may have stopped."""
    newest = _newest()
    sealed = EventSeal.objects.filter(event=OuterRef("pk"))
    rows = SecurityEvent.objects.filter(~Exists(sealed), pk__lte=newest, at__gte=at - KEPT, at__lt=at - WAITS)
    for number in rows.order_by("pk").values_list("pk", flat=True)[:50]:
        yield LogBreak(0, f"日志 {number} 不在链上：是后来添上的")


def _wrong(
    seal: EventSeal, last: EventSeal | None, event: SecurityEvent | None, cut: datetime
) -> Iterator[LogBreak]:
    """What is wrong with one seal: its place, its line, its hash."""
    if last is not None and seal.number != last.number + 1:
        yield LogBreak(seal.number, f"第 {last.number + 1} 至 {seal.number - 1} 号不见了")
    if last is not None or seal.number == 1:
        before = last.hash if last else BEFORE_ALL
        if seal.hash != hash_of(before, seal):
            yield LogBreak(seal.number, "次序或摘要与链不符")
    if last is not None and seal.at < last.at - BACK:
        yield LogBreak(seal.number, "比前一行早一天以上：时钟被拨回过，或是后来添上的", sure=False)
    if event is None and seal.at >= cut:
        yield LogBreak(seal.number, "没有到期的日志被删去")
    if event is not None and (seal.digest, seal.at) != (digest_of(event), event.at):
        yield LogBreak(seal.number, "内容被改过")


def _batches() -> Iterator[list[EventSeal]]:
    after = 0
    while seals := list(EventSeal.objects.filter(number__gt=after).order_by("number")[:_BATCH]):
        yield seals
        after = seals[-1].number


def unsealed(most: int) -> list[SecurityEvent]:
    """Lines without a seal, in the order they came. Looked for among the newest: a line that is written by a long
    transaction may come after younger ones, but not after ten thousand."""
    sealed = EventSeal.objects.filter(event=OuterRef("pk"))
    rows = SecurityEvent.objects.filter(~Exists(sealed), pk__gt=_newest() - LATE)
    return list(rows.order_by("pk")[:most])


def _newest() -> int:
    """The youngest line that is sealed."""
    return EventSeal.objects.order_by("-event").values_list("event", flat=True).first() or 0


def last_seal() -> EventSeal | None:
    """The chain's end."""
    return EventSeal.objects.order_by("-number").first()


def seals_after(number: int, most: int) -> list[EventSeal]:
    """The seals behind one, in order."""
    return list(EventSeal.objects.filter(number__gt=number).order_by("number")[:most])


def sent_until() -> int:
    """The number of the last seal that went to another machine (LIREN_LOG_TO)."""
    said = SharedValue.objects.filter(key=SENT).values_list("value", flat=True).first()
    return int(said or 0)


def log_anchors(most: int = 3660) -> list[EventAnchor]:
    """The daily anchors, the latest first: published, each proves that nothing before it was changed."""
    return list(EventAnchor.objects.order_by("-day")[:most])


def log_anchor_holds(number: int, digest: str) -> bool:
    """Whether an anchor as it was published is still the hash of that seal; or its time is over, and it is gone."""
    first = EventSeal.objects.order_by("number").values_list("number", flat=True).first() or 0
    return number < first or EventSeal.objects.filter(number=number, hash=digest).exists()
