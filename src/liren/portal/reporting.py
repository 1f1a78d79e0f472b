"""Reporting a matter, joining one, and taking a resident's step: forms read, checked, and handed to the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from liren import database
from liren.following.actions import follow_start
from liren.forms import photos
from liren.forms.records import RecordForm, open_by_form, opening_form, step_by_form, step_form
from liren.packs.catalogue import KindEntry
from liren.people.models import Person
from liren.places.models import Place
from liren.portal import proving, shelves
from liren.portal.page import may_write
from liren.portal.presenting import mapping
from liren.portal.presenting.following import TICK, phone_boxes
from liren.portal.resident import known, met
from liren.records.actions import file_attach
from liren.records.models import Record
from liren.records.residents import just_sent, presets, too_private
from liren.refusals import Refusal

#: References a resident cannot know; they are left out unless the pack insists.
UNKNOWN = ("person", "unit", "record")
#: A box that people do not see and programs fill in.
TRAP = "website"


def report_form(kind: KindEntry, request: HttpRequest) -> RecordForm:
    """The form of a report: what the pack asks, without what the page knows (where, from whom)."""
    sent = request.method == "POST"
    initial = {name: request.GET[name][:200] for name in kind.spec.fields if name in request.GET}
    form = opening_form(kind, request.POST if sent else None, initial)
    form.fields.pop("place", None)
    if kind.spec.located:
        form.fields[kind.spec.located].widget = forms.HiddenInput()
        form.initial[kind.spec.located] = request.GET.get("point", "")[:60]
    for name in list(form.fields):
        field = kind.spec.fields.get(name)
        known = name in presets(kind.spec)
        if field and (known or (field.type in UNKNOWN and not field.required)):
            form.fields.pop(name)
    if sent and request.POST.get(TRAP):
        form.add_error(None, _("没有提交成功，请再试一次"))
    return form


def check_words(form: RecordForm) -> None:
    """What will be public must not hold a phone or identity number: refuse it beside the box it stands in."""
    if not form.is_valid():
        return
    for name in too_private(form.kind.spec, form.cleaned_data):
        form.add_error(name, _("这一栏会公开，请不要写手机号或身份证号；电话写在“联系电话”一栏"))


def sent_photos(request: HttpRequest, form: RecordForm) -> list[photos.Photo]:
    """Photos of this form, those it came back with included; what is wrong with one stands above the form."""
    found = photos.drafts(request.POST.get("drafts", ""))
    uploads = request.FILES.getlist("photos")
    if len(found) + len(uploads) > photos.MOST:
        form.add_error(None, _("照片最多 %(n)s 张，请少选几张") % {"n": photos.MOST})
        uploads = uploads[: max(0, photos.MOST - len(found))]
    for upload in uploads:
        try:
            found.append(photos.read_photo(upload, name=f"{_('照片')}{len(found) + 1}.jpg"))
        except photos.BadPhoto as fault:
            form.add_error(None, str(fault))
    return found


def report(
    request: HttpRequest, form: RecordForm, place: Place | None, pictures
) -> tuple[Record, Person] | None:
    """File the report; None where something is wrong, which the form says."""
    place = _settled(form, place)
    check_words(form)
    if form.errors or place is None:
        return None
    here = known(request)
    title = form.cleaned_data.get("title") or ""
    record = just_sent(form.kind.id, by=here, place=place, title=title) if here else None
    try:
        filed = _filed(request, form, place, here, record)
    except IntegrityError:  # the same form, sent twice at once: the second look finds what the first wrote
        filed = _filed(request, form, place, here, record)
    if filed is not None:
        _attach(filed[0], pictures, by=filed[1], key=form.cleaned_data["key"])
    return filed


def _filed(
    request: HttpRequest, form: RecordForm, place: Place, here: Person | None, record: Record | None
) -> tuple[Record, Person] | None:
    """The count, the person and the record: made durable once, or not at all."""
    with database.atomic():
        if not may_write(request):
            form.add_error(None, _("这个网络地址一小时内提交得太多了，请过一会儿再试"))
            return None
        person = here or met(request, place=place)
        record = record or open_by_form(form, by=person, part=True, place=place, **presets(form.kind.spec))
    # Of a report sent twice the second finds the first, whoever seemed to send it.
    return (record, record.opener or person) if record else None


def _settled(form: RecordForm, place: Place | None) -> Place | None:
    """The place that the point on the map lies in, else the chosen one; too large or none, the form says so."""
    written = form.data.get(form.kind.spec.located or "", "")
    point = mapping.point_of(written)
    if written and point is None:
        form.add_error(None, _("位置没有读懂，请在图上重新点一下，或选“不标位置”"))
    place = mapping.settled(point, place)
    if place is None:
        form.add_error(None, _("请先选择地点"))
    elif place.level == "county":
        form.add_error(None, _("请选到街道、社区或村，才知道交给谁办"))
    return place


def with_report(request: HttpRequest, form: RecordForm, record: Record, person: Person) -> str:
    """What the address of the private page says after a report whose form was ticked: `&following=` and a word of
    `proving`, or `0` where the number is none that can be told."""
    if TICK not in request.POST:
        return ""
    phone = next((str(form.cleaned_data.get(name) or "") for name in phone_boxes(form)), "")
    try:
        started = follow_start(record, address=phone, by=person, proven=proving.is_own(request, phone))
    except Refusal:
        return "&following=0"
    return f"&following={proving.ask(request, started)}"


def _attach(record: Record, pictures, *, by: Person, key: str) -> None:
    for number, one in enumerate(pictures):
        file_attach(
            record, name=one.name, content=one.content, media_type=one.media_type, by=by,
            key=f"photo:{key[:60]}:{number}",
        )  # fmt: skip


def resident_step_form(record: Record, verb: str, data=None) -> RecordForm:
    """The form of a step that residents take. Raises Refusal (no_step)."""
    spec = shelves.catalogue().kinds[record.kind].spec
    if verb not in spec.steps:
        raise Refusal("no_step", kind=spec.title, what=verb, allowed="")
    form = step_form(record, verb, data)
    form.fields["note"].label = _("补充说明（可不填）")
    for field in form.fields.values():
        if isinstance(field, forms.ChoiceField):
            field.initial = None
    return form


def resident_step(form: RecordForm, record: Record, verb: str, person: Person) -> bool:
    """Take the step; False where something is wrong, which the form says."""
    return step_by_form(form, record, verb, by=person) is not None


def hidden_fields(form: RecordForm) -> dict[str, Any]:
    """Name and value of the boxes nobody sees."""
    return {bound.name: bound.value() for bound in form.hidden_fields()}
