"""The form of an opening and of a step: built from the pack, carried out by the actions.

A form carries an idempotency key, so that a double click, a retry after a lost connection or the
back button writes once. Refusals of the kernel come back beside the field they name.
"""

from functools import cache
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.people.models import Person
from liren.people.standing import Standing
from liren.records.actions import record_open, record_step
from liren.records.models import Record
from liren.records.values import value_of
from liren.refusals import Refusal

from .fields import form_field, own, shown
from .keyed import KEY as KEY
from .keyed import KeyedForm, with_key


class RecordForm(KeyedForm):
    """Base of both: knows its kind."""

    kind: KindEntry
    #: Where a photo that came with a faulty form waits (``photos.keep_drafts``).
    photo_kept: str = ""

    def values(self) -> dict[str, Any]:
        """What was typed, empty boxes left out."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in (KEY, "note") and value not in ("", None, [])
        }


def opening_names(kind: KindEntry) -> list[str]:
    """Fields asked for when a record is opened: what no step asks later, and whatever is required."""
    asked = {name.rstrip("?") for step in kind.spec.steps.values() for name in step.ask}
    names = [k for k, f in kind.spec.fields.items() if f.required or (k not in asked and not _kernel(k))]
    if kind.spec.shape == "activity":
        names += [name for name in ("starts", "ends") if name not in names]
    if "place" not in names:
        names.append("place")
    return names


def _kernel(name: str) -> bool:
    return name == "opened"


def opening_form(kind: KindEntry, data=None, initial: dict[str, Any] | None = None) -> RecordForm:
    """An unbound or bound form that opens a record of a kind."""
    fields: dict[str, forms.Field] = {}
    for name in opening_names(kind):
        declared = kind.spec.fields.get(name)
        fields[name] = form_field(kind.spec, name, required=bool(declared and declared.required))
    return _form(kind, fields, data, initial or {})


def step_form(record: Record, verb: str, data=None) -> RecordForm:
    """The form of one step of a record; what is already known stands in its box."""
    kind = catalogue().kind_entry(record.kind)
    step = kind.spec.steps[verb]
    fields: dict[str, forms.Field] = {}
    initial: dict[str, Any] = {}
    for asked in step.ask:
        name = asked.rstrip("?")
        fields[name] = form_field(kind.spec, name, required=not asked.endswith("?"))
        declared = kind.spec.fields.get(name)
        if not (declared and declared.private):
            initial[name] = shown(value_of(kind.spec, record, name))
    fields["note"] = own(_note(get_language()))
    return _form(kind, fields, data, initial)


@cache
def _note(language: str | None) -> forms.Field:  # noqa: ARG001 - in which the label is said
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=_("备注"), required=False, max_length=2000, widget=widget)


def _form(kind: KindEntry, fields: dict[str, forms.Field], data, initial: dict[str, Any]) -> RecordForm:
    return with_key(RecordForm, fields, data, initial, kind=kind)


def open_by_form(form: RecordForm, *, by: Person | None, part: bool = False, **more: Any) -> Record | None:
    """Open the record a bound form describes; None when something is wrong (the form says what).

    ``part``: of a larger write, which is then undone as a whole.
    """
    if not form.is_valid():
        return None
    try:
        return record_open(form.kind.id, form.values() | more, by=by, key=form.write_key, part=part)
    except Refusal as refusal:
        form.refuse(refusal)
        return None


def step_by_form(
    form: RecordForm,
    record: Record,
    verb: str,
    *,
    by: Person | None,
    seen: int | None = None,
    standing: Standing | None = None,
) -> Record | None:
    """Take the step a bound form describes; None when something is wrong. ``seen``: the revision it was made from.

    ``standing``: the record was read for this very request, and so was what ``by`` may do.
    """
    if not form.is_valid():
        return None
    note = str(form.cleaned_data.get("note") or "")
    try:
        return record_step(
            record, verb, form.values(), by=by, note=note, key=form.write_key, seen=seen, standing=standing
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return None
