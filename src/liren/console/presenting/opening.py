"""The page on which a record is opened, and private values once they may be read."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.console.presenting.doing import Work, hidden, inputs, near
from liren.console.presenting.lists import list_href
from liren.forms.records import RecordForm, opening_form
from liren.inforce import catalogue
from liren.look.presenting.fields import Names, value_text
from liren.packs.catalogue import KindEntry
from liren.people.models import Person
from liren.people.queries import persons_by_id
from liren.people.visibility import Viewer
from liren.records.handing import file_link, private_files
from liren.records.models import Record
from liren.records.rereading import linked_values, values_link
from liren.refusals import Refusal


def title_of(entry: KindEntry) -> str:
    """What opening one is called, in the pack's own word."""
    return f"{entry.spec.open_title or '登记'}{entry.spec.title}"


def offer(entry: KindEntry) -> dict[str, str]:
    """The way from a list to opening one more."""
    return {"title": title_of(entry), "href": reverse("console:new", args=[entry.id])}


def form(entry: KindEntry, typed: QueryDict | None) -> RecordForm:
    """The form that opens a record of the kind."""
    return opening_form(entry, typed)


def page(
    entry: KindEntry, form: RecordForm, person: Person, viewer: Viewer, *, restored: bool = False
) -> dict[str, Any]:
    """The context of new.html."""
    place = viewer.posts[0].place_code if viewer.posts else person.place_id or ""
    return {
        "kind": {"title": entry.spec.title, "href": list_href(entry.id)},
        "form": {
            "title": title_of(entry),
            "ui": False,
            "action": reverse("console:new", args=[entry.id]),
            "back": list_href(entry.id),
            "inputs": inputs(form),
            "hidden": hidden(form, person),
            "faults": list(form.non_field_errors()),
            "restored": restored,
            "meanwhile": [],
            "overtaken": False,
            "upload": False,
            "grave": False,
        }
        | near(form, place),
    }


def shown_at(work: Work) -> str:
    """Where private values or a private file are shown, now that the reading is noted; empty where the form says
    what is wrong."""
    if not work.form.is_valid():
        return ""
    told, record = work.form.cleaned_data, work.record
    try:
        if work.deed == "open":
            file = private_files(record).get(pk=told["file"])
            text = file_link(file, by=work.person, purpose=told["purpose"])
            return reverse("console:private_file", args=[text])
        text = values_link(record, told["names"], by=work.person, purpose=told["purpose"])
        return reverse("console:revealed", args=[record.number, text])
    except Refusal as refusal:
        work.form.refuse(refusal)
        return ""


def revealed(record: Record, text: str, person: Person | None, viewer: Viewer) -> list[dict[str, str]]:
    """Private values by title, for whom the link was made. Raises Refusal (not_found)."""
    values = linked_values(text, record, to=person)
    spec = catalogue().kind_entry(record.kind).spec
    persons = [value for name, value in values.items() if spec.fields[name].type == "person"]
    names = Names(viewer, persons=persons_by_id(persons) if persons else {})
    return [
        {"title": spec.fields[name].title, "text": value_text(spec, name, value, names) or _("（空）")}
        for name, value in values.items()
    ]
