"""Sitting an exam on the phone: sealed draw, answers kept, marked at once, the right answers only afterwards."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from liren.activities.actions import attendance_take
from liren.clock import at_time
from liren.exams.actions import questions_add
from liren.exams.models import Attempt, Paper
from liren.records.actions import record_open, record_step
from liren.records.models import Record
from tests.cast import Cast, moment

BEGAN = moment("2024-03-09 09:00")


@pytest.fixture
def exam(cast: Cast, hold) -> Record:
    """An exam of the shipped pack, arranged and drawn up to its state; 周平 is on its list."""
    rows = [
        {"text": f"第{n}题", "options": {"a": "右", "b": "左"}, "answer": ["a"], "marks": 10}
        for n in range(9)
    ]
    questions_add("民法典", rows)
    officer = hold(cast.deputy, "exam_officer", place=cast.county)
    values = {
        "title": "任前考试",
        "category": "appointee",
        "place": cast.county,
        "pass_mark": "20",
        "minutes_allowed": "60",
    }
    at = moment("2024-03-08 09:00")
    record = record_open("law_exam.exam", values, by=officer, at=at)
    record_step(record, "draw", {"bank": "民法典", "quantity": "3"}, by=officer, at=at)
    attendance_take(record, [{"person": cast.resident, "reason": "待考"}], by=officer, at=at)
    return record


def drawn(cast: Cast, signed, exam: Record) -> Paper:
    officer = signed(cast.deputy)
    address = f"/w/exams/paper/{exam.number}/"
    with at_time(BEGAN - timedelta(hours=1)):
        officer.post(address, {"key": "a"})
        officer.post(address, {"key": "b"})
    return Paper.objects.get()


def begun(cast: Cast, hold, exam: Record) -> None:
    supervisor = hold(cast.leader, "exam_supervisor", place=cast.county)
    record_step(exam, "begin", by=supervisor, at=BEGAN - timedelta(minutes=5))


def chosen(page: str, key: str) -> dict[str, list[str]]:
    return {name: ["", key] for name in re.findall(r'type="hidden" name="(q-\d+)"', page)}


def test_two_moves_draw_the_paper_and_the_seed_stays_sealed(cast: Cast, signed, exam: Record):
    officer, address = signed(cast.deputy), f"/w/exams/{exam.number}/"
    assert "封存种子" in officer.get(address).content.decode()
    officer.post(f"/w/exams/paper/{exam.number}/", {"key": "a"})
    sealed = officer.get(address).content.decode()
    paper = Paper.objects.get()
    assert paper.commitment in sealed
    assert paper.seed not in sealed
    assert "现在抽题" in sealed
    officer.post(f"/w/exams/paper/{exam.number}/", {"key": "b"})
    assert "已抽题" in officer.get(address).content.decode()
    assert Paper.objects.get().questions.count() == 3


def sit(cast: Cast, signed, exam: Record) -> tuple[Client, str]:
    client = signed(cast.resident)
    with at_time(BEGAN):
        assert client.post(f"/w/exams/begin/{exam.number}/").status_code == 302
        return client, client.get(f"/w/exams/{exam.number}/").content.decode()


def test_before_it_opens_the_page_says_why_not(cast: Cast, signed, exam: Record, hold):
    drawn(cast, signed, exam)
    client = signed(cast.resident)
    with at_time(BEGAN):
        assert "已组卷" in client.get(f"/w/exams/{exam.number}/").content.decode()
        assert client.post(f"/w/exams/begin/{exam.number}/").status_code == 409
        begun(cast, hold, exam)
        assert "开始答题" in client.get(f"/w/exams/{exam.number}/").content.decode()
        assert "现在可以考" in client.get("/w/mine/study/").content.decode()


def test_answers_are_kept_and_the_result_opens_the_draw(cast: Cast, signed, exam: Record, hold):
    paper = drawn(cast, signed, exam)
    begun(cast, hold, exam)
    client, page = sit(cast, signed, exam)
    assert page.count("<fieldset") == 3
    assert paper.seed not in page
    answers = chosen(page, "a")
    first, *rest = answers
    with at_time(BEGAN + timedelta(minutes=1)):
        told = client.post(f"/w/exams/save/{exam.number}/", {first: answers[first]}).json()
        assert (told["answered"], told["left"]) == (1, 59 * 60)
        assert 'value="a" checked' in client.get(f"/w/exams/{exam.number}/").content.decode()
    with at_time(BEGAN + timedelta(minutes=2)):
        client.post(f"/w/exams/hand-in/{exam.number}/", {name: answers[name] for name in rest[:1]})
        result = client.get(f"/w/exams/{exam.number}/").content.decode()
    assert "20 分" in result
    assert "合格" in result
    assert paper.seed in result
    assert paper.beacon in result
    assert "应选" in result


def test_the_last_minute_without_a_line_costs_nothing(cast: Cast, signed, exam: Record, hold):
    drawn(cast, signed, exam)
    begun(cast, hold, exam)
    client, page = sit(cast, signed, exam)
    with at_time(BEGAN + timedelta(minutes=63)):
        assert "时间已到" in client.get(f"/w/exams/{exam.number}/").content.decode()
        client.post(f"/w/exams/hand-in/{exam.number}/", chosen(page, "a"))
    attempt = Attempt.objects.get()
    assert (attempt.mark, attempt.passed) == (30, True)


def test_who_stays_away_is_marked_when_the_page_is_next_opened(cast: Cast, signed, exam: Record, hold):
    drawn(cast, signed, exam)
    begun(cast, hold, exam)
    client, page = sit(cast, signed, exam)
    with at_time(BEGAN + timedelta(minutes=10)):
        client.post(f"/w/exams/save/{exam.number}/", chosen(page, "a"))
    with at_time(BEGAN + timedelta(hours=3)):
        assert "30 分" in client.get(f"/w/exams/{exam.number}/").content.decode()
        assert client.post(f"/w/exams/save/{exam.number}/", chosen(page, "b")).status_code == 409


def test_it_is_for_who_is_on_its_list_and_who_runs_it(cast: Cast, signed, exam: Record):
    drawn(cast, signed, exam)
    for person, status in (
        (cast.stranger, 404),
        (cast.grid_member, 404),
        (cast.deputy, 200),
        (cast.resident, 200),
    ):
        assert signed(person).get(f"/w/exams/{exam.number}/").status_code == status, person
    assert signed(cast.resident).post(f"/w/exams/paper/{exam.number}/").status_code == 404
    assert signed(cast.deputy).post(f"/w/exams/begin/{exam.number}/").status_code == 404, (
        "who runs it does not sit it"
    )


def test_a_bank_that_is_too_small_is_said(cast: Cast, signed, exam: Record):
    other = record_open(
        "law_exam.exam", {"title": "空", "category": "staff", "place": cast.county}, by=cast.deputy
    )
    client = signed(cast.deputy)
    client.post(f"/w/exams/paper/{other.number}/", {"key": "a"})
    assert "抽不出" in client.get(f"/w/exams/{other.number}/").content.decode()


def test_answers_of_a_paper_handed_in_too_late_for_the_session_come_back_to_it(
    cast: Cast, signed, exam: Record, hold
):
    drawn(cast, signed, exam)
    begun(cast, hold, exam)
    client, address = signed(cast.resident), f"/w/exams/{exam.number}/"
    with at_time(BEGAN):
        client.post(f"/w/exams/begin/{exam.number}/")
        page = client.get(address).content.decode()
        whose = page.partition('name="_who" value="')[2].partition('"')[0]
        client.cookies.pop("liren_session")
        answer = client.post(f"/w/exams/hand-in/{exam.number}/", chosen(page, "a") | {"_who": whose})
        assert answer["Location"].endswith(f"next=%2Fw%2Fexams%2F{exam.number}%2F")
        waits = {key: value for key, value in client.session.items() if not key.startswith("_auth")}
        client.force_login(cast.resident.user)
        later = client.session
        later.update(waits)
        later.save()
        back = client.get(address).content.decode()
    assert len(re.findall(r'value="a" checked', back)) == 3
    assert Attempt.objects.get().submitted is None
