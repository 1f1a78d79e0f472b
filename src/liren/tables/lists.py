"""The house's own lists as tables: places, units, persons, posts.

Each list says its columns once; the titles serve import, export and the suggestions alike. A row may
name what stands earlier in the house or anywhere in the same file (a street and its villages, a bureau
and its offices).
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from liren import database
from liren.inforce import catalogue
from liren.packs.fields import BadValue, read_moment
from liren.packs.findings import suggest
from liren.packs.saying import joined
from liren.people.actions import persons_add, post_take
from liren.people.models import Person, Post
from liren.people.queries import find_person
from liren.places.actions import places_add, units_add
from liren.places.codes import level_of, parents
from liren.places.models import Place, Unit
from liren.places.queries import find_place, find_unit
from liren.refusals import Refusal

from .rows import BadRow, Item, Register

#: What people call places → the kind the house keeps, and the levels it fits.
PLACE_KINDS = {
    "county": ("县", {"county"}),
    "district": ("区", {"county"}),
    "street": ("街道", {"town"}),
    "town": ("镇", {"town"}),
    "community": ("社区", {"village"}),
    "village": ("村", {"village"}),
    "grid": ("网格", {"grid"}),
}
_ALSO = {"乡": "town", "乡镇": "town", "县级市": "county", "居委会": "community", "行政村": "village"}
_ID_CARD = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")


@dataclass(frozen=True)
class ListColumn:
    """A column of a list: key, titles (the first is printed), and how its text is read."""

    key: str
    titles: tuple[str, ...]
    read: Callable[[str], Any]
    required: bool = False


def short(most: int) -> Callable[[str], str]:
    """Text of at most so many signs."""

    def read(text: str) -> str:
        if len(text) > most:
            raise BadValue(_("长 %(n)s 字，最多 %(most)s 字") % {"n": len(text), "most": most})
        return text

    return read


class ListRegister(Register):
    """A register whose columns are a fixed list; subclasses build items from the values read."""

    columns: tuple[ListColumn, ...] = ()

    def __init__(self, *, place: Place | None = None):
        self.place = place

    def name_of(self, title: str) -> str | None:
        return next((c.key for c in self.columns if title == c.key or title in c.titles), None)

    def titles(self) -> list[str]:
        return [column.titles[0] for column in self.columns]

    def missing(self, names: Collection[str]) -> list[str]:
        return [c.titles[0] for c in self.columns if c.required and c.key not in names]

    def read(self, values: dict[str, str]) -> Item:
        found: dict[str, Any] = {}
        faults: list[tuple[str | None, str]] = []
        for column in self.columns:
            text = values.get(column.key)
            if text is None:
                if column.required:
                    faults.append((column.key, _("必填，却是空的")))
                continue
            try:
                found[column.key] = column.read(text)
            except BadValue as fault:
                faults.append((column.key, str(fault)))
            except Refusal as refusal:
                faults.append((column.key, refusal.facts.get("reason") or str(refusal)))
        if faults:
            raise BadRow(faults)
        return self.item(found)

    def item(self, found: dict[str, Any]) -> Item:
        """The item of a row whose cells are each right. Raises BadRow where they do not fit together."""
        raise NotImplementedError


def _code(text: str) -> str:
    code = text.upper()
    try:
        level_of(code)
    except ValueError as fault:
        raise BadValue(str(fault)) from None
    if not re.fullmatch(r"[0-9]{6,12}|[0-9]{12}[0-9A-Z]{3}", code):
        raise BadValue(
            _("「%(text)s」不是区划代码：前 12 位只有数字，网格的后 3 位可有字母") % {"text": text}
        )
    return code


def _place_kind(text: str) -> str:
    titles = {title: kind for kind, (title, _level) in PLACE_KINDS.items()} | _ALSO
    if text in PLACE_KINDS or text in titles:
        return titles.get(text, text)
    raise BadValue(
        _("「%(text)s」不在选项中；可选：%(among)s")
        % {"text": text, "among": joined(_(title) for title, _short in PLACE_KINDS.values())}
    )


def _degrees(most: int) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            degrees = float(text)
        except ValueError:
            degrees = 999.0
        if not -most <= degrees <= most:
            raise BadValue(_("「%(text)s」不是 -%(most)s 到 %(most)s 的度数") % {"text": text, "most": most})
        return degrees

    return read


class Places(ListRegister):
    """统计用区划代码 and names. A place must lie in one that stands, or in one of the same file."""

    title = "地点"
    columns = (
        ListColumn("code", (gettext_noop("代码"), "区划代码", "统计用区划代码"), _code, required=True),
        ListColumn("name", (gettext_noop("名称"), "地点", "区划名称"), short(60), required=True),
        ListColumn("kind", (gettext_noop("类型"), "类别"), _place_kind),
        ListColumn("valid_from", (gettext_noop("生效"), "生效日期"), read_moment),
        ListColumn("valid_to", (gettext_noop("失效"), "失效日期"), read_moment),
        ListColumn("latitude", (gettext_noop("纬度"),), _degrees(90)),
        ListColumn("longitude", (gettext_noop("经度"),), _degrees(180)),
    )

    def item(self, found: dict[str, Any]) -> Item:
        code, level = found["code"], level_of(found["code"])
        found.setdefault("kind", _kind_by_name(found["name"], level))
        if level not in PLACE_KINDS[found["kind"]][1]:
            title = PLACE_KINDS[found["kind"]][0]
            raise BadRow([("kind", _("%(n)s 位代码不会是「%(title)s」") % {"n": len(code), "title": title})])
        _in_order(found)
        return Item(code, found, found, f"{code} {found['name']}")

    def together(self, items: Sequence[tuple[int, Item]]) -> Iterator[tuple[int, str | None, str]]:
        """Every place lies in one that stands already or comes in the same file."""
        above = {item.identity: parents(item.identity)[-1:] for _row, item in items}
        wanted = {code for codes in above.values() for code in codes} - above.keys()
        standing = set(Place.objects.filter(code__in=wanted).values_list("code", flat=True))
        for number, item in items:
            for code in above[item.identity]:
                if code in wanted - standing:
                    yield (
                        number,
                        "code",
                        _("没有上级地点 %(code)s；请先登记，或写进同一个文件") % {"code": code},
                    )

    def there(self, items: Sequence[Item]) -> set:
        codes = [item.identity for item in items]
        return set(Place.objects.filter(code__in=codes).values_list("code", flat=True))

    def write(self, items: Sequence[Item]) -> int:
        return len(places_add([item.payload for item in items]))


def _kind_by_name(name: str, level: str) -> str:
    """What a place is called, from the end of its name; the commonest of its level otherwise."""
    for kind, (title, levels) in PLACE_KINDS.items():
        if level in levels and name.endswith(title):
            return kind
    return {"county": "county", "town": "town", "village": "village", "grid": "grid"}[level]


class Units(ListRegister):
    """Departments, committees, teams: who answers for something."""

    title = "单位"
    columns = (
        ListColumn("code", (gettext_noop("代码"), "单位代码"), short(40), required=True),
        ListColumn("name", (gettext_noop("名称"), "单位", "单位名称"), short(80), required=True),
        ListColumn("kind", (gettext_noop("类型"), "类别"), short(20), required=True),
        ListColumn("place", (gettext_noop("地点"), "地点代码"), find_place),
        ListColumn("parent", (gettext_noop("上级"), "上级单位", "上级代码"), short(80)),
        ListColumn("valid_from", (gettext_noop("生效"), "生效日期"), read_moment),
        ListColumn("valid_to", (gettext_noop("失效"), "失效日期"), read_moment),
    )

    def item(self, found: dict[str, Any]) -> Item:
        found.setdefault("place", self.place)
        if found["place"] is None:
            raise BadRow([("place", _("必填，却是空的（或用 --place 给出）"))])
        _in_order(found)
        return Item(found["code"], found, found, f"{found['code']} {found['name']}")

    def together(self, items: Sequence[tuple[int, Item]]) -> Iterator[tuple[int, str | None, str]]:
        """A superior unit stands already, or comes in the same file; nobody is above themselves."""
        coming = {word for _row, item in items for word in (item.payload["code"], item.payload["name"])}
        ring = {row["code"] for row in _waves([item.payload for _row, item in items])[1]}
        for number, item in items:
            row = item.payload
            if row["code"] in ring:
                yield number, "parent", _("互为上级，成了环")
            elif row.get("parent") and row["parent"] not in coming:
                try:
                    find_unit(row["parent"], row["place"].code)
                except Refusal as refusal:
                    yield number, "parent", str(refusal)

    def there(self, items: Sequence[Item]) -> set:
        codes = [item.identity for item in items]
        return set(Unit.objects.filter(code__in=codes).values_list("code", flat=True))

    def write(self, items: Sequence[Item]) -> int:
        for wave in _waves([item.payload for item in items])[0]:
            units_add([row | {"parent": _parent(row)} for row in wave])
        return len(items)


def _waves(rows: list[dict[str, Any]]) -> tuple[list[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Units in the order in which they can be made, superiors first; and those in a ring of superiors."""
    waves, waiting = [], rows
    while waiting:
        names = {word for row in waiting for word in (row["code"], row["name"])}
        ready = [row for row in waiting if row.get("parent") not in names]
        if not ready:
            break
        waves.append(ready)
        waiting = [row for row in waiting if row.get("parent") in names]
    return waves, waiting


