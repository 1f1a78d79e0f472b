"""The evidence of a figure page by page: rows, distinct values, cells of a coverage, ranks, readings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.console.presenting import listings
from liren.figures.browsing import Narrow, any_few, counted_rows, is_large, narrowed, newest_first, shown_to
from liren.figures.scope import Result
from liren.figures.wording import definition_text
from liren.inforce import catalogue
from liren.look.presenting.look import Look
from liren.look.presenting.rows import related, table
from liren.look.presenting.words import digits, few, hidden, label, told
from liren.people.models import Person, Post
from liren.places.queries import below

PAGE = 50
NOTHING: dict[str, Any] = {"columns": [], "rows": [], "shown": 0}


def evidence(look: Look, number: int) -> dict[str, Any]:
    """The context of evidence.html for page `number`."""
    look = _discreet(look)
    if hidden(look.result, look.viewer):
        return _frame(look) | NOTHING | {"notices": [few(look.result)]}
    listed = _listed(look, (number - 1) * PAGE)
    shown, start = listed["shown"], (number - 1) * PAGE
    kept = {name: value for name, value in _address(look.by).items() if value}
    page = {
        "first": min(start + 1, shown),
        "last": min(start + PAGE, shown),
        "total": shown,
        "prev": look.evidence(**kept, page=str(number - 1)) if number > 1 else None,
        "next": look.evidence(**kept, page=str(number + 1)) if start + PAGE < shown else None,
    }
    narrow = _narrowed(look.by, shown) if look.by else ""
    return _frame(look) | listed | {"page": page, "narrowed": narrow, "filters": _filters(look)}


def preview(look: Look, most: int = 5) -> dict[str, Any]:
    """The first rows for the page of the figure itself: `count`, `href`, `columns`, `rows`."""
    if look.result.numerator is not None:
        look = replace(look, result=look.result.numerator, whole=look.result, part="numerator")
    count = 0 if hidden(look.whole or look.result, look.viewer) else counted_rows(look.result)
    found = _listed(look, 0, most) if count and not look.deep else NOTHING
    return {"count": count, "href": look.evidence(), "columns": found["columns"], "rows": found["rows"]}


def _listed(look: Look, start: int, most: int = PAGE) -> dict[str, Any]:
    """columns, rows, shown (how many there are to page through) and notices."""
    by, measure = look.by, look.result.evidence.measure
    if measure == "cells" and not (by.slot or by.member):
        return listings.cells(look, start, most)
    if measure == "distinct" and _of_persons(look):
        told = _rows(look, start, most)
        return told | {"notices": [_("人员不对外列名，这里列出有关的记录。"), *told.get("notices", [])]}
    if measure == "distinct" and not by.value:
        return listings.values(look, start, most)
    whole = {"groups": listings.groups, "reading": listings.readings}.get(measure)
    return whole(look, start, most) if whole else _rows(look, start, most)


def _of_persons(look: Look) -> bool:
    """Whether persons are what is counted or what is expected, and the viewer may not have them listed."""
    persons = listings.are_persons(look.result.evidence.path) or look.spec.by == "person"
    return persons and not look.viewer.is_staff


def _discreet(look: Look) -> Look:
    """Without a person whom the public may not pick out: all that one person did is nobody's business."""
    return replace(look, by=replace(look.by, value="", member="")) if _of_persons(look) else look


def _rows(look: Look, start: int, most: int) -> dict[str, Any]:
    """Rows that the viewer may see, newest first, and how many of all are not shown."""
    result, by, source = look.result, look.by, look.result.evidence.table
    mine = shown_to(result.evidence.rows, source, look.viewer)
    wanted = related(narrowed(mine, result, by))
    if most != PAGE:  # the figure's own page shows a few, and asks for no counts
        few_rows = (
            any_few(wanted, most) if is_large(result) else newest_first(wanted, source, look.spec, 0, most)
        )
        return table(few_rows, look) | {"shown": len(few_rows)}
    listed = newest_first(wanted, source, look.spec, start, most)
    inner = by.value or by.slot or by.member
    asked_rows = inner or result.evidence.measure == "distinct"  # its count is one of values, not of rows
    whole = narrowed(result.evidence.rows, result, by).count() if asked_rows else counted_rows(result)
    all_seen = mine is result.evidence.rows and not asked_rows  # of a kind that everybody sees
    seen = narrowed(mine, result, by).count() if inner else whole if all_seen and not by else mine.count()
    shown = seen if inner or not by else narrowed(mine, result, by).count()
    return table(listed, look) | {"shown": shown, "notices": _unseen(result, whole - seen)}


