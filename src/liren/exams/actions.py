"""The only code that writes questions, papers and attempts."""

import hashlib
import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from liren import database
from liren.clock import now
from liren.inforce import catalogue
from liren.people.models import Person
from liren.records.actions import desk
from liren.records.acts import NewAct
from liren.records.doubles import done
from liren.records.flow import check_in_charge
from liren.records.models import Record
from liren.refusals import Refusal
from liren.trail.actions import acts_append
from liren.trail.queries import head_hash

from .models import Attempt, Paper, Question
from .queries import closed_to


def questions_add(bank: str, rows: Iterable[Mapping]) -> list[Question]:
    """Add questions to a bank: text, options (key: text), answer (keys), marks."""
    with database.atomic():
        return Question.objects.bulk_create([Question(bank=bank, **row) for row in rows])


def _draw(bank: str, count: int, seed: str) -> list[Question]:
    """``count`` questions by a seed that lets anybody repeat the draw: the order of the bank is that of the questions'
    ids, the draw Python's ``random.Random`` seeded with SHA-256 of the seed text."""
    ids = list(Question.objects.filter(bank=bank).order_by("pk").values_list("pk", flat=True))
    if not 0 < count <= len(ids):
        reason = _("题库「%(bank)s」只有 %(n)s 题，抽不出 %(count)s 题") % {
            "bank": bank,
            "n": len(ids),
            "count": count,
        }
        raise Refusal("bad_value", field="题数", reason=reason)
    # Repeatable on purpose: whoever knows the seed can draw again and compare.
    generator = random.Random(hashlib.sha256(seed.encode()).hexdigest())  # noqa: S311
    return list(Question.objects.filter(pk__in=generator.sample(ids, count)))


def paper_commit(
    record: Record, *, bank: str, count: int, pass_marks: int, by: Person, at: datetime | None = None,
    key: str | None = None,
) -> Paper:  # fmt: skip
    """First move of an open draw: a secret seed is made, and only its digest is put into the trail.

    Nobody sees the seed before the first paper is handed in, not even who presses the button. Raises Refusal:
    not_yours, bad_value (too few questions), already (a paper is there).
    """
    at = at or now()
    check_in_charge(desk(), catalogue().kind_entry(record.kind).spec, record, by, at, "组卷")
    seed = secrets.token_hex(16)
    _draw(bank, count, seed)  # refused now rather than when everybody waits
    with database.atomic():
        Record.objects.select_for_update().get(pk=record.pk)
        there = Paper.objects.filter(record=record).order_by("pk").first()
        if there is not None:
            if done(key, record):
                return there
            raise Refusal("already", what="这场考试的卷子", number=record.number)
        digest = hashlib.sha256(seed.encode()).hexdigest()
        said = {"record": record, "seed": seed, "bank": bank, "count": count, "commitment": digest}
        paper = Paper.objects.create(full_marks=0, pass_marks=pass_marks, **said)
        _note(record, "commit_paper", by, at, {"commitment": digest, "bank": bank, "questions": count}, key)
    return paper


def paper_open(paper: Paper, *, by: Person, at: datetime | None = None, key: str | None = None) -> Paper:
    """Second move: the questions are drawn by the seed and the trail's head of this very moment.

    Once; doing it again changes nothing. Raises Refusal: not_yours.
    """
    at, record = at or now(), paper.record
    check_in_charge(desk(), catalogue().kind_entry(record.kind).spec, record, by, at, "抽题")
    with database.atomic():
        paper = Paper.objects.select_for_update().get(pk=paper.pk)
        if paper.drawn is not None:
            return paper
        paper.beacon, paper.drawn = head_hash(), at
        chosen = _draw(paper.bank, paper.count, f"{paper.seed}/{paper.beacon}")
        paper.full_marks = sum(question.marks for question in chosen)
        paper.save(update_fields=["beacon", "drawn", "full_marks"])
        paper.questions.set(chosen)
        _note(record, "draw_paper", by, at, {"beacon": paper.beacon, "questions": paper.count}, key)
    return paper


def _note(record: Record, verb: str, by: Person | None, at: datetime, changed: dict, key: str | None) -> None:
    by_id = by.pk if by else None
    said: dict[str, Any] = {"record_id": record.pk, "changed": changed, "key": key}
    acts_append([NewAct(verb, record.state, record.state, by_id, at, now(), **said)])


