"""The writes, each through the action that pages use: report, open, step, attendance. All carry an idempotency key."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Header, Status
from pydantic import Field

from liren import database
from liren.activities.actions import attendance_take
from liren.api import shapes, telling
from liren.api.asking import Asker, Key, asker
from liren.api.house import REFUSED, router
from liren.forms.records import opening_names
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.people.actions import person_add
from liren.people.models import Person
from liren.places.models import Place
from liren.records.actions import record_open, record_step
from liren.records.dossier import find_record
from liren.records.doubles import bound_key, done
from liren.records.drafts import kind_named
from liren.records.models import Record
from liren.records.residents import just_sent, kind_for_residents, presets, token_for, too_private
from liren.refusals import Refusal

WRITE = Key("write")

Number = Annotated[str, Field(max_length=40)]
Kind = Annotated[str, Field(max_length=81)]
#: The header by which a write is known again; printable ASCII without spaces.
ONCE = Header(
    ..., alias="Idempotency-Key", min_length=8, max_length=60, pattern=r"^[!-~]+$",
    description="同一个键只写一次。The same key writes once.",
)  # fmt: skip


@router.post("/matters/{kind}", response={201: shapes.MatterOut, **REFUSED}, auth=Key(), tags=["matters"],
             operation_id="report", summary="居民上报 Report a matter")  # fmt: skip
def report(request: HttpRequest, kind: Kind, said: shapes.MatterIn, once: str = ONCE) -> Any:
    """不用密钥；要写明在哪里、什么事。No key is needed. The answer holds the reporter's own address."""
    entry, who = kind_for_residents(kind), asker(request)
    place = _place_of(said.place)
    values = _reportable(entry, said.values)
    if not ratelimit.consume(request, action="portal"):
        raise Refusal("too_often", seconds=3600)
    words = ["report", kind, said.place, said.values]
    key = _key(who.person, once, *words) if who.person else _anonymous_key(once, words)
    record = _filed(entry, values, place, who, key)
    address = reverse("portal:private", args=[token_for(record, record.opener)])  # type: ignore[arg-type]
    shown = reverse("portal:record", args=[record.number])
    told = {"number": record.number, "state": record.state}
    return Status(
        201, told | {"href": settings.LIREN_URL + shown, "private_href": settings.LIREN_URL + address}
    )


def _place_of(code: str) -> Place:
    place = Place.objects.filter(code=code).first()
    if place is None:
        raise Refusal("not_found", what="地点", name=code, mend=_("请从 /api/places 里找。"))
    if place.level == "county":
        raise Refusal("bad_value", field="地点", reason=_("请选到街道、社区或村，才知道交给谁办"))
    return place


def _reportable(entry: KindEntry, values: dict[str, Any]) -> dict[str, Any]:
    """What a resident may say, and no more. Raises Refusal: unknown_field, bad_value."""
    spec = entry.spec
    offered = [name for name in opening_names(entry) if name != "place" and name not in presets(spec)]
    _only(entry, values, offered)
    if held := too_private(spec, values):
        reason = _("这一栏会公开，请不要写手机号或身份证号；电话写在“联系电话”一栏")
        raise Refusal("bad_value", field=spec.fields[held[0]].title, reason=reason)
    return values


def _only(entry: KindEntry, values: dict[str, Any], offered: list[str]) -> None:
    """Nothing beside what the form of a page would ask."""
    for name in values:
        if name not in offered:
            raise Refusal(
                "unknown_field",
                kind=entry.spec.title,
                field=name,
                mend=_("可以写：%(among)s") % {"among": "、".join(offered)},
            )


def _anonymous_key(once: str, words: list[Any]) -> str:
    """Who guesses a key but not the words gets nobody else's report, and so nobody else's address."""
    said = json.dumps([once, *words], sort_keys=True, default=str)
    return f"api:{hashlib.sha256(said.encode()).hexdigest()[:60]}"