def _parent(row: dict[str, Any]) -> Unit | None:
    return find_unit(row["parent"], row["place"].code) if row.get("parent") else None


def _in_order(found: dict[str, Any]) -> None:
    starts, ends = found.get("valid_from"), found.get("valid_to")
    if starts and ends and ends <= starts:
        raise BadRow([("valid_to", _("不晚于生效"))])


def _natural_key(text: str) -> str:
    if _ID_CARD.fullmatch(text):
        raise BadValue(_("像是身份证号；本系统不存身份证号，请用工号、志愿者编号等"))
    return short(40)(text)


class Persons(ListRegister):
    """Persons: name, household, home. No ID-card number, birthday or age has a column here."""

    title = "人员"
    columns = (
        ListColumn("code", (gettext_noop("编号"), "人员编号", "工号"), _natural_key),
        ListColumn("name", (gettext_noop("姓名"),), short(40), required=True),
        ListColumn("household", (gettext_noop("户号"),), short(40)),
        ListColumn("place", (gettext_noop("地点"), "地点代码", "住址"), find_place),
    )

    def item(self, found: dict[str, Any]) -> Item:
        found.setdefault("place", self.place)
        place = found["place"].code if found["place"] else None
        without_code = (found["name"], found.get("household", ""), place)
        return Item(found.get("code") or without_code, found, found, found["name"])

    def there(self, items: Sequence[Item]) -> set:
        keys = [item.identity for item in items]
        codes = [key for key in keys if isinstance(key, str)]
        found = set(Person.objects.filter(code__in=codes).values_list("code", flat=True))
        names = [key[0] for key in keys if not isinstance(key, str)]
        rows = Person.objects.filter(name__in=names).values_list("name", "household", "place_id")
        return found | set(rows)

    def write(self, items: Sequence[Item]) -> int:
        return len(persons_add([item.payload for item in items]))


