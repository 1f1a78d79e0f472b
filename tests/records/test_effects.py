"""Effects of steps and limits: tell, pay, charge, open; in the same transaction as their cause."""

from liren.notices.models import Notice
from liren.points.models import Account, Posting
from liren.records.actions import record_step
from liren.records.models import Link, Record
from tests.cast import moment
from tests.matters import accept, closed_event, event, refused


def balance(person, currency: str = "points") -> int:
    return getattr(Account.objects.filter(person=person, currency=currency).first(), "balance", 0)


def test_tell_reaches_the_holders_over_the_record_and_nobody_else(cast):
    record = accept(cast, event(cast))
    told = Notice.objects.filter(record=record)
    assert [n.person for n in told] == [cast.handler]  # not the handler of another office
    assert told.get().text == f"{record.number} 路灯不亮：办理中"


def test_pay_moves_points_from_the_pack_to_the_opener(cast):
    record = closed_event(cast)
    assert balance(cast.grid_member) == 5
    posting = Posting.objects.get()
    assert (posting.record, posting.amount, posting.to_account.person) == (record, 5, cast.grid_member)
    assert posting.from_account.pack == "street"
    assert posting.from_account.balance == -5


def test_charge_moves_them_back(cast):
    record = closed_event(cast)
    record_step(record, "reward", by=cast.grid_member)
    assert balance(cast.grid_member) == 2
    assert Account.objects.get(pack="street").balance == -2


def test_a_balance_that_does_not_reach_refuses_the_step_whole(cast):
    record = closed_event(cast)
    record_step(record, "reward", by=cast.grid_member)
    acts, revision = record.acts.count(), record.revision
    with refused("no_balance", "李雷", "余额是 2", "不够扣 3"):
        record_step(record, "reward", by=cast.grid_member)
    assert balance(cast.grid_member) == 2
    assert (record.acts.count(), record.revision) == (acts, revision)
    record.refresh_from_db()
    assert record.revision == revision


def test_open_makes_a_child_that_nobody_needed_a_role_for(cast):
    """The dispatcher may not open tasks; the pack opens one because of her step."""
    record = accept(cast, event(cast))
    record_step(record, "follow", by=cast.dispatcher, at=moment("2024-03-05 09:00"))
    task = Record.objects.get(kind="street.task")
    assert (task.title, task.place, task.number) == ("路灯不亮", cast.grid, "SR2024-001")
    assert (task.opener, task.opened) == (cast.dispatcher, moment("2024-03-05 09:00"))
    assert (Link.objects.get().record, Link.objects.get().other) == (task, record)
    assert Notice.objects.filter(record=task, person=cast.dispatcher).count() == 1  # the child's own effect


def test_a_child_that_is_there_already_refuses_the_step(cast):
    record = accept(cast, event(cast))
    record_step(record, "follow", by=cast.dispatcher, at=moment("2024-03-05 09:00"))
    with refused("already", "后续任务", "SR2024-001"):
        record_step(record, "follow", by=cast.dispatcher, at=moment("2024-03-05 10:00"))
    assert Record.objects.filter(kind="street.task").count() == 1


def test_minutes_are_paid_to_those_present_and_confirmed(cast):
    from liren.activities.actions import attendance_take
    from liren.records.actions import record_open

    meeting = record_open(
        "street.meeting", {"title": "楼道"}, by=cast.dispatcher, at=moment("2024-03-04 09:00")
    )
    rows = [
        {"person": cast.resident, "present": True, "minutes": 90, "confirmed_by": cast.dispatcher},
        {"person": cast.grid_member, "present": True, "minutes": 60},
        {"person": cast.leader, "present": False, "reason": "出差"},
    ]
    attendance_take(meeting, rows, by=cast.dispatcher, at=moment("2024-03-04 11:00"))
    record_step(meeting, "hold", by=cast.dispatcher, at=moment("2024-03-04 12:00"))
    assert [balance(p, "minutes") for p in (cast.resident, cast.grid_member, cast.leader)] == [90, 0, 0]


def test_postings_balance(cast):
    record = closed_event(cast)
    record_step(record, "reward", by=cast.grid_member)
    assert sum(Account.objects.values_list("balance", flat=True)) == 0