def _unseen(result: Result, count: int) -> list[str]:
    if count <= 0:
        return []
    if result.evidence.table.model in (Person, Post):
        return [_("人员名单只给有关工作人员看：%(n)s 人没有列出。") % {"n": f"{count:,}"}]
    text = ngettext(
        "另有 %(n)s 条不在您能看的范围内，没有列出。", "另有 %(n)s 条不在您能看的范围内，没有列出。", count
    )
    return [text % {"n": f"{count:,}"}]


def _frame(look: Look) -> dict[str, Any]:
    figure, asked = look.result.figure, look.asked
    about = {"title": look.spec.title, "href": asked.figure(figure.id)}
    about["definition"] = definition_text(figure, look.spec)
    return {
        "figure": about | told(look.result, look.viewer),
        "place": {"title": asked.where},
        "period": {"title": label(asked.period)},
        "proof": "" if hidden(look.result, look.viewer) or _of_persons(look) else _proof(look.result),
        "parts": _parts(look),
        "notices": [],
        "narrowed": "",
        "page": None,
        "filters": None,
        "total": None,
        "exports": [],
    }


def _parts(look: Look) -> list[dict[str, Any]]:
    """Of a ratio: numerator and denominator, one of which is shown."""
    if not look.whole:
        return []
    parts = (("numerator", look.whole.numerator), ("denominator", look.whole.denominator))
    return [
        {
            "title": part.figure.spec.title,
            "href": look.asked.evidence(look.whole.figure.id, part=name),
            "current": name == look.part,
        }
        for name, part in parts
        if part is not None
    ]


def _proof(result: Result) -> str:
    """How the number comes from what is listed."""
    count = digits(counted_rows(result))
    known = {
        "count": _("这个数就是下面记录的条数：%(n)s。"),
        "distinct": _("这个数就是下面不同取值的个数：%(n)s。点开一个，看由哪些记录得来。"),
        "sum": _("这个数是下面 %(n)s 条记录的合计。"),
        "average": _("这个数是下面 %(n)s 条记录的平均。"),
        "maximum": _("这个数是下面 %(n)s 条记录里最大的。"),
        "minimum": _("这个数是下面 %(n)s 条记录里最小的。"),
        "between": _("这个数由下面 %(n)s 条记录各自的用时得来。"),
        "cells": _("应做 %(n)s 次，每次做没做，下面一格一格列出。"),
        "groups": _("下面列出的 %(n)s 个，就是这个数。"),
        "reading": _("这个数由外部填报，共 %(n)s 笔，出处如下。"),
    }
    return known[result.evidence.measure] % {"n": count}


def _narrowed(by: Narrow, count: int) -> str:
    text = ngettext("筛出 %(n)s 条", "筛出 %(n)s 条", count) % {"n": f"{count:,}"}
    return " · ".join([text, *filter(None, (by.slot, by.value if not by.value.isdigit() else ""))])


def _address(by: Narrow) -> dict[str, str]:
    return {
        "q": by.text, "state": by.state, "at": by.place, "category": by.category,
        "value": by.value, "slot": by.slot, "member": by.member,
    }  # fmt: skip


def _filters(look: Look) -> dict[str, Any] | None:
    """Words, state and place; nothing where the evidence is no list of rows."""
    result, asked, by = look.result, look.asked, look.by
    source, measure = result.evidence.table, result.evidence.measure
    inner = by.value or by.slot or by.member
    if source is None or measure == "groups" or (measure in ("cells", "distinct") and not inner):
        return None
    fields: list[dict[str, Any]] = [
        {"name": "q", "title": _("编号或标题") if source.source.kind else _("名称"), "kind": "text",
         "value": by.text, "wide": True, "ui": True}
    ]  # fmt: skip
    if source.source.kind:
        states = catalogue().kind_entry(source.source.kind).spec.states
        fields.append(_choice("state", _("状态"), by.state, {key: one.title for key, one in states.items()}))
    under = {place.code: place.name for place in below(asked.place.code)}
    if under and source.model not in (Person,):
        fields.append(_choice("at", _("地点"), by.place, under))
    unit = asked.unit.code if asked.unit else ""
    kept = {"place": asked.place.code, "period": asked.period.text, "unit": unit}
    kept |= {
        "part": look.part,
        "value": by.value,
        "slot": by.slot,
        "member": by.member,
        "category": by.category,
    }
    plain = look.evidence(value=by.value, slot=by.slot, member=by.member)
    return {
        "fields": fields,
        "kept": [{"name": name, "value": value} for name, value in kept.items() if value],
        "clear": plain if by.text or by.state or by.place or by.category else None,
    }


def _choice(name: str, title: str, value: str, choices: dict[str, str]) -> dict[str, Any]:
    offered = [{"value": key, "title": said, "selected": key == value} for key, said in choices.items()]
    return {"name": name, "title": title, "kind": "choice", "value": value, "choices": offered, "ui": True}
