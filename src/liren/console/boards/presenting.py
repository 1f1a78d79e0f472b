"""A board as its page takes it: tiles, lines over time, places, and the table of all figures of a pack.

Everything is asked at once (`figures.together`): the number of queries follows the sources a pack reads,
not its figures, places or rows. Every number leads to the page of its figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.console.presenting import breakdown
from liren.console.presenting import pack as packings
from liren.figures.breakdown import can_break
from liren.figures.browsing import goals
from liren.figures.cube.choosing import by_place, over_time
from liren.figures.periods import BadPeriod, Period
from liren.figures.scope import Result, Scope
from liren.figures.series import slots_up_to
from liren.figures.together import computed
from liren.inforce import catalogue
from liren.look.asking import Asked
from liren.look.maps import Shape
from liren.look.presenting import mapping
from liren.look.presenting.look import Look
from liren.look.presenting.pickers import pickers
from liren.look.presenting.words import change_text, hidden, label, said, source_of, told
from liren.look.svg import Svg
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import operands
from liren.packs.language import Pack
from liren.people.visibility import Viewer
from liren.places.models import Outline, Place
from liren.places.queries import below

TILES, LINES, COLUMNS = 8, 4, 6  # how many of each a board shows; its table has all figures
TONES = 5  # shades of the tiles of places


def index(viewer: Viewer, words: str) -> dict[str, Any]:
    """The context of boards/index.html: the packs that count something."""
    told = packings.index(viewer, words)
    groups = [
        group | {"packs": [_card(card) for card in group["packs"] if card["figures"]]}
        for group in told["groups"]
    ]
    filters = told["filters"] | {"clear": reverse("console:boards") if words else None}
    return {"groups": [group for group in groups if group["packs"]], "filters": filters}


def _card(card: dict[str, Any]) -> dict[str, Any]:
    return card | {"href": reverse("console:board", args=[card["id"]])}


def counted(pack: Pack) -> list[FigureEntry]:
    """The figures of a pack, as it orders them."""
    return [catalogue().figures[f"{pack.pack}.{key}"] for key in pack.figures]


@dataclass(frozen=True)
class Board:
    """One pack looked at for a scope, by a viewer."""

    pack: Pack
    asked: Asked
    viewer: Viewer

    @cached_property
    def entries(self) -> list[FigureEntry]:
        return counted(self.pack)

    @cached_property
    def shown(self) -> list[FigureEntry]:
        """What can be computed for the period, without the planned numbers, which stand beside what they plan."""
        known = [entry for entry in self.entries if self.result(entry)]
        return [entry for entry in known if not entry.spec.target_of] or known

    @cached_property
    def earlier(self) -> dict[str, Period]:
        """What the period is compared with: the one before, and the same a year before where that is another."""
        period = self.asked.period
        found: dict[str, Period] = {}
        ways: dict[str, Callable[[], Period]] = {"previous": period.previous, "year_ago": period.year_ago}
        for with_, earlier in ways.items():
            try:
                found.setdefault(with_, earlier())
            except (BadPeriod, OverflowError, ValueError):  # a point in time has no period before it
                continue
        if period.kind == "year":
            found.pop("previous", None)
        return found

    @cached_property
    def results(self) -> dict[tuple[str, Scope], Result]:
        scopes = [self.scope(period) for period in (self.asked.period, *self.earlier.values())]
        return computed([*self.entries, *self.plans.values()], scopes)

    @cached_property
    def plans(self) -> dict[str, FigureEntry]:
        """Figure → the planned number it is measured against; plans may stand in other packs."""
        found = {entry.id: goals(entry) for entry in self.entries if not entry.spec.target_of}
        return {figure: plans[0] for figure, plans in found.items() if plans}

    def scope(self, period: Period) -> Scope:
        return Scope(self.asked.place.code, period, self.asked.scope.unit)

    def result(self, entry: FigureEntry, period: Period | None = None) -> Result | None:
        return self.results.get((entry.id, self.scope(period or self.asked.period)))

    def open(self, entry: FigureEntry, period: Period | None = None) -> Decimal | None:
        """The value, where there is one and the viewer may be told it."""
        result = self.result(entry, period)
        return None if result is None or hidden(result, self.viewer) else result.value

    def number(self, entry: FigureEntry, period: Period | None = None) -> dict[str, Any]:
        """A number as the link that opens its figure; a dash where it cannot be computed."""
        period = period or self.asked.period
        result = self.result(entry, period)
        if result is None:
            return {"text": "—", "unit": "", "href": ""}
        return told(result, self.viewer) | {
            "href": self.asked.figure(entry.id, period=period.text),
            "title": _("%(title)s（%(where)s，%(when)s）")
            % {"title": entry.spec.title, "where": self.asked.where, "when": label(period)},
            "source": source_of(result),
        }

    def withholds(self, entry: FigureEntry, values: list[Decimal | None]) -> bool:
        """Whether a distribution would tell the public a number too small to be public."""
        least = max(part.spec.small for part in _with_parts(entry))
        if self.viewer.is_staff or not least:
            return False
        sized = entry.spec.verb in ("count", "sum", "distinct")
        return not sized or any(value and value < least for value in values)


def _with_parts(entry: FigureEntry) -> list[FigureEntry]:
    if not entry.spec.ratio:
        return [entry]
    names = (catalogue().figure_id(name, entry.pack.pack) for name in operands(entry.spec.ratio))
    return [entry, *(catalogue().figures[name] for name in names)]


def board(pack: Pack, asked: Asked, viewer: Viewer, chosen: str) -> dict[str, Any]:
    """The context of boards/board.html."""
    one = Board(pack, asked, viewer)
    href = reverse("console:board", args=[pack.pack])
    context = {
        "board": {
            "title": pack.title,
            "serves": pack.about or "",
            "pack": reverse("console:pack", args=[pack.pack]),
        },
        "tiles": [_tile(one, entry) for entry in one.shown[:TILES]],
        "lines": _lines(one),
        "places_table": _places(one, chosen, href),
        "figures": _table(one),
        "reports": [
            {"title": spec.title, "href": asked.report(f"{pack.pack}.{key}")}
            for key, spec in pack.reports.items()
        ],
    }
    return context | pickers(asked, lambda **other: f"{href}?{asked.query(**other)}")


def _tile(one: Board, entry: FigureEntry) -> dict[str, Any]:
    return one.number(entry) | {
        "name": entry.spec.title,
        "changes": [words for with_ in one.earlier if (words := _change(one, entry, with_))],
        "plan": _plan(one, entry),
    }


def _change(one: Board, entry: FigureEntry, with_: str) -> str:
    """环比增加12件: the difference with an earlier period, in generated words; nothing where one is withheld."""
    now, then = one.open(entry), one.open(entry, one.earlier[with_])
    if now is None or then is None:
        return ""
    return change_text(now - then, entry.spec.unit, entry.spec.decimals, with_)


def _plan(one: Board, entry: FigureEntry) -> dict[str, Any] | None:
    plan = one.plans.get(entry.id)
    if plan is None or one.open(plan) is None:
        return None
    return one.number(plan) | {"name": plan.spec.title}


def _lines(one: Board) -> dict[str, Any] | None:
    """The first figures of which there is something to draw, each as a line with its numbers as links."""
    entries = [e for e in one.shown if can_break(e) and one.open(e) is not None][: 2 * LINES]
    period = one.asked.period
    drawn, fresh = over_time(entries, one.scope(period), slots_up_to(period), one.viewer)
    found: list[dict[str, Any]] = []
    for entry in entries:
        result = one.result(entry)
        picture = breakdown.trend(Look(result, one.asked, one.viewer), drawn[entry.id]) if result else None
        if picture and len(found) < LINES:
            found.append(picture | {"title": entry.spec.title, "id": entry.key})
    return {"drawn": found, "fresh": fresh} if found else None


def _places(one: Board, chosen: str, href: str) -> dict[str, Any] | None:
    """Places below as tiles shaded by one figure, and as a table of several."""
    under = below(one.asked.place.code) if not one.asked.unit else []
    if not under:
        return None
    values, fresh = by_place(one.shown, one.scope(one.asked.period), one.viewer)
    open_ = [e for e in one.shown if e.id in values and not one.withholds(e, list(values[e.id].values()))]
    columns = [entry for entry in open_ if any(values[entry.id].values())][:COLUMNS]
    if not columns:
        return None
    rows = [
        {
            "title": place.name,
            "href": f"{href}?{one.asked.query(place=place.code, unit='')}",
            "cells": [_cell(one, entry, values[entry.id].get(place.code), place.code) for entry in columns],
        }
        for place in under
    ]
    toned = next((entry for entry in columns if entry.key == chosen), columns[0])
    tiles = _toned(rows, columns.index(toned), [values[toned.id].get(p.code) for p in under])
    return {
        "map": _map(one, toned, under, rows, tiles),
        "head": [{"title": entry.spec.title, "unit": entry.spec.unit} for entry in columns],
        "rows": rows,
        "tiles": tiles,
        "of": toned.spec.title,
        "fresh": fresh,
        "ways": [
            {
                "title": entry.spec.title,
                "href": f"{href}?{one.asked.query(by=entry.key)}#places",
                "current": entry is toned,
            }
            for entry in columns
        ],
    }


def _cell(one: Board, entry: FigureEntry, value: Decimal | None, code: str) -> dict[str, Any]:
    sized = entry.spec.verb in ("count", "sum", "distinct")
    if value is None and sized:
        value = Decimal(0)
    return said(value, entry.spec.unit, entry.spec.decimals) | {
        "label": entry.spec.title,
        "href": one.asked.figure(entry.id, place=code, unit=""),
        "title": _("%(title)s（%(when)s）") % {"title": entry.spec.title, "when": label(one.asked.period)},
    }


def _toned(rows: list[dict[str, Any]], column: int, values: list[Decimal | None]) -> list[dict[str, Any]]:
    """One tile a place; the darker, the nearer to the largest. A place without a number has no shade."""
    most = max((value for value in values if value), default=Decimal(1))
    return [
        {
            "title": row["title"],
            "number": row["cells"][column],
            "tone": 0 if not value or value < 0 else min(TONES, int(value / most * TONES) + 1),
        }
        for row, value in zip(rows, values, strict=True)
    ]


def _map(one: Board, toned: FigureEntry, under: list[Place], rows: list, tiles: list) -> Svg | None:
    """The places as a map, where all of them are drawn; else they stand as tiles in the order of their codes."""
    told = {place.code: (row, tile) for place, row, tile in zip(under, rows, tiles, strict=True)}

    def seen(outline: Outline) -> Shape:
        row, tile = told[outline.place_id]
        number = tile["number"]
        said_ = f"{number['text']}{number.get('unit', '')}"
        return mapping.shape(outline, tone=tile["tone"], said=said_, href=row["href"])

    title = f"{one.asked.place.name}{toned.spec.title}（{label(one.asked.period)}）"
    return mapping.of_parts(list(told), seen, title, _("颜色越深，数越大；数字都在旁边的表里。"))


def _table(one: Board) -> dict[str, Any]:
    """All figures of the pack for the period and those it is compared with."""
    titles = {"previous": _("上期"), "year_ago": _("上年同期")}
    periods = [(_("本期"), one.asked.period), *((titles[w], p) for w, p in one.earlier.items())]
    rows = []
    for entry in one.entries:
        cells = [one.number(entry, period) | {"label": title} for title, period in periods]
        rows.append({"title": entry.spec.title, "href": one.asked.figure(entry.id), "cells": cells})
    head = [{"title": title, "period": label(period)} for title, period in periods]
    return {"head": head, "rows": rows}
