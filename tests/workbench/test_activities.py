"""The organiser's list and code, the volunteer's scan, the second person's confirmation."""

import re

import pytest

from liren.activities.actions import check_in, signup_make
from liren.activities.codes import code_make
from liren.activities.models import Attendance
from liren.clock import at_time
from liren.records.actions import record_open
from liren.records.models import Record
from tests.cast import Cast, moment

CAME, LEFT = moment("2024-03-09 08:05"), moment("2024-03-09 10:35")


@pytest.fixture
def meeting(cast: Cast) -> Record:
    values = {"title": "清河", "place": cast.street, "starts": "2024-03-09 08:00", "ends": "2024-03-09 11:00"}
    return record_open("street.meeting", values, by=cast.dispatcher, at=moment("2024-03-01 09:00"))


@pytest.fixture
def service(cast: Cast, hold) -> Record:
    """A recruiting volunteer activity, so that somebody can sign up."""
    from liren.records.actions import record_step

    hold(cast.deputy, "squad_leader", place=cast.street)
    values = {
        "title": "周末清河",
        "category": "environment",
        "place": cast.street,
        "starts": "2024-03-09 08:00",
    }
    at = moment("2024-03-01 09:00")
    record = record_open("volunteer_service.service", values, by=cast.deputy, at=at)
    return record_step(record, "publish", {"risk": "岸边湿滑", "places_wanted": "5"}, by=cast.deputy, at=at)


def test_one_code_checks_in_and_then_out(cast: Cast, signed, meeting: Record):
    client = signed(cast.resident)
    address = f"/w/scan/{code_make(meeting)}/"
    with at_time(CAME):
        page = client.get(address).content.decode()
        assert "您到了吗" in page
        assert client.post(address, {"what": "in", "key": "k1"}).url == f"/w/activities/{meeting.number}/"
    with at_time(LEFT):
        assert "现在离开吗" in client.get(address).content.decode()
        client.post(address, {"what": "out", "key": "k2"})
        assert "150 分钟" in client.get(address).content.decode()
    row = Attendance.objects.get()
    assert (row.person, row.minutes, row.confirmed) == (cast.resident, 150, False)
    own = client.get(f"/w/activities/{meeting.number}/").content.decode()
    assert "等另一人确认" in own
    assert "名单" not in own.partition("<main")[2]


def test_a_double_tap_checks_in_once_and_never_out(cast: Cast, signed, meeting: Record):
    client, address = signed(cast.resident), f"/w/scan/{code_make(meeting)}/"
    for _ in range(2):
        client.post(address, {"what": "in", "key": "k"})
    assert Attendance.objects.get().departed is None


def test_a_bad_code_says_so(cast: Cast, signed):
    answer = signed(cast.resident).get("/w/scan/1:abc:def/")
    assert answer.status_code == 422
    assert "不是本站的签到码" in answer.content.decode()


def test_who_is_not_signed_in_comes_back_to_the_code_after_the_door(cast: Cast, signed, meeting: Record):
    answer = signed(None).get(f"/w/scan/{code_make(meeting)}/")
    assert answer.status_code == 302
    assert "next=%2Fw%2Fscan%2F" in answer.url


def test_the_code_is_a_picture_for_the_organiser_alone(cast: Cast, signed, meeting: Record):
    client = signed(cast.dispatcher)
    assert (
        f'src="/w/activities/code.svg/{meeting.number}/"'
        in client.get(f"/w/activities/code/{meeting.number}/").content.decode()
    )
    picture = client.get(f"/w/activities/code.svg/{meeting.number}/")
    assert picture["Content-Type"] == "image/svg+xml"
    assert "no-store" in picture["Cache-Control"]
    assert picture.content.startswith(b"<?xml")
    for address in ("code", "code.svg"):
        assert signed(cast.resident).get(f"/w/activities/{address}/{meeting.number}/").status_code == 404


def test_who_signed_up_stands_on_the_list_and_is_noted_by_the_organiser(cast: Cast, signed, service: Record):
    signup_make(service, by=cast.resident, at=moment("2024-03-02 09:00"))
    client = signed(cast.deputy)
    sheet = client.get(f"/w/activities/{service.number}/").content.decode()
    assert "周平" in sheet
    assert "已报名，还没到" in sheet
    note = f"/w/activities/note/{service.number}/"
    with at_time(CAME):
        client.post(note, {"person": cast.resident.pk, "what": "away", "reason": "", "key": "a"})
        assert "缺少缺席原因" in client.get(f"/w/activities/{service.number}/").content.decode()
        assert not Attendance.objects.exists()
        client.post(note, {"person": cast.resident.pk, "what": "away", "reason": "出差", "key": "a"})
    row = Attendance.objects.get()
    assert (row.expected, row.present, row.reason, row.role) == (True, False, "出差", "volunteer")
    with at_time(CAME):
        client.post(note, {"person": cast.resident.pk, "what": "in", "key": "b"})
    with at_time(LEFT):
        client.post(note, {"person": cast.resident.pk, "what": "out", "key": "c"})
    row.refresh_from_db()
    assert (row.present, row.reason, row.minutes) == (True, "", 150)


