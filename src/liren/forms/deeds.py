"""What is done to a record outside its flow: extend, transfer, supervise, void, merge, link, attach, reveal.

Each deed has a form, says to whom it is open, and is carried out by an action; refusals come back beside the fields.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.packs.fields import BadValue, read_moment
from liren.people.models import Person
from liren.people.standing import Standing
from liren.people.visibility import Viewer
from liren.places.queries import find_unit
from liren.privacy.lasting import deciders
from liren.records.actions import (
    TIES,
    file_attach,
    record_extend,
    record_merge,
    record_relate,
    record_supervise,
    record_transfer,
    record_void,
)
from liren.records.dossier import find_record
from liren.records.flow import in_charge, supervisors
from liren.records.handing import private_files
from liren.records.models import Record
from liren.records.revealing import private_names
from liren.refusals import Refusal

from .erasing import ERASING, erasing_done, erasing_fields, erasing_open, erasing_title
from .fields import form_field, shown
from .keyed import KeyedForm, with_key
from .uploads import MOST, BadUpload, Upload, read_upload

#: Every deed, in the order in which they are offered.
DEEDS = ("supervise", "transfer", "extend", "attach", "link", "merge", "void", "reveal", "open")


def deed_title(deed: str) -> str:
    """What a deed is called."""
    return {
        "supervise": _("督办"), "transfer": _("转办"), "extend": _("延期"), "attach": _("上传附件"),
        "link": _("关联"), "merge": _("并入"), "void": _("作废"), "reveal": _("查看保密内容"),
        "open": _("打开保密附件"),
    }.get(deed) or erasing_title(deed)  # fmt: skip


def offered_deeds(record: Record, person: Person | None, at: datetime, standing: Standing) -> list[str]:
    """The deeds open to a person on a record now: the same checks as the actions', asked beforehand."""
    if person is None:
        return []
    spec = catalogue().kind_entry(record.kind).spec
    units = (record.unit_id, record.handler_id)

    def holds(roles) -> bool:
        return standing.post_for(person, roles, record.place_id, units, at) is not None

    charge = holds(in_charge(spec))
    own = person.pk in (record.opener_id, record.person_id)
    over = record.state == "void"
    ended = over or spec.states[record.state].end
    matter = spec.shape == "matter"
    hands = record.handler_id is not None or any(
        "handler" in name for s in spec.steps.values() for name in s.ask
    )
    open_to = {
        "supervise": matter and not ended and (charge or holds(supervisors(spec))),
        "transfer": charge and not ended and hands,
        "extend": charge and not over and record.due is not None,
        "attach": (charge or own) and not over,
        "link": charge and not over,
        "merge": charge and not over,
        "void": charge and not over,
        "reveal": (charge or own) and bool(private_names(record)),
        "open": (charge or own) and private_files(record).exists(),
    }
    decided = erasing_open(record) if holds(deciders(spec)) else {}
    return [deed for deed in (*DEEDS, *ERASING) if open_to.get(deed) or decided.get(deed)]


class ManyFiles(forms.ClearableFileInput):
    """A box for several files."""

    allow_multiple_selected = True


class DeedForm(KeyedForm):
    """The form of a deed."""

    called = {
        "期限": "due", "主件": "into", "关联": "other", "关系": "kind", "督办要求": "note", "单位": "to",
        "说明": "note", "理由": "note", "用途": "purpose", "要看的栏目": "names", "文件名": "files",
        "保密附件": "file",
    }  # fmt: skip
    deed = ""


def deed_form(record: Record, deed: str, data=None) -> DeedForm:
    """The form of a deed on a record; KeyError for what is none."""
    fields, initial = erasing_fields(deed) if deed in ERASING else _FIELDS[deed](record)
    return with_key(DeedForm, fields, data, initial, deed=deed)


