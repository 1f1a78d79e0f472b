"""An open draw, answers kept as they are given, and a line that breaks in the last minute."""

import hashlib
import random
from datetime import timedelta

import pytest

from liren.exams.actions import (
    GRACE,
    attempt_hand_in,
    attempt_save,
    attempt_start,
    attempts_close,
    paper_commit,
    paper_open,
    questions_add,
)
from liren.exams.models import Attempt, Paper, Question
from liren.exams.queries import closed_to, exams_for, outcome
from liren.people.visibility import viewer_of
from liren.records.actions import record_open, record_step
from liren.records.models import Act, Record
from liren.trail.models import Head
from tests.cast import Cast, moment
from tests.matters import refused

BEGAN = moment("2024-03-09 09:00")


@pytest.fixture
def exam(cast: Cast) -> Record:
    rows = [
        {"text": f"第{n}题", "options": {"a": "对", "b": "错"}, "answer": ["a"], "marks": 10}
        for n in range(20)
    ]
    questions_add("民法典", rows)
    values = {"title": "考核", "place": cast.street, "starts": "2024-03-09 09:00", "ends": "2024-03-09 11:00"}
    return record_open("street.exam", values, by=cast.dispatcher, at=moment("2024-03-01 09:00"))


@pytest.fixture
def paper(cast: Cast, exam: Record) -> Paper:
    paper = paper_commit(exam, bank="民法典", count=5, pass_marks=30, by=cast.dispatcher, key="seal")
    return paper_open(paper, by=cast.dispatcher)


def right(paper: Paper, count: int) -> dict[str, list[str]]:
    keys = [str(question.pk) for question in paper.questions.order_by("pk")]
    return {key: ["a"] if place < count else ["b"] for place, key in enumerate(keys)}


def test_the_seed_is_sealed_first_and_anybody_can_draw_again(cast: Cast, exam: Record):
    paper = paper_commit(exam, bank="民法典", count=5, pass_marks=30, by=cast.dispatcher)
    assert not paper.questions.exists()
    sealed = Act.objects.get(verb="commit_paper").changed
    assert sealed["commitment"] == hashlib.sha256(paper.seed.encode()).hexdigest()
    assert paper.seed not in str(sealed)
    head = Head.objects.get(pk=1).hash
    paper = paper_open(paper, by=cast.dispatcher)
    assert paper.beacon == head, "nobody knew it when the seed was made"
    ids = list(Question.objects.filter(bank="民法典").order_by("pk").values_list("pk", flat=True))
    again = random.Random(hashlib.sha256(f"{paper.seed}/{paper.beacon}".encode()).hexdigest()).sample(ids, 5)
    assert set(again) == set(paper.questions.values_list("pk", flat=True))
    assert paper_open(paper, by=cast.dispatcher).beacon == paper.beacon, "it is drawn once"


def test_a_second_seed_is_refused_and_a_small_bank_too(cast: Cast, exam: Record, paper: Paper):
    assert paper_commit(exam, bank="民法典", count=5, pass_marks=30, by=cast.dispatcher, key="seal") == paper
    with refused("already", "卷子"):
        paper_commit(exam, bank="民法典", count=5, pass_marks=30, by=cast.dispatcher)
    other = record_open("street.exam", {"title": "另一场", "place": cast.street}, by=cast.dispatcher)
    with refused("bad_value", "抽不出 50 题"):
        paper_commit(other, bank="民法典", count=50, pass_marks=30, by=cast.dispatcher)
    with refused("not_yours"):
        paper_commit(other, bank="民法典", count=5, pass_marks=30, by=cast.stranger)


def test_answers_are_kept_as_they_are_given_and_marked_at_once(cast: Cast, exam: Record, paper: Paper):
    attempt = attempt_start(exam, by=cast.resident, minutes=60, at=BEGAN)
    assert attempt.due == moment("2024-03-09 10:00")
    assert attempt_start(exam, by=cast.resident, minutes=60, at=BEGAN + timedelta(minutes=5)) == attempt
    told = right(paper, 3)
    first, *rest = told
    attempt_save(attempt, answers={first: told[first]}, by=cast.resident, at=BEGAN)
    attempt_save(attempt, answers={key: told[key] for key in rest}, by=cast.resident, at=BEGAN)
    done = attempt_hand_in(attempt, answers={}, by=cast.resident, at=BEGAN + timedelta(minutes=30))
    assert (done.mark, done.passed) == (30, True)
    again = attempt_hand_in(attempt, answers=right(paper, 5), by=cast.resident, at=BEGAN)
    assert again.mark == 30, "handed in is handed in"
    with refused("wrong_state", "已交卷"):
        attempt_save(attempt, answers=right(paper, 5), by=cast.resident, at=BEGAN)
    with refused("already", "答卷"):
        attempt_start(exam, by=cast.resident, minutes=60, at=BEGAN)
    assert outcome(exam).submitted == 1


