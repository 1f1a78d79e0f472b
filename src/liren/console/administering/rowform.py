"""A row of a list as a form: the columns of its table, read by the same readers, with the same refusals.

So a form, a spreadsheet and the command line refuse the same value with the same sentence; it stands beside
its field, and what was typed stays in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from liren.console.acting import Office
from liren.look.presenting.words import moment_text
from liren.packs.fields import CHINA, BadValue, read_date
from liren.people.actions import person_change
from liren.people.models import Person
from liren.places.actions import place_change, place_merge, unit_change
from liren.places.models import Place, Unit
from liren.places.queries import find_place, find_unit
from liren.places.signals import list_changed
from liren.refusals import Refusal
from liren.tables.lists import ListRegister
from liren.tables.rows import BadRow, Item

from .lists import List

#: Fields of days: a browser offers a calendar for them.
DAYS = {"valid_from", "valid_to", "starts", "ends", "date"}
#: Fields that may be emptied by a form; the others keep what they say.
EMPTY: dict[str, Any] = {
    "code": None, "household": "", "place": None, "parent": None, "valid_from": None, "valid_to": None,
    "latitude": None, "longitude": None,
}  # fmt: skip


class Reaching(ListRegister):
    """A register that takes only what lies within an administrator's places, and no post of their own."""

    def __init__(self, inner: ListRegister, by: Office) -> None:
        super().__init__()
        self.inner, self.by = inner, by
        self.title, self.columns = inner.title, inner.columns
        self.unread, self.exact = inner.unread, inner.exact

    def item(self, found: dict[str, Any]) -> Item:
        item = self.inner.item(found)
        payload = item.payload
        where = payload.get("place") or (payload["unit"].place if payload.get("unit") else None)
        code = payload["code"] if self.title == "地点" else where.pk if where else None
        if not self.by.covers(code):
            column = "code" if self.title == "地点" else "place" if payload.get("place") else "unit"
            raise BadRow([(column, _("不在您管的地点之内"))])
        if self.title == "任职" and payload["person"].pk == self.by.person.pk:
            raise BadRow([("person", "不能给自己任职，请别的安全管理员来办")])
        return item

    def together(self, items: Sequence[tuple[int, Item]]):
        return self.inner.together(items)

    def missing(self, names: Collection[str]) -> list[str]:
        return self.inner.missing(names)

    def there(self, items: Sequence[Item]) -> set:
        return self.inner.there(items)

    def write(self, items: Sequence[Item]) -> int:
        count = self.inner.write(items)
        list_changed.send(Reaching, what="table_entered", subject=f"rows:{count}")
        return count


def reaching(listed: List, by: Office) -> Reaching:
    """The register of a list for an administrator."""
    return Reaching(listed.register(), by)


def entered(listed: List, by: Office, said: Mapping[str, str]) -> dict[str, str]:
    """Enter one new row; what is wrong by column (`` for the row), empty when it was entered."""
    register = reaching(listed, by)
    values = {name: text.strip() for name, text in said.items() if text.strip()}
    try:
        item = register.read(values)
        for _number, column, reason in register.together([(1, item)]):
            return {column or "": reason}
        if item.identity in register.there([item]):
            return {"": _("已经有了：%(what)s") % {"what": item.told}}
        register.write([item])
    except BadRow as fault:
        return {column or "": reason for column, reason in fault.faults}
    except Refusal as refusal:
        return {"": str(refusal)}
    return {}


def changed(listed: List, by: Office, row: Any, said: Mapping[str, str]) -> dict[str, str]:
    """Change the fields of a row that a form may change; what is wrong by column, empty when it was changed."""
    given: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for column in listed.register.columns:
        if column.key not in listed.fields:
            continue
        text = said.get(column.key, "").strip()
        if not text and column.key in EMPTY and not (column.key == "place" and isinstance(row, Unit)):
            given[column.key] = EMPTY[column.key]
            continue
        try:
            given[column.key] = column.read(text or _needed())
        except (BadValue, Refusal) as fault:
            faults[column.key] = _reason(fault)
    where = given.get("place")
    if where is not None and not by.covers(where.pk):
        faults["place"] = _("不在您管的地点之内")
    return faults or _changed(row, given)


def _needed() -> str:
    """What was emptied and may not be. Raises BadValue."""
    raise BadValue(_("必填，却是空的"))


def _reason(fault: BadValue | Refusal) -> str:
    return str(fault.facts.get("reason") or fault) if isinstance(fault, Refusal) else str(fault)


def _changed(row: Any, given: dict[str, Any]) -> dict[str, str]:
    try:
        if isinstance(row, Unit):
            if given.get("parent"):
                given["parent"] = find_unit(given["parent"], given["place"].pk)
            unit_change(row, **given)
        elif isinstance(row, Place):
            place_change(row, **given)
        elif isinstance(row, Person):
            person_change(row, **given)
    except Refusal as refusal:
        titles = {"上级": "parent", "失效": "valid_to", "人员编号": "code", "单位": "parent"}
        about = titles.get(str(refusal.facts.get("field") or refusal.facts.get("what")), "")
        return {about: _reason(refusal)}
    return {}


def day_of(text: str, *, after: datetime | None = None) -> datetime:
    """The beginning of a day in China. Raises BadValue for what is no day, or not later than ``after``."""
    day = datetime.combine(date.fromisoformat(read_date(text)), time(), CHINA)
    if after is not None and day <= after:
        raise BadValue(_("不晚于开始"))
    return day


def merged(place: Place, by: Office, said: Mapping[str, str]) -> dict[str, str]:
    """A place goes into another on a day; what is wrong by field, empty when it did."""
    faults: dict[str, str] = {}
    after: Place | None = None
    try:
        after = find_place(said.get("after", ""))
        if after.pk == place.pk or after.level != place.level or not by.covers(after.pk):
            faults["after"] = _("要写您管的地点之内、同一级的另一个地点")
    except Refusal as refusal:
        faults["after"] = str(refusal)
    try:
        at = day_of(said.get("on", ""), after=place.valid_from)
    except BadValue as fault:
        faults["on"] = str(fault)
    if place.valid_to is not None:
        faults[""] = _("这个地点已经失效")
    if not faults and after is not None:
        place_merge(before=[place], after=after, on=at.date(), at=at)
    return faults


def fields(
    listed: List, said: Mapping[str, str], faults: Mapping[str, str], only: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The fields of a form as parts/rowform.html takes them."""
    return [
        {
            "name": column.key,
            "title": _(column.titles[0]),
            "required": column.required,
            "kind": "date" if column.key in DAYS else "text",
            "value": said.get(column.key, ""),
            "wrong": faults.get(column.key, ""),
        }
        for column in listed.register.columns
        if not only or column.key in only
    ]


def values_of(listed: List, row: Any) -> dict[str, str]:
    """What the fields of a row say now, as a form shows them."""
    found = {}
    for name in listed.fields:
        value = getattr(row, name)
        if isinstance(value, datetime):
            found[name] = moment_text(value, time=False)
        elif isinstance(value, Place | Unit):
            found[name] = value.code
        else:
            found[name] = "" if value is None else str(value)
    return found
