"""Sitting an exam: begin, answers kept as they are given, hand in; and the open draw, for who runs it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from liren.clock import now
from liren.exams.actions import (
    attempt_hand_in,
    attempt_save,
    attempt_start,
    attempts_close,
    paper_commit,
    paper_open,
)
from liren.exams.models import Attempt
from liren.exams.queries import attempt_of, exams_for, paper_of
from liren.inforce import catalogue
from liren.records.dossier import find_record
from liren.records.models import Record
from liren.records.values import value_of
from liren.refusals import Refusal
from liren.workbench.pages import face, page, person, viewer
from liren.workbench.presenting import exam as exams
from liren.workbench.returning import typed
from liren.workbench.views.records import in_charge


@require_safe
@face
def exam(request: HttpRequest, number: str) -> HttpResponse:
    """Before: how it goes. While time runs: the questions. After: the result, and the draw to check."""
    record, runs = _exam(request, number)
    attempts_close(record)
    attempt, paper = attempt_of(record, person(request)), paper_of(record)
    context: dict[str, Any] = {
        "exam": exams.head(record, paper),
        "key": uuid.uuid4().hex,
        "runs": runs,
        "why_not": "",
    }
    back = reverse("workbench:study")
    if attempt is not None and attempt.submitted is None:
        told = typed(request, person(request))
        context |= exams.sitting(attempt, now(), _answers(told or QueryDict())) | {"restored": bool(told)}
        return page(request, "exam_sit", context, title=context["exam"]["title"])
    if attempt is not None:
        context["result"] = exams.result(attempt)
    else:
        context["why_not"] = exams.not_open(record, now())
    return page(request, "exam", context, tab="mine", title=context["exam"]["title"], back=back)


def _exam(request: HttpRequest, number: str) -> tuple[Record, bool]:
    """An exam one may sit, or runs. Raises Refusal (not_found)."""
    sits = exams_for(viewer(request)).filter(number=number).select_related("place").first()
    if sits is not None and sits.kind in catalogue().kinds:
        return sits, False
    record = find_record(number, to=viewer(request))
    if not exams.is_exam(record) or not in_charge(record, viewer(request)):
        raise Refusal("not_found", what="考试", name=number, mend=_("请从「学习与考试」里打开。"))
    return record, True


@require_POST
@face
def begin(request: HttpRequest, number: str) -> HttpResponseBase:
    """Time runs from here."""
    record, runs = _exam(request, number)
    if runs:
        raise Refusal("not_found", what="考试", name=number, mend=_("组织考试的人不参加考试。"))
    attempt_start(
        record, by=person(request), minutes=exams.number_of(record, exams.MINUTES, exams.USUAL_MINUTES)
    )
    return redirect("workbench:exam", number=number)


@require_POST
@face
def save(request: HttpRequest, number: str) -> HttpResponseBase:
    """Keep what was answered so far; asked by the page at every choice."""
    attempt = _sitting(request, number)
    try:
        kept = attempt_save(attempt, answers=_answers(request.POST), by=person(request))
    except Refusal as refusal:
        return JsonResponse({"refused": [str(refusal)]}, status=refusal.status)
    left = int((kept.due - now()).total_seconds()) if kept.due else 0
    return JsonResponse(
        {"done": True, "left": left, "answered": sum(1 for one in kept.answers.values() if one)}
    )


@require_POST
@face
def hand_in(request: HttpRequest, number: str) -> HttpResponseBase:
    """Hand in; marked at once."""
    attempt_hand_in(_sitting(request, number), answers=_answers(request.POST), by=person(request))
    messages.success(request, _("已交卷"))
    return redirect("workbench:exam", number=number)


def _sitting(request: HttpRequest, number: str) -> Attempt:
    record, _runs = _exam(request, number)
    attempt = attempt_of(record, person(request))
    if attempt is None:
        raise Refusal("not_found", what="答卷", name=number, mend=_("请先开始答题。"))
    return attempt


def _answers(sent: QueryDict) -> dict[str, list[str]]:
    """Question → options. An empty box says that the question was on the page: nothing chosen is an answer too."""
    told = {}
    for name in sent:
        head, _dash, key = name.partition("-")
        if head == "q" and key.isascii() and key.isdigit() and len(key) < 19:
            told[key] = [one[:40] for one in sent.getlist(name) if one]
    return told


@require_POST
@face
def paper(request: HttpRequest, number: str) -> HttpResponseBase:
    """The two moves of the open draw, for who runs the exam."""
    record, runs = _exam(request, number)
    if not runs and not in_charge(record, viewer(request)):
        raise Refusal("not_found", what="考试", name=number, mend="")
    key, there = f"form:{request.POST.get('key', '')[:60] or uuid.uuid4().hex}", paper_of(record)
    try:
        if there is None:
            spec = catalogue().kinds[record.kind].spec
            bank = str(value_of(spec, record, exams.BANK) or "")
            count = exams.number_of(record, exams.COUNT, 0)
            passes = exams.number_of(record, exams.PASSES, exams.USUAL_PASS)
            paper_commit(record, bank=bank, count=count, pass_marks=passes, by=person(request), key=key)
        else:
            paper_open(there, by=person(request), key=key)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(getattr(request, "LANGUAGE_CODE", "zh")))
    return redirect("workbench:exam", number=number)
