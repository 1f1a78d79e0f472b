"""The first page: who reports, and what they reported; and what a search there leads to."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liren import __version__
from liren.clock import today
from liren.figures.periods import Period
from liren.figures.queries import read_period
from liren.inforce import catalogue
from liren.look.asking import Asked, asked, record_href
from liren.look.presenting.rows import place_kind
from liren.look.presenting.words import digits, label
from liren.packs.catalogue import ReportEntry
from liren.people.visibility import Viewer
from liren.places.calendar import published_years
from liren.places.queries import tops
from liren.records.dossier import find_record
from liren.records.queries import kinds_counted
from liren.refusals import Refusal
from liren.reports.models import Issue
from liren.reports.queries import Body, bodies, figures_of, issues, latest_day, latest_days

#: Issued reports of one body that the first page lists.
MOST = 12


def home() -> dict[str, Any]:
    """The context of home.html: bodies with their reports, and what the house holds."""
    shown: dict[tuple, dict[str, Any]] = {}
    issued = set()
    for issue in issues():
        reports = _body(shown, Body(issue.place, issue.unit))["reports"]
        if len(reports) < MOST:
            reports.append(_issued(issue))
        issued.add(issue.report)
    waiting = {report: body for report, body in bodies().items() if report not in issued}
    for report, day in latest_days(waiting).items():
        body = waiting[report]
        _body(shown, body)["reports"].append(_live(catalogue().reports[report], body, day))
    for place in tops():
        _body(shown, Body(place))
    ordered = sorted(shown.items(), key=lambda one: (not one[1]["reports"], one[0]))
    return {"bodies": [body for _key, body in ordered], "totals": _totals()}


def _body(shown: dict[tuple, dict[str, Any]], body: Body) -> dict[str, Any]:
    key = (body.place.code, body.unit.code if body.unit else "")
    return shown.setdefault(
        key,
        {
            "title": body.name,
            "kind": place_kind("unit" if body.unit else body.place.kind),
            "code": body.unit.code if body.unit else body.place.code,
            "reports": [],
        },
    )


def _issued(issue: Issue) -> dict[str, Any]:
    return {
        "title": issue.title,
        "about": _about(issue.report),
        "period": _period_label(issue.period),
        "href": reverse("console:issue", args=[issue.pk]),
        "issued": issue.at,
        "numbers": issue.many,  # type: ignore[attr-defined]
        "live": live_href(issue),
    }


def _about(report: str) -> str:
    entry = catalogue().reports.get(report)
    return (entry.pack.about or "") if entry else ""


def _period_label(text: str) -> str:
    try:
        return label(read_period(text))
    except Refusal:
        return text


def live_href(issue: Issue) -> str:
    """The address of the same report with the numbers of today; empty where its pack has gone."""
    if issue.report not in catalogue().reports:
        return ""
    try:
        return Asked(issue.place, read_period(issue.period), issue.unit).report(issue.report)
    except Refusal:
        return ""


def _live(entry: ReportEntry, body: Body, day: date) -> dict[str, Any]:
    """A report that nobody has issued yet, for the last period about which something is known."""
    period = last_period(entry, day)
    return {
        "title": entry.spec.title,
        "about": _about(entry.id),
        "period": label(period),
        "href": Asked(body.place, period, body.unit).report(entry.id),
        "issued": None,
        "numbers": len(entry.spec.figures),
        "live": "",
    }


def last_period(entry: ReportEntry, day: date) -> Period:
    """The period of a report's rhythm that holds a day; a report written once: the year."""
    return Period.holding({"once": "year"}.get(entry.spec.every, entry.spec.every), day)


def _totals() -> list[dict[str, Any]]:
    counted = sum(kinds_counted(catalogue().kinds).values())
    return [
        {"title": _("条记录"), "text": digits(counted), "href": reverse("console:lists")},
        {"title": _("项业务"), "text": str(len(catalogue().packs)), "href": reverse("console:packs")},
        {"title": _("个指标"), "text": str(len(catalogue().figures)), "href": reverse("console:definitions")},
    ]


def report_scope(request: HttpRequest, entry: ReportEntry) -> Asked:
    """For whom and when a live report is asked; what the address leaves out, the report's own body has.

    Raises Refusal for a place, unit or period that is none.
    """
    told = request.GET
    body = None if told.get("place") else bodies().get(entry.id)
    if body is None:
        wanted = asked(request, figures_of(entry))
    else:
        period = read_period(told["period"]) if told.get("period") else None
        wanted = Asked(body.place, period or Period.holding("year", today()), body.unit)
    if told.get("period"):
        return wanted
    day = latest_day(entry, wanted.place.code[:6]) or today()
    return Asked(wanted.place, last_period(entry, day), wanted.unit)


def search(words: str, viewer: Viewer) -> str:
    """Where a search on the first page leads: a record by its number, a figure by id or title, else the list."""
    words = words.strip()
    try:
        return record_href(find_record(words.upper(), to=viewer).number)
    except Refusal:
        pass
    named = [e.id for e in catalogue().figures.values() if words in (e.id, e.spec.title)]
    if len(named) == 1:
        return reverse("console:figure", args=[named[0]])
    return f"{reverse('console:definitions')}?{urlencode({'q': words})}"


def about() -> dict[str, Any]:
    """The context of about.html: the house's own facts."""
    return {
        "facts": [
            {"title": _("版本"), "text": __version__},
            {"title": _("已公布的放假安排"), "text": _("到 %(year)s年") % {"year": published_years()[-1]}},
            {"title": _("记录"), "text": digits(sum(kinds_counted(catalogue().kinds).values()))},
        ]
    }
