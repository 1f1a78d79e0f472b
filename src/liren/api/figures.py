"""Figures as this face tells them: the number, its definition, and what proves it, as far as the asker may see."""

from __future__ import annotations

from typing import Any

from liren.figures.browsing import counted_rows, shown_to
from liren.figures.queries import compute, figure_entry, read_period
from liren.figures.scope import Result, Scope
from liren.figures.telling import as_json, evidence_line, exact
from liren.figures.wording import definition_text
from liren.inforce import catalogue
from liren.look.presenting.words import few, hidden
from liren.packs.catalogue import FigureEntry
from liren.people.models import Person, Post
from liren.people.visibility import Viewer
from liren.places.models import Place
from liren.refusals import Refusal

from .paging import PAGE


def known(pack: str) -> list[FigureEntry]:
    """The figures of a pack, or all, by id."""
    found = (one for one in catalogue().figures.values() if pack in ("", one.pack.pack))
    return sorted(found, key=lambda one: one.id)


def short(entry: FigureEntry) -> dict[str, Any]:
    """A figure in a list."""
    spec = entry.spec
    definition = definition_text(entry, spec)
    return {
        "id": entry.id, "title": spec.title, "unit": spec.unit, "pack": entry.pack.pack, "definition": definition,
    }  # fmt: skip


def computed(figure: str, place: str, period: str) -> Result:
    """The number. Raises Refusal: not_found, bad_period, cannot_compute."""
    if not Place.objects.filter(code=place).exists():
        raise Refusal("not_found", what="地点", name=place, mend="")
    return compute(figure_entry(figure), Scope(place, read_period(period), None))


def told(result: Result, to: Viewer) -> dict[str, Any]:
    """The number with its definition; nothing of it where it is too small to be public."""
    if not hidden(result, to):
        return as_json(result) | {"withheld": False}
    spec, _ = result.figure.spec.in_force(result.scope.period.end)
    return {
        "figure": result.figure.id, "title": spec.title, "place": result.scope.place,
        "period": result.scope.period.text, "value": None, "text": few(result), "unit": spec.unit,
        "definition": definition_text(result.figure, spec), "version": result.version, "withheld": True,
    }  # fmt: skip


def proof(result: Result, part: str, to: Viewer, after: int) -> tuple[int, list[dict[str, Any]], int | None]:
    """How many rows stand behind it, a page of those the asker may see, and the row to go on after."""
    if hidden(result, to):
        return 0, [], None
    chosen = (result.numerator if part == "numerator" else result.denominator) or result
    evidence = chosen.evidence
    if evidence.measure in ("cells", "groups"):
        return _listed(chosen, to, after)
    if evidence.rows is None or evidence.table is None:
        return 0, [], None
    rows = shown_to(evidence.rows, evidence.table, to).order_by("pk").filter(pk__gt=after)
    if evidence.table.model not in (Person, Post) and evidence.table.source.kind is not None:
        prefix = evidence.table.prefix.removesuffix("__")
        rows = rows.select_related(prefix) if prefix else rows
    found = list(rows[: PAGE + 1])
    items = [_line(row, chosen, to) for row in found[:PAGE]]
    return counted_rows(chosen), items, found[PAGE - 1].pk if len(found) > PAGE else None


def _line(row: Any, result: Result, to: Viewer) -> dict[str, Any]:
    """A row by its record's number; whose it is, is told to staff alone."""
    if isinstance(row, Person | Post):
        return {"id": row.pk}
    line = evidence_line(row, result)
    path = result.evidence.path
    if path is not None and path.type == "person" and not to.is_staff:
        line.pop("value", None)
    return line


def _listed(result: Result, to: Viewer, after: int) -> tuple[int, list[dict[str, Any]], int | None]:
    """Cells and named groups stand in the evidence itself: a page of them from the ``after``-th on."""
    evidence, spec = result.evidence, result.figure.spec
    items: list[dict[str, Any]]
    if evidence.measure == "cells":
        persons = spec.by == "person" and not to.is_staff
        items = [
            {
                "slot": cell.slot.text if cell.slot else "",
                "member": None if persons else cell.member,
                "done": cell.done,
            }
            for cell in evidence.cells[after : after + PAGE]
        ]
    else:
        items = [
            {"rank": rank, "key": str(key), "name": name, "value": exact(value)}
            for rank, key, name, value in (group[:4] for group in evidence.groups[after : after + PAGE])
        ]
    more = after + PAGE if evidence.count > after + PAGE else None
    return evidence.count, items, more