def test_a_line_that_breaks_in_the_last_minute_costs_nothing(cast: Cast, exam: Record, paper: Paper):
    attempt = attempt_start(exam, by=cast.resident, minutes=60, at=BEGAN)
    late = attempt.due + GRACE - timedelta(seconds=1)
    attempt_save(attempt, answers=right(paper, 4), by=cast.resident, at=late)
    done = attempt_hand_in(attempt, answers=right(paper, 5), by=cast.resident, at=late)
    assert (done.mark, done.submitted) == (50, late)


def test_who_never_comes_back_is_marked_by_what_was_kept(cast: Cast, exam: Record, paper: Paper):
    attempt = attempt_start(exam, by=cast.resident, minutes=60, at=BEGAN)
    attempt_save(attempt, answers=right(paper, 4), by=cast.resident, at=BEGAN)
    assert attempts_close(exam, at=attempt.due + GRACE) == 0
    gone = attempt.due + GRACE + timedelta(minutes=1)
    with refused("wrong_state", "时间已到"):
        attempt_save(attempt, answers=right(paper, 5), by=cast.resident, at=gone)
    assert attempts_close(exam, at=gone) == 1
    attempt.refresh_from_db()
    assert (attempt.mark, attempt.submitted) == (40, attempt.due)


def test_too_late_the_kept_answers_count_and_the_new_ones_do_not(cast: Cast, exam: Record, paper: Paper):
    attempt = attempt_start(exam, by=cast.resident, minutes=60, at=BEGAN)
    attempt_save(attempt, answers=right(paper, 2), by=cast.resident, at=BEGAN)
    done = attempt_hand_in(
        attempt, answers=right(paper, 5), by=cast.resident, at=attempt.due + timedelta(hours=1)
    )
    assert (done.mark, done.passed) == (20, False)


def test_nobody_answers_for_another_and_other_questions_count_nothing(cast: Cast, exam: Record, paper: Paper):
    attempt = attempt_start(exam, by=cast.resident, minutes=60, at=BEGAN)
    with refused("not_yours", "王芳"):
        attempt_save(attempt, answers=right(paper, 5), by=cast.stranger, at=BEGAN)
    others = {str(pk): ["a"] for pk in Question.objects.exclude(papers=paper).values_list("pk", flat=True)}
    assert attempt_hand_in(attempt, answers=others, by=cast.resident, at=BEGAN).mark == 0


def test_an_exam_opens_and_closes(cast: Cast, exam: Record):
    early, during, after = moment("2024-03-09 08:59"), BEGAN, moment("2024-03-09 11:00")
    assert "没有抽题" in closed_to(exam, during).sentence()
    paper = paper_commit(exam, bank="民法典", count=5, pass_marks=30, by=cast.dispatcher)
    paper_open(paper, by=cast.dispatcher)
    assert "还没有开始" in closed_to(exam, early).sentence()
    assert closed_to(exam, during) is None
    assert "已经结束" in closed_to(exam, after).sentence()
    with refused("wrong_state", "已经结束"):
        attempt_start(exam, by=cast.resident, minutes=60, at=after)
    attempt = attempt_start(exam, by=cast.resident, minutes=600, at=during)
    assert attempt.due == after, "no longer than the exam itself"
    record_step(exam, "hold", by=cast.dispatcher)
    with refused("wrong_state", "已考"):
        attempt_start(exam, by=cast.grid_member, minutes=60, at=during)


def test_two_starts_at_once_are_one_attempt(cast: Cast, exam: Record, paper: Paper):
    attempt_start(exam, by=cast.resident, minutes=60, at=BEGAN)
    with pytest.raises(Exception, match=r"(?i)unique|attempt_open_once"):
        Attempt.objects.create(record=exam, person=cast.resident, started=BEGAN)


def test_who_may_sit(cast: Cast, exam: Record, paper: Paper):
    def found(person):
        return list(exams_for(viewer_of(person, BEGAN)))

    assert found(cast.dispatcher) == [exam], "the shelf's exam is for staff of its street"
    assert found(cast.stranger) == []
    assert found(cast.resident) == []
