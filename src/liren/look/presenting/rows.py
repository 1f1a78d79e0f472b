"""The rows behind a number as a table: which columns each source has, and how a cell reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from liren.activities.models import Attendance
from liren.content.models import Edition
from liren.exams.models import Attempt
from liren.figures.counting import duration
from liren.figures.printing import plain
from liren.figures.scope import Result
from liren.figures.sources import Table
from liren.figures.telling import evidence_line
from liren.figures.wording import name_text
from liren.inforce import catalogue
from liren.look.asking import record_href
from liren.look.presenting.look import Look
from liren.look.presenting.words import COLUMN_WORDS, moment_text, name_of
from liren.packs.language import Kind
from liren.people.models import Person, Post
from liren.people.visibility import Viewer
from liren.places.models import Place, Unit
from liren.points.models import Posting
from liren.records.models import Act, Record

Cell = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column: its title, what stands in the cell of a row, and whether the title is ours or a pack's."""

    title: str
    cell: Callable[[Any], Cell]
    numeric: bool = False
    ui: bool = True


RELATED: dict[type[Model], tuple[str, ...]] = {
    Record: ("place", "unit"),
    Attendance: ("record", "record__place", "person"),
    Act: ("record", "record__place", "by"),
    Attempt: ("record", "record__place", "person"),
    Edition: ("record", "record__place"),
    Posting: ("record", "record__place", "to_account__person"),
    Place: (),
    Unit: ("place",),
    Person: ("place",),
    Post: ("person", "unit", "place"),
}


def related(rows: QuerySet) -> QuerySet:
    """The rows with what their cells read, so that no cell asks the database."""
    return rows.select_related(*RELATED[rows.model]) if RELATED[rows.model] else rows


def table(listed: list, look: Look) -> dict[str, Any]:
    """`columns` and `rows` of parts/table.html for rows of the evidence."""
    source = look.result.evidence.table
    columns = list(_columns(source, look, listed))
    heads = [{"title": _head(source), "ui": True}]
    heads += [{"title": one.title, "numeric": one.numeric, "ui": one.ui} for one in columns]
    rows = []
    for row in listed:
        cells = [{"label": one.title, "numeric": one.numeric} | one.cell(row) for one in columns]
        rows.append(_opening(row, source, look) | {"cells": cells})
    return {"columns": heads, "rows": rows}


def _head(source: Table) -> str:
    if source.source.kind:
        return _("编号")
    return {Place: _("地点"), Unit: _("单位"), Person: _("姓名"), Post: _("姓名")}[source.model]


def _opening(row, source: Table, look: Look) -> dict[str, Any]:
    """The first column: a record's number, or the name of a place, unit or person."""
    if source.source.kind:
        number = (row if source.model is Record else row.record).number
        return {"number": number, "href": record_href(number)}
    if source.model is Place:
        return {"number": row.name, "href": look.asked.figure(look.result.figure.id, place=row.code, unit="")}
    if source.model is Post:
        return {"number": row.person.name, "href": ""}
    return {"number": row.name, "href": ""}


def _columns(source: Table, look: Look, listed: list) -> Iterable[Column]:
    if source.source.kind is None:
        yield from _house_columns(source.model)
        return
    kind = catalogue().kind_entry(source.source.kind).spec

    def record(row) -> Record:
        return row if source.model is Record else row.record

    if any(record(row).title for row in listed):
        yield Column(_("标题"), lambda row: {"text": record(row).title})
    yield from _part_columns(source.model, kind, look.viewer)
    yield Column(_("地点"), lambda row: {"text": record(row).place.name})
    spans = look.result.evidence.measure == "between"  # two moments and what lies between need the room
    if source.model is Record and not spans:
        yield from _record_columns(kind, listed)
    yield from () if spans else _dated(source, look, record)
    if source.model is Record:
        yield Column(_("状态"), lambda row: state_cell(row, kind))
    yield from _measured(source, look)


def _record_columns(kind: Kind, listed: list) -> Iterable[Column]:
    if any(row.unit_id for row in listed):
        yield Column(_("单位"), lambda row: {"text": row.unit.name if row.unit else ""})
    field = next((f for key, f in kind.fields.items() if "category" in (key, f.column)), None)
    if field is not None and not field.private:
        choices = field.choices
        yield Column(
            field.title, lambda row: {"text": choices.get(row.category, row.category or "")}, ui=False
        )


def state_cell(record: Record, kind: Kind) -> Cell:
    """The state as a chip: ended is well, with a limit passed it is late."""
    if record.state == "void":
        return {"text": _("已作废"), "chip": True, "level": ""}
    state = kind.states.get(record.state)
    title = state.title if state else record.state
    if record.late_count:
        late = ngettext("逾期 %(n)s 次", "逾期 %(n)s 次", record.late_count) % {"n": record.late_count}
        return {"text": f"{title}{_('，')}{late}", "chip": True, "level": "late"}
    return {"text": title, "chip": True, "level": "ok" if state and state.end else ""}


