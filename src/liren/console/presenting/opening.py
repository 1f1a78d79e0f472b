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
from liren.records.revealing import record_reveal
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


def revealed(work: Work) -> list[dict[str, str]] | None:
    """Private values by title, now that their reading is noted; None where the form says what is wrong."""
    if not work.form.is_valid():
        return None
    told = work.form.cleaned_data
    try:
        values = record_reveal(work.record, told["names"], by=work.person, purpose=told["purpose"])
    except Refusal as refusal:
        work.form.refuse(refusal)
        return None
    spec = catalogue().kind_entry(work.record.kind).spec
    persons = [value for name, value in values.items() if spec.fields[name].type == "person"]
    names = Names(work.viewer, persons=persons_by_id(persons) if persons else {})
    return [
        {"title": spec.fields[name].title, "text": value_text(spec, name, value, names) or _("（空）")}
        for name, value in values.items()
    ]
