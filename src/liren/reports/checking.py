"""Checks a report against the system: which number moved since it was issued, and because of what."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from liren.figures.printing import NOTHING
from liren.figures.queries import compute, read_period
from liren.figures.scope import Result, Scope
from liren.figures.telling import exact
from liren.places.models import Place
from liren.records.models import Act
from liren.refusals import Refusal

from .binding import bind
from .docx_reader import read
from .models import Frozen, Issue


@dataclass(frozen=True)
class Difference:
    """One number that is not as it was: its name and title, then, now, and why in words."""

    name: str
    title: str
    then: str
    now: str
    why: str

    def __str__(self) -> str:
        return f"{self.title}（{self.name}）：当时 {self.then}，现在 {self.now}。{self.why}"


def moved(issue: Issue) -> Iterator[Difference]:
    """Every number of an issued report that differs from the live one, or rests on other records."""
    for frozen in issue.numbers.order_by("pk"):
        result = _live(frozen)
        now = exact(result.value)
        now_text = "" if now is None else str(now)
        same = now_text == frozen.value and result.evidence.digest == frozen.evidence_digest
        if not same:
            title = result.figure.spec.title
            why = _why(frozen, result, issue)
            yield Difference(frozen.name, title, frozen.value or NOTHING, now_text or NOTHING, why)


def _live(frozen: Frozen) -> Result:
    scope = Scope(frozen.place_id, read_period(frozen.period), frozen.unit_id)
    return compute(frozen.figure, scope)


def _why(frozen: Frozen, result: Result, issue: Issue) -> str:
    reasons = []
    if result.version != frozen.version:
        reasons.append(f"口径从第{frozen.version}版改为第{result.version}版")
    for part in (result, result.denominator):
        if part is not None and part.evidence.rows is not None:
            reasons += _late_or_changed(part, issue)
    reasons += _left(frozen, result)
    return "；".join(dict.fromkeys(reasons)) or "支撑记录有变动"


def _late_or_changed(result: Result, issue: Issue) -> list[str]:
    """Records of the evidence entered or changed after the issue."""
    rows = result.evidence.rows
    table = result.evidence.table
    if rows is None or table is None or table.source.kind is None:
        return []
    records = rows.order_by().values_list("record_id" if table.prefix else "pk", flat=True)
    acts = Act.objects.filter(record__in=records, entered__gt=issue.at).order_by("id")
    told = []
    for number, verb, at in acts.values_list("record__number", "verb", "at")[:6]:
        late = verb in ("open", "attend")
        told.append(
            f"{number} 是印发后才登记的（{localtime(at):%Y-%m-%d}）"
            if late
            else f"{number} 印发后办过「{verb}」"
        )
    return told


def _left(frozen: Frozen, result: Result) -> list[str]:
    """Records that were counted then and are not now (voided, moved, redated)."""
    if not frozen.evidence or result.evidence.rows is None:
        return []
    now = set(result.evidence.ids())
    gone = [pk for pk in frozen.evidence if pk not in now]
    if not gone:
        return []
    rows = (
        result.evidence.table.model._default_manager.filter(pk__in=gone[:5]) if result.evidence.table else []
    )
    numbers = [getattr(getattr(r, "record", r), "number", str(r)) for r in rows]
    return [f"{'、'.join(numbers)} 等 {len(gone)} 条不再计入"]


@dataclass(frozen=True)
class Checked:
    """What a check of a file found: numbers read, those edited in the file, those moved in the system."""

    title: str
    numbers: int
    edited: list[Difference]
    moved: list[Difference]


def check_docx(path: Path) -> Checked:
    """Read a report back and check its numbers: against the issue it came from, else against live figures."""
    document = read(path)
    if document.report_id.startswith("issue:"):
        issue = Issue.objects.filter(pk=int(document.report_id.removeprefix("issue:"))).first()
        if issue is None:
            raise Refusal(
                "not_found", what="印发记录", name=document.report_id, mend=_("这份报告不是本系统印发的。")
            )
        edited = _edited(document, issue.printed)
        return Checked(document.title, len(document.numbers), edited, list(moved(issue)))
    name, place, period = _identity(document.report_id, path)
    bound, _scope = bind(name, place=place, period=period)
    return Checked(document.title, len(document.numbers), _edited(document, bound.printed), [])


def _identity(report_id: str, path: Path):
    parts = report_id.split("@")
    if len(parts) != 3:
        reason = _("文件里没有里仁的报告标识，不知道该与哪份报告核对；请用里仁写出的 docx")
        raise Refusal("bad_file", file=path.name, reason=reason)
    place = Place.objects.filter(code=parts[1]).first()
    if place is None:
        raise Refusal("not_found", what="地点", name=parts[1], mend=_("这份报告出自另一个系统。"))
    return parts[0], place, read_period(parts[2])


def _edited(document, printed: dict[str, str]) -> list[Difference]:
    """Numbers whose words in the file are no longer what the system printed."""
    found = []
    for number in document.numbers:
        wanted = printed.get(number.key)
        if wanted is None:
            found.append(Difference(number.key, number.text, "（没有）", number.text, "报告里没有这个指标"))
        elif number.text.strip() != wanted.strip():
            found.append(Difference(number.key, wanted, wanted, number.text, "文件里的数被改过"))
    return found
