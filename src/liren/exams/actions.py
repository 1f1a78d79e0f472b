"""The only code that writes questions, papers and attempts."""

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from liren import database
from liren.clock import now
from liren.people.models import Person
from liren.records.models import Record
from liren.refusals import Refusal

from .models import Attempt, Paper, Question


def questions_add(bank: str, rows: Iterable[Mapping]) -> list[Question]:
    """Add questions to a bank: text, options (key: text), answer (keys), marks."""
    with database.atomic():
        return Question.objects.bulk_create([Question(bank=bank, **row) for row in rows])


def paper_draw(record: Record, *, bank: str, count: int, pass_marks: int, seed: str) -> Paper:
    """Draw ``count`` questions by a seed that lets anybody repeat the draw.

    The order of the bank is fixed by question id; the draw is Python's ``random.Random`` seeded with
    SHA-256 of the seed text.
    """
    ids = list(Question.objects.filter(bank=bank).order_by("pk").values_list("pk", flat=True))
    if len(ids) < count:
        reason = f"题库「{bank}」只有 {len(ids)} 题，抽不出 {count} 题"
        raise Refusal("bad_value", field="题数", reason=reason)
    # Repeatable on purpose: whoever knows the seed can draw again and compare.
    generator = random.Random(hashlib.sha256(seed.encode()).hexdigest())  # noqa: S311
    chosen = Question.objects.filter(pk__in=generator.sample(ids, count))
    with database.atomic():
        full = sum(q.marks for q in chosen)
        paper = Paper.objects.create(record=record, seed=seed, full_marks=full, pass_marks=pass_marks)
        paper.questions.set(chosen)
    return paper


def mark(questions: Iterable[Question], answers: Mapping[str, Sequence[str]]) -> int:
    """Marks for answers (question id as text → chosen keys): all the right keys and no others."""
    return sum(q.marks for q in questions if sorted(answers.get(str(q.pk), [])) == sorted(q.answer))


def attempt_submit(
    record: Record, *, person: Person, answers: Mapping, paper: Paper, started: datetime, at: datetime | None = None
) -> Attempt:
    """Hand in a paper: it is marked at once."""
    got = mark(paper.questions.all(), answers)
    said = {"person": person, "mark": got, "passed": got >= paper.pass_marks, "started": started}
    with database.atomic():
        return Attempt.objects.create(
            record=record, paper=paper, answers=dict(answers), submitted=at or now(), **said
        )


def attempts_enter(record: Record, rows: Iterable[Mapping]) -> list[Attempt]:
    """Enter results of exams held elsewhere: person, started, submitted, mark, passed."""
    with database.atomic():
        return Attempt.objects.bulk_create([Attempt(record=record, **row) for row in rows], batch_size=2000)
