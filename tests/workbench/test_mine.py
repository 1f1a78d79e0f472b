"""Hours, points, certificates, study: one's own, counted, never typed."""

import pytest

from liren.activities.actions import attendance_take, check_in, check_out, hours_confirm
from liren.activities.codes import code_make
from liren.clock import at_time
from liren.exams.actions import paper_commit, questions_add
from liren.notices.queries import preference_of
from liren.records.actions import record_open, record_step
from liren.records.models import Record
from tests.cast import Cast, moment
from tests.matters import accept, closed_event, event

TODAY = moment("2024-06-01 09:00")


def serve(cast: Cast, title: str, day: str, *, confirmed: bool = True) -> None:
    """An afternoon of two and a half hours in which the resident helped."""
    values = {"title": title, "place": cast.street, "starts": f"{day} 08:00", "ends": f"{day} 11:00"}
    record = record_open("street.meeting", values, by=cast.dispatcher, at=moment("2024-01-02 09:00"))
    code = code_make(record)
    check_in(record, person=cast.resident, by=cast.resident, code=code, at=moment(f"{day} 08:00"))
    row = check_out(record, person=cast.resident, by=cast.resident, code=code, at=moment(f"{day} 10:30"))
    if confirmed:
        hours_confirm(record, minutes={row.pk: 150}, by=cast.dispatcher, at=moment(f"{day} 12:00"))


def test_hours_say_who_confirmed_them_and_what_still_waits(cast: Cast, signed):
    serve(cast, "清河", "2024-03-09")
    serve(cast, "走访", "2024-03-10", confirmed=False)
    text = signed(cast.resident).get("/w/mine/hours/").content.decode()
    assert "2.5 小时" in text
    assert "另有 150 分钟 等确认" in text
    assert "韩梅" in text
    assert "清河" not in signed(cast.stranger).get("/w/mine/hours/").content.decode()


def test_points_show_what_came_and_went(cast: Cast, signed):
    record = closed_event(cast)
    record_step(record, "reward", by=cast.grid_member, at=moment("2024-03-07 09:00"))
    text = signed(cast.grid_member).get("/w/mine/points/").content.decode()
    assert "+5" in text
    assert "-3" in text
    assert "兑换" in text
    assert "+5" not in signed(cast.dispatcher).get("/w/mine/points/").content.decode()


def test_what_one_reported_says_how_it_stands(cast: Cast, signed):
    accept(cast, event(cast, title="井盖"))
    text = signed(cast.grid_member).get("/w/mine/reports/").content.decode()
    assert "井盖" in text
    assert "办理中" in text
    assert "井盖" not in signed(cast.dispatcher).get("/w/mine/reports/").content.decode()


def test_an_exam_stands_once_on_the_page_of_study(cast: Cast, signed, hold):
    officer = hold(cast.deputy, "exam_officer", place=cast.county)
    questions_add("民法典", [{"text": "题", "options": {"a": "是"}, "answer": ["a"], "marks": 10}])
    values = {"title": "任前考试", "category": "staff", "place": cast.county}
    exam = record_open("law_exam.exam", values, by=officer)
    attendance_take(exam, [{"person": cast.resident, "reason": "待考"}], by=officer)
    paper_commit(exam, bank="民法典", count=1, pass_marks=6, by=officer)
    page = signed(cast.resident).get("/w/mine/study/").content.decode()
    assert page.count("任前考试") == 1
    for address in ("/w/", "/w/activities/"):
        page = signed(cast.resident).get(address).content.decode()
        assert f'href="/w/exams/{exam.number}/"' in page, "an exam is sat, not attended by code"


def asked(cast: Cast, signed, **more) -> Record:
    told = {"first": "2024-01-01", "last": "2024-03-31", "use": "升学", "key": "k", **more}
    with at_time(TODAY):
        answer = signed(cast.resident).post("/w/mine/certificates/", told)
    assert answer.status_code == 302, answer.content.decode()
    return Record.objects.get(kind="volunteer_service.certificate")


