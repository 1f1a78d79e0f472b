"""Steps: state, role, place, another person, condition, asked fields, time."""

import pytest

from liren.people.standing import Standing
from liren.records.actions import record_step
from liren.records.models import Act, Record
from tests.cast import moment
from tests.matters import accept, closed_event, confirm, event, finish, refused


def test_the_normal_way(cast):
    record = closed_event(cast)
    assert record.state == "closed"
    assert record.closed == moment("2024-03-06 09:00")
    assert (record.due, record.late_count, record.handler) == (None, 0, cast.housing)
    assert record.data == {"result": "换了灯"}
    assert [(a.verb, a.from_state, a.to_state) for a in record.acts.all()] == [
        ("open", "", "reported"),
        ("accept", "reported", "handling"),
        ("finish", "handling", "checking"),
        ("confirm", "checking", "closed"),
    ]
    assert record.acts.get(verb="accept").changed == {"handler": "T01"}


def test_the_wrong_role_is_refused(cast):
    with refused("not_yours", "李雷", "受理交办", "街道指挥员"):
        record_step(event(cast), "accept", {"handler": cast.housing}, by=cast.grid_member)


def test_the_wrong_place_is_refused(cast):
    with refused("not_yours", "王芳", cast.grid.code):
        record_step(event(cast), "accept", {"handler": cast.housing}, by=cast.stranger)


def test_the_wrong_unit_is_refused(cast):
    record = accept(cast, event(cast))
    with refused("not_yours", "钱工"):
        record_step(record, "finish", {"result": "好了"}, by=cast.other_handler)


def test_nobody_in_particular_is_refused(cast):
    with refused("not_yours", "未登录者"):
        record_step(event(cast), "accept", {"handler": cast.housing}, by=None)


def test_the_wrong_state_is_refused_with_what_is_possible(cast):
    with refused("wrong_state", "待受理", "核查办结", "受理交办"):
        confirm(cast, event(cast))


def test_an_unknown_step_is_refused_with_those_there_are(cast):
    with refused("no_step", "网格事项", "受理", "受理交办"):
        record_step(event(cast), "受理", by=cast.dispatcher)


def test_a_step_by_its_title(cast):
    record = event(cast)
    record_step(record, "受理交办", {"承办": "住建局"}, by=cast.dispatcher)
    assert record.handler == cast.housing


def test_a_missing_field_is_refused_and_the_record_in_hand_is_as_it_was(cast):
    record = event(cast)
    with refused("missing", "承办", "受理交办"):
        record_step(record, "accept", {"level": "urgent"}, by=cast.dispatcher)
    assert (record.level, record.state, record.revision) == ("normal", "reported", 0)
    assert Act.objects.count() == 1


def test_an_optional_field_may_stay_empty_and_what_stands_need_not_be_said_again(cast):
    record = accept(cast, event(cast, result="先写好了"))
    record_step(record, "finish", by=cast.handler, at=moment("2024-03-05 09:00"))
    assert record.state == "checking"


def test_a_step_that_must_not_be_by_the_same_person(cast):
    """赵工 also dispatches: what he finished, somebody else must check."""
    from liren.people.actions import post_take
    from tests.cast import LONG_AGO

    post_take(person=cast.handler, role="dispatcher", starts=LONG_AGO, place=cast.street)
    record = finish(cast, accept(cast, event(cast)))
    with refused("same_person", "赵工", "核查办结", "报告办结"):
        record_step(record, "confirm", by=cast.handler)
    confirm(cast, record)


def test_whoever_ever_took_the_earlier_step_may_not(cast):
    """Sent back and finished by a colleague: the first one still may not check."""
    from liren.people.actions import person_add, post_take
    from tests.cast import LONG_AGO

    colleague = person_add(name="孙工")
    post_take(person=colleague, role="handler", starts=LONG_AGO, unit=cast.housing)
    record = finish(cast, accept(cast, event(cast)))
    record_step(record, "rework", by=cast.dispatcher, at=moment("2024-03-06 09:00"))
    record_step(record, "finish", by=colleague, at=moment("2024-03-06 15:00"))
    with refused("same_person"):
        record_step(record, "confirm", by=cast.handler, at=moment("2024-03-07 09:00"))


def test_who_opened_a_piece_may_not_approve_it(cast):
    from liren.people.actions import post_take
    from liren.records.actions import record_open
    from tests.cast import LONG_AGO

    post_take(person=cast.dispatcher, role="leader", starts=LONG_AGO, place=cast.county)
    draft = record_open("street.notice", {"title": "停水"}, by=cast.dispatcher, at=moment("2024-03-04 09:00"))
    with refused("same_person", "登记"):
        record_step(draft, "approve", by=cast.dispatcher)
    record_step(draft, "approve", by=cast.leader)


@pytest.mark.parametrize(("cost", "is_met"), [("1000.50", False), ("1000.51", True), (None, False)])
def test_a_condition_of_a_step_reads_yuan_and_a_missing_value_as_nothing(cast, cost, is_met):
    record = finish(cast, accept(cast, event(cast)), **({"cost": cost} if cost else {}))
    if is_met:
        record_step(record, "spend", by=cast.dispatcher)
        assert record.state == "noticed"
    else:
        with refused("condition", "大额核查", "cost > 1000.5"):
            record_step(record, "spend", by=cast.dispatcher)


