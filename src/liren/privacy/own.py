"""All that the house keeps about one person, for that person: as JSON, and as a page that reads itself (PIPL 45).

Private values are opened for it, and the opening is noted like any other reading.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string

from liren.activities.models import Attendance, Signup
from liren.clock import now
from liren.exams.models import Attempt
from liren.inforce import catalogue
from liren.joining.models import Joining
from liren.notices.models import Notice
from liren.packs.fields import CHINA, COLUMNS
from liren.packs.language import Kind
from liren.people.actions import private_read
from liren.people.models import Person, Post, PrivateRead
from liren.people.private import ERASED, unseal
from liren.points.models import Posting
from liren.records.flow import state_title
from liren.records.models import Act, File, Record
from liren.records.values import natural_value, value_of
from liren.refusals import Refusal

#: Rows of one part that are given out; whoever has more is told, and gets the rest from the office.
MOST = 5000
PURPOSE = "本人取走自己的数据"


def own_archive(persons: Sequence[Person], *, at: datetime | None = None) -> bytes:
    """A zip with ``data.json`` and ``data.html`` about these persons, who are one: an account and who it was before."""
    told = own_data(persons, at=at)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2))
        packed.writestr("data.html", render_to_string("privacy/own.html", {"told": told}))
    return out.getvalue()


def own_data(persons: Sequence[Person], *, at: datetime | None = None) -> dict[str, Any]:
    """The same as plain values, keys in Chinese as on the pages."""
    at, keys = at or now(), [person.pk for person in persons]
    records = _records(persons, at)
    rows: dict[str, tuple[QuerySet, Any]] = {
        "任职": (
            Post.objects.filter(person__in=keys).select_related("unit", "place").order_by("starts"),
            _post,
        ),
        "参加活动": (_of(Attendance, keys).order_by("pk"), _attendance),
        "报名": (_of(Signup, keys).order_by("pk"), _signup),
        "一同反映": (_of(Joining, keys).order_by("pk"), _joining),
        "考试": (_of(Attempt, keys).order_by("pk"), _attempt),
        "积分和时长": (_postings(keys), lambda row: _posting(row, keys)),
        "收到的消息": (_of(Notice, keys).order_by("pk"), _notice),
    }
    parts = {title: [tell(row) for row in found[:MOST]] for title, (found, tell) in rows.items()}
    return {
        "说明": "里仁系统里关于您本人的数据；谁看过您的保密内容也在里面。有错请找经办单位更正。",
        "取走时间": _moment(at),
        "本人": [_person(person) for person in persons],
        "记录": records,
        **parts,
        "谁看过保密内容": _reads([one["编号"] for one in records]),
    }


def reads_of(persons: Sequence[Person], most: int = 50) -> list[dict[str, str]]:
    """Who opened private values of records that these persons opened or that are about them, newest first."""
    keys = [person.pk for person in persons]
    numbers = Record.objects.filter(_concerned(keys)).exclude(secret="").values("number")
    return _reads(numbers, most)


def _concerned(keys: list[int]) -> Q:
    return Q(opener__in=keys) | Q(person__in=keys)


def _of(model, keys: list[int]) -> QuerySet:
    return model.objects.filter(person__in=keys).select_related("record")


def _person(person: Person) -> dict[str, Any]:
    return {
        "姓名": person.name,
        "编号": person.code or "",
        "户": person.household,
        "住处": person.place.name if person.place else "",
        "账户": person.user.get_username() if person.user else "",
    }


def _records(persons: Sequence[Person], at: datetime) -> list[dict[str, Any]]:
    """What they reported as residents, and what is about them; what they did in office is the office's."""
    keys = [person.pk for person in persons]
    mine = [key for key, entry in catalogue().kinds.items() if "resident" in entry.spec.opened_by]
    wanted = Q(person__in=keys) | Q(opener__in=keys, kind__in=mine)
    found = list(Record.objects.filter(wanted).select_related("place", "opener").order_by("pk")[:MOST])
    acts, files = (
        _grouped(Act.objects.filter(record__in=found).order_by("id")),
        _grouped(File.objects.filter(record__in=found).order_by("pk")),
    )
    by_key = {person.pk: person for person in persons}
    told = []
    for record in found:
        entry = catalogue().kinds.get(record.kind)
        if entry is None:
            continue
        reader = by_key.get(record.person_id or 0) or by_key.get(record.opener_id or 0)
        told.append(
            {
                "编号": record.number,
                "类型": entry.spec.title,
                "标题": record.title,
                "地点": record.place.name,
                "状态": state_title(entry.spec, record.state),
                "日期": _moment(record.opened),
                "办结": _moment(record.closed),
                "内容": _fields(record, entry.spec),
                "保密内容": _opened(record, entry.spec, reader, at),
                "经过": [_act(act, entry.spec) for act in acts.get(record.pk, [])],
                "附件": [file.name for file in files.get(record.pk, [])],
            }
        )
    return told


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.record_id, []).append(row)
    return found


