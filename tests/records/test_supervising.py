"""Pressing for a record, tying records by hand, opening private values, and who has an old state in hand."""

import pytest

from liren.notices.models import Notice
from liren.people.models import PrivateRead
from liren.records.actions import (
    file_attach,
    record_extend,
    record_relate,
    record_step,
    record_supervise,
    record_transfer,
    record_void,
)
from liren.records.models import Act, Link, Record
from liren.records.revealing import private_names, private_reads, record_reveal
from liren.trail.queries import breaks
from tests.cast import moment
from tests.matters import accept, closed_event, event, refused

LATER = moment("2024-03-04 12:00")


def test_who_is_told_when_a_limit_passes_may_press_and_the_hands_are_told(cast):
    record = accept(cast, event(cast))
    Notice.objects.all().delete()
    record_supervise(record, by=cast.leader, note="今天之内修好", at=LATER, key="d1")
    record_supervise(record, by=cast.leader, note="今天之内修好", at=LATER, key="d1")
    act = record.acts.get(verb="supervise")
    assert (act.note, act.by, act.from_state, act.to_state) == (
        "今天之内修好",
        cast.leader,
        "handling",
        "handling",
    )
    told = Notice.objects.filter(record=record)
    assert {notice.person for notice in told} == {cast.handler, cast.dispatcher, cast.deputy}
    assert all("督办" in notice.text and notice.urgent for notice in told)
    assert len(told) == 3, "the same key twice tells once"
    assert list(breaks()) == []


@pytest.mark.parametrize("who", ["stranger", "resident", "inspector", "other_handler"])
def test_nobody_else_presses(cast, who):
    record = accept(cast, event(cast))
    with refused("not_yours", "督办"):
        record_supervise(record, by=getattr(cast, who), note="快", at=LATER)
    assert Act.objects.filter(verb="supervise").count() == 0


def test_what_has_ended_needs_no_pressing_and_pressing_says_what_for(cast):
    with refused("wrong_state", "督办"):
        record_supervise(closed_event(cast), by=cast.leader, note="快")
    with refused("missing", "督办要求"):
        record_supervise(accept(cast, event(cast)), by=cast.leader, note=" ", at=LATER)


def test_a_tie_made_by_hand_says_who_and_why(cast):
    one, two = event(cast), event(cast)
    for _ in range(2):
        record_relate(two, to=one, kind="parent", by=cast.dispatcher, note="同一根线", at=LATER, key="r")
    assert (Link.objects.get().record, Link.objects.get().other, Link.objects.get().kind) == (
        two,
        one,
        "parent",
    )
    assert two.acts.get(verb="link").note == f"{one.number} 同一根线"
    with refused("already"):
        record_relate(two, to=one, kind="parent", by=cast.dispatcher, at=LATER)
    with refused("bad_value", "自己"):
        record_relate(two, to=two, kind="cites", by=cast.dispatcher, at=LATER)
    with refused("bad_value", "没有「friend」"):
        record_relate(two, to=one, kind="friend", by=cast.dispatcher, at=LATER)
    with refused("not_yours"):
        record_relate(two, to=one, kind="cites", by=cast.stranger, at=LATER)
    assert Link.objects.count() == Act.objects.filter(verb="link").count() == 1
    assert list(breaks()) == []


def test_private_values_open_to_those_concerned_and_every_reading_is_noted(cast):
    record = event(cast, phone="13900000001", contact=cast.resident)
    assert private_names(record) == ["phone", "contact"]
    told = record_reveal(record, ["phone"], by=cast.dispatcher, purpose="电话核实", at=LATER)
    assert told == {"phone": "13900000001"}
    record_reveal(record, ["phone", "contact"], by=cast.grid_member, purpose="回访", at=LATER)
    noted = [(read.by, read.field, read.purpose) for read in private_reads(record)]
    assert sorted(noted, key=str) == sorted(
        [(cast.dispatcher, "phone", "电话核实"), (cast.grid_member, "phone", "回访"), (cast.grid_member, "contact", "回访")],
        key=str,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["stranger", "resident", "inspector"])
def test_private_values_stay_shut_to_others_and_without_a_purpose(cast, who):
    record = event(cast, phone="13900000001")
    with refused("not_yours"):
        record_reveal(record, ["phone"], by=getattr(cast, who), purpose="看看", at=LATER)
    with refused("missing", "用途"):
        record_reveal(record, ["phone"], by=cast.dispatcher, purpose="  ", at=LATER)
    with refused("missing", "要看的栏目"):
        record_reveal(record, ["title"], by=cast.dispatcher, purpose="核实", at=LATER)
    assert PrivateRead.objects.count() == 0


def test_who_has_an_old_state_in_hand_is_told_whatever_they_do(cast):
    record = accept(cast, event(cast))
    seen = record.revision
    record_step(record, "note", {"result": "已派人"}, by=cast.dispatcher, at=LATER)
    stale = Record.objects.get(pk=record.pk)
    for deed in (
        lambda: record_step(stale, "note", {"result": "没派人"}, by=cast.deputy, at=LATER, seen=seen),
        lambda: record_transfer(stale, to=cast.water, by=cast.deputy, at=LATER, seen=seen),
        lambda: record_extend(
            stale, due=moment("2024-05-01 09:00"), note="x", by=cast.deputy, at=LATER, seen=seen
        ),
        lambda: record_void(stale, note="x", by=cast.deputy, at=LATER, seen=seen),
        lambda: record_supervise(stale, note="x", by=cast.leader, at=LATER, seen=seen),
    ):
        with refused("changed_meanwhile", "办理中"):
            deed()
    record_step(stale, "note", {"result": "已派两人"}, by=cast.deputy, at=LATER, seen=stale.revision, key="n")
    record_step(stale, "note", {"result": "已派两人"}, by=cast.deputy, at=LATER, seen=seen, key="n")
    assert stale.data["result"] == "已派两人"
    assert Act.objects.filter(verb="note").count() == 2, "the same write sent again is no stale one"


def test_an_attachment_overtakes_nobody(cast):
    record = accept(cast, event(cast))
    seen = record.revision
    file_attach(record, name="a.txt", content=b"a", media_type="text/plain", by=cast.handler, at=LATER)
    record_transfer(record, to=cast.water, by=cast.dispatcher, at=LATER, seen=seen)
    assert record.handler == cast.water
