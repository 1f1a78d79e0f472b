"""Verifies the chain and that every record stands where its acts left it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from liren.records.models import Act, Record

from .chain import START, link
from .models import Anchor, Head


@dataclass(frozen=True)
class Break:
    """Where the trail does not hold: act number (0 if none), record number, and what is wrong."""

    act: int
    record: str
    what: str


def breaks(progress: Callable[[int], None] = lambda _: None) -> Iterator[Break]:
    """Every break of the trail, in order; nothing when it holds."""
    yield from _chain_breaks(progress)
    yield from _record_breaks()


def _chain_breaks(progress) -> Iterator[Break]:
    last, expected = START, 1
    anchors = {a.act: a for a in Anchor.objects.all()}
    for act in Act.objects.order_by("id").iterator(chunk_size=5000):
        if act.id != expected:
            yield Break(act.id, "", f"第 {expected} 至 {act.id - 1} 号记录不见了")
        if act.hash != link(last, act):
            yield Break(act.id, str(act.record_id), "内容或次序与链上的摘要不符")
        if act.id in anchors and anchors[act.id].hash != act.hash:
            yield Break(act.id, "", f"与 {anchors[act.id].day} 的锚点不符")
        last, expected = act.hash, act.id + 1
        if expected % 5000 == 0:
            progress(expected)
    head = Head.objects.filter(pk=1).first()
    if head and (head.act, head.hash) != (expected - 1, last):
        yield Break(expected - 1, "", f"链尾应为第 {head.act} 号：之后的记录被删去")
    for number in sorted(a for a in anchors if a >= expected):
        yield Break(number, "", f"{anchors[number].day} 的锚点之后的记录被删去")


def _record_breaks() -> Iterator[Break]:
    latest = Act.objects.filter(record=OuterRef("pk")).exclude(to_state="").order_by("-id")
    rows = Record.objects.annotate(last_state=Subquery(latest.values("to_state")[:1]))
    for number, state, last_state in rows.values_list("number", "state", "last_state").iterator():
        if last_state is None:
            yield Break(0, number, "有这条记录，却没有任何办理留痕")
        elif last_state != state:
            yield Break(0, number, f"状态是 {state}，留痕说是 {last_state}")
