"""Changes outside the flow: transfer, void, merge, link; who may, and when not."""

import pytest

from liren.records.actions import (
    record_extend,
    record_link,
    record_merge,
    record_open,
    record_step,
    record_transfer,
    record_void,
)  # fmt: skip
from liren.records.models import Act, Link, Record
from tests.cast import moment
from tests.matters import accept, closed_event, event, finish, refused

LATER = moment("2024-03-04 12:00")


def test_a_transfer_changes_the_hands_and_who_may_go_on(cast):
    record = accept(cast, event(cast))
    record_transfer(record, to=cast.water, by=cast.dispatcher, note="管网的事", at=LATER)
    assert (record.handler, record.state) == (cast.water, "handling")
    act = record.acts.get(verb="transfer")
    assert (act.note, act.changed, act.by) == ("管网的事", {"handler": "T02"}, cast.dispatcher)
    with refused("not_yours"):
        finish(cast, record)
    record_step(record, "finish", {"result": "修好"}, by=cast.other_handler, at=moment("2024-03-05 09:00"))


def test_a_void_record_keeps_its_acts_and_takes_no_more(cast):
    record = accept(cast, event(cast))
    record_void(record, by=cast.dispatcher, note="误报", at=LATER)
    assert (record.state, record.closed, record.due) == ("void", LATER, None)
    assert [a.verb for a in record.acts.all()] == ["open", "accept", "void"]
    assert record.acts.get(verb="void").to_state == "void"
    with refused("wrong_state", "已作废"):
        finish(cast, record)
    for again in (
        lambda: record_void(record, by=cast.dispatcher, note="", at=LATER),
        lambda: record_transfer(record, to=cast.water, by=cast.dispatcher, at=LATER),
        lambda: record_extend(record, due=moment("2025-01-01 09:00"), by=cast.dispatcher, note="", at=LATER),
    ):
        with refused("wrong_state", "已作废"):
            again()
    assert record.acts.count() == 3


def test_an_ended_record_is_not_handed_on(cast):
    record = closed_event(cast)
    with refused("wrong_state", "已办结", "转办"):
        record_transfer(record, to=cast.water, by=cast.dispatcher)


@pytest.mark.parametrize("who", ["stranger", "resident", "other_handler", "inspector"])
def test_outsiders_change_nothing(cast, who):
    record = accept(cast, event(cast))
    person = getattr(cast, who)
    for change in (
        lambda: record_void(record, by=person, note="x", at=LATER),
        lambda: record_transfer(record, to=cast.water, by=person, at=LATER),
        lambda: record_extend(record, due=moment("2024-05-01 09:00"), by=person, note="x", at=LATER),
        lambda: record_merge(record, into=event(cast), by=person, at=LATER),
    ):
        with refused("not_yours", person.name):
            change()
    record.refresh_from_db()
    assert (record.state, record.handler, record.acts.count()) == ("handling", cast.housing, 2)
    assert Link.objects.count() == 0


def test_changes_follow_one_another_in_time(cast):
    record = accept(cast, event(cast))
    with refused("too_early"):
        record_void(record, by=cast.dispatcher, note="", at=moment("2024-03-04 10:00"))


def test_the_same_key_twice_changes_once(cast):
    record = accept(cast, event(cast))
    for _ in range(2):
        record_transfer(record, to=cast.water, by=cast.dispatcher, at=LATER, key="t1")
        record_void(record, by=cast.deputy, note="误报", at=LATER, key="v1")
    assert Act.objects.filter(verb__in=["transfer", "void"]).count() == 2


def test_two_stale_copies(cast):
    record = accept(cast, event(cast))
    mine, yours = Record.objects.get(pk=record.pk), Record.objects.get(pk=record.pk)
    record_void(mine, by=cast.dispatcher, note="误报", at=LATER)
    with refused("wrong_state"):
        record_transfer(yours, to=cast.water, by=cast.deputy, at=LATER)
    assert yours.state == "void"


def test_a_merged_record_leaves_the_figures_and_points_to_the_other(cast):
    one, two = event(cast), event(cast)
    record_merge(two, into=one, by=cast.dispatcher, at=LATER)
    assert two.state == "void"
    link = Link.objects.get()
    assert (link.record, link.other, link.kind) == (two, one, "duplicate")
    act = two.acts.get(verb="merge")
    assert (act.note, act.by) == (f"并入 {one.number}", cast.dispatcher)
    with refused("wrong_state"):
        record_merge(two, into=one, by=cast.dispatcher, at=LATER)


def test_what_a_record_is_not_merged_into(cast):
    one, two = event(cast), event(cast)
    task = record_open("street.task", {"title": "甲"}, by=cast.leader, at=moment("2024-03-04 09:00"))
    with refused("bad_value", task.number):
        record_merge(one, into=task, by=cast.dispatcher)
    with refused("bad_value", "自己"):
        record_merge(one, into=one, by=cast.dispatcher)
    record_void(two, by=cast.dispatcher, note="", at=LATER)
    with refused("bad_value", two.number):
        record_merge(one, into=two, by=cast.dispatcher)
    assert Link.objects.count() == 0


def test_a_link_is_made_once(cast):
    one, two = event(cast), event(cast)
    record_link(one, two, "cites")
    record_link(one, two, "cites")
    assert Link.objects.count() == 1
    with refused("bad_value", "自己"):
        record_link(one, one, "cites")
