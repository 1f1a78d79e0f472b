"""Numbers from outside as tables: readings with their sources, and the official working days.

A corrected reading replaces the earlier one and both stay; the same value from the same source again
changes nothing.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from liren.clock import now
from liren.figures.actions import Given, readings_enter
from liren.figures.models import Reading
from liren.figures.queries import figure_entry, read_period
from liren.inforce import catalogue
from liren.packs.fields import BadValue, read_date, read_value
from liren.people.models import Person
from liren.places.actions import calendar_import
from liren.places.models import CalendarDay, Place
from liren.places.queries import find_place, find_unit
from liren.refusals import Refusal

from .lists import ListColumn, ListRegister, short
from .rows import BadRow, Item


def _number(text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "").replace("，", ""))
    except InvalidOperation:
        raise BadValue(_("「%(text)s」不是数") % {"text": text}) from None
    if not value.is_finite() or value * 1000 != (value * 1000).to_integral_value():
        raise BadValue(_("「%(text)s」最多三位小数") % {"text": text})
    return value


def _day(text: str) -> date:
    return date.fromisoformat(read_date(text))


class Readings(ListRegister):
    """Numbers given from outside for one reading figure, each with its source."""

    columns = (
        ListColumn("value", (gettext_noop("数值"), "数", "值"), _number, required=True),
        ListColumn("period", (gettext_noop("时段"), "期间"), read_period),
        ListColumn("starts", (gettext_noop("开始"), "起"), _day),
        ListColumn("ends", (gettext_noop("结束"), "止"), _day),
        ListColumn("subject", (gettext_noop("对象"),), short(120)),
        ListColumn("place", (gettext_noop("地点"), "地点代码"), find_place),
        ListColumn("unit", (gettext_noop("单位"), "单位代码"), find_unit),
        ListColumn("source", (gettext_noop("来源"),), short(200), required=True),
        ListColumn("source_date", (gettext_noop("来源日期"),), _day, required=True),
        ListColumn("link", (gettext_noop("网址"), "链接"), lambda text: short(300)(read_value("link", text))),
        ListColumn("note", (gettext_noop("备注"),), short(200)),
    )

    def __init__(self, figure: str, *, by: Person | None, place: Place | None):
        super().__init__(place=place)
        self.entry, self.by = _reading_figure(figure), by
        self.title = self.entry.spec.title

    def missing(self, names: Collection[str]) -> list[str]:
        found = super().missing(names)
        if "period" not in names and not {"starts", "ends"} <= set(names):
            found.append("时段（或开始、结束两列）")
        return found

    def item(self, found: dict[str, Any]) -> Item:
        place = found.get("place") or self.place
        if place is None:
            raise BadRow([("place", _("必填，却是空的（或用 --place 给出）"))])
        starts, ends = self._days(found)
        texts = {name: found.get(name, "") for name in ("subject", "link", "note")}
        given = Given(found["value"], starts, ends, found["source"], found["source_date"], **texts)
        unit = found.get("unit")
        identity = (place.pk, unit.pk if unit else None, starts, ends, given.subject)
        told = f"{place.name} {given.subject or self.title} {given.value}"
        return Item(identity, given, (place, unit, given), told)

    @staticmethod
    def _days(found: dict[str, Any]) -> tuple[date, date]:
        if period := found.get("period"):
            if period.start is None:
                raise BadRow([("period", _("要有起止日期，例：2023年、2023-06-30"))])
            return period.start, period.end
        if "starts" not in found or "ends" not in found:
            raise BadRow([(None, _("时段是空的：写时段，或开始与结束"))])
        if found["ends"] < found["starts"]:
            raise BadRow(
                [
                    (
                        "ends",
                        _("止 %(ends)s 早于起 %(starts)s")
                        % {"ends": found["ends"], "starts": found["starts"]},
                    )
                ]
            )
        return found["starts"], found["ends"]

    def there(self, items: Sequence[Item]) -> set:
        """Standing with the same value and source; another value corrects the earlier reading."""
        rows = Reading.objects.filter(figure=self.entry.id, replaced_by__isnull=True)
        rows = rows.filter(place__in={item.identity[0] for item in items})
        names = ("place_id", "unit_id", "starts", "ends", "subject", "value", "source", "source_date")
        standing = set(rows.values_list(*names))
        found = set()
        for item in items:
            given = item.whole
            if (*item.identity, int(given.value * 1000), given.source, given.source_date) in standing:
                found.add(item.identity)
        return found

    def write(self, items: Sequence[Item]) -> int:
        groups: dict[tuple, list[Given]] = {}
        for place, unit, given in (item.payload for item in items):
            groups.setdefault((place, unit), []).append(given)
        at = now()
        for (place, unit), given_here in groups.items():
            readings_enter(self.entry.id, given_here, place=place, unit=unit, by=self.by, at=at)
        return len(items)


def _reading_figure(word: str):
    titled = [entry for entry in catalogue().figures.values() if entry.spec.title == word]
    given = [entry for entry in titled if entry.spec.verb == "reading"] or titled
    entry = given[0] if len(given) == 1 else figure_entry(word)
    if entry.spec.verb != "reading":
        reason = _("这个指标由记录算出，不能填报；请导入相应的记录")
        raise Refusal("cannot_compute", name=entry.spec.title, reason=reason)
    return entry


class CalendarDays(ListRegister):
    """The official table of working days of a year; ``source`` is the notice it comes from."""

    title = "工作日历"
    columns = (
        ListColumn("date", (gettext_noop("日期"),), _day, required=True),
        ListColumn(
            "working", (gettext_noop("工作"), "是否工作", "上班"), lambda text: read_value("flag", text), True
        ),
        ListColumn("name", (gettext_noop("名称"), "节日", "说明"), short(40)),
    )

    def __init__(self, source: str):
        super().__init__()
        self.source = source

    def item(self, found: dict[str, Any]) -> Item:
        found.setdefault("name", "")
        told = f"{found['date']} {'工作' if found['working'] else '休息'} {found['name']}".strip()
        return Item(found["date"], found, (found["date"], found["working"], found["name"]), told)

    def there(self, items: Sequence[Item]) -> set:
        rows = CalendarDay.objects.filter(source=self.source, date__in=[item.identity for item in items])
        standing = set(rows.values_list("date", "working", "name"))
        return {item.identity for item in items if item.payload in standing}

    def write(self, items: Sequence[Item]) -> int:
        return calendar_import((item.payload for item in items), source=self.source)