def _role(text: str) -> str:
    roles = catalogue().roles
    if text in roles:
        return text
    key = next((key for key, title in roles.items() if title == text), None)
    if key is None:
        raise BadValue(
            _("没有角色「%(text)s」。%(among)s")
            % {"text": text, "among": suggest(text, [*roles.values(), *roles])}
        )
    return key


class Posts(ListRegister):
    """Who holds which role, at which unit or for which place, from when to when."""

    title = "任职"
    columns = (
        ListColumn("person", (gettext_noop("人员"), "姓名", "人员编号"), find_person, required=True),
        ListColumn("role", (gettext_noop("角色"),), _role, required=True),
        ListColumn("unit", (gettext_noop("单位"), "单位代码"), find_unit),
        ListColumn("place", (gettext_noop("地点"), "地点代码"), find_place),
        ListColumn("starts", (gettext_noop("开始"), "任职日期"), read_moment, required=True),
        ListColumn("ends", (gettext_noop("结束"), "离任日期"), read_moment),
    )

    def item(self, found: dict[str, Any]) -> Item:
        if "unit" not in found:
            found.setdefault("place", self.place)
        if found.get("unit") is None and found.get("place") is None:
            raise BadRow([(None, _("单位和地点至少写一项"))])
        if "ends" in found and found["ends"] <= found["starts"]:
            raise BadRow([("ends", _("不晚于开始"))])
        named = ("person", "unit", "place")
        keys = tuple(found[name].pk if found.get(name) else None for name in named)
        identity = (*keys, found["role"], found["starts"])
        return Item(identity, found, found, f"{found['person'].name} {catalogue().roles[found['role']]}")

    def there(self, items: Sequence[Item]) -> set:
        persons = [item.identity[0] for item in items]
        rows = Post.objects.filter(person__in=persons)
        return set(rows.values_list("person_id", "unit_id", "place_id", "role", "starts"))

    def write(self, items: Sequence[Item]) -> int:
        with database.atomic():
            return len([post_take(**item.payload) for item in items])


LISTS: dict[str, type[ListRegister]] = {
    "place": Places, "地点": Places, "unit": Units, "单位": Units,
    "person": Persons, "人员": Persons, "post": Posts, "任职": Posts,
}  # fmt: skip
