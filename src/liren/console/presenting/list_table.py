"""The table of a list: which columns a kind has, and how its rows read.

A page of fifty rows with eight columns has four hundred cells: they are written here, since a template takes five
times as long. Every foreign text is escaped on the way (``look.svg.text``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _

from liren.look.asking import record_href
from liren.look.presenting.fields import Names, masked_text, value_text
from liren.look.presenting.rows import state_cell
from liren.look.presenting.words import moment_text, name_of
from liren.look.svg import Svg, text
from liren.look.templatetags.liren_console import icon, marker
from liren.look.templatetags.liren_tables import MARKS, Mark
from liren.packs.fields import COLUMNS, POINT
from liren.packs.language import Kind
from liren.packs.sources import column_of
from liren.people.models import Person
from liren.people.queries import persons_by_id
from liren.people.visibility import Viewer
from liren.places.queries import names_of_places, names_of_unit_codes
from liren.records.lists import Order, dated, orders
from liren.records.values import field_type, value_of

Cell = tuple[str, str | None]  # text, and the level of a chip or None where it is no chip
#: Values of the row itself that every list reads.
ALWAYS = ("pk", "number", "state", "late_count")
_REFERENCES = ("place", "unit", "handler", "person")
_NUMERIC = ("integer", "number", "money")
#: Columns shown unless somebody chose: at most so many, these first.
SHOWN = 7
_FIRST = ("title", "state", "due", "place", "category", "level", "handler", "unit", "closed")


@dataclass
class RowNames(Names):
    """Names, and the moment at which the list is read: what is due before it is late."""

    at: datetime | None = None


@dataclass(frozen=True)
class Column:
    """A column of a list: what it reads of the records, and the cell it makes of a row."""

    key: str
    title: str
    ours: bool
    paths: tuple[str, ...]
    cell: Callable[[Any, Kind, RowNames], Cell]
    numeric: bool = False


def columns_of(kind: Kind) -> dict[str, Column]:
    """Every column a list of the kind may have: its fields in their order, then what the kernel keeps."""
    found: dict[str, Column] = {}
    kept = set()
    for key, spec in kind.fields.items():
        column = column_of(kind, key)
        kept.add(column)
        found[key] = Column(key, spec.title, False, *_reading(kind, key, private=spec.private))
    asked = {name.rstrip("?") for step in kind.steps.values() for name in step.ask}
    for key in ("title", "place", "unit", "handler", "person"):
        if key not in kept and (key in asked or key in ("title", "place", "unit")):
            found[key] = Column(key, _(COLUMNS[key].title), True, *_reading(kind, key))
    found["state"] = Column("state", _("状态"), True, ("state", "late_count"), _state)
    moments = {"starts": _("开始"), "ends": _("结束"), "opened": _("日期"), "closed": _("办结")}
    for key, title in moments.items():
        if key not in kept and _has(kind, key):
            found[key] = Column(key, title, True, (key,), _moment(key))
    if any(state.within for state in kind.states.values()):
        found["due"] = Column("due", _("期限"), True, ("due", "closed"), _due)
    if kind.shape == "matter":
        found["late_count"] = Column("late_count", _("逾期次数"), True, ("late_count",), _late_count, True)
    return found


def _has(kind: Kind, moment: str) -> bool:
    if moment in ("starts", "ends"):
        return kind.shape == "activity"
    return moment == "opened" or any(state.end for state in kind.states.values())


def usual(offered: dict[str, Column], kind: Kind) -> list[str]:
    """The columns of a list that nobody chose: what tells records apart and where they stand."""
    of_column = {column_of(kind, key) or key: key for key in offered}
    declared = {column_of(kind, key) or key for key in kind.fields}
    asked = {name.rstrip("?") for step in kind.steps.values() for name in step.ask}
    wanted = [name for name in _FIRST if name != "unit" or name in declared | asked]
    wanted = [of_column[name] for name in (*wanted[:2], dated(kind), *wanted[2:]) if name in of_column]
    shown = list(dict.fromkeys(wanted))[:SHOWN]
    return [key for key in offered if key in shown]


def _reading(kind: Kind, key: str, *, private: bool = False):
    """What a column reads, how its cell reads, and whether it is a number."""
    if private:
        return ("secret",), _private(key), False
    column = column_of(kind, key)
    if column in ("place", "unit", "handler"):
        return (f"{column}_id", f"{column}__name"), _named(column), False
    if column == "person":
        return ("person_id", "person__name"), _person, False
    if column == POINT:
        return ("longitude", "latitude"), _plain(key), False
    numeric = field_type(kind, key) in _NUMERIC
    return ((column or "data"),), _plain(key), numeric


def _plain(key: str):
    def cell(row, kind: Kind, names: RowNames) -> Cell:
        return value_text(kind, key, value_of(kind, row, key), names), None

    return cell


def _named(column: str):
    return lambda row, _kind, _names: (getattr(row, f"{column}__name") or "", None)


def _private(key: str):
    return lambda row, _kind, names: (masked_text(row, key, names), None)


def _moment(key: str):
    return lambda row, _kind, _names: (moment_text(getattr(row, key)), None)


def _person(row, kind: Kind, names: RowNames) -> Cell:  # noqa: ARG001
    person = Person(pk=row.person_id, name=row.person__name) if row.person_id else None
    return name_of(person, names.viewer), None


def _state(row, kind: Kind, names: RowNames) -> Cell:  # noqa: ARG001
    cell = state_cell(row, kind)
    return cell["text"], cell["level"]


def _due(row, kind: Kind, names: RowNames) -> Cell:  # noqa: ARG001
    return moment_text(row.due), _passed(row.due, row.closed, names.at)


def _passed(due: datetime | None, closed: datetime | None, at: datetime | None) -> str | None:
    return "late" if due and at and not closed and due < at else None


def _late_count(row, kind: Kind, names: RowNames) -> Cell:  # noqa: ARG001
    return str(row.late_count or ""), None


def paths(columns: Iterable[Column], order: Order) -> tuple[str, ...]:
    """Everything a page reads of its records, each once."""
    ordered = "place_id" if order.column == "place" else order.column
    read = [path for column in columns for path in column.paths]
    return tuple(dict.fromkeys((*ALWAYS, ordered, *read)))


def rows_of(values: Sequence[tuple], read: Sequence[str]) -> list[Any]:
    """Rows with their values by name."""
    return [SimpleNamespace(**dict(zip(read, one, strict=True))) for one in values]


def names_in(
    rows: Sequence[Any], columns: Iterable[Column], kind: Kind, viewer: Viewer, at: datetime
) -> RowNames:
    """The names that values in ``data`` mention: one query for each sort of name that a shown column needs."""
    said: dict[str, set] = {"place": set(), "unit": set(), "person": set()}
    for column in columns:
        type_ = field_type(kind, column.key)
        if column.paths == ("data",) and type_ in said:
            said[type_] |= {row.data.get(column.key) for row in rows} - {None, ""}
    return RowNames(
        viewer,
        names_of_places(said["place"]) if said["place"] else {},
        names_of_unit_codes(said["unit"]) if said["unit"] else {},
        persons_by_id(said["person"]) if said["person"] else {},
        at=at,
    )


def heads(
    columns: Iterable[Column], kind: Kind, order: Order, href: Callable[..., str], *, sortable: Sequence[str]
):
    """`columns` of the page: each with its title, and where it leads to order by it."""
    return [
        _head(column, column_of(kind, column.key) or column.key, order, href, sortable) for column in columns
    ]


def _head(
    column: Column, name: str, order: Order, href: Callable[..., str], sortable: Sequence[str]
) -> dict[str, Any]:
    told: dict[str, Any] = {"title": column.title, "ui": column.ours, "numeric": column.numeric, "sort": None}
    if name in sortable:
        current = order.column == name
        down = not order.down if current else name not in ("title", "place")
        direction = ("descending" if order.down else "ascending") if current else ""
        told["sort"] = {"href": href(sort=f"-{name}" if down else name), "direction": direction}
    return told


def may_sort(kind: Kind, columns: Iterable[Column], *, indexed: Sequence[str] | None) -> list[str]:
    """Columns by which the list shown may be ordered; ``indexed`` where it is long and only these are quick."""
    shown = {column_of(kind, column.key) or column.key for column in columns}
    return [name for name in orders(kind) if name in shown and (indexed is None or name in indexed)]


def body(
    rows: Sequence[Any],
    columns: Sequence[Column],
    kind: Kind,
    names: RowNames,
    *,
    tick: str = "",
    ticked: bool = False,
) -> Svg:
    """The rows as markup; ``tick``: the form to which a box in front of each row belongs."""
    made = []
    mark = marker()
    begun, label = [(column, _opening(column)) for column in columns], text(_("选中"))
    for row in rows:
        number = text(row.number)
        box = _box(row.pk, f"{label} {number}", number, tick, ticked) if tick else ""
        head = f'<th scope="row"><a class="num" href="{text(record_href(row.number))}">{number}</a></th>'
        cells = "".join(
            [_cell(column, opening, column.cell(row, kind, names), mark) for column, opening in begun]
        )
        made.append(f"<tr>{box}{head}{cells}</tr>")
    return Svg("\n".join(made))


def _box(key: int, label: str, number: str, form: str, ticked: bool) -> str:
    checked = " checked" if ticked else ""
    box = f'<input type="checkbox" id="pick-{key}" name="pick" value="{number}" form="{form}"{checked}>'
    return f'<td class="tick">{box}<label for="pick-{key}"><span class="said">{label}</span></label></td>'


def _opening(column: Column) -> str:
    numeric = ' class="n"' if column.numeric else ""
    return f'<td data-label="{text(column.title)}"{numeric}'


def _cell(column: Column, opening: str, cell: Cell, mark: Mark) -> str:
    said, level = cell
    shown = text(said) if said else ""
    if level is not None and said:
        drawn = icon(MARKS[level]) if level in MARKS else ""
        shown = f'<span class="chip{f" chip-{level}" if level else ""}">{drawn}{shown}</span>'
    return f"{opening}{mark(said, column.title)}>{shown}</td>"
