"""Limits: noted once when they pass, by the tick or by the next step, and told to whom it concerns."""

from liren.notices.models import Notice
from liren.records.actions import record_extend, record_step, record_void, tick
from tests.cast import moment
from tests.matters import accept, event, finish, refused


def notices(cast):
    return [(n.person.name, n.text.split("：")[1]) for n in Notice.objects.order_by("pk")]


def test_in_time_is_not_late_to_the_second(cast):
    record = event(cast)
    assert tick(record.due) == 0
    assert tick(moment("2024-03-04 11:11")) == 1


def test_two_ticks_note_a_limit_once(cast):
    record = event(cast)
    assert tick(moment("2024-03-05 09:00")) == 1
    assert tick(moment("2024-03-05 09:00")) == 0
    assert tick(moment("2024-03-06 09:00")) == 0
    record.refresh_from_db()
    assert (record.late_count, record.alarmed) == (1, moment("2024-03-05 09:00"))
    late = record.acts.get(verb="late")
    assert (late.by, late.at, late.entered) == (None, moment("2024-03-04 11:10"), moment("2024-03-05 09:00"))
    assert notices(cast) == [("韩梅", "待受理"), ("林涛", "待受理")]  # both dispatchers, once


def test_two_ticks_at_once_note_a_limit_once(cast, monkeypatch):
    """Another loop notes it between this one's look and its write."""
    from liren.records import actions

    event(cast)
    settle, others = actions.settle_lateness, []

    def slowly(draft, at, entered):
        monkeypatch.setattr(actions, "settle_lateness", settle)
        others.append(tick(at))
        return settle(draft, at, entered)

    monkeypatch.setattr(actions, "settle_lateness", slowly)
    assert tick(moment("2024-03-05 09:00")) == 0
    assert others == [1]
    assert Notice.objects.count() == 2


def test_a_late_step_notes_it_itself(cast):
    record = accept(cast, event(cast), at="2024-03-05 09:00")
    assert record.late_count == 1
    assert [a.verb for a in record.acts.all()] == ["open", "late", "accept"]
    assert notices(cast)[0] == ("韩梅", "办理中")
    assert tick(moment("2024-03-05 09:00")) == 0


def test_each_state_has_its_own_limit_by_a_field(cast):
    """A new limit begins with each state, so a record may be late twice."""
    record = accept(cast, event(cast), at="2024-03-05 09:00", level="urgent")
    assert record.due == moment("2024-03-05 13:00")
    finish(cast, record, at="2024-03-05 14:00")
    assert record.late_count == 2
    assert record.due == moment("2024-03-07 23:59").replace(second=59)


def test_the_last_second_is_in_time(cast):
    assert accept(cast, event(cast), at="2024-03-04 11:10").late_count == 0
    assert accept(cast, event(cast), at="2024-03-04 11:11").late_count == 1


def test_a_limit_that_is_met_leaves_no_trace(cast):
    record = finish(cast, accept(cast, event(cast)))
    assert record.late_count == 0
    assert not record.acts.filter(verb="late").exists()


def test_an_end_and_a_void_record_are_never_late(cast):
    record = event(cast)
    record_void(record, by=cast.dispatcher, note="误报", at=moment("2024-03-04 10:00"))
    assert tick(moment("2024-04-01 09:00")) == 0


def test_extending_gives_a_new_limit_and_keeps_what_was_late(cast):
    record = accept(cast, event(cast))  # five working days: 11 March
    record_extend(
        record,
        due=moment("2024-03-20 18:00"),
        by=cast.dispatcher,
        note="等配件",
        at=moment("2024-03-12 09:00"),
    )
    assert (record.due, record.late_count, record.alarmed) == (moment("2024-03-20 18:00"), 1, None)
    assert [n for n in notices(cast) if n[0] == "吴县"]  # the limit had passed unnoticed: the leader is told
    act = record.acts.get(verb="extend")
    assert (act.note, act.changed) == ("等配件", {"due": "2024-03-20T18:00:00+08:00"})
    assert tick(moment("2024-03-20 18:00")) == 0
    assert tick(moment("2024-03-20 18:01")) == 1
    record.refresh_from_db()
    assert record.late_count == 2


def test_extending_to_an_earlier_day_or_what_has_no_limit_is_refused(cast):
    record = accept(cast, event(cast))
    with refused("bad_value", "期限"):
        record_extend(
            record, due=moment("2024-03-05 09:00"), by=cast.dispatcher, note="", at=moment("2024-03-04 12:00")
        )
    finish(cast, record)
    record_step(record, "confirm", by=cast.dispatcher, at=moment("2024-03-06 09:00"))
    with refused("cannot_compute", "没有期限"):
        record_extend(
            record, due=moment("2024-05-05 09:00"), by=cast.dispatcher, note="", at=moment("2024-03-07 09:00")
        )


def test_a_step_taken_by_the_system_after_a_limit(cast):
    from liren.records.actions import record_open

    task = record_open("street.task", {"title": "回访"}, by=cast.leader, at=moment("2024-01-31 09:00"))
    assert task.due == moment("2024-02-29 23:59").replace(second=59)  # the month's last day
    record_step(task, "finish", by=None, at=moment("2024-02-20 09:00"))
    assert (task.state, task.late_count) == ("done", 0)
