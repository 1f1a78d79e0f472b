"""What an address asks of a list: filters, order, columns, and where to go on; wrong values with their reason.

Everything stands in the address, so a list is kept as a bookmark and handed on as a link. A value that cannot be
read stays in its field with the reason, and the list shows nothing until it is put right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from liren.figures.browsing import reaches
from liren.packs.catalogue import KindEntry
from liren.packs.fields import POINT, BadValue, point_micro, read_value
from liren.packs.language import FieldSpec, Kind
from liren.packs.sources import column_of
from liren.people.visibility import Viewer
from liren.places.geometry import Box
from liren.places.geometry import around as around_point
from liren.places.models import Place, Unit
from liren.places.queries import around, find_unit, tops
from liren.records.lists import ENDED, OPEN, VOID, Asked, Mark, Order, dated, orders
from liren.refusals import Refusal

#: Words of the address that narrow a list, in the order of the form.
FILTERS = (
    "q", "state", "late", "category", "level", "at", "around", "unit", "handler",
    "since", "until", "closed_since", "closed_until",
)  # fmt: skip
#: How far "around" reaches to each side, in metres.
AROUND = 500
#: Columns whose values order as numbers or moments; the others as text.
_MOMENTS, _NUMBERS = ("opened", "starts", "ends", "due", "closed"), ("quantity", "money", "late_count")


@dataclass
class Wanted:
    """A list as an address asks for it. ``told`` is what stands in the fields, ``wrong`` why a value is not taken."""

    entry: KindEntry
    asked: Asked
    order: Order
    told: dict[str, str]
    columns: tuple[str, ...] = ()
    after: Mark | None = None
    before: Mark | None = None
    wrong: dict[str, str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    after_text: str = ""
    before_text: str = ""
    ticked: bool = False

    def query(self, **other: str) -> str:
        """The address part after ``?`` that keeps filters, order and columns; an empty value leaves one out."""
        kept = self.told | {"sort": _sort_text(self.order, self.entry.spec)} | other
        pairs = [(name, value) for name, value in kept.items() if value]
        return urlencode([*pairs, *(("col", name) for name in self.columns)])


def wanted(told: QueryDict, entry: KindEntry, viewer: Viewer) -> Wanted:
    """Read an address. At most three queries: a unit, a handler, and the places around the one asked for."""
    said = {name: _clean(told.get(name, "")) for name in FILTERS}
    said = {name: value for name, value in said.items() if value}
    found = Wanted(entry, Asked(), _order(told.get("sort", ""), entry.spec), said)
    found.columns = tuple(dict.fromkeys(_clean(name) for name in told.getlist("col")[:40]))
    found.after = _mark(told.get("after", ""), found.order)
    found.before = None if found.after else _mark(told.get("before", ""), found.order)
    found.after_text = told.get("after", "") if found.after else ""
    found.before_text = told.get("before", "") if found.before else ""
    found.ticked = told.get("tick") == "all"
    inside = _inside(viewer)
    found.places = _places(said.get("at", ""), inside)
    found.asked = Asked(
        state=_state(found),
        late=said.get("late", "") if said.get("late") in ("now", "ever") else "",
        category=_choice(found, "category"),
        level=_choice(found, "level"),
        place=_place(found),
        around=_around(found),
        unit=_unit(found, "unit", inside),
        handler=_unit(found, "handler", inside),
        words=said.get("q", ""),
        **{name: _day(found, name) for name in ("since", "until", "closed_since", "closed_until")},
    )
    return found


def _clean(text: str) -> str:
    return "".join(char for char in text if char.isprintable()).strip()[:100]


def _state(found: Wanted) -> str:
    state = found.told.get("state", "")
    if state and state not in (OPEN, ENDED, VOID) and state not in found.entry.spec.states:
        found.wrong["state"] = _("没有这个状态")
    return state


def field_of(kind: Kind, column: str) -> FieldSpec | None:
    """The declared field that keeps a shared column, unless it is private."""
    named = (spec for key, spec in kind.fields.items() if column_of(kind, key) == column)
    return next((spec for spec in named if not spec.private), None)


def _choice(found: Wanted, name: str) -> str:
    value, spec = found.told.get(name, ""), field_of(found.entry.spec, name)
    if value and spec and spec.choices and value not in spec.choices:
        found.wrong[name] = _("没有这个选项")
    return value if spec else ""


def _inside(viewer: Viewer) -> str:
    own = reaches(viewer)
    return own[0] if len(own) == 1 else ""


def _places(code: str, inside: str) -> list[Place]:
    """The places offered: those around the one asked for and those in it; else those of one's own reach."""
    if code and code.isascii() and code.isalnum() and len(code) <= 15:
        return around(code)
    return around(inside) if inside else tops()


def _place(found: Wanted) -> str:
    code = found.told.get("at", "")
    if code and code not in {place.code for place in found.places}:
        found.wrong["at"] = _("没有这个地点")
    return code


def _around(found: Wanted) -> Box | None:
    """The square around a point, in which what is open is listed; kinds without a location know no such word."""
    text = found.told.get("around", "")
    if not text or not found.entry.spec.located:
        found.told.pop("around", None)
        return None
    try:
        return around_point(point_micro(str(read_value(POINT, text))), AROUND)
    except BadValue:
        found.wrong["around"] = _("写成 117.123456,36.123456 这样：经度,纬度")
        return None


def _unit(found: Wanted, name: str, inside: str) -> int | None:
    text = found.told.get(name, "")
    if not text:
        return None
    try:
        unit: Unit = find_unit(text, inside[:6])
    except Refusal as refusal:
        several = refusal.code == "ambiguous"
        found.wrong[name] = _("不止一个，请写代码") if several else _("没有这个单位")
        return None
    return unit.pk


def _day(found: Wanted, name: str) -> date | None:
    text = found.told.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(str(read_value("date", text)))
    except BadValue:
        found.wrong[name] = _("写成 2024-03-04 这样")
        return None


def _order(text: str, kind: Kind) -> Order:
    column = text.removeprefix("-")
    return Order(column, text.startswith("-")) if column in orders(kind) else Order(dated(kind))


def _sort_text(order: Order, kind: Kind) -> str:
    text = f"-{order.column}" if order.down else order.column
    return "" if order == Order(dated(kind)) else text


def mark_text(row: Any, order: Order) -> str:
    """Where a list goes on after or before a row, as an address says it: ``123~2024-03-04T09:10:00+08:00``."""
    value = getattr(row, "place_id" if order.column == "place" else order.column)
    told = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"{row.pk}~{told}"


def _mark(text: str, order: Order) -> Mark | None:
    """A mark that cannot be read is none: the list begins at its beginning."""
    key, found, value = text.partition("~")
    if not (found and key.isascii() and key.isdigit() and len(key) < 19):
        return None
    try:
        return Mark(_value(_clean(value), order.column), int(key))
    except ValueError:
        return None


def _value(text: str, column: str) -> str | int | datetime | None:
    if column in _MOMENTS:
        if not text:
            return None
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError
        return at
    if column in _NUMBERS:
        if len(text) > 18:
            raise ValueError
        return int(text) if text else None
    return text


def chosen(columns: Iterable[str], offered: Iterable[str]) -> list[str]:
    """Columns asked for that there are, in the order offered."""
    asked = set(columns)
    return [name for name in offered if name in asked]