def _fields(record: Record, kind: Kind) -> dict[str, str]:
    titles = {name: spec.title for name, spec in kind.fields.items() if not spec.private}
    titles |= {name: column.title for name, column in COLUMNS.items() if name not in kind.fields}
    values = {title: value_of(kind, record, name) for name, title in titles.items() if name not in _SAID}
    named = {kind.fields[name].title: kind.fields[name].choices for name in kind.fields}
    scaled = {
        title: natural_value(kind, values[title], name) for name, title in titles.items() if title in values
    }
    return {
        title: named.get(title, {}).get(str(value), str(value))
        for title, value in scaled.items()
        if value is not None
    }


#: Columns that stand beside the fields already, or name somebody by a number.
_SAID = ("title", "place", "opened", "person", "unit", "handler")


def _opened(record: Record, kind: Kind, reader: Person | None, at: datetime) -> dict[str, str]:
    private = {name: spec.title for name, spec in kind.fields.items() if spec.private}
    erased = {title: "已删除" for name, title in private.items() if record.data.get(name) == ERASED}
    try:
        held = unseal(record.secret, record.number)
    except Refusal:
        return erased | ({"（打不开）": "密钥不在这台机器上，请找管理员"} if record.secret else {})
    names = [name for name in private if held.get(name) is not None]
    if names:
        private_read(record_number=record.number, fields=names, by=reader, at=at, purpose=PURPOSE)
    return erased | {private[name]: str(held[name]) for name in names}


def _act(act: Act, kind: Kind) -> dict[str, str]:
    step = kind.steps.get(act.verb)
    known = _VERBS | {"open": kind.open_title or "登记"}
    return {"时间": _moment(act.at), "做了什么": step.title if step else known.get(act.verb, act.verb)}


_VERBS = {
    "late": "超过时限", "extend": "延期", "transfer": "转办", "void": "作废", "merge": "并入", "link": "关联",
    "attach": "附件", "attend": "记出勤", "supervise": "督办", "ask_erasure": "请求删除个人信息",
    "refuse_erasure": "不予删除个人信息", "erase": "删除个人信息", "suspend_erasure": "暂停删除个人信息",
    "resume_erasure": "恢复删除个人信息",
}  # fmt: skip


def _reads(numbers: Any, most: int = MOST) -> list[dict[str, str]]:
    found = PrivateRead.objects.filter(record_number__in=numbers).select_related("by").order_by("-at", "-pk")
    return [
        {
            "记录": one.record_number,
            "看了什么": _field_title(one),
            "谁": one.by.name if one.by else "系统",
            "时间": _moment(one.at),
            "用途": one.purpose,
        }
        for one in found[:most]
    ]


def _field_title(read: PrivateRead) -> str:
    for entry in catalogue().kinds.values():
        if read.field in entry.spec.fields and entry.spec.fields[read.field].private:
            return entry.spec.fields[read.field].title
    return read.field


def _post(row: Post) -> dict[str, str]:
    where = row.unit.name if row.unit else row.place.name if row.place else ""
    title = catalogue().roles.get(row.role, row.role)
    return {"职务": title, "在": where, "从": _moment(row.starts), "到": _moment(row.ends)}


def _attendance(row: Attendance) -> dict[str, Any]:
    return {
        "记录": row.record.number,
        "标题": row.record.title,
        "到场": row.present,
        "分钟": row.minutes,
        "已确认": row.confirmed,
        "原因": row.reason,
    }


def _signup(row: Signup) -> dict[str, Any]:
    return {"记录": row.record.number, "标题": row.record.title, "报的名": row.name, "时间": _moment(row.at)}


def _joining(row: Joining) -> dict[str, str]:
    return {"记录": row.record.number, "标题": row.record.title, "时间": _moment(row.at)}


def _attempt(row: Attempt) -> dict[str, Any]:
    return {"记录": row.record.number, "开始": _moment(row.started), "得分": row.mark, "合格": row.passed}


def _postings(keys: list[int]) -> QuerySet[Posting]:
    wanted = Q(from_account__person__in=keys) | Q(to_account__person__in=keys)
    rows = Posting.objects.filter(wanted).select_related("record", "from_account", "to_account")
    return rows.order_by("pk")


def _posting(row: Posting, keys: list[int]) -> dict[str, Any]:
    gained = row.to_account.person_id in keys
    return {
        "记录": row.record.number,
        "币种": row.to_account.currency,
        "数": row.amount if gained else -row.amount,
        "时间": _moment(row.at),
        "事由": row.purpose,
    }


def _notice(row: Notice) -> dict[str, str]:
    return {"记录": row.record.number, "时间": _moment(row.at), "内容": row.text}


def _moment(at: datetime | None) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if at else ""
