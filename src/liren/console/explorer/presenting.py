"""What the explorer shows: one figure, in groups or over time, as rows that a chart and a file are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.console.presenting import breakdown
from liren.figures.breakdown import can_break
from liren.figures.browsing import first_source
from liren.figures.cube.choosing import broken_down, line
from liren.figures.queries import compute
from liren.inforce import catalogue
from liren.look import charts
from liren.look.asking import Asked, asked
from liren.look.presenting.look import Look
from liren.look.presenting.words import digits, few, hidden, label, said, source_of, told
from liren.look.viewer import viewer
from liren.packs.catalogue import FigureEntry
from liren.packs.fields import COLUMNS
from liren.people.visibility import PUBLIC, Viewer
from liren.places.queries import below, codes_of_units, names_of_units
from liren.refusals import Refusal

from . import crossing

BARS = 20
#: Shared columns by which a figure can be grouped, where its kind declares them as choices.
CHOICES = ("category", "level", "source")


@dataclass(frozen=True)
class Row:
    """One group: its name, exact value, and where its number opens."""

    name: str
    value: Decimal | None
    href: str


@dataclass
class Asking:
    """What the form says: the words as typed, what was wrong with them, and the look where all is right."""

    said: dict[str, str]
    viewer: Viewer = PUBLIC
    entry: FigureEntry | None = None
    look: Look | None = None
    faults: dict[str, str] = field(default_factory=dict)
    #: Of when the rows are, where they were not counted this moment.
    fresh: datetime | None = None

    @cached_property
    def ways(self) -> dict[str, str]:
        """By what this figure can be broken down: word of the address → title."""
        return ways(self.entry) if self.entry else {}

    @property
    def by(self) -> str:
        return self.said["by"] if self.said["by"] in self.ways else ""

    @property
    def across(self) -> str:
        """By what else; nothing where it is the same, or where the first is not said."""
        word = self.said["across"]
        return word if self.by and word in self.ways and word != self.by and self._may(word) else ""

    def _may(self, word: str) -> bool:
        """What stands at a moment has no months to stand in."""
        return self.look is not None and not ("time" in (word, self.by) and self.look.spec.stood)

    def query(self, **other: str) -> str:
        return urlencode({name: value for name, value in (self.said | other).items() if value})


def read(request: HttpRequest) -> Asking:
    """The asking of an address; nothing in it is refused, all that is wrong is told beside its field."""
    names = ("pack", "figure", "place", "period", "unit", "by", "across")
    asking = Asking({name: request.GET.get(name, "").strip()[:100] for name in names}, viewer(request))
    figure = catalogue().figures.get(asking.said["figure"])
    if figure is not None and (not asking.said["pack"] or figure.pack.pack == asking.said["pack"]):
        asking.entry = figure
        asking.said["pack"] = figure.pack.pack
    if asking.entry is None:
        return asking
    try:
        wanted = asked(request, [asking.entry])
        asking.look = Look(compute(asking.entry, wanted.scope), wanted, asking.viewer)
    except Refusal as refusal:
        asking.faults[_field_of(refusal)] = str(refusal)
    return asking


def _field_of(refusal: Refusal) -> str:
    if refusal.code == "bad_period":
        return "period"
    whats = {"地点": "place", "单位": "unit"}
    return whats.get(str(refusal.facts.get("what")), "figure")


def ways(entry: FigureEntry) -> dict[str, str]:
    """By what a figure can be broken down."""
    if not can_break(entry):
        return {}
    found = {"time": _("时间"), "place": _("地点")}
    if breakdown.about(entry) is None:
        return found
    found["unit"] = _("单位")
    kind = catalogue().kinds[first_source(entry) or ""].spec
    if not entry.spec.ratio:
        found["state"] = _("状态")
        for name in CHOICES:
            declared = kind.fields.get(name)
            if declared and declared.choices and not declared.private:
                found[name] = declared.title or COLUMNS[name].title
    return found


def rows(asking: Asking) -> list[Row]:
    """The groups of the asked breakdown; none where it would tell a number too small to be public."""
    look = asking.look
    if look is None or not asking.by or hidden(look.result, look.viewer):
        return []
    found = _time(asking, look) if asking.by == "time" else _groups(asking, look, asking.by)
    return [] if breakdown.has_small(look, [row.value for row in found]) else found


def _time(asking: Asking, look: Look) -> list[Row]:
    entry = look.result.figure
    points, asking.fresh = line(entry, look.result.scope, look.viewer)
    return [
        Row(label(period), value, look.asked.figure(entry.id, period=period.text)) for period, value in points
    ]


def _groups(asking: Asking, look: Look, by: str) -> list[Row]:
    entry, wanted = look.result.figure, look.asked
    about = breakdown.about(entry) or ""
    word = by if by == "place" else f"{about}{by}"
    groups, asking.fresh = broken_down(entry, look.result.scope, word, look.viewer)
    if by == "unit":
        keys = [group.key for group in groups if isinstance(group.key, int)]
        codes, names = codes_of_units(keys), names_of_units(keys)
        return [
            Row(names[g.key], g.value, wanted.figure(entry.id, unit=codes[g.key]))
            for g in groups
            if isinstance(g.key, int) and g.key in codes
        ]
    if by == "place":
        return _places(look, {str(group.key): group.value for group in groups})
    narrowed = {"state": "state", "category": "category"}.get(by)
    return [
        Row(g.name, g.value, look.evidence(**({narrowed: str(g.key)} if narrowed else {}))) for g in groups
    ]


def _places(look: Look, values: dict[str, Decimal | None]) -> list[Row]:
    entry, wanted = look.result.figure, look.asked
    sized = entry.spec.verb in ("count", "sum", "distinct")
    found = [
        Row(
            place.name, values.get(place.code, Decimal(0)), wanted.figure(entry.id, place=place.code, unit="")
        )
        for place in below(wanted.place.code)
        if sized or place.code in values
    ]
    own = values.get(wanted.place.code)
    if own is not None:
        found.append(Row(_("%(place)s本级") % {"place": wanted.place.name}, own, ""))
    return found


# -- the page -------------------------------------------------------------------------------------------


def explored(asking: Asking) -> dict[str, Any]:
    """The context of explorer/explore.html."""
    context: dict[str, Any] = {"form": _form(asking), "figure": None, "table": None, "notice": ""}
    if asking.look is None:
        return context
    look, found = asking.look, rows(asking)
    made = crossing.table(look, asking.by, asking.across) if asking.across else None
    withheld = bool(asking.by) and not found and not look.viewer.is_staff and _spoken(look)
    return context | {
        "figure": _told(look),
        "table": _table(asking, look, found) if found else None,
        "cross": crossing.told(look, made, (asking.ways[asking.by], asking.ways[asking.across]))
        if made
        else None,
        "notice": few(look.result) if withheld else "",
        "files": [
            {"title": title, "href": f"{reverse('console:explore_table', args=[form])}?{asking.query()}"}
            for form, title in (("csv", "CSV"), ("xlsx", "Excel"))
        ]
        if found
        else [],
    }


def _spoken(look: Look) -> bool:
    parts = [part for part in (look.result, look.result.numerator, look.result.denominator) if part]
    return any(part.figure.spec.small for part in parts)


def _told(look: Look) -> dict[str, Any]:
    entry, wanted = look.result.figure, look.asked
    return told(look.result, look.viewer) | {
        "name": entry.spec.title,
        "href": wanted.figure(entry.id),
        "evidence": wanted.evidence(entry.id),
        "source": source_of(look.result),
        "title": entry.spec.title,
        "about": wanted.where,
        "period": label(wanted.period),
    }


def _table(asking: Asking, look: Look, found: Sequence[Row]) -> dict[str, Any]:
    spec = look.spec
    ordered = (
        found if asking.by == "time" else sorted(found, key=lambda r: (r.value is None, -(r.value or 0)))
    )
    return {
        "head": asking.ways[asking.by],
        "fresh": asking.fresh,
        "ui": asking.by not in CHOICES,
        "rows": [
            {"name": row.name, "href": row.href} | said(row.value, spec.unit, spec.decimals)
            for row in ordered
        ],
        "chart": _chart(asking, look, ordered),
        "more": len(found) > BARS and asking.by != "time",
    }


def _chart(asking: Asking, look: Look, found: Sequence[Row]) -> Any:
    spec = look.spec
    title = f"{spec.title} {look.asked.where} {label(look.asked.period)}"
    shown = found if asking.by == "time" else found[:BARS]
    values = [(row.name, breakdown.whole(row.value, spec.decimals), row.href or None) for row in shown]
    desc = charts.described([(name, value) for name, value, _href in values], spec.unit)
    if asking.by == "time":
        points = [(name, value) for name, value, _href in values]
        return charts.trend(points, title, desc, spec.unit) if len(points) > 1 else None
    return charts.bars(values, title, desc, spec.unit)


def _form(asking: Asking) -> dict[str, Any]:
    chosen = catalogue().packs.get(asking.said["pack"])
    wanted: Asked | None = asking.look.asked if asking.look else None
    return {
        "packs": [
            (p.pack, p.title, p.pack == asking.said["pack"]) for p in catalogue().packs.values() if p.figures
        ],
        "figures": [
            (f"{chosen.pack}.{key}", spec.title, f"{chosen.pack}.{key}" == asking.said["figure"])
            for key, spec in chosen.figures.items()
        ]
        if chosen
        else [],
        "ways": [
            (word, title, word == asking.by, word not in CHOICES) for word, title in asking.ways.items()
        ],
        "across": [
            (word, title, word == asking.across, word not in CHOICES) for word, title in asking.ways.items()
        ],
        "place": wanted.place.code if wanted else asking.said["place"],
        "place_name": wanted.place.name if wanted else "",
        "period": wanted.period.text if wanted else asking.said["period"],
        "unit": asking.said["unit"],
        "faults": asking.faults,
    }


def sheet(asking: Asking) -> tuple[list[str], list[list[Any]]]:
    """Titles and rows of the file: what is counted, for whom, when, in which group, the number and its unit."""
    look = asking.look
    assert look is not None
    spec, head = look.spec, asking.ways.get(asking.by, "")
    about = [look.result.figure.id, spec.title, look.asked.where, look.asked.period.text]
    if asking.across and (made := crossing.table(look, asking.by, asking.across)):
        columns, values = crossing.sheet(look, made)
        titles = [_("编号"), _("指标"), _("地点或单位"), _("时段"), head, *columns]
        return titles, [
            [*about, name, *(_exact(value, spec.decimals) for value in cells)] for name, *cells in values
        ]
    titles = [_("编号"), _("指标"), _("地点或单位"), _("时段"), head or _("分组"), _("数值"), _("单位")]
    found = rows(asking)
    shut = hidden(look.result, look.viewer)
    told_rows = [[*about, row.name, _exact(row.value, spec.decimals), spec.unit] for row in found]
    whole = few(look.result) if shut else _exact(look.result.value, spec.decimals)
    return titles, [*told_rows, [*about, _("全部"), whole, spec.unit]]


def _exact(value: Decimal | None, decimals: int) -> Decimal | str:
    """A number for a spreadsheet, rounded as declared; 无 where there is none."""
    return _("无") if value is None else Decimal(digits(value, decimals).replace(",", ""))
