"""A figure by two things at once: rows × columns, with the totals counted for themselves and not added up.

Persons that stand in two columns are one person in the total: so the margins are the very numbers that the single
breakdowns show.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from liren.console.presenting import breakdown
from liren.figures.breakdown import Crossed, crossed, grouped
from liren.figures.periods import Period
from liren.look.presenting.look import Look
from liren.look.presenting.words import hidden, said
from liren.places.queries import codes_of_units

#: Columns on the page; a file has all of them.
COLUMNS = 24
#: From so many days on, time is cut into years instead of months.
LONG = 400
TIMES = ("month", "year")


@dataclass(frozen=True)
class Side:
    """One of the two things: the word of the address, what the figures call it, and how its keys are asked for."""

    word: str
    by: str
    codes: dict[Any, str]

    def narrowed(self, key: Any, here: str) -> dict[str, str] | None:
        """What an address says to ask for one group alone; None where none can."""
        if self.word == "place":
            return {"place": str(key), "unit": ""} if key != here else None
        if self.word == "unit":
            return {"unit": self.codes[key]} if key in self.codes else None
        if self.word == "time":
            return {"period": Period.holding(self.by, key.date()).text}
        return {self.word: str(key)} if self.word in ("state", "category") else None


@dataclass(frozen=True)
class Table:
    """Rows and columns in their order with the totals of each, and what stands in the cells."""

    found: Crossed
    rows: list[Any]
    columns: list[Any]
    row_totals: dict[Any, Decimal | None]
    column_totals: dict[Any, Decimal | None]
    sides: tuple[Side, Side]

    def value(self, row: Any, column: Any, *, nothing: Decimal | None) -> Decimal | None:
        return self.found.values.get((row, column), nothing)


def table(look: Look, by: str, across: str) -> Table | None:
    """The two breakdowns; None where there is none, or where it would tell a number too small to be public."""
    if hidden(look.result, look.viewer):
        return None
    entry, scope = look.result.figure, look.result.scope
    first, second = (_word(look, one) for one in (by, across))
    found = crossed(entry, scope, first, second)
    units = [
        key for word, keys in ((by, found.rows), (across, found.columns)) if word == "unit" for key in keys
    ]
    codes = codes_of_units([key for key in units if isinstance(key, int)]) if units else {}
    if not found.values or breakdown.has_small(look, list(found.values.values())):
        return None
    totals = [{one.key: one.value for one in grouped(entry, scope, word)} for word in (first, second)]
    order = [
        _ordered(word, names, total)
        for word, names, total in ((by, found.rows, totals[0]), (across, found.columns, totals[1]))
    ]
    sides = (Side(by, first, codes), Side(across, second, codes))
    return Table(found, order[0], order[1], totals[0], totals[1], sides)


def _ordered(word: str, names: dict[Any, str], totals: dict[Any, Decimal | None]) -> list[Any]:
    """Time in its order, everything else with the greatest first."""
    if word == "time":
        return sorted(names, key=str)

    def greatest(key: Any) -> tuple[bool, Decimal]:
        value = totals.get(key)
        return value is None, -(value or Decimal(0))

    return sorted(names, key=greatest)


def _word(look: Look, by: str) -> str:
    """What the figures call a breakdown: a part of a record speaks of its record's columns."""
    if by == "time":
        period = look.result.scope.period
        days = (period.end - period.start).days if period.start else LONG
        return TIMES[days > LONG]
    return by if by == "place" else f"{breakdown.about(look.result.figure) or ''}{by}"


def nothing(look: Look) -> Decimal | None:
    """What stands in a cell of which there are no rows: nought of a count, nothing of an average or a share."""
    return Decimal(0) if look.spec.verb in ("count", "sum", "distinct") and not look.spec.ratio else None


def told(look: Look, made: Table, heads: tuple[str, str]) -> dict[str, Any]:
    """``cross`` of explorer/explore.html."""
    columns, spec, empty = made.columns[:COLUMNS], look.spec, nothing(look)

    def cell(value: Decimal | None, *keys: Any) -> dict[str, Any]:
        return said(value, "", spec.decimals) | {"href": _href(look, made, *keys) if value else ""}

    rows = [
        {
            "name": made.found.rows[row],
            "cells": [cell(made.value(row, one, nothing=empty), row, one) for one in columns],
            "total": cell(made.row_totals.get(row)),
        }
        for row in made.rows
    ]
    return {
        "heads": heads,
        "columns": [made.found.columns[one] for one in columns],
        "rows": rows,
        "totals": [cell(made.column_totals.get(one)) for one in columns],
        "total": cell(look.result.value),
        "unit": spec.unit,
        "more": len(made.columns) - len(columns),
    }


def _href(look: Look, made: Table, *keys: Any) -> str:
    """The page of what a cell counts: its evidence, narrowed to both groups."""
    if not keys:
        return ""
    here = look.asked.place.code
    parts = [side.narrowed(key, here) for side, key in zip(made.sides, keys, strict=True)]
    if any(part is None for part in parts):
        return ""
    merged: dict[str, str] = {}
    for part in parts:
        merged |= {name: value for name, value in (part or {}).items() if value or name not in merged}
    return look.evidence(**merged)


def sheet(look: Look, made: Table) -> tuple[list[str], list[list[Any]]]:
    """Titles of the columns and rows of values for a file, all columns, without totals: these a sheet adds up wrongly
    where somebody counts in two columns."""
    empty = nothing(look)
    rows = [
        [made.found.rows[row], *(made.value(row, one, nothing=empty) for one in made.columns)]
        for row in made.rows
    ]
    return [made.found.columns[one] for one in made.columns], rows
