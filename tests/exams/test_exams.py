"""Exams: a draw anybody can repeat, marking, results from elsewhere."""

import pytest

from liren.exams.actions import attempt_submit, attempts_enter, mark, paper_draw, questions_add
from liren.exams.models import Attempt, Paper
from liren.records.actions import record_open
from tests.cast import moment
from tests.matters import refused

AT = moment("2024-03-04 09:00")


@pytest.fixture
def exam(cast):
    return record_open("street.exam", {"title": "季度考核"}, by=cast.dispatcher, at=AT)


@pytest.fixture
def bank(db):
    options = {"a": "一", "b": "二", "c": "三"}
    rows = [
        {"text": f"第{n}题", "options": options, "answer": ["a"] if n % 2 else ["a", "c"], "marks": n}
        for n in range(1, 11)
    ]
    return questions_add("law", rows)


def test_a_draw_is_repeated_by_its_seed(exam, bank):
    drawn = [paper_draw(exam, bank="law", count=4, pass_marks=10, seed=seed) for seed in ("一", "一", "二")]
    chosen = [sorted(paper.questions.values_list("pk", flat=True)) for paper in drawn]
    assert chosen[0] == chosen[1] != chosen[2]
    assert all(paper.full_marks == sum(q.marks for q in paper.questions.all()) for paper in drawn)


def test_more_questions_than_there_are_is_refused(exam, bank):
    with refused("bad_value", "law", "只有 10 题", "抽不出 11 题"):
        paper_draw(exam, bank="law", count=11, pass_marks=10, seed="x")
    assert Paper.objects.count() == 0


def test_a_question_counts_when_all_the_right_answers_are_chosen_and_no_others(bank):
    one, two = bank[0], bank[1]  # answers a; a and c
    assert mark([one, two], {str(one.pk): ["a"], str(two.pk): ["c", "a"]}) == 3
    assert mark([one, two], {str(one.pk): ["a", "b"], str(two.pk): ["a"]}) == 0
    assert mark([one, two], {}) == 0


@pytest.mark.parametrize(("pass_marks", "passed"), [(3, True), (4, False)])
def test_a_paper_is_marked_at_once(cast, exam, bank, pass_marks, passed):
    paper = paper_draw(exam, bank="law", count=10, pass_marks=pass_marks, seed="x")
    answers = {str(bank[0].pk): ["a"], str(bank[1].pk): ["a", "c"]}
    attempt = attempt_submit(exam, person=cast.resident, answers=answers, paper=paper, started=AT, at=AT)
    assert (attempt.mark, attempt.passed, attempt.submitted) == (3, passed, AT)


def test_results_from_elsewhere_are_entered_whole(cast, exam):
    rows = [{"person": cast.resident, "started": AT, "submitted": AT, "mark": 80, "passed": True}]
    attempts_enter(exam, rows)
    with pytest.raises(TypeError):
        attempts_enter(exam, [*rows, {"nobody": 1}])
    assert Attempt.objects.count() == 1
