"""An exam as who sits it sees it: before, while time runs, and after, with the draw to check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from liren.exams.actions import GRACE
from liren.exams.models import Attempt, Paper, Question
from liren.exams.queries import closed_to, questions_of
from liren.inforce import catalogue
from liren.records.models import Record
from liren.records.values import natural_value, value_of
from liren.refusals import Refusal
from liren.workbench.presenting.words import english, state

#: Fields by which packs say how long an exam takes, what passes and where questions come from.
MINUTES, PASSES, BANK, COUNT = "minutes_allowed", "pass_mark", "bank", "quantity"
USUAL_MINUTES, USUAL_PASS = 60, 60


def is_exam(record: Record) -> bool:
    """Whether papers are drawn for a record: its pack names a bank of questions."""
    return record.shape == "activity" and BANK in catalogue().kinds[record.kind].spec.fields


def number_of(record: Record, name: str, otherwise: int) -> int:
    """A whole number that the record says, or the usual one."""
    spec = catalogue().kinds[record.kind].spec
    if name not in spec.fields and name != COUNT:
        return otherwise
    value = natural_value(spec, value_of(spec, record, name), name)
    return int(value) if value else otherwise


def head(record: Record, paper: Paper | None) -> dict[str, Any]:
    """What is known of an exam beforehand: how long, how much passes, the digest of the seed."""
    spec = catalogue().kinds[record.kind].spec
    return {
        "title": record.title or spec.title,
        "number": record.number,
        "state": state(record, spec),
        "starts": record.starts,
        "ends": record.ends,
        "minutes": number_of(record, MINUTES, USUAL_MINUTES),
        "questions": paper.count if paper else number_of(record, COUNT, 0),
        "pass": paper.pass_marks if paper else number_of(record, PASSES, USUAL_PASS),
        "full": paper.full_marks if paper and paper.drawn else None,
        "commitment": paper.commitment if paper else "",
        "beacon": paper.beacon if paper else "",
        "drawn": paper.drawn if paper else None,
    }


def not_open(record: Record, at: datetime) -> str:
    """Why it cannot be begun, in words; empty where it can."""
    refused: Refusal | None = closed_to(record, at)
    return refused.sentence("en" if english() else "zh") if refused else ""


def sitting(attempt: Attempt, at: datetime, answers: dict[str, list[str]]) -> dict[str, Any]:
    """Questions with what was answered (``answers``: and not kept yet), and how many seconds are left; right
    answers are not among it."""
    assert attempt.paper is not None, "an attempt is begun with a paper"
    questions = questions_of(attempt.paper)
    left = int((attempt.due - at).total_seconds()) if attempt.due else 0
    return {
        "questions": [_question(one, n, attempt.answers | answers) for n, one in enumerate(questions, 1)],
        "answered": sum(1 for one in questions if attempt.answers.get(str(one.pk))),
        "left": max(0, left),
        "grace": int(GRACE.total_seconds() // 60),
        "due": attempt.due,
        "up": left <= 0,
        "attempt": attempt.pk,
    }


def _question(question: Question, place: int, answers: dict[str, list[str]]) -> dict[str, Any]:
    chosen = answers.get(str(question.pk), [])
    return {
        "id": question.pk,
        "n": place,
        "text": question.text,
        "marks": question.marks,
        "several": len(question.answer) > 1,
        "options": [
            {"key": key, "text": text, "chosen": key in chosen} for key, text in question.options.items()
        ],
    }


def result(attempt: Attempt) -> dict[str, Any]:
    """How it went, question by question, and how the draw can be repeated."""
    paper = attempt.paper
    if paper is None:  # an exam held elsewhere: only its result was entered
        return {
            "mark": attempt.mark,
            "passed": attempt.passed,
            "submitted": attempt.submitted,
            "questions": [],
        }
    told = []
    for place, one in enumerate(questions_of(paper), 1):
        right = sorted(attempt.answers.get(str(one.pk), [])) == sorted(one.answer)
        answer = [one.options.get(key, key) for key in one.answer]
        told.append(_question(one, place, attempt.answers) | {"right": right, "answer": answer})
    late = bool(attempt.due and attempt.submitted and attempt.submitted > attempt.due)
    return {
        "mark": attempt.mark,
        "full": paper.full_marks,
        "passed": attempt.passed,
        "submitted": attempt.submitted,
        "late": late,
        "questions": told,
        "seed": paper.seed,
        "recipe": f"{paper.seed}/{paper.beacon}" if paper.beacon else paper.seed,
    }
