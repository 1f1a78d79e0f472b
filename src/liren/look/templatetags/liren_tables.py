"""The rows of parts/table.html as markup: fifty rows of eight cells cost a template ten milliseconds, and here one.

Every foreign text is escaped on the way (``look.svg.text``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from liren.look.svg import Svg, text
from liren.look.templatetags.liren_console import icon, lang

register = template.Library()
MARKS = {"ok": "check", "soon": "clock", "late": "late"}


@register.simple_tag
def table_rows(rows: Iterable[Mapping[str, Any]]) -> Svg:
    """``rows`` as parts/table.html says: ``{href, number, cells}``."""
    return Svg("".join([f"\n<tr>{_head(row)}{''.join(map(_cell, row['cells']))}</tr>" for row in rows]))


def _head(row: Mapping[str, Any]) -> str:
    number = text(row["number"])
    told = f'<a class="num" href="{text(row["href"])}">{number}</a>' if row.get("href") else number
    return f'<th scope="row"{lang(row["number"])}>{told}</th>'


def _cell(cell: Mapping[str, Any]) -> str:
    numeric = ' class="n"' if cell.get("numeric") else ""
    label, said = cell.get("label", ""), cell.get("text", "")
    return f'<td data-label="{text(label)}"{numeric}{lang(said, label)}>{_said(cell)}</td>'


def _said(cell: Mapping[str, Any]) -> str:
    said = text(cell.get("text", ""))
    if cell.get("level") or cell.get("chip"):
        return chip(said, cell.get("level"), lang(cell.get("text")))
    if cell.get("masked"):
        return f'<span class="masked">{said}</span>'
    linked = f'<a href="{text(cell["href"])}">{said}</a>' if cell.get("href") else said
    return f'<span class="missed">{linked}</span>' if cell.get("missed") and said else linked


def chip(said: str, level: str | None, more: str = "") -> str:
    """look/chip.html: a word, escaped already, in a pill whose icon says the same as its colour."""
    mark, level = MARKS.get(level or ""), f" chip-{text(level)}" if level else ""
    return f'<span class="chip{level}"{more}>{icon(mark) if mark else ""}{said}</span>'