def mark(questions: Iterable[Question], answers: Mapping[str, Sequence[str]]) -> int:
    """Marks for answers (question id as text → chosen keys): all the right keys and no others."""
    return sum(q.marks for q in questions if sorted(answers.get(str(q.pk), [])) == sorted(q.answer))


def attempts_enter(record: Record, rows: Iterable[Mapping]) -> list[Attempt]:
    """Enter results of exams held elsewhere: person, started, submitted, mark, passed."""
    with database.atomic():
        return Attempt.objects.bulk_create([Attempt(record=record, **row) for row in rows], batch_size=2000)


#: Answers still come in this long after time is up: a line that broke in the last minute costs nobody the paper.
GRACE = timedelta(minutes=5)


def attempt_start(record: Record, *, by: Person, minutes: int, at: datetime | None = None) -> Attempt:
    """Begin an exam, or go on with it: time runs from the first start, to the end of the exam at the latest.

    Raises Refusal: wrong_state (not open), already (handed in).
    """
    at = at or now()
    with database.atomic():
        latest = Record.objects.select_for_update().get(pk=record.pk)
        there = Attempt.objects.filter(record=latest, person=by).order_by("pk").first()
        if there is not None and there.submitted is None:
            return there
        if there is not None:
            raise Refusal("already", what=_("%(name)s的答卷") % {"name": by.name}, number=latest.number)
        if refused := closed_to(latest, at):
            raise refused
        paper = Paper.objects.filter(record=latest, drawn__isnull=False).order_by("-pk").first()
        due = at + timedelta(minutes=minutes)
        due = min(due, latest.ends) if latest.ends else due
        return Attempt.objects.create(record=latest, paper=paper, person=by, started=at, due=due)


def attempt_save(
    attempt: Attempt, *, answers: Mapping[str, Sequence[str]], by: Person, at: datetime | None = None
) -> Attempt:
    """Keep answers as they are given; what was kept before and is not named stays.

    Raises Refusal: not_yours, wrong_state (handed in, or time is up by more than ``GRACE``).
    """
    with database.atomic():
        latest = _own(attempt, by)
        _refuse_late(latest, at or now())
        latest.answers = latest.answers | {str(key): list(chosen) for key, chosen in answers.items()}
        latest.save(update_fields=["answers"])
    return latest


def attempt_hand_in(
    attempt: Attempt, *, answers: Mapping[str, Sequence[str]], by: Person, at: datetime | None = None
) -> Attempt:
    """Hand in: what came last counts with what was kept before, and is marked at once.

    Later than ``GRACE`` after time is up the new answers are not taken, the kept ones are marked all the same.
    Doing it twice changes nothing.
    """
    at = at or now()
    with database.atomic():
        latest = _own(attempt, by)
        if latest.submitted is None:
            if not _late(latest, at):
                latest.answers = latest.answers | {str(key): list(chosen) for key, chosen in answers.items()}
            _mark(latest, at)
    return latest


def attempts_close(record: Record, *, at: datetime | None = None) -> int:
    """Mark what was kept of attempts whose time is up and which nobody handed in. Returns how many."""
    at = at or now()
    with database.atomic():
        waiting = Attempt.objects.select_for_update().filter(
            record=record, submitted__isnull=True, due__lt=at - GRACE, paper__isnull=False
        )
        rows = list(waiting.order_by("pk")[:2000])
        for attempt in rows:
            _mark(attempt, attempt.due or at)
    return len(rows)


def _own(attempt: Attempt, by: Person) -> Attempt:
    latest = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if latest.person_id != by.pk:
        raise Refusal(
            "not_yours", who=by.name, what="答这份卷子", roles="应试人本人", where=attempt.record.number
        )
    return latest


def _late(attempt: Attempt, at: datetime) -> bool:
    return attempt.due is not None and at > attempt.due + GRACE


def _refuse_late(attempt: Attempt, at: datetime) -> None:
    if attempt.submitted is not None or _late(attempt, at):
        state = "已交卷" if attempt.submitted is not None else "时间已到"
        raise Refusal("wrong_state", number=attempt.record.number, state=state, what="答题", allowed="看结果")


def _mark(attempt: Attempt, at: datetime) -> None:
    """Marked with the paper's own questions alone; an answer to another question counts for nothing."""
    assert attempt.paper is not None, "an attempt is begun with a paper"
    attempt.mark = mark(attempt.paper.questions.all(), attempt.answers)
    attempt.passed, attempt.submitted = attempt.mark >= attempt.paper.pass_marks, at
    attempt.save(update_fields=["answers", "mark", "passed", "submitted"])
