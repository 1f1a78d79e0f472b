"""Exams: marking, results from elsewhere; the draw and the sitting are in test_sitting.py."""

import pytest

from liren.exams.actions import attempts_enter, mark, questions_add
from liren.exams.models import Attempt
from liren.records.actions import record_open
from tests.cast import moment

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


def test_a_question_counts_when_all_the_right_answers_are_chosen_and_no_others(bank):
    one, two = bank[0], bank[1]  # answers a; a and c
    assert mark([one, two], {str(one.pk): ["a"], str(two.pk): ["c", "a"]}) == 3
    assert mark([one, two], {str(one.pk): ["a", "b"], str(two.pk): ["a"]}) == 0
    assert mark([one, two], {}) == 0


def test_results_from_elsewhere_are_entered_whole(cast, exam):
    rows = [{"person": cast.resident, "started": AT, "submitted": AT, "mark": 80, "passed": True}]
    attempts_enter(exam, rows)
    with pytest.raises(TypeError):
        attempts_enter(exam, [*rows, {"nobody": 1}])
    assert Attempt.objects.count() == 1