def test_a_certificate_counts_what_was_confirmed_in_its_days(cast: Cast, signed, hold):
    serve(cast, "清河", "2024-03-09")
    serve(cast, "走访", "2024-03-31")
    serve(cast, "四月的", "2024-04-01")
    serve(cast, "没确认的", "2024-03-12", confirmed=False)
    record = asked(cast, signed)
    assert record.quantity == 300_000, "minutes, in thousandths"
    assert record.number.startswith("ZYZM2024-")
    before = signed(cast.resident).get(f"/w/mine/certificates/{record.number}/").content.decode()
    assert "还没有出具" in before
    keeper = hold(cast.deputy, "service_keeper", place=cast.county)
    said = {"unit": cast.office, "head": "林主任", "clerk": "林涛", "contact": "0538-100"}
    record_step(record, "issue", said, by=keeper, at=TODAY)
    text = signed(cast.resident).get(f"/w/mine/certificates/{record.number}/").content.decode()
    for part in (
        record.number,
        "周平",
        "5 小时",
        "300 分钟",
        "清河",
        "走访",
        "县委办公室",
        "林主任",
        "0538-100",
        "升学",
        "韩梅",
    ):
        assert part in text, part
    assert "四月的" not in text
    assert "没确认的" not in text
    assert "还没有出具" not in text
    assert "本站不保存" in text, "no ID number is kept"


def test_a_certificate_that_no_longer_fits_says_so(cast: Cast, signed):
    serve(cast, "清河", "2024-03-09")
    record = asked(cast, signed)
    serve(cast, "后来才确认", "2024-03-10")
    assert (
        "请重新申请" in signed(cast.resident).get(f"/w/mine/certificates/{record.number}/").content.decode()
    )


def test_a_certificate_is_for_its_person_and_its_keepers(cast: Cast, signed, hold):
    serve(cast, "清河", "2024-03-09")
    record = asked(cast, signed)
    address = f"/w/mine/certificates/{record.number}/"
    assert signed(cast.stranger).get(address).status_code == 404
    assert signed(cast.dispatcher).get(address).status_code == 404
    assert signed(hold(cast.deputy, "service_keeper", place=cast.county)).get(address).status_code == 200
    other = closed_event(cast)
    assert signed(cast.grid_member).get(f"/w/mine/certificates/{other.number}/").status_code == 404


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"first": "2024-02-30"}, "2024-02-30"),
        ({"first": "2024-05-01", "last": "2024-04-01"}, "早于"),
        ({"first": "2020-01-01", "last": "2020-12-31"}, "经他人确认"),
    ],
)
def test_what_is_wrong_with_an_application_is_said_and_kept(cast: Cast, signed, told: dict, said: str):
    serve(cast, "清河", "2024-03-09")
    answer = signed(cast.resident).post(
        "/w/mine/certificates/", {"last": "2024-03-31", "use": "升学", "key": "k", **told}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert 'value="升学"' in text
    assert f'value="{told["first"]}"' in text
    assert not Record.objects.filter(kind="volunteer_service.certificate").exists()


def test_asking_twice_is_one_application(cast: Cast, signed):
    serve(cast, "清河", "2024-03-09")
    asked(cast, signed)
    asked(cast, signed)


def test_a_certificate_on_an_english_page_stays_chinese(cast: Cast, signed):
    serve(cast, "清河", "2024-03-09")
    record = asked(cast, signed)
    text = signed(cast.resident).get(f"/w/mine/certificates/{record.number}/?lang=en").content.decode()
    paper = text.partition("<article")[2].partition("</article>")[0]
    assert "2.5 小时" in paper
    assert "2024年1月1日" in paper


def test_messages_are_read_on_the_phone_and_how_to_be_told_is_said_there(cast: Cast, signed):
    record = accept(cast, event(cast))
    client = signed(cast.handler)
    assert "/w/mine/notices/" in client.get("/w/mine/").content.decode()
    page = client.get("/w/mine/notices/").content.decode()
    assert record.number in page
    assert f'href="/w/records/{record.number}/"' in page, "into this face, not another"
    assert record.number not in signed(cast.stranger).get("/w/mine/notices/").content.decode()
    address = "/w/mine/notices/preferences/"
    said = {"digest": "now", "quiet_from": "22:00", "quiet_to": "06:30"}
    assert client.post(address, said | {"quiet_from": "later"}).status_code == 422
    assert client.post(address, said | {"digest": "often"}).status_code == 422
    assert client.post(address, said)["Location"] == "/w/mine/notices/"
    chosen = preference_of(cast.handler)
    assert (chosen.mail, chosen.digest, chosen.quiet_from.hour) == (False, "now", 22)
