"""Which exams a person can take, what they took; and how an exam went, told without naming anybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Avg, Count, Q, QuerySet
from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.packs.fields import CHINA
from liren.people.models import Person
from liren.people.queries import focused
from liren.people.visibility import Viewer, visible
from liren.records.flow import state_title
from liren.records.models import Record
from liren.refusals import Refusal

from .models import Attempt, Paper, Question


@dataclass(frozen=True)
class Outcome:
    """Attempts handed in, how many passed, and the average mark (None while nothing is marked)."""

    submitted: int
    passed: int
    average: Decimal | None


def outcome(record: Record) -> Outcome | None:
    """The outcome of an exam; None where nobody handed anything in."""
    told = Attempt.objects.filter(record=record, submitted__isnull=False).aggregate(
        submitted=Count("pk"), passed=Count("pk", filter=Q(passed=True)), average=Avg("mark")
    )
    if not told["submitted"]:
        return None
    average = told["average"]
    return Outcome(told["submitted"], told["passed"], None if average is None else Decimal(str(average)))


#: A kind that has a state of this name is taken in it alone; another while it has not ended.
OPEN = "open"


def closed_to(record: Record, at: datetime, *, drawn: bool | None = None) -> Refusal | None:
    """Why an exam cannot be begun at a moment; None where it can. ``drawn`` where the caller knows already."""
    spec = catalogue().kind_entry(record.kind).spec
    state = spec.states.get(record.state)
    said = {"number": record.number, "what": "考试"}
    if state is None or state.end or (OPEN in spec.states and record.state != OPEN):
        allowed = f"{spec.states[OPEN].title}时作答" if OPEN in spec.states else "结束前作答"
        return Refusal("wrong_state", state=state_title(spec, record.state), allowed=allowed, **said)
    if record.starts is not None and at < record.starts:
        return Refusal(
            "wrong_state",
            state="还没有开始",
            allowed=_("%(clock)s 起作答") % {"clock": _clock(record.starts)},
            **said,
        )
    if record.ends is not None and at >= record.ends:
        return Refusal("wrong_state", state="已经结束", allowed="看结果", **said)
    if drawn is None:
        drawn = record.pk in with_paper([record.pk])
    if not drawn:
        return Refusal("wrong_state", state="还没有抽题", allowed="等考务员抽题", **said)
    return None


def with_paper(records: Iterable[int]) -> set[int]:
    """Which of these records (by primary key) have a paper with questions."""
    rows = Paper.objects.filter(record__in=list(records), drawn__isnull=False)
    return set(rows.values_list("record_id", flat=True))


def _clock(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")


def exams_for(viewer: Viewer) -> QuerySet[Record]:
    """Records with a paper that a person may sit: whose list names them, or of a kind that anybody there may.

    Kinds seen by roles alone are for those on the list (``activities``): who runs an exam does not sit it.
    """
    if viewer.person is None:
        return Record.objects.none()
    rows = Record.objects.filter(papers__isnull=False).exclude(state="void")
    open_ = [entry.id for entry in catalogue().kinds.values() if entry.spec.visible != "roles"]
    named = Q(attendance__person=viewer.person)
    kinds = set(rows.order_by().values_list("kind", flat=True).distinct()) & set(open_)
    seen = visible(Record.objects.filter(kind__in=kinds), to=focused(viewer, kinds)).values("pk")
    return rows.filter(named | Q(pk__in=seen)).distinct()


def attempts_of(person: Person, records: Iterable[int]) -> dict[int, Attempt]:
    """Record → the person's attempt, the last one, for records by primary key."""
    rows = (
        Attempt.objects.filter(person=person, record__in=list(records)).select_related("paper").order_by("pk")
    )
    return {row.record_id: row for row in rows}


def attempt_of(record: Record, person: Person) -> Attempt | None:
    """The person's attempt at an exam, the last one."""
    rows = Attempt.objects.filter(record=record, person=person).select_related("paper", "record")
    return rows.order_by("-pk").first()


def paper_of(record: Record) -> Paper | None:
    """The paper of an exam, drawn or only committed to."""
    return Paper.objects.filter(record=record).order_by("-pk").first()


def questions_of(paper: Paper) -> list[Question]:
    """The questions of a paper in their order."""
    return list(paper.questions.order_by("pk"))