def test_a_step_that_must_wait_out_a_notice_period(cast):
    record = finish(cast, accept(cast, event(cast)), cost="2000")
    record_step(record, "spend", by=cast.dispatcher, at=moment("2024-03-06 09:00"))  # a Wednesday
    with refused("too_soon", "公示期满", "2024-03-11 23:59"):
        record_step(record, "settle", by=cast.dispatcher, at=moment("2024-03-11 23:59").replace(second=59))
    record_step(record, "settle", by=cast.dispatcher, at=moment("2024-03-12 08:00"))
    assert record.state == "closed"


def test_acts_follow_one_another_in_time(cast):
    record = accept(cast, event(cast))
    with refused("too_early", "2024-03-04 10:29", "2024-03-04 10:30"):
        finish(cast, record, at="2024-03-04 10:29")


def test_the_opener_alone_rates(cast):
    record = closed_event(cast)
    with refused("not_yours", "登记人"):
        record_step(record, "rate", {"rating": "good"}, by=cast.dispatcher)
    record_step(record, "rate", {"rating": "满意"}, by=cast.grid_member)
    assert (record.state, record.data["rating"]) == ("closed", "good")


def test_reopening_clears_the_end(cast):
    record = finish(cast, accept(cast, event(cast)))
    record_step(record, "rework", by=cast.dispatcher, at=moment("2024-03-06 09:00"))
    assert (record.state, record.closed) == ("handling", None)
    assert record.due == moment("2024-03-13 23:59").replace(second=59)


def test_the_same_key_twice_takes_one_step(cast):
    record = event(cast)
    said = {"by": cast.dispatcher, "at": moment("2024-03-04 10:00"), "key": "k1"}
    record_step(record, "accept", {"handler": cast.housing}, **said)
    again = record_step(record, "accept", {"handler": cast.water}, **said)
    assert (again, again.handler) == (record, cast.housing)
    assert Act.objects.filter(verb="accept").count() == 1


def test_a_key_used_for_another_record_is_refused(cast):
    one, two = event(cast), event(cast)
    record_step(one, "accept", {"handler": cast.housing}, by=cast.dispatcher, key="k1")
    with refused("bad_value", "k1", one.number):
        record_step(two, "accept", {"handler": cast.housing}, by=cast.dispatcher, key="k1")


def test_two_stale_copies_the_second_learns_what_happened(cast):
    """Both clerks have the record on their screens; the first one's step is in the second one's way."""
    record = event(cast)
    mine, yours = Record.objects.get(pk=record.pk), Record.objects.get(pk=record.pk)
    record_step(mine, "accept", {"handler": cast.housing}, by=cast.dispatcher)
    with refused("wrong_state", "办理中"):
        record_step(yours, "accept", {"handler": cast.water}, by=cast.deputy)
    assert (yours.state, yours.handler) == ("handling", cast.housing)


def test_compare_and_swap_holds_where_the_state_stays(cast, monkeypatch):
    """Between the look and the write another clerk notes something: nothing of theirs is overwritten."""
    from liren.records import actions

    record = accept(cast, event(cast))
    looked = actions.take_step

    def slowly(*args, **said):
        monkeypatch.setattr(actions, "take_step", looked)
        yours = Record.objects.get(pk=record.pk)
        record_step(yours, "note", {"result": "已派人"}, by=cast.deputy, at=moment("2024-03-04 11:00"))
        return looked(*args, **said)

    monkeypatch.setattr(actions, "take_step", slowly)
    with refused("changed_meanwhile", record.number, "办理中"):
        record_step(record, "note", {"cost": "30"}, by=cast.dispatcher, at=moment("2024-03-04 12:00"))
    assert (record.data, record.money) == ({"result": "已派人"}, None)
    record_step(record, "note", {"cost": "30"}, by=cast.dispatcher, at=moment("2024-03-04 12:00"))
    assert (record.data, record.money) == ({"result": "已派人"}, 3000)


def test_a_step_on_what_was_voided_meanwhile_is_refused_in_words(cast, monkeypatch):
    from liren.records import actions

    record = event(cast)
    looked = actions.take_step

    def slowly(*args, **said):
        done = looked(*args, **said)
        yours = Record.objects.get(pk=record.pk)
        actions.record_void(yours, by=cast.deputy, note="误报", at=moment("2024-03-04 10:00"))
        return done

    monkeypatch.setattr(actions, "take_step", slowly)
    with refused("changed_meanwhile", "已作废"):
        accept(cast, record)


def test_who_says_that_a_record_was_read_just_now_is_told_when_it_was_not(cast):
    """`standing` spares reading the record once more: what was moved meanwhile, the compare-and-swap finds."""
    old = Record.objects.get(pk=event(cast).pk)
    known = Standing()
    accept(cast, Record.objects.get(pk=old.pk))
    with refused("changed_meanwhile", old.number):
        record_step(old, "accept", {"handler": cast.housing}, by=cast.dispatcher, standing=known)
    assert (old.state, old.handler) == ("handling", cast.housing), "in hand is what the database has"


def test_a_step_sent_twice_is_taken_once_whatever_the_second_has_in_hand(cast):
    number = event(cast).number
    said = {"by": cast.dispatcher, "key": "once", "standing": Standing()}
    for _ in range(2):
        record = Record.objects.get(number=number)
        taken = record_step(record, "accept", {"handler": cast.housing}, **said)
        assert (taken.state, record.state, record.revision) == ("handling", "handling", 1)
    assert Act.objects.filter(record=taken, verb="accept").count() == 1