def _note(label: str, *, required: bool) -> forms.Field:
    return forms.CharField(
        label=label, required=required, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


def _supervise(record: Record):  # noqa: ARG001
    return {"note": _note(_("督办要求"), required=True)}, {}


def _transfer(record: Record):
    spec = catalogue().kind_entry(record.kind).spec
    field = form_field(spec, "handler", required=True)
    field.label = _("转给哪个单位")
    return {"to": field, "note": _note(_("说明"), required=False)}, {}


def _extend(record: Record):
    box = forms.TextInput(attrs={"type": "datetime-local"})
    due = forms.CharField(label=_("新的期限"), widget=box)
    return {"due": due, "note": _note(_("理由"), required=True)}, {"due": shown(record.due)}


def _void(record: Record):  # noqa: ARG001
    return {"note": _note(_("理由"), required=True)}, {}


def _merge(record: Record):  # noqa: ARG001
    into = forms.CharField(label=_("并入哪一条（编号）"), max_length=40)
    return {"into": into, "note": _note(_("说明"), required=False)}, {}


def _link(record: Record):  # noqa: ARG001
    titles = {"parent": _("它是上级事项"), "duplicate": _("两条重复"), "cites": _("引用它")}
    kind = forms.ChoiceField(
        label=_("关系"), choices=[(key, titles[key]) for key in TIES], widget=forms.RadioSelect
    )
    other = forms.CharField(label=_("另一条记录的编号"), max_length=40)
    return {"other": other, "kind": kind, "note": _note(_("说明"), required=False)}, {"kind": "cites"}


def _attach(record: Record):  # noqa: ARG001
    hint = _("照片、PDF、OFD、docx、xlsx、pptx 或文本，每个不超过 20 MB；照片会去掉拍摄地点等信息")
    who = _("只有经办的、登记的和当事的人写明用途才打得开，每次都留下记录")
    private = forms.BooleanField(label=_("内容涉及个人或保密"), required=False, help_text=who)
    files = forms.FileField(label=_("文件"), widget=ManyFiles, required=False, help_text=hint)
    return {"files": files, "private": private}, {}


def _reveal(record: Record):
    spec = catalogue().kind_entry(record.kind).spec
    held = [(name, spec.fields[name].title) for name in private_names(record)]
    names = forms.MultipleChoiceField(label=_("看哪几项"), choices=held, widget=forms.CheckboxSelectMultiple)
    names.pack_words = True  # type: ignore[attr-defined]
    return {"names": names, "purpose": _purpose()}, {"names": [held[0][0]] if len(held) == 1 else []}


def _purpose() -> forms.Field:
    said = _("谁、何时、为什么看，都会记下，当事人查得到")
    return forms.CharField(label=_("用途"), max_length=200, help_text=said)


def _open(record: Record):
    held = [(str(one.pk), one.name) for one in private_files(record)]
    file = forms.ChoiceField(label=_("打开哪一个"), choices=held, widget=forms.RadioSelect)
    file.pack_words = True  # type: ignore[attr-defined]
    return {"file": file, "purpose": _purpose()}, {"file": held[0][0] if len(held) == 1 else ""}


_FIELDS: dict[str, Callable[[Record], tuple[dict[str, forms.Field], dict[str, Any]]]] = {
    "supervise": _supervise, "transfer": _transfer, "extend": _extend, "void": _void, "merge": _merge,
    "link": _link, "attach": _attach, "reveal": _reveal, "open": _open,
}  # fmt: skip


def deed_by_form(
    form: DeedForm, record: Record, *, by: Person, to: Viewer, seen: int | None = None, files=()
) -> Record | None:
    """Carry out the deed a bound form describes; None when something is wrong (the form says what).

    ``to`` reads the other records the form names; ``files`` are what was uploaded with it. Not for ``reveal`` and
    ``open``, which show instead of writing.
    """
    if not form.is_valid():
        return None
    try:
        return _done(form, record, by, to, seen, files)
    except (Refusal, BadUpload) as fault:
        if isinstance(fault, Refusal):
            form.refuse(fault)
        else:
            form.add_error("files", str(fault))
        return None


def _done(form: DeedForm, record: Record, by: Person, to: Viewer, seen: int | None, files) -> Record:
    told, note = form.cleaned_data, form.cleaned_data.get("note") or ""
    if form.deed in ERASING:
        return erasing_done(form.deed, record, by=by, note=note, key=form.write_key)
    shared: dict[str, Any] = {"by": by, "key": form.write_key, "seen": seen}
    if form.deed == "supervise":
        return record_supervise(record, note=note, **shared)
    if form.deed == "transfer":
        return record_transfer(record, to=_unit(told["to"], record), note=note, **shared)
    if form.deed == "extend":
        return record_extend(record, due=_moment(told["due"]), note=note, **shared)
    if form.deed == "void":
        return record_void(record, note=note, **shared)
    if form.deed == "merge":
        return record_merge(record, into=_record(told["into"], to, "主件"), note=note, **shared)
    if form.deed == "link":
        other = _record(told["other"], to, "关联")
        return record_relate(record, to=other, kind=told["kind"], note=note, **shared)
    return _attached(form, record, by, files)


def _attached(form: DeedForm, record: Record, by: Person, files) -> Record:
    """Every file is read before the first is kept: one bad file and none is attached."""
    if not files:
        raise Refusal("bad_value", field="文件名", reason=_("请选择文件"))
    if len(files) > MOST:
        raise Refusal("bad_value", field="文件名", reason=_("一次最多 %(n)s 个") % {"n": MOST})
    read: list[Upload] = [read_upload(one) for one in files]
    for number, one in enumerate(read):
        told: dict[str, Any] = {"private": form.cleaned_data["private"], "key": f"{form.write_key}:{number}"}
        file_attach(record, name=one.name, content=one.content, media_type=one.media_type, by=by, **told)
    return record


def _unit(text: str, record: Record):
    try:
        return find_unit(text, record.place_id[:6])
    except Refusal as refusal:
        raise Refusal("bad_value", field="单位", reason=str(refusal)) from None


def _moment(text: str) -> datetime:
    try:
        return read_moment(text)
    except BadValue as fault:
        raise Refusal("bad_value", field="期限", reason=str(fault)) from None


def _record(number: str, to: Viewer, field: str) -> Record:
    try:
        return find_record(number.strip().upper(), to=to)
    except Refusal as refusal:
        raise Refusal("bad_value", field=field, reason=str(refusal)) from None
