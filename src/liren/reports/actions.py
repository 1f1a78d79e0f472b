"""The only code that writes issued reports: issuing freezes every number."""

import hashlib
from datetime import datetime

from liren import database
from liren.clock import now
from liren.figures.browsing import counted_rows
from liren.figures.telling import exact
from liren.people.models import Person

from .binding import Bound, citation
from .models import Frozen, Issue


def report_issue(bound: Bound, text: str, *, by: Person | None, at: datetime | None = None) -> Issue:
    """Issue a bound report: its text and each number with definition, version and evidence are frozen."""
    with database.atomic():
        issue = Issue.objects.create(
            report=bound.entry.id,
            title=bound.title,
            place=bound.place,
            unit=bound.unit,
            period=bound.period.text,
            at=at or now(),
            by=by,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            printed=bound.printed,
        )
        Frozen.objects.bulk_create(_frozen(issue, bound, name) for name in bound.results)
    return issue


def _frozen(issue: Issue, bound: Bound, name: str) -> Frozen:
    result, cited = bound.results[name], citation(bound, name, 1)
    value = exact(result.value)
    return Frozen(
        issue=issue,
        name=name,
        figure=result.figure.id,
        place_id=result.scope.place,
        unit_id=result.scope.unit,
        period=result.scope.period.text,
        value="" if value is None else str(value),
        printed=cited.value_text,
        version=result.version,
        definition=cited.definition,
        evidence_count=counted_rows(result),
        evidence_digest=result.evidence.digest,
        evidence=result.evidence.few_ids,
    )