def _filed(entry: KindEntry, values: dict[str, Any], place: Place, who: Asker, key: str) -> Record:
    """The report; nobody is made up for one that is refused, or was here before."""
    if there := done(key):
        return there
    with database.atomic():
        person = who.person or person_add(name="居民", place=place)
        again = just_sent(entry.id, by=person, place=place, title=str(values.get("title") or ""))
        said = values | presets(entry.spec) | {"place": place}
        return again or record_open(entry.id, said, by=person, key=key)


@router.post("/records", response={201: shapes.RecordShort, **REFUSED}, auth=WRITE, tags=["records"],
             operation_id="open_record", summary="新开一条 Open a record",
             openapi_extra={"x-key": "write"})  # fmt: skip
def open_record(request: HttpRequest, said: shapes.RecordIn, once: str = ONCE) -> Any:
    """各栏见 /api/kinds。What the form of a page would ask; places, units and persons by code or name."""
    who, entry = asker(request), kind_named(said.kind)
    _only(entry, said.values, opening_names(entry))
    key = _key(who.named, once, "open_record", said.dict())
    record = record_open(entry.id, said.values, by=who.named, key=key)
    return Status(201, _told(record, who))


@router.post("/records/{number}/steps", response={200: shapes.RecordShort, **REFUSED}, auth=WRITE,
             tags=["records"], operation_id="take_step", summary="办一步 Take a step",
             openapi_extra={"x-key": "write"})  # fmt: skip
def take_step(request: HttpRequest, number: Number, said: shapes.StepIn, once: str = ONCE) -> Any:
    """与网页上同一步，同样的拒绝。The same step as on the page, with the same refusals."""
    who = asker(request)
    record = find_record(number, to=who.viewer)
    entry = kind_named(record.kind)
    step = entry.spec.steps.get(said.verb)
    if step is None:
        raise Refusal("no_step", kind=entry.spec.title, what=said.verb, allowed="、".join(entry.spec.steps))
    _only(entry, said.values, [name.rstrip("?") for name in step.ask])
    moved = record_step(
        record,
        said.verb,
        said.values,
        by=who.named,
        note=said.note,
        seen=said.seen,
        key=_key(who.named, once, "take_step", number, said.dict()),
    )
    return Status(200, _told(moved, who))


@router.post("/records/{number}/attendance", response={200: shapes.AttendanceOut, **REFUSED}, auth=WRITE,
             tags=["records"], operation_id="take_attendance", summary="记出勤 Note attendance",
             openapi_extra={"x-key": "write"})  # fmt: skip
def take_attendance(request: HttpRequest, number: Number, said: shapes.AttendanceIn, once: str = ONCE) -> Any:
    """一张表全记或全不记；时长由另一个人确认。All rows or none; hours are confirmed by another person."""
    who = asker(request)
    record = find_record(number, to=who.viewer)
    if kind_named(record.kind).spec.shape != "activity":
        raise Refusal(
            "bad_value", field="number", reason=_("%(number)s 不是活动，不记出勤") % {"number": number}
        )
    rows = [row.dict() | {"person": person} for row, person in _persons(said.rows)]
    key = _key(who.named, once, "take_attendance", number, said.dict())
    noted = attendance_take(record, rows, by=who.named, key=key)
    present = sum(one.present for one in noted)
    return Status(200, {"number": number, "noted": len(noted), "present": present})


def _persons(rows: list[shapes.AttendanceRow]) -> list[tuple[shapes.AttendanceRow, Person]]:
    """Every row with its person. Raises Refusal (not_found) for the first code nobody has."""
    found = {one.code: one for one in Person.objects.filter(code__in=[row.person for row in rows])}
    for row in rows:
        if row.person not in found:
            raise Refusal("not_found", what="人员", name=row.person, mend=_("请写人员编号。"))
    return [(row, found[row.person]) for row in rows]


def _key(person: Person, once: str, *said: Any) -> str:
    """Everybody has keys of their own, each for one request: nobody comes upon another write, not even their own."""
    return bound_key(str(person.pk), once, said)


def _told(record: Record, who: Asker) -> dict[str, Any]:
    fresh = Record.objects.select_related("place", "unit", "handler").get(pk=record.pk)
    return telling.records([fresh], who.viewer, whole=fresh.kind in catalogue().kinds)[0]
