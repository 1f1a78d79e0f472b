"""A figure beside another: the planned number, the period before, the same period a year before."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liren.figures.browsing import goals, is_large
from liren.figures.periods import BadPeriod, Period
from liren.figures.printing import plain, rounded
from liren.figures.queries import compute
from liren.figures.scope import Scope
from liren.figures.series import Series
from liren.look.presenting.look import Look
from liren.look.presenting.words import change_text, hidden, label, said, told
from liren.refusals import Refusal

#: Where in a series the same period of the year before stands, counted from the end.
YEAR_AGO = {"quarter": -5, "month": -13}


def compared(look: Look, line: Series) -> list[dict[str, Any]]:
    """`[{words, title, text, unit, href}]` for 环比 and 同比; without those that cannot be compared.

    A year is compared once: the period before it is the year before. What the trend line knows already
    is not asked again.
    """
    period, spec = look.asked.period, look.spec
    if spec.verb == "listed":
        return []
    told = []
    large = look.deep or is_large(look.result)  # asking for it again would keep the reader waiting
    for with_ in ("year_ago",) if period.kind == "year" else ("previous", "year_ago"):
        earlier = _from_line(line, period, with_) or (None if large else _computed(look, with_))
        if earlier is None:
            continue
        before, value = earlier
        now = look.result.value
        difference = None if now is None or value is None else now - value
        words = change_text(difference, spec.unit, spec.decimals, with_)
        told.append(
            {
                "words": words + _growth(difference, value, spec.unit),
                "title": label(before),
                "href": look.asked.figure(look.result.figure.id, period=before.text),
            }
            | said(value, spec.unit, spec.decimals)
        )
    return told


def _from_line(line: Series, period: Period, with_: str) -> tuple[Period, Decimal | None] | None:
    if not line or line[-1][0] != period:
        return None
    return line[YEAR_AGO[period.kind] if with_ == "year_ago" else -2]


def _computed(look: Look, with_: str) -> tuple[Period, Decimal | None] | None:
    scope = look.result.scope
    try:
        period = scope.period.previous() if with_ == "previous" else scope.period.year_ago()
        earlier = compute(look.result.figure, Scope(scope.place, period, scope.unit))
    except (BadPeriod, Refusal, ValueError, OverflowError):  # a point in time has no period before it
        return None
    return None if hidden(earlier, look.viewer) else (period, earlier.value)


def _growth(difference: Decimal | None, earlier: Decimal | None, unit: str) -> str:
    """（+5.2%） after a change of a number that is no share itself."""
    if unit == "%" or not difference or not earlier:
        return ""
    change = difference / abs(earlier) * 100
    return f"（{'+' if change > 0 else '−'}{plain(abs(change), 1)}%）" if rounded(change, 1) else ""


def target(look: Look) -> dict[str, Any] | None:
    """The plan beside the actual number, or the actual beside the plan; None where there is neither."""
    entries = goals(look.result.figure)
    if not entries:
        return None
    try:
        other = compute(entries[0], look.result.scope)
    except Refusal:
        return None
    if other.value is None or hidden(other, look.viewer):
        return None
    planned = look.result.figure.spec.target_of is not None
    actual, plan = (other.value, look.result.value) if planned else (look.result.value, other.value)
    same_unit = other.figure.spec.unit == look.spec.unit
    return {
        "title": (_("实际：%(title)s") if planned else _("计划：%(title)s"))
        % {"title": other.figure.spec.title},
        "href": look.asked.figure(other.figure.id),
        "planned": not planned,
        "words": _against(actual, plan, look) if same_unit else "",
        "met": True if same_unit and actual is not None and actual == plan else None,
    } | told(other, look.viewer)


def _against(actual: Decimal | None, plan: Decimal | None, look: Look) -> str:
    """How the actual number stands to the plan, without judging: of some things less is better."""
    if actual is None or plan is None:
        return ""
    spec = look.spec
    difference = rounded(actual - plan, spec.decimals)
    if not difference:
        return _("与计划一致")
    unit = _("个百分点") if spec.unit == "%" else spec.unit
    amount = f"{plain(abs(difference), spec.decimals)} {unit}".strip()
    return (_("比计划多 %(n)s") if difference > 0 else _("比计划少 %(n)s")) % {"n": amount}
