"""The rows of parts/table.html as markup: fifty rows of eight cells cost a template ten milliseconds, and here one.

Every foreign text is escaped on the way (``look.svg.text``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import template

from liren.look.svg import Svg, text
from liren.look.templatetags.liren_console import icon, marker

register = template.Library()
Mark = Callable[..., str]  # `lang`, where the page's language makes it say something
MARKS = {"ok": "check", "soon": "clock", "late": "late"}


@register.simple_tag
def table_rows(rows: Iterable[Mapping[str, Any]]) -> Svg:
    """``rows`` as parts/table.html says: ``{href, number, cells}``."""
    mark = marker()
    return Svg("".join([f"\n<tr>{_head(row, mark)}{_cells(row['cells'], mark)}</tr>" for row in rows]))


def _head(row: Mapping[str, Any], mark: Mark) -> str:
    number = text(row["number"])
    told = f'<a class="num" href="{text(row["href"])}">{number}</a>' if row.get("href") else number
    return f'<th scope="row"{mark(row["number"])}>{told}</th>'


def _cells(cells: Iterable[Mapping[str, Any]], mark: Mark) -> str:
    return "".join([_cell(cell, mark) for cell in cells])


def _cell(cell: Mapping[str, Any], mark: Mark) -> str:
    numeric = ' class="n"' if cell.get("numeric") else ""
    label, said = cell.get("label", ""), cell.get("text", "")
    return f'<td data-label="{text(label)}"{numeric}{mark(said, label)}>{_said(cell, mark)}</td>'


def _said(cell: Mapping[str, Any], mark: Mark) -> str:
    said = text(cell.get("text", ""))
    if cell.get("level") or cell.get("chip"):
        return chip(said, cell.get("level"), mark(cell.get("text")))
    if cell.get("masked"):
        return f'<span class="masked">{said}</span>'
    linked = f'<a href="{text(cell["href"])}">{said}</a>' if cell.get("href") else said
    return f'<span class="missed">{linked}</span>' if cell.get("missed") and said else linked


def chip(said: str, level: str | None, more: str = "", *, drawn: bool = True) -> str:
    """look/chip.html: a word, escaped already, in a pill whose icon says the same as its colour."""
    mark, level = MARKS.get(level or "") if drawn else None, f" chip-{text(level)}" if level else ""
    return f'<span class="chip{level}"{more}>{icon(mark) if mark else ""}{said}</span>'


@register.simple_tag
def options(choices: Iterable[Mapping[str, Any]]) -> Svg:
    """The entries of a <select>: ``{value, title, selected}``. A list of places has as many as a table has rows."""
    mark = marker()
    return Svg(
        "".join(
            [
                f'<option{mark(one["title"])} value="{text(one["value"])}"{" selected" if one.get("selected") else ""}>'
                f"{text(one['title'])}</option>"
                for one in choices
            ]
        )
    )