def test_nobody_else_can_be_noted_from_the_list(cast: Cast, signed, service: Record):
    note = f"/w/activities/note/{service.number}/"
    client = signed(cast.deputy)
    for person in (cast.stranger.pk, 0, "x", 10**17):
        assert client.post(note, {"person": person, "what": "in", "key": "a"}).status_code == 404
    assert signed(cast.stranger).post(note, {"person": cast.resident.pk, "what": "in"}).status_code == 404


def test_the_second_person_confirms_what_is_ticked(cast: Cast, signed, meeting: Record):
    with at_time(CAME):
        check_in(meeting, person=cast.resident, by=cast.resident, code=code_make(meeting))
        check_in(meeting, person=cast.grid_member, by=cast.grid_member, code=code_make(meeting))
    client = signed(cast.dispatcher)
    sheet = client.get(f"/w/activities/{meeting.number}/").content.decode()
    rows = re.findall(r'name="row" value="(\d+)"', sheet)
    assert len(rows) == 2
    assert 'href="#confirm"' not in sheet, "while they are here the code is what is needed"
    first = Attendance.objects.get(person=cast.resident)
    address = f"/w/activities/confirm/{meeting.number}/"
    client.post(address, {"row": [first.pk], f"minutes-{first.pk}": "9999", "key": "a"})
    assert "最多" in client.get(f"/w/activities/{meeting.number}/").content.decode()
    client.post(address, {"row": [first.pk], f"minutes-{first.pk}": "90", "key": "b"})
    first.refresh_from_db()
    assert (first.minutes, first.confirmed_by) == (90, cast.dispatcher)
    assert not Attendance.objects.get(person=cast.grid_member).confirmed
    client.post(address, {"key": "c"})
    assert "缺少要确认的人" in client.get(f"/w/activities/{meeting.number}/").content.decode()


def test_the_list_of_activities_says_where_one_is_expected(
    cast: Cast, signed, service: Record, meeting: Record
):
    signup_make(service, by=cast.resident, at=moment("2024-03-02 09:00"))
    with at_time(moment("2024-03-05 09:00")):
        assert "周末清河" in signed(cast.resident).get("/w/activities/").content.decode()
        mine = signed(cast.dispatcher).get("/w/activities/").content.decode()
    assert "清河" in mine
    assert "周末清河" not in mine
    assert "没有要去" in signed(cast.stranger).get("/w/activities/").content.decode()


def test_what_one_is_expected_at_soon_stands_on_the_to_do_list(cast: Cast, signed, service: Record):
    signup_make(service, by=cast.resident, at=moment("2024-03-02 09:00"))
    client = signed(cast.resident)
    with at_time(moment("2024-03-05 09:00")):
        assert "周末清河" in client.get("/w/").content.decode()
        assert "周末清河" not in client.get("/w/?after=1-1").content.decode(), "only on the first page"
    with at_time(moment("2024-03-01 08:00")):
        assert "周末清河" not in client.get("/w/").content.decode(), "more than a week away"


def test_whoever_ends_an_activity_is_told_of_hours_nobody_confirmed(cast: Cast, signed, meeting: Record):
    step = f"/w/step/hold/{meeting.number}/"
    client = signed(cast.dispatcher)
    assert "时长没有确认" not in client.get(step).content.decode()
    check_in(meeting, person=cast.resident, by=cast.resident, code=code_make(meeting))
    assert "还有 1 人的时长没有确认" in client.get(step).content.decode()


def test_a_list_of_many_is_found_by_name(
    cast: Cast, signed, meeting: Record, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("liren.workbench.presenting.activity.MOST", 1)
    for person in (cast.resident, cast.grid_member, cast.leader):
        check_in(meeting, person=person, by=person, code=code_make(meeting), at=CAME)
    client = signed(cast.dispatcher)
    assert "还有 2 人没有列出" in client.get(f"/w/activities/{meeting.number}/").content.decode()
    found = client.get(f"/w/activities/{meeting.number}/?q=周平").content.decode()
    assert "周平" in found
    assert "没有列出" not in found
