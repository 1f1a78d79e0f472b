"""The page of one figure: value, definition, what stands beside it, charts, the first rows of its proof."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.console.presenting import breakdown, comparing
from liren.console.presenting.evidence import preview
from liren.figures.browsing import beside, counted_rows, is_large
from liren.figures.cube.choosing import line, live_line
from liren.figures.scope import Result
from liren.figures.series import Series
from liren.figures.wording import definition_text
from liren.look import charts
from liren.look.presenting.definition import parts, versions
from liren.look.presenting.look import Look
from liren.look.presenting.pickers import pickers
from liren.look.presenting.words import digits, few, hidden, source_of, told
from liren.places.queries import work_calendar
from liren.reports.queries import quotations

#: Up to so many rows the digest is reckoned while the reader waits; the command line prints it for any number.
DIGESTED = 5000


def figure(look: Look) -> dict[str, Any]:
    """The context of figure.html."""
    result, asked = look.result, look.asked
    entry = result.figure
    shut = hidden(result, look.viewer)
    drawn, since = (
        _line(look) if not shut and (look.broken == "trend" or not look.costly_trend) else ([], None)
    )
    bars, of = ([], None) if shut else breakdown.breakdowns(look)
    target = None if shut else comparing.target(look)
    context = {
        "figure": _told(look),
        "evidence": preview(look),
        "versions": versions(entry, result.version),
        "trend": breakdown.trend(look, drawn),
        "breakdowns": bars,
        "fresh": since or of,
        "others": [] if shut else breakdown.others(look),
        "target": target,
        "beside": _beside(look),
        "compared": [] if shut else comparing.compared(look, [] if since else drawn),
        "cited": [] if shut else _cited(look),
        "command": _command(look),
        "notices": [few(result)] if shut else result.warnings,
        "numerator": None,
        "denominator": None,
        "share": "",
    }
    if result.numerator is not None and result.denominator is not None:
        context |= _parts(look, shut)
    return context | pickers(asked, lambda **other: asked.figure(entry.id, **other))


def _line(look: Look) -> tuple[Series, datetime | None]:
    """The figure over time, and of when it is where it was not counted this moment."""
    entry, scope = look.result.figure, look.result.scope
    return line(entry, scope, look.viewer) if look.wide else (live_line(entry, scope), None)


def _told(look: Look) -> dict[str, Any]:
    result, spec = look.result, look.spec
    entry = result.figure
    shut = hidden(result, look.viewer)
    since = next((one["since"] for one in versions(entry, result.version) if one["current"]), None)
    return told(result, look.viewer) | {
        "id": entry.id,
        "title": spec.title,
        "source": source_of(result),
        "definition": definition_text(entry, spec),
        "parts": parts(entry, spec),
        "version": result.version,
        "valid_from": since,
        "pack": {"title": entry.pack.title, "href": reverse("console:pack", args=[entry.pack.pack])},
        "digest": "" if shut or _is_long(look) else result.evidence.digest,
        "provisional": _provisional(look),
    }


def _is_long(look: Look) -> bool:
    return look.deep or is_large(look.result) or counted_rows(look.result) > DIGESTED


def _provisional(look: Look) -> str:
    """Working days of a year whose calendar is not published yet are reckoned by a guess."""
    period, spec = look.asked.period, look.spec
    if spec.measured != "workdays" or not spec.between or period.start is None:
        return ""
    guessed = work_calendar().is_provisional_between(period.start, period.end)
    return _("当年放假安排还未公布，工作日按暂定日历计") if guessed else ""


def _parts(look: Look, shut: bool) -> dict[str, Any]:
    """Numerator and denominator, each leading to its own page, and the share as a bar."""

    def part(result: Result) -> dict[str, Any]:
        return {"title": result.figure.spec.title, "href": look.asked.figure(result.figure.id)} | told(
            result, look.viewer
        )

    over, under = look.result.numerator, look.result.denominator
    assert over is not None
    assert under is not None
    words = f"{digits(over.value, 2)} / {digits(under.value, 2)}"
    picture = (
        "" if shut or look.spec.unit != "%" else charts.share(over.value, under.value, look.spec.title, words)
    )
    return {"numerator": part(over), "denominator": part(under), "share": picture}


def _beside(look: Look) -> dict[str, Any] | None:
    """The same indicator as somebody else counts it, with its source."""
    row = beside(look.result.figure, look.result.scope)
    if row is None:
        return None
    value = digits(Decimal(row.value) / 1000, look.spec.decimals)
    return {
        "title": _("外部上报"),
        "text": value,
        "unit": look.spec.unit,
        "source": row.source,
        "date": row.source_date,
        "href": row.link or look.asked.evidence(look.result.figure.id),
    }


def _cited(look: Look) -> list[dict[str, Any]]:
    return [
        {
            "title": frozen.issue.title,
            "href": reverse("console:issue", args=[frozen.issue_id]),
            "text": frozen.printed,
            "issued": frozen.issue.at,
        }
        for frozen in quotations(look.result.figure.id, look.result.scope)
    ]


def _command(look: Look) -> str:
    asked = look.asked
    unit = f" --unit {asked.unit.code}" if asked.unit else ""
    about = f"--place {asked.place.code} --period {asked.period.text}{unit}"
    return f"liren figure {look.result.figure.id} {about} --evidence"
