"""Coming, going and the second person's word: hours that cannot be bought."""

import pytest
from django.core import signing

from liren.activities.actions import check_in, check_out, hours_confirm, presence_note
from liren.activities.codes import LIVES, code_make, code_read
from liren.activities.models import Attendance
from liren.activities.queries import attended, expected_of, served
from liren.people.visibility import viewer_of
from liren.records.actions import record_open, record_step
from liren.records.dossier import dossier
from liren.records.models import Act, Record
from liren.trail.queries import breaks
from tests.cast import Cast, moment
from tests.matters import refused

CAME, LEFT = moment("2024-03-09 08:05"), moment("2024-03-09 10:35")


@pytest.fixture
def meeting(cast: Cast) -> Record:
    values = {"title": "清河", "place": cast.street, "starts": "2024-03-09 08:00", "ends": "2024-03-09 11:00"}
    return record_open("street.meeting", values, by=cast.dispatcher, at=moment("2024-03-01 09:00"))


def served_by_code(cast: Cast, meeting: Record, person) -> Attendance:
    check_in(meeting, person=person, by=person, code=code_make(meeting), at=CAME)
    return check_out(meeting, person=person, by=person, code=code_make(meeting), at=LEFT)


def test_minutes_lie_between_coming_and_going_and_wait_for_another_person(cast: Cast, meeting: Record):
    row = served_by_code(cast, meeting, cast.resident)
    assert (row.present, row.minutes, row.confirmed) == (True, 150, False)
    assert served(cast.resident).confirmed == 0
    hours_confirm(meeting, minutes={row.pk: 150}, by=cast.dispatcher)
    row.refresh_from_db()
    assert (row.confirmed, row.confirmed_by) == (True, cast.dispatcher)
    assert served(cast.resident).confirmed == 150
    assert [one.pk for one in attended(cast.resident, 10)] == [row.pk]
    assert not list(breaks())


def test_the_acts_name_a_line_of_the_sheet_and_nobody(cast: Cast, meeting: Record):
    row = served_by_code(cast, meeting, cast.resident)
    said = Act.objects.filter(verb__in=("check_in", "check_out")).values_list("changed", flat=True)
    assert list(said) == [{"attendance": row.pk}] * 2


def test_without_the_code_nobody_checks_themselves_in(cast: Cast, meeting: Record):
    with refused("bad_value", "签到码"):
        check_in(meeting, person=cast.resident, by=cast.resident)
    other = record_open("street.meeting", {"title": "别的", "place": cast.street}, by=cast.dispatcher)
    with refused("bad_value", "不是「清河」的"):
        check_in(meeting, person=cast.resident, by=cast.resident, code=code_make(other))
    assert not Attendance.objects.exists()


def test_a_code_dies_and_a_forged_one_never_lived(
    cast: Cast, meeting: Record, monkeypatch: pytest.MonkeyPatch
):
    code = code_make(meeting)
    assert code_read(code) == meeting.pk
    with refused("bad_value", "不是本站"):
        code_read(code[:-1] + ("a" if code[-1] != "a" else "b"))
    later = signing.time.time() + LIVES + 5
    monkeypatch.setattr(signing.time, "time", lambda: later)
    with refused("bad_value", "过期"):
        code_read(code)


def test_only_who_is_in_charge_notes_others(cast: Cast, meeting: Record):
    with refused("not_yours", "签到"):
        check_in(meeting, person=cast.resident, by=cast.stranger)
    with refused("not_yours"):
        presence_note(meeting, person=cast.resident, present=True, by=cast.handler)


def test_nobody_confirms_their_own_hours_nor_what_they_alone_noted(cast: Cast, meeting: Record):
    own = served_by_code(cast, meeting, cast.dispatcher)
    with refused("second_person", "韩梅"):
        hours_confirm(meeting, minutes={own.pk: 60}, by=cast.dispatcher)
    noted = presence_note(meeting, person=cast.resident, present=True, by=cast.dispatcher)
    with refused("second_person", "周平"):
        hours_confirm(meeting, minutes={noted.pk: 60}, by=cast.dispatcher)
    hours_confirm(meeting, minutes={noted.pk: 60, own.pk: 60}, by=cast.deputy)
    assert Attendance.objects.filter(confirmed_by=cast.deputy).count() == 2


