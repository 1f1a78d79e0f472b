"""The four lists of the house: which administrator keeps each, how it is searched, what a row says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from liren.clock import now
from liren.console.acting import Office, nowhere, office
from liren.inforce import catalogue
from liren.look.presenting.words import moment_text
from liren.people.apart import ADMINISTRATORS
from liren.people.models import Person, Post
from liren.places.models import Place, Unit
from liren.tables.lists import LISTS, PLACE_KINDS, ListRegister

PAGE = 50


@dataclass(frozen=True)
class List:
    """``word`` names the register of tables (``records.table_lists``); ``fields`` are what a form may change."""

    key: str
    word: str
    title: Any
    about: Any
    role: str
    head: tuple[Any, ...]
    cells: Callable[[Any], list[str]]
    found: Callable[[Office, str], QuerySet]
    fields: tuple[str, ...] = ()

    @property
    def register(self) -> type[ListRegister]:
        return LISTS[self.word]

    def name_of(self, row: Any) -> str:
        return row.person.name if isinstance(row, Post) else row.name

    def key_of(self, row: Any) -> str:
        return str(row.pk)

    def href(self, row: Any) -> str:
        return reverse("console:admin_one", args=[self.key, self.key_of(row)])


def list_of(request: HttpRequest, key: str) -> tuple[List, Office]:
    """A list with the office of its administrator. Raises Refusal (not_found) for everybody else."""
    found = ALL.get(key)
    if found is None:
        raise nowhere(request)
    return found, office(request, found.role)


def row_of(request: HttpRequest, listed: List, by: Office, key: str) -> Any:
    """One row that the administrator keeps. Raises Refusal (not_found)."""
    rows = listed.found(by, "")
    if rows.model is not Place and not (key.isascii() and key.isdigit() and len(key) < 12):
        raise nowhere(request)
    found = rows.filter(pk=key).first()
    if found is None:
        raise nowhere(request)
    return found


def role_title(role: str) -> str:
    """What a role is called, an administrator's included."""
    return _(ADMINISTRATORS[role]) if role in ADMINISTRATORS else catalogue().roles.get(role, role)


# -- what is searched -----------------------------------------------------------------------------------


def _people(by: Office, words: str) -> QuerySet:
    rows = Person.objects.filter(by.inside("place_id", nowhere=True)).select_related("place")
    if words:
        rows = rows.filter(Q(name__startswith=words) | Q(code=words) | Q(household=words))
    return rows.order_by("name", "pk")


def _posts(by: Office, words: str) -> QuerySet:
    rows = Post.objects.filter(by.inside("place_id") | by.inside("unit__place_id"))
    if words:
        roles = [key for key, title in catalogue().roles.items() if words in (key, title)]
        named = Q(person__name=words) | Q(person__code=words) | Q(unit__name=words) | Q(place__name=words)
        rows = rows.filter(named | Q(role__in=roles))
    return rows.select_related("person", "unit", "place").order_by("-starts", "-pk")


def _units(by: Office, words: str) -> QuerySet:
    rows = Unit.objects.filter(by.inside("place_id")).select_related("place", "parent")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code=words))
    return rows.order_by("code")


def _places(by: Office, words: str) -> QuerySet:
    rows = Place.objects.filter(by.inside("code"))
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code__gte=words, code__lt=f"{words}\uffff"))
    return rows.order_by("code")


# -- what a row says ------------------------------------------------------------------------------------


def _person_cells(row: Person) -> list[str]:
    return [row.code or "", row.household, row.place.name if row.place else ""]


def _post_cells(row: Post) -> list[str]:
    where = row.unit.name if row.unit else row.place.name if row.place else ""
    return [role_title(row.role), where, _day(row.starts), _day(row.ends) or _("至今")]


def _unit_cells(row: Unit) -> list[str]:
    above = row.parent.name if row.parent else ""
    return [row.code, row.kind, row.place.name, above, _until(row.valid_to)]


def _place_cells(row: Place) -> list[str]:
    kind = _(PLACE_KINDS[row.kind][0]) if row.kind in PLACE_KINDS else row.kind
    return [row.code, kind, _until(row.valid_to)]


def _day(value: datetime | None) -> str:
    return moment_text(value, time=False)


def _until(value: datetime | None) -> str:
    if value is None:
        return _("在用")
    return (_("%(day)s 失效") if value <= now() else _("到 %(day)s")) % {"day": _day(value)}


ALL = {
    one.key: one
    for one in (
        List(
            "people", "person", pgettext_lazy("list", "人员"),
            gettext_lazy("姓名、编号、户号、住处；不存身份证号和生日"),
            "system_admin", (gettext_lazy("姓名"), gettext_lazy("编号"), gettext_lazy("户号"), gettext_lazy("地点")),
            _person_cells, _people, ("name", "code", "household", "place"),
        ),
        List(
            "posts", "post", pgettext_lazy("list", "任职"),
            gettext_lazy("谁在哪里任什么角色，从何时到何时；权限都由任职来"),
            "security_admin",
            (gettext_lazy("姓名"), gettext_lazy("角色"), gettext_lazy("单位或地点"), gettext_lazy("开始"),
             gettext_lazy("结束")),
            _post_cells, _posts,
        ),
        List(
            "units", "unit", pgettext_lazy("list", "单位"), gettext_lazy("部门、村居委会、学校、队伍"), "system_admin",
            (gettext_lazy("名称"), gettext_lazy("代码"), gettext_lazy("类型"), gettext_lazy("地点"),
             gettext_lazy("上级"), gettext_lazy("效力")),
            _unit_cells, _units, ("name", "kind", "place", "parent", "valid_from", "valid_to"),
        ),
        List(
            "places", "place", pgettext_lazy("list", "地点"),
            gettext_lazy("县、乡镇街道、村社、网格：统计用区划代码就是上下级"),
            "system_admin", (gettext_lazy("名称"), gettext_lazy("代码"), gettext_lazy("类型"), gettext_lazy("效力")),
            _place_cells, _places, ("name", "kind", "valid_from", "valid_to", "latitude", "longitude"),
        ),
    )
}  # fmt: skip
