"""A figure over time as a line, and by place, unit and category as bars; each with its numbers as links."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liren.figures.breakdown import Group, can_break, grouped
from liren.figures.browsing import first_source, is_large
from liren.figures.cube.choosing import broken_down
from liren.figures.periods import Period
from liren.figures.series import Series
from liren.inforce import catalogue
from liren.look import charts
from liren.look.presenting.look import Look
from liren.look.presenting.words import label, said
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import operands
from liren.packs.language import FieldSpec
from liren.places.queries import below, codes_of_units, names_of_units

BARS = 16  # bars in a picture; the table beside it has all of them
EVERYWHERE = 24  # so many places below one are listed even where there is nothing


def trend(look: Look, line: Series) -> dict[str, Any] | None:
    """`{chart, rows}` of parts/chart.html, or None where there is nothing to draw."""
    spec = look.spec
    known = [value for _period, value in line if value]
    if len(line) < 2 or not known or has_small(look, [value for _period, value in line]):
        return None
    points = [(_short(period), whole(value, spec.decimals)) for period, value in line]
    title = f"{spec.title} {look.asked.where}"
    near = spec.unit == "%" and min(known) > 60 and all(value for _period, value in line)
    chart = charts.trend(
        points, title, charts.described(points, spec.unit), spec.unit,
        places=None, current=points[-1][0], from_zero=not near,
    )  # fmt: skip
    rows = [
        {
            "label": label(period),
            "text": _joined(value, look),
            "href": look.asked.figure(look.result.figure.id, period=period.text),
        }
        for period, value in line
    ]
    return {"chart": chart, "rows": rows[::-1]}


def _short(period: Period) -> str:
    """Names under an axis: 2020.Q3, 2020.11."""
    year = period.end.year
    return f"{year}.{period.text[-2:]}" if period.kind == "quarter" else f"{year}.{period.end.month}"


def _joined(value: Decimal | None, look: Look) -> str:
    told = said(value, look.spec.unit, look.spec.decimals)
    return f"{told['text']}{told['unit']}"


def whole(value: Decimal | None, decimals: int) -> Decimal | int | None:
    """As charts take it: whole numbers as int, so that an axis has no half meetings."""
    if value is None:
        return None
    fixed = round(value, max(decimals, 0))
    return int(fixed) if fixed == fixed.to_integral_value() else fixed


def has_small(look: Look, values: list[Decimal | None]) -> bool:
    """Whether a distribution would tell the public a number that is withheld; then none of it is shown.

    Leaving out one cell would not do: the others and the total give it away.
    """
    least = max((entry.spec.small for entry in _entries(look)), default=0)
    if look.viewer.is_staff or not least:
        return False
    counted = look.result.evidence.measure in ("count", "sum", "distinct") and not look.spec.ratio
    return not counted or any(value and value < least for value in values)


def _entries(look: Look) -> list:
    result = look.result
    return [part.figure for part in (result, result.numerator, result.denominator) if part is not None]


Drawn = tuple[dict[str, Any] | None, datetime | None]


def breakdowns(look: Look) -> tuple[list[dict[str, Any]], datetime | None]:
    """`[{heading, title, chart, rows, label}]`: by place below this one, by unit, by category; and the moment the
    numbers are of where they were not all counted this moment.

    Of a figure over very many rows only the one asked for, or else the places; of one that lies deep only the
    one asked for. `others` leads to the rest.
    """
    if not can_break(look.result.figure):
        return [], None
    ways = {"place": _by_place, "category": _by_category, "unit": _by_unit}
    chosen = [*ways] if not look.deep and not is_large(look.result) else [_chosen(look, ways)]
    made = [ways[name](look) for name in ("place", "unit", "category") if name in chosen]
    found = [(one, at) for one, at in made if one]
    return [one for one, _at in found], next((at for _one, at in found if at), None)


def _chosen(look: Look, ways: Collection[str]) -> str:
    return look.broken if look.broken in ways else "" if look.deep else "place"


def _groups(look: Look, by: str) -> tuple[list[Group], datetime | None]:
    """The groups, and of when they are: a whole county's may come from the columnar files."""
    entry, scope = look.result.figure, look.result.scope
    return broken_down(entry, scope, by, look.viewer) if look.wide else (grouped(entry, scope, by), None)