def test_never_more_minutes_than_somebody_was_there(cast: Cast, meeting: Record):
    row = served_by_code(cast, meeting, cast.resident)
    for minutes in (151, 0, -5):
        with refused("bad_value", "最多 150 分钟"):
            hours_confirm(meeting, minutes={row.pk: minutes}, by=cast.dispatcher)
    listed = presence_note(meeting, person=cast.grid_member, present=True, by=cast.deputy)
    with refused("bad_value", "最多 180 分钟"):
        hours_confirm(meeting, minutes={listed.pk: 181}, by=cast.dispatcher)


def test_confirming_is_all_or_nothing_and_only_once(cast: Cast, meeting: Record):
    one = served_by_code(cast, meeting, cast.resident)
    two = served_by_code(cast, meeting, cast.grid_member)
    with refused("bad_value"):
        hours_confirm(meeting, minutes={one.pk: 100, two.pk: 9999}, by=cast.dispatcher)
    assert not Attendance.objects.filter(confirmed=True).exists()
    hours_confirm(meeting, minutes={one.pk: 100}, by=cast.dispatcher, key="k1")
    hours_confirm(meeting, minutes={one.pk: 100}, by=cast.dispatcher, key="k1")
    with refused("already", "周平"):
        hours_confirm(meeting, minutes={one.pk: 100}, by=cast.dispatcher)
    assert Act.objects.filter(verb="confirm_hours").count() == 1


def test_away_needs_a_reason_and_may_be_put_right_until_confirmed(cast: Cast, meeting: Record):
    with refused("missing", "缺席原因"):
        presence_note(meeting, person=cast.resident, present=False, reason=" ", by=cast.dispatcher)
    row = presence_note(meeting, person=cast.resident, present=False, reason="出差", by=cast.dispatcher)
    assert (row.present, row.reason) == (False, "出差")
    with refused("bad_value", "没有到场"):
        hours_confirm(meeting, minutes={row.pk: 10}, by=cast.deputy)
    row = presence_note(meeting, person=cast.resident, present=True, by=cast.dispatcher)
    assert (row.present, row.reason) == (True, "")
    hours_confirm(meeting, minutes={row.pk: 10}, by=cast.deputy)
    with refused("already"):
        presence_note(meeting, person=cast.resident, present=False, reason="改口", by=cast.dispatcher)


def test_twice_with_one_key_is_once_and_twice_with_two_is_refused(cast: Cast, meeting: Record):
    code = code_make(meeting)
    for _ in range(2):
        check_in(meeting, person=cast.resident, by=cast.resident, code=code, at=CAME, key="tap")
    assert Act.objects.filter(verb="check_in").count() == 1
    with refused("already", "签到"):
        check_in(meeting, person=cast.resident, by=cast.resident, code=code, at=CAME, key="again")
    with refused("bad_value", "还没有签到"):
        check_out(meeting, person=cast.grid_member, by=cast.dispatcher)
    assert Attendance.objects.count() == 1, "a refused line leaves nothing"


def test_when_it_is_over_the_list_is_closed(cast: Cast, meeting: Record):
    assert [one.record for one in expected_of(cast.resident, 5, after=CAME)] == []
    check_in(meeting, person=cast.resident, by=cast.resident, code=code_make(meeting), at=CAME)
    assert [one.record for one in expected_of(cast.resident, 5, after=CAME)] == [meeting]
    record_step(meeting, "hold", by=cast.dispatcher)
    with refused("wrong_state", "已开"):
        check_in(meeting, person=cast.grid_member, by=cast.grid_member, code=code_make(meeting))


def test_a_hundred_arrivals_do_not_hide_the_steps_on_the_page(cast: Cast, meeting: Record):
    served_by_code(cast, meeting, cast.resident)
    record_step(meeting, "hold", by=cast.dispatcher)
    found = dossier(meeting.number, to=viewer_of(cast.dispatcher, moment("2024-03-10 09:00")))
    assert [act.verb for act in found.acts] == ["open", "hold"]
    assert found.intact
