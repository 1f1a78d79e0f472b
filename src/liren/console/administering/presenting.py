"""The pages of the lists: rooms, rows, forms, tables that are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liren.console.acting import Office
from liren.packs.saying import joined
from liren.people.apart import ADMINISTRATORS
from liren.people.models import Person, Post
from liren.people.queries import posts_of_persons
from liren.places.models import Place, Succession

from . import rowform, uploads
from .lists import ALL, PAGE, List, role_title


def home(by: Office) -> dict[str, Any]:
    """The context of administering/home.html."""
    rooms = [
        {"title": one.title, "about": one.about, "href": reverse("console:admin_rows", args=[one.key])}
        for one in ALL.values()
        if by.holds(one.role)
    ]
    if by.holds("system_admin"):
        rooms.append(_room(_("账户"), _("谁能登录：建账户、停用、给设置密码的链接"), "signin:accounts"))
        rooms.append(_room(_("工作日历"), _("放假和调休：看一年，导入官方通知"), "console:admin_calendar"))
    if by.holds("audit_admin"):
        rooms.append(
            _room(_("留痕"), _("每条记录的每一步：谁、何时、做了什么；验证整条链"), "console:admin_trail")
        )
        rooms.append(_room(_("安全日志"), _("账户上发生的事，保存六个月"), "signin:events"))
    if by.roles & {"system_admin", "security_admin"}:
        rooms.append(_room(_("业务包"), _("本县自己的改动：打开一项业务，点“改这项业务”"), "console:packs"))
    return {"rooms": rooms, "roles": [role_title(role) for role in ADMINISTRATORS if role in by.roles]}


def _room(title: str, about: str, name: str) -> dict[str, str]:
    return {"title": title, "about": about, "href": reverse(name)}


def rows(listed: List, by: Office, words: str, number: int) -> dict[str, Any]:
    """The context of administering/rows.html: one page; the next is known by one row more, nothing is counted."""
    start = (number - 1) * PAGE
    found = list(listed.found(by, words)[start : start + PAGE + 1])
    shown = found[:PAGE]
    here = reverse("console:admin_rows", args=[listed.key])
    return {
        "list": _told(listed),
        "head": listed.head,
        "rows": [_row(listed, row) for row in shown],
        "filters": {
            "fields": [
                {
                    "name": "q",
                    "title": _("姓名、名称或代码"),
                    "kind": "text",
                    "value": words,
                    "wide": True,
                    "ui": True,
                }
            ],
            "kept": [],
            "clear": here if words else None,
        },
        "page": {
            "first": start + 1,
            "last": start + len(shown),
            "total": None,
            "prev": _page(here, words, number - 1) if number > 1 else None,
            "next": _page(here, words, number + 1) if len(found) > PAGE else None,
        },
    }


def _page(here: str, words: str, number: int) -> str:
    said = {"q": words, "page": str(number)}
    return f"{here}?{urlencode({name: text for name, text in said.items() if text})}"


def _row(listed: List, row: Any) -> dict[str, Any]:
    head = listed.head[1:]
    cells = [{"label": title, "text": text} for title, text in zip(head, listed.cells(row), strict=True)]
    return {"name": listed.name_of(row), "href": listed.href(row), "cells": cells}


def _told(listed: List) -> dict[str, Any]:
    def href(name: str, *more: str) -> str:
        return reverse(f"console:{name}", args=[listed.key, *more])

    return {
        "title": listed.title,
        "about": listed.about,
        "new": href("admin_new"),
        "import": href("admin_import"),
        "files": [{"title": title, "href": href("admin_table", form)} for form, title in _FILES],
        "back": href("admin_rows"),
    }


_FILES = (("xlsx", "Excel"), ("csv", "CSV"))


def form(listed: List, said: Mapping[str, str], faults: Mapping[str, str], title: str) -> dict[str, Any]:
    """The context of administering/form.html for a new row."""
    return {
        "title": title,
        "list": _told(listed),
        "fields": rowform.fields(listed, said, faults),
        "fault": faults.get("", ""),
        "facts": [],
        "links": [],
        "save": _("登记"),
    }


def one(listed: List, row: Any, said: Mapping[str, str], faults: Mapping[str, str]) -> dict[str, Any]:
    """The context of administering/form.html for a row that is there."""
    links, facts = [], []
    if isinstance(row, Post):
        facts = [
            {"title": title, "text": text}
            for title, text in zip(listed.head[1:], listed.cells(row), strict=True)
        ]
        if row.ends is None and row.role not in ADMINISTRATORS:
            links = [{"title": _("记离任"), "href": reverse("console:admin_end", args=[row.pk])}]
    if isinstance(row, Place):
        facts = _successions(row)
        if row.valid_to is None:
            links = [{"title": _("并入别的地点"), "href": reverse("console:admin_merge", args=[row.pk])}]
    if isinstance(row, Person):
        facts = [
            {"title": role_title(post.role), "text": " · ".join(ALL["posts"].cells(post)[1:])}
            for post in posts_of_persons([row.pk]).get(row.pk, [])
        ]
    return {
        "title": listed.name_of(row),
        "list": _told(listed),
        "fields": rowform.fields(listed, said, faults, listed.fields) if listed.fields else [],
        "fault": faults.get("", ""),
        "facts": facts,
        "links": links,
        "save": _("保存"),
    }


def _successions(place: Place) -> list[dict[str, str]]:
    """What the place went into, and what went into it."""
    into = Succession.objects.filter(before=place).select_related("after").order_by("on")
    of = Succession.objects.filter(after=place).select_related("before").order_by("on")
    return [{"title": _("并入"), "text": f"{one.after.name} {one.after_id} {one.on}"} for one in into] + [
        {"title": _("并来"), "text": f"{one.before.name} {one.before_id} {one.on}"} for one in of
    ]


def ending(listed: List, post: Post, at: str, fault: str) -> dict[str, Any]:
    """The context of administering/form.html for the end of a post."""
    field = {
        "name": "at",
        "title": _("哪天离任"),
        "required": True,
        "kind": "date",
        "value": at,
        "wrong": fault,
    }
    facts = zip(listed.head[1:], listed.cells(post), strict=True)
    return {
        "title": _("%(name)s离任") % {"name": post.person.name},
        "list": _told(listed),
        "fields": [field | {"ui": True}],
        "fault": "",
        "facts": [{"title": title, "text": text} for title, text in facts],
        "links": [],
        "save": _("记离任"),
    }


def merging(place: Place, said: Mapping[str, str], faults: Mapping[str, str]) -> dict[str, Any]:
    """The context of administering/form.html for a place that goes into another."""
    asked = (("after", _("并入哪个地点（代码或名称）"), "text"), ("on", _("从哪天起"), "date"))
    return {
        "title": _("%(name)s并入别的地点") % {"name": place.name},
        "list": _told(ALL["places"]),
        "fields": [
            {"name": name, "title": title, "required": True, "kind": kind, "ui": True,
             "value": said.get(name, ""), "wrong": faults.get(name, "")}
            for name, title, kind in asked
        ],
        "fault": faults.get("", ""),
        "facts": [],
        "links": [],
        "save": _("并入"),
    }  # fmt: skip


def importing(listed: List, upload: uploads.Upload | None) -> dict[str, Any]:
    """The context of administering/import.html."""
    columns = [
        {"title": _(column.titles[0]), "also": joined(column.titles[1:]), "required": column.required}
        for column in listed.register.columns
    ]
    told = uploads.told(upload) if upload else {"fault": "", "plan": None, "kept": ""}
    return {"list": _told(listed), "columns": columns, "upload": told, "asks": []}
