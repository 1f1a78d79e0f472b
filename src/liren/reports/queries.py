"""Finding issued reports, the body a report is about, and where a figure was quoted."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from liren.figures.browsing import last_days, sources
from liren.figures.scope import Scope
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry, ReportEntry
from liren.places.models import Place, Unit
from liren.refusals import Refusal

from .models import Frozen, Issue


@dataclass(frozen=True)
class Body:
    """Who reports: a place, or a unit at a place."""

    place: Place
    unit: Unit | None = None

    @property
    def name(self) -> str:
        return self.unit.name if self.unit else self.place.name


def issues() -> QuerySet[Issue]:
    """Issued reports, newest first, with ``many``: how many numbers were frozen."""
    return (
        Issue.objects.select_related("place", "unit").annotate(many=Count("numbers")).order_by("-at", "-pk")
    )


def find_issue(pk: int) -> Issue:
    """One issued report. Raises Refusal (not_found)."""
    found = Issue.objects.filter(pk=pk).select_related("place", "unit", "by").first()
    if found is None:
        raise Refusal("not_found", what="印发的报告", name=pk, mend=_("从首页的报告清单里打开。"))
    return found


def issues_about(report: str, place: Place, unit: Unit | None, most: int = 12) -> list[Issue]:
    """What was issued of a report for one body, newest first."""
    return list(issues().filter(report=report, place=place, unit=unit)[:most])


def same_issue(report: str, place: Place, unit: Unit | None, text: str) -> Issue | None:
    """The issue that went out with these very words and numbers, if there is one: a second click finds it."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Issue.objects.filter(report=report, place=place, unit=unit, digest=digest).order_by("-pk").first()


def quotations(figure: str, scope: Scope, most: int = 20) -> list[Frozen]:
    """Where a figure was quoted for this very place, unit and period in an issued report, newest first."""
    about = {"figure": figure, "place": scope.place, "unit": scope.unit, "period": scope.period.text}
    return list(Frozen.objects.filter(**about).select_related("issue").order_by("-issue__at")[:most])


def bodies() -> dict[str, Body]:
    """Report id → the body it is about: the one whose name its title or its issuer begins with.

    Longer names win: 云岫县县委办公室 is the office, not the county.
    """
    towns = Place.objects.filter(level__in=("county", "town")).order_by("code")
    named = [Body(place) for place in towns]
    named += [Body(unit.place, unit) for unit in Unit.objects.filter(parent=None).select_related("place")]
    by_name: dict[str, Body] = {}
    for body in named:
        by_name.setdefault(body.name, body)
        if body.unit and not body.unit.name.startswith(body.place.name):
            by_name.setdefault(body.place.name + body.unit.name, body)
    longest = sorted(by_name, key=len, reverse=True)
    found = {}
    for entry in catalogue().reports.values():
        said = (entry.spec.title, entry.spec.issuer or "")
        name = next((name for name in longest if any(words.startswith(name) for words in said)), None)
        if name:
            found[entry.id] = by_name[name]
    return found


def latest_days(about: Mapping[str, Body]) -> dict[str, date]:
    """Report id → the last day about which the sources of its numbers know something in its body's county.

    Reports whose sources know nothing yet are left out. Two queries, for however many reports.
    """
    reports = {report: sources(figures_of(catalogue().reports[report])) for report in about}
    known = last_days(frozenset().union(*reports.values())) if reports else {}
    found = {}
    for report, names in reports.items():
        county = about[report].place.code[:6]
        days = [day for (name, there), day in known.items() if name in names and there == county]
        if days:
            found[report] = _told(days)
    return found


def _told(days: list[date]) -> date:
    """The last day told of: of three sources and more the second latest, since one that has run ahead of all
    the others (an activity announced for next month) names no period for them.
    """
    return sorted(days, reverse=True)[1 if len(days) > 2 else 0]


def latest_day(entry: ReportEntry, place: str = "") -> date | None:
    """The last day about which the sources of a report's numbers know something; None when they are empty."""
    known = last_days(sources(figures_of(entry)))
    newest: dict[str, date] = {}
    for (name, there), day in known.items():
        if there == place[:6] or not place:
            newest[name] = max(day, newest.get(name, day))
    return _told(list(newest.values())) if newest else None


def figures_of(entry: ReportEntry) -> list[FigureEntry]:
    """The figures a report cites; a report that names none may cite all of its pack."""
    names = [cited.figure for cited in entry.spec.figures.values()] or list(entry.pack.figures)
    return [catalogue().figures[catalogue().figure_id(name, entry.pack.pack)] for name in names]
