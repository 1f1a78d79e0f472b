"""Attendance: who was expected, who came, who did not and why; hours confirmed by a second person."""

import pytest
from django.db import IntegrityError, transaction

from liren.activities.actions import attendance_take, attendances_take
from liren.activities.models import Attendance
from liren.records.actions import record_open
from liren.records.models import Act, Record
from tests.cast import moment
from tests.matters import refused

AT = moment("2024-03-04 11:00")


@pytest.fixture
def meeting(cast) -> Record:
    return record_open("street.meeting", {"title": "楼道"}, by=cast.dispatcher, at=moment("2024-03-04 09:00"))


def test_a_sheet_is_noted_with_one_act(cast, meeting):
    rows = [
        {"person": cast.resident, "present": True, "spoke": True, "role": "member"},
        {"person": cast.grid_member, "present": False, "reason": "出差"},
        {"person": cast.leader, "present": True, "expected": False, "role": "guest"},
    ]
    taken = attendance_take(meeting, rows, by=cast.dispatcher, at=AT)
    assert [(a.person.name, a.present, a.confirmed) for a in taken] == [
        ("周平", True, False), ("李雷", False, False), ("吴县", True, False),
    ]  # fmt: skip
    act = meeting.acts.get(verb="attend")
    assert (act.by, act.at, act.changed) == (cast.dispatcher, AT, {"expected": 2, "present": 2})
    assert act.from_state == act.to_state == meeting.state


def test_minutes_count_when_a_second_person_confirms(cast, meeting):
    row = {"person": cast.resident, "present": True, "minutes": 90}
    assert attendance_take(meeting, [row], by=cast.dispatcher, at=AT)[0].confirmed is False
    other = {"person": cast.grid_member, "present": True, "minutes": 90, "confirmed_by": cast.dispatcher}
    assert attendance_take(meeting, [other], by=cast.dispatcher, at=AT)[0].confirmed is True


def test_nobody_confirms_their_own_hours(cast, meeting):
    row = {"person": cast.dispatcher, "present": True, "minutes": 90, "confirmed_by": cast.dispatcher}
    with refused("second_person", "韩梅"):
        attendance_take(meeting, [row], by=cast.dispatcher, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database itself refuses it too
        Attendance.objects.create(record=meeting, **row)
    assert Attendance.objects.count() == 0


def test_who_was_expected_and_did_not_come_needs_a_reason(cast, meeting):
    with refused("missing", "周平的缺席原因"):
        attendance_take(meeting, [{"person": cast.resident, "present": False}], by=cast.dispatcher, at=AT)
    with refused("bad_value", "周平已到场"):
        row = {"person": cast.resident, "present": True, "reason": "出差"}
        attendance_take(meeting, [row], by=cast.dispatcher, at=AT)
    attendance_take(meeting, [{"person": cast.resident, "expected": False}], by=cast.dispatcher, at=AT)


def test_nobody_is_noted_twice(cast, meeting):
    present = {"person": cast.resident, "present": True}
    with refused("already", "周平的出勤", meeting.number):
        attendance_take(meeting, [present, present], by=cast.dispatcher, at=AT)
    attendance_take(meeting, [present], by=cast.dispatcher, at=AT)
    with refused("already", "周平的出勤", meeting.number):
        attendance_take(
            meeting, [{"person": cast.leader, "present": True}, present], by=cast.dispatcher, at=AT
        )
    assert (Attendance.objects.count(), Act.objects.filter(verb="attend").count()) == (1, 1)
    attendance_take(meeting, [{**present, "role": "guest"}], by=cast.dispatcher, at=AT)


def test_the_same_key_twice_notes_one_sheet(cast, meeting):
    rows = [{"person": cast.resident, "present": True}]
    first = attendance_take(meeting, rows, by=cast.dispatcher, at=AT, key="a1")
    assert attendance_take(meeting, rows, by=cast.dispatcher, at=AT, key="a1") == first
    assert Act.objects.filter(verb="attend").count() == 1


@pytest.mark.parametrize("who", ["stranger", "resident", "handler"])
def test_outsiders_note_nobody(cast, meeting, who):
    with refused("not_yours", "记出勤"):
        attendance_take(meeting, [{"person": cast.resident, "present": True}], by=getattr(cast, who), at=AT)
    with refused("not_yours", "未登录者"):
        attendance_take(meeting, [{"person": cast.resident, "present": True}], by=None, at=AT)


def test_bulk_is_all_or_nothing(cast, meeting):
    other = record_open(
        "street.meeting", {"title": "车棚"}, by=cast.dispatcher, at=moment("2024-03-05 09:00")
    )
    good = [{"person": cast.resident, "present": True}]
    bad = [{"person": cast.leader, "present": False}]
    with refused("missing"):
        attendances_take([(meeting, good), (other, bad)], by=cast.dispatcher, at=AT)
    assert Attendance.objects.count() == 0
    assert len(attendances_take([(meeting, good), (other, good)], by=cast.dispatcher, at=AT)) == 2
