"""Evidence that is no list of rows: cells of a coverage, named groups, distinct values, readings."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liren.figures.browsing import counted_rows, distinct_page, replaced
from liren.figures.models import Reading
from liren.figures.queries import figure_entry
from liren.figures.scope import Cell
from liren.figures.sources import Path
from liren.figures.wording import name_text, value_text
from liren.inforce import catalogue
from liren.look.presenting.look import Look
from liren.look.presenting.words import digits, label, moment_text, name_of
from liren.people.queries import names_of_persons
from liren.places.queries import codes_of_units, names_of_places, names_of_units

ACROSS = 13  # slots that fit beside the members; a longer period lists its slots downwards


def _head(title: str, *, numeric: bool = False, ui: bool = True) -> dict[str, Any]:
    return {"title": title, "numeric": numeric, "ui": ui}


# Cells


def cells(look: Look, start: int, most: int) -> dict[str, Any]:
    """Who did it when: members down and slots across, or slots down where there are many or no members."""
    found, spec = look.result.evidence.cells, look.spec
    slots = list(dict.fromkeys(cell.slot for cell in found))
    members = list(dict.fromkeys(cell.member for cell in found))
    unnamed = spec.by == "person" and not look.viewer.is_staff
    if members == [None] or len(slots) > ACROSS or unnamed:
        told = _by_slot(look, slots, start, most)
        notice = _("人员名单只给有关工作人员看，这里按时段列出。")
        return told | {"notices": [notice] if unnamed else []}
    names = _member_names(spec.by or "", members[start : start + most])
    across = {(cell.member, cell.slot): cell for cell in found}
    heads = [_head(_("名单"))] + [
        _head(label(slot) if slot else _("是否做到"), numeric=True) for slot in slots
    ]
    rows = [
        {
            "number": names.get(member, str(member)),
            "href": look.evidence(member=str(member)),
            "cells": [_cell(across[member, slot], look) for slot in slots],
        }
        for member in members[start : start + most]
    ]
    return {"columns": heads, "rows": rows, "shown": len(members), "notices": []}


def _cell(cell: Cell, look: Look) -> dict[str, Any]:
    """Done with how often, and the way to the rows; or not done."""
    title = label(cell.slot) if cell.slot else _("是否做到")
    done = cell.done >= look.spec.at_least
    text = (f"✓ {cell.done}" if cell.done > 1 else "✓") if done else f"✗ {cell.done}" if cell.done else "✗"
    slot = cell.slot.text if cell.slot else ""
    href = look.evidence(member=str(cell.member), slot=slot) if cell.done else None
    return {"label": title, "numeric": True, "text": text, "href": href, "missed": not done}


def _by_slot(look: Look, slots: list, start: int, most: int) -> dict[str, Any]:
    whole = look.asked.period
    done: dict[Any, int] = dict.fromkeys(slots, 0)
    due: dict[Any, int] = dict.fromkeys(slots, 0)
    for cell in look.result.evidence.cells:
        due[cell.slot] += 1
        done[cell.slot] += cell.done >= look.spec.at_least
    rows = [
        {
            "number": label(slot or whole),
            "href": look.evidence(slot=(slot or whole).text),
            "cells": [
                {"label": _("做到"), "text": digits(done[slot]), "numeric": True},
                {"label": _("应做"), "text": digits(due[slot]), "numeric": True},
                {"label": _("没做到"), "text": digits(due[slot] - done[slot]) if due[slot] > done[slot] else "",
                 "numeric": True, "missed": True},
            ],
        }
        for slot in slots[start : start + most]
    ]  # fmt: skip
    heads = [_head(_("时段"))] + [_head(title, numeric=True) for title in (_("做到"), _("应做"), _("没做到"))]
    return {"columns": heads, "rows": rows, "shown": len(slots)}


def _member_names(by: str, members: list) -> dict[Any, str]:
    ask: dict[str, Callable] = {"place": names_of_places, "unit": names_of_units, "person": names_of_persons}
    return ask[by](members) if by in ask else {}


# Groups


def groups(look: Look, start: int, most: int) -> dict[str, Any]:
    """The places or units that are named, by rank, each leading to its own number."""
    result, asked, spec = look.result, look.asked, look.spec
    entry = figure_entry(catalogue().figure_id(spec.listed or "", result.figure.pack.pack))
    found = result.evidence.groups
    page = found[start : start + most]
    codes = codes_of_units([key for _rank, key, *_rest in page]) if spec.by in ("unit", "handler") else {}
    rows = []
    for rank, key, name, value in page:
        where = {"unit": codes[key]} if key in codes else {"place": str(key)} if spec.by == "place" else {}
        text = digits(value, entry.spec.decimals)
        cell = {
            "label": entry.spec.title,
            "text": text,
            "numeric": True,
            "href": asked.figure(entry.id, **where),
        }
        rows.append({"number": str(rank), "href": "", "cells": [{"label": _("名称"), "text": name}, cell]})
    heads = [_head(_("名次")), _head(_("名称")), _head(entry.spec.title, numeric=True, ui=False)]
    return {"columns": heads, "rows": rows, "shown": len(found), "notices": []}


# Distinct values


def values(look: Look, start: int, most: int) -> dict[str, Any]:
    """The different values that were counted, each with its number of rows behind it."""
    evidence = look.result.evidence
    page = distinct_page(evidence.rows, evidence.path, start, most)
    names = _value_names(look, evidence.path, [value for value, _rows in page])
    rows = [
        {
            "number": names.get(value, str(value)),
            "href": look.evidence(value=str(value)),
            "cells": [{"label": _("记录"), "text": digits(count), "numeric": True}],
        }
        for value, count in page
    ]
    title = name_text(evidence.table, look.spec.distinct or "")
    heads = [_head(title, ui=False), _head(_("记录"), numeric=True)]
    return {"columns": heads, "rows": rows, "shown": counted_rows(look.result), "notices": []}


def are_persons(path: Path | None) -> bool:
    """Whether the values of a path are persons."""
    return path is not None and (path.type == "person" or path.orm.endswith(("person_id", "by_id")))


def _value_names(look: Look, path: Path, keys: list) -> dict[Any, str]:
    if are_persons(path):
        return names_of_persons(keys)
    if path.orm.endswith("place_id"):
        return names_of_places(keys)
    if path.orm.endswith(("unit_id", "handler_id")):
        return names_of_units(keys)
    return {key: value_text(look.result.evidence.table, look.spec.distinct or "", key) for key in keys}


# Readings


def readings(look: Look, start: int, most: int) -> dict[str, Any]:
    """Numbers given from outside: value, what about, which days, source, by whom; then corrected ones."""
    result = look.result
    chosen = result.evidence.rows.select_related("place", "unit", "by").order_by("-ends", "-pk")
    listed = [(row, False) for row in chosen[start : start + most]]
    corrected = replaced(result, most) if start == 0 and most >= 50 else []
    listed += [(row, True) for row in corrected]
    heads = [_head(_("填报值"))] + [
        _head(title) for title in (_("对象"), _("时段"), _("出处"), _("出处日期"), _("填报"), _("说明"))
    ]
    rows = [_reading(row, old, look) for row, old in listed]
    return {"columns": heads, "rows": rows, "shown": counted_rows(result), "notices": []}


def _reading(row: Reading, old: bool, look: Look) -> dict[str, Any]:
    days = f"{row.ends}" if row.starts == row.ends else f"{row.starts} 至 {row.ends}"
    by = name_of(row.by, look.viewer, official=True)
    note = {"text": _("已被更正"), "chip": True, "level": "late"} if old else {"text": row.note}
    return {
        "number": digits(Decimal(row.value) / 1000, max(look.spec.decimals, 3)),
        "href": "",
        "cells": [
            {"label": _("对象"), "text": row.subject or (row.unit.name if row.unit else row.place.name)},
            {"label": _("时段"), "text": days},
            {"label": _("出处"), "text": row.source, "href": row.link or None},
            {"label": _("出处日期"), "text": f"{row.source_date}"},
            {"label": _("填报"), "text": f"{by} {moment_text(row.at, time=False)}".strip()},
            {"label": _("说明")} | note,
        ],
    }