def others(look: Look) -> list[dict[str, Any]]:
    """Links to the pictures of a large figure that are drawn only when asked for."""
    entry, asked = look.result.figure, look.asked
    if not can_break(entry) or not (look.deep or is_large(look.result)):
        return []
    titles = {"trend": _("走势")} if look.costly_trend else {}
    titles |= {"place": _("各地"), "category": _("各类别"), "unit": _("各单位")}
    if asked.unit or about(entry) is None:
        del titles["unit"]
    if category_of(entry) is None:
        del titles["category"]
    return [
        {"title": title, "href": asked.figure(entry.id, by=name), "current": name == look.broken}
        for name, title in titles.items()
    ]


def _drawn(
    look: Look,
    heading: str,
    head: str,
    rows: Sequence[tuple[str, Decimal | None, str | None]],
    *,
    ui: bool = True,
) -> dict | None:
    """Bars in falling order, or None where fewer than two of them are anything."""
    if sum(1 for row in rows if row[1]) < 2 or has_small(look, [row[1] for row in rows]):
        return None
    spec = look.spec
    rows = sorted(rows, key=lambda row: (row[1] is None, -(row[1] or 0)))
    bars = [(name, whole(value, spec.decimals), href) for name, value, href in rows[:BARS]]
    title = f"{spec.title} {look.asked.where} {label(look.asked.period)}"
    desc = charts.described([(name, value) for name, value, _href in bars], spec.unit)
    return {
        "heading": heading,
        "label": head,
        "ui": ui,
        "title": _("前 %(n)s 个") % {"n": BARS} if len(rows) > BARS else "",
        "chart": charts.bars(bars, title, desc, spec.unit),
        "rows": [{"label": name, "text": _joined(value, look), "href": href} for name, value, href in rows],
    }


def _by_place(look: Look) -> Drawn:
    entry, asked = look.result.figure, look.asked
    told, at = _groups(look, "place")
    groups = {str(group.key): group for group in told}
    if not groups:
        return None, at
    under = below(asked.place.code)
    names = {place.code: place.name for place in under}
    empty = Decimal(0) if entry.spec.verb in ("count", "sum", "distinct") else None
    # Where nothing can be said of nothing (a share, an average), places without rows are left out.
    everywhere = empty is not None and len(under) <= EVERYWHERE
    listed = [*names, *(key for key in groups if key not in names)] if everywhere else list(groups)
    rows = []
    for code in listed:
        group = groups.get(code)
        # What lies at this place itself, and at no place below it.
        own = len(code) <= len(asked.place.code)
        name = _("%(place)s本级") % {"place": asked.place.name} if own else names.get(code) or _name(group)
        href = None if own else asked.figure(entry.id, place=code)
        rows.append((name, group.value if group else empty, href))
    return _drawn(look, _("各地"), _("地点"), rows), at


def _name(group: Group | None) -> str:
    return group.name if group else ""


def _by_unit(look: Look) -> Drawn:
    speaks = about(look.result.figure)
    if speaks is None or look.asked.unit:
        return None, None
    groups, at = _groups(look, f"{speaks}unit")
    if len(groups) < 2:
        return None, at
    entry = look.result.figure
    keys = [group.key for group in groups if isinstance(group.key, int)]
    codes, names = codes_of_units(keys), names_of_units(keys)
    rows = [
        (names[g.key], g.value, look.asked.figure(entry.id, unit=codes[g.key]))
        for g in groups
        if g.key in codes
    ]
    return _drawn(look, _("各单位"), _("单位"), rows), at


def _by_category(look: Look) -> Drawn:
    """By the field that a pack keeps in the shared column `category`, where it is a choice."""
    entry = look.result.figure
    field = category_of(entry)
    if field is None:
        return None, None
    groups, at = _groups(look, f"{about(entry)}category")
    rows = [(g.name, g.value, look.evidence(category=str(g.key))) for g in groups]
    return _drawn(look, field.title, field.title, rows, ui=False), at


def category_of(entry: FigureEntry) -> FieldSpec | None:
    """The choice field of a figure's source that stands in the shared column `category`."""
    kind = first_source(entry)
    field = catalogue().kinds[kind].spec.fields.get("category") if kind else None
    if field is None or not field.choices or field.private or entry.spec.ratio or about(entry) is None:
        return None
    return field


def about(entry: FigureEntry) -> str | None:
    """How a figure's source speaks of its record: `` for records, `record.` for parts of them.

    None for the house's own lists, and for a ratio whose two parts speak differently.
    """
    spec = entry.spec
    if spec.ratio:
        names = (catalogue().figure_id(name, entry.pack.pack) for name in operands(spec.ratio))
        said = {about(catalogue().figures[name]) for name in names}
        return said.pop() if len(said) == 1 else None
    source = catalogue().source(spec.reads, entry.pack.pack)
    if source.kind is None:
        return None
    return "record." if source.part else ""
