"""The pickers of place and period on the pages of figures and live reports: plain links and small forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from liren.figures.periods import SLOTS, BadPeriod, Period
from liren.look.asking import Asked
from liren.look.presenting.words import english, label
from liren.places.queries import below, chain

Href = Callable[..., str]
YEARS = 5  # years offered up to the one that is shown, and one after it
MOST = 60  # places offered below one


def pickers(asked: Asked, href: Href) -> dict[str, Any]:
    """place, places, period, periods of `parts/pickers.html`; `href(**other)` is the page with a part changed."""
    return {
        "place": {"title": asked.where, "code": asked.place.code},
        "places": _places(asked, href),
        "period": _period(asked.period, href),
        "periods": _periods(asked.period, href),
        "kept": [{"name": "unit", "value": asked.unit.code}] if asked.unit else [],
    }


def _places(asked: Asked, href: Href) -> list[dict[str, Any]]:
    here = asked.place.code
    upward = [
        {
            "title": place.name,
            "href": href(place=place.code, unit=""),
            "current": place.code == here and not asked.unit,
        }
        for place in chain(here)
    ]
    groups: list[dict[str, Any]] = [{"title": "", "links": upward}]
    if asked.unit:
        unit = {"title": asked.unit.name, "href": href(), "current": True}
        groups.append({"title": _("单位"), "links": [unit], "ui": True})
    under = [
        {"title": p.name, "href": href(place=p.code, unit=""), "current": False} for p in below(here)[:MOST]
    ]
    return [*groups, {"title": _("下级"), "links": under, "ui": True}] if under else groups


def _period(period: Period, href: Href) -> dict[str, Any]:
    told = {"title": label(period), "code": period.text}
    for name, other in (("prev", _before(period)), ("next", _after(period))):
        told[name] = href(period=other.text) if other else None  # type: ignore[assignment]
    return told


def _before(period: Period) -> Period | None:
    try:
        return period.year_ago() if period.start is None else period.previous()
    except (BadPeriod, OverflowError, ValueError):
        return None


def _after(period: Period) -> Period | None:
    """The period of the same kind that follows; a point in time moves on by a year; free spans have none."""
    try:
        if period.kind in SLOTS:
            return Period.holding(period.kind, period.end + timedelta(days=1))
        if period.kind == "asof":
            return Period("asof", None, period.end.replace(year=period.end.year + 1))
    except (OverflowError, ValueError):  # the calendar ends; no 29 February next year
        pass
    return None


def _periods(period: Period, href: Href) -> list[dict[str, Any]]:
    """Years around, then the quarters and months of the year that is shown."""
    year = period.end.year
    years = [
        Period.parse(str(one), period.end) for one in range(year - YEARS + 1, year + 2) if 1900 <= one < 2200
    ]
    quarters = [Period.parse(f"{year}Q{n}", period.end) for n in range(1, 5)]
    months = [Period.parse(f"{year}-{n:02}", period.end) for n in range(1, 13)]
    return [
        {"title": title, "ui": True, "links": [_link(one, period, href, name) for one in offered]}
        for title, offered, name in (
            (_("年"), years, label),
            (_("季度"), quarters, lambda one: f"Q{one.text[-1]}" if english() else f"第{one.text[-1]}季度"),
            (
                _("月"),
                months,
                lambda one: label(one).partition(" ")[0] if english() else f"{one.end.month}月",
            ),
        )
    ]


def _link(one: Period, current: Period, href: Href, name: Callable[[Period], str]) -> dict[str, Any]:
    return {"title": name(one), "href": href(period=one.text), "current": one.text == current.text}
