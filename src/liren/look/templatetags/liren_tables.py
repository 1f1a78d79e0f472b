"""Tables, lists and their forms as markup: fifty rows of eight cells cost a template ten milliseconds, and here one.

Every foreign text is escaped on the way (``look.svg.text``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _

from liren.look.svg import Svg, text
from liren.look.templatetags.liren_console import icon, marker, mixed

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


@register.simple_tag
def filter_fields(fields: Iterable[Mapping[str, Any]]) -> Svg:
    """The fields of parts/filters.html, each with its label; what is wrong with a value stands below it."""
    mark, whole = marker(), text(_("全部"))
    return Svg("\n".join([_field(one, mark, whole) for one in fields]))


def _field(one: Mapping[str, Any], mark: Mark, whole: str) -> str:
    name, wide = text(one["name"]), " field-wide" if one.get("wide") else ""
    label = f'<label for="f-{name}"{mark(one["title"])}>{text(one["title"])}</label>'
    if one["kind"] == "choice":
        box = f'<select id="f-{name}" name="{name}"><option value="">{whole}</option>{options(one["choices"])}</select>'
    else:
        box = _box(one, name)
    wrong = conditional_escape(mixed(one["wrong"])) if one.get("wrong") else ""
    told = f'\n<p class="wrong" id="f-{name}-wrong">{wrong}</p>' if wrong else ""
    return f'<div class="field{wide}">\n{label}\n{box}{told}\n</div>'


def _box(one: Mapping[str, Any], name: str) -> str:
    """A date that is no date stands in a text field: a date field would drop what was typed."""
    wrong = one.get("wrong")
    kind = "text" if wrong else "date" if one["kind"] == "date" else "search"
    told = f' aria-invalid="true" aria-describedby="f-{name}-wrong"' if wrong else ""
    return f'<input id="f-{name}" name="{name}" type="{kind}" value="{text(one["value"] or "")}"{told}>'


@register.simple_tag
def column_heads(columns: Iterable[Mapping[str, Any]]) -> Svg:
    """The heads of a list: ``{title, numeric, sort: none | {href, direction}}``."""
    mark = marker()
    return Svg("".join([_column(one, mark) for one in columns]))


def _column(one: Mapping[str, Any], mark: Mark) -> str:
    title, sort = text(one["title"]), one["sort"]
    numeric, ordered = ' class="n"' if one["numeric"] else "", ""
    if sort:
        way = sort["direction"]
        drawn = icon("up" if way == "ascending" else "down") if way else ""
        ordered = f' aria-sort="{way}"' if way else ""
        title = f'<a href="{text(sort["href"])}">{title}{drawn}</a>'
    return f'<th scope="col"{numeric}{ordered}{mark(one["title"])}>{title}</th>'


@register.simple_tag
def column_boxes(choices: Iterable[Mapping[str, Any]]) -> Svg:
    """The columns to choose from: ``{key, title, shown}``."""
    mark = marker()
    return Svg("".join([_column_box(one, text(one["key"]), mark) for one in choices]))


def _column_box(one: Mapping[str, Any], key: str, mark: Mark) -> str:
    checked, title = " checked" if one["shown"] else "", one["title"]
    box = f'<input type="checkbox" id="col-{key}" name="col" value="{key}"{checked}>'
    return f'<li>{box} <label for="col-{key}"{mark(title)}>{text(title)}</label></li>'