def _dated(source: Table, look: Look, record: Callable) -> Iterable[Column]:
    """The moment that puts the row into the period."""
    path = source.dated(look.spec.dated)
    if path is None:
        return
    bare = path.removeprefix("record__")
    title = name_text(source, look.spec.dated or bare)
    ours = title in COLUMN_WORDS
    of_record = path.startswith("record__")
    yield Column(
        _(title) if ours else title,
        lambda row: {"text": moment_text(getattr(record(row) if of_record else row, bare, None))},
        ui=ours,
    )


def _measured(source: Table, look: Look) -> Iterable[Column]:
    """What the row adds to a sum, an average … or how long it took."""
    spec, evidence = look.spec, look.result.evidence
    if evidence.measure == "between":
        first, last = (name_text(source, name) for name in spec.between or ())
        yield Column(first, lambda row: {"text": moment_text(row.moment0)}, ui=False)
        yield Column(last, lambda row: {"text": moment_text(row.moment1)}, ui=False)
        yield Column(
            _("用时"),
            lambda row: {"text": plain(duration(row.moment0, row.moment1, spec.measured), 1)},
            numeric=True,
        )
    elif evidence.measure in ("sum", "average", "maximum", "minimum") and evidence.path is not None:
        name = spec.measured_name or ""
        named_mark = source.model is Attempt and not look.viewer.is_staff
        yield Column(
            name_text(source, name),
            lambda row: {"text": "████"} if named_mark else {"text": _value(row, look.result)},
            numeric=True,
            ui=False,
        )


def _value(row, result: Result) -> str:
    value = evidence_line(row, result).get("value")
    return (
        f"{Decimal(str(value)):,f}" if isinstance(value, int | float) else "" if value is None else str(value)
    )


def _part_columns(model: type[Model], kind: Kind, viewer: Viewer) -> Iterable[Column]:
    if model is Attendance:
        yield Column(_("姓名"), lambda row: {"text": name_of(row.person, viewer)})
        yield Column(_("身份"), lambda row: {"text": kind.attended_as.get(row.role, row.role)})
        yield Column(_("到场"), lambda row: {"text": _("到") if row.present else row.reason or _("未到")})
        if any_minutes(kind):
            yield Column(_("时长（分钟）"), lambda row: {"text": str(row.minutes or "")}, numeric=True)
    elif model is Act:
        steps = kind.steps
        yield Column(
            _("步骤"),
            lambda row: {"text": steps[row.verb].title if row.verb in steps else verb_title(kind, row.verb)},
        )
        official = not {"opener", "resident", "subject"} & {
            role for step in steps.values() for role in step.by
        }
        yield Column(_("办理人"), lambda row: {"text": name_of(row.by, viewer, official=official)})
    elif model is Attempt:
        yield Column(_("姓名"), lambda row: {"text": name_of(row.person, viewer)})
        if viewer.is_staff:
            yield Column(_("合格"), lambda row: {"text": {True: "✓", False: "—"}.get(row.passed, "")})
    elif model is Edition:
        yield Column(_("渠道"), lambda row: {"text": row.channel})
    elif model is Posting:
        yield Column(_("记入"), lambda row: {"text": name_of(row.to_account.person, viewer)})


def any_minutes(kind: Kind) -> bool:
    """Whether attendance of this kind is about hours served."""
    return kind.shape == "activity"


def _house_columns(model: type[Model]) -> Iterable[Column]:
    if model is Place:
        yield Column(_("代码"), lambda row: {"text": row.code})
        yield Column(_("种类"), lambda row: {"text": place_kind(row.kind)})
    elif model is Unit:
        yield Column(_("地点"), lambda row: {"text": row.place.name})
        yield Column(_("代码"), lambda row: {"text": row.code})
    elif model is Person:
        yield Column(_("地点"), lambda row: {"text": row.place.name if row.place else ""})
    else:
        roles = catalogue().roles
        yield Column(_("身份"), lambda row: {"text": roles.get(row.role, row.role)})
        yield Column(_("单位或地点"), lambda row: {"text": (row.unit or row.place).name})
        yield Column(_("起"), lambda row: {"text": moment_text(row.starts, time=False)})


def place_kind(kind: str) -> str:
    """What people call a kind of place; an unknown kind as it is."""
    known = {
        "county": _("县"), "district": _("区"), "street": _("街道"), "town": _("镇"), "village": _("村"),
        "community": _("社区"), "grid": _("网格"), "unit": _("单位"),
    }  # fmt: skip
    return known.get(kind, kind)


def verb_title(kind: Kind, verb: str) -> str:
    """The title of a step, or of what the kernel itself notes."""
    if verb in kind.steps:
        return kind.steps[verb].title
    known = {
        "open": kind.open_title or _("登记"), "late": _("超过时限"), "extend": _("延期"), "transfer": _("转办"),
        "void": _("作废"), "attend": _("记出勤"), "attach": _("上传附件"), "confirm_hours": _("确认时长"),
        "commit_paper": _("封存抽题种子"), "draw_paper": _("抽题"),
        "supervise": _("督办"), "merge": _("并入"), "link": _("关联"),
        "ask_erasure": _("请求删除个人信息"), "refuse_erasure": _("不予删除个人信息"),
        "erase": _("删除个人信息"), "suspend_erasure": _("暂停删除个人信息"), "resume_erasure": _("恢复删除个人信息"),
    }  # fmt: skip
    return known.get(verb, verb)
