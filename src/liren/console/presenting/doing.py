"""What can be done on a record now, and the form of the deed that was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.clock import now
from liren.forms.deeds import DEEDS, DeedForm, deed_by_form, deed_form, deed_title, offered_deeds
from liren.forms.erasing import ERASING
from liren.forms.keyed import KEY, KeyedForm
from liren.forms.records import RecordForm, step_by_form, step_form
from liren.forms.steps import offered_steps
from liren.inforce import catalogue
from liren.look.asking import record_href
from liren.look.keeping import WHO, who_token
from liren.look.presenting.rows import verb_title
from liren.look.presenting.words import moment_text
from liren.people.models import Person
from liren.people.queries import standing_of
from liren.people.visibility import Viewer
from liren.places.queries import around
from liren.records.flow import state_title
from liren.records.models import Act, Record
from liren.refusals import Refusal

#: The hidden field that says which state of the record the form was made from: its revision and its last act.
SEEN = "_seen"
#: How the address names a step among the deeds.
STEP = "step."
#: Refusals that mean somebody else was first.
OVERTAKEN = ("changed_meanwhile", "wrong_state")


@dataclass
class Work:
    """A person at work on a record: the deed chosen, its form, and what the form was made from."""

    record: Record
    person: Person
    viewer: Viewer
    deed: str
    form: KeyedForm
    seen: str

    @property
    def title(self) -> str:
        """What the deed is called."""
        return deed_name(self.record, self.deed)

    @property
    def ours(self) -> bool:
        """Whether its title is in the language of the page; steps are named by packs."""
        return not self.deed.startswith(STEP)

    def carry_out(self, files=()) -> bool:
        """Do it; False where something is wrong, which the form then says."""
        seen = int(revision) if (revision := self.seen.partition(".")[0]).isdigit() else None
        if isinstance(self.form, RecordForm):
            verb = self.deed.removeprefix(STEP)
            known = standing_of(self.viewer)
            done = step_by_form(self.form, self.record, verb, by=self.person, seen=seen, standing=known)
            return done is not None
        assert isinstance(self.form, DeedForm)
        deed = deed_by_form(self.form, self.record, by=self.person, to=self.viewer, seen=seen, files=files)
        return deed is not None

    @property
    def status(self) -> int:
        """The status of the page on which the form comes back."""
        return self.form.refusal.status if self.form.refusal else 422


def deed_name(record: Record, deed: str) -> str:
    """The title of a deed or step."""
    steps = catalogue().kind_entry(record.kind).spec.steps
    return steps[deed.removeprefix(STEP)].title if deed.startswith(STEP) else deed_title(deed)


def begin(record: Record, deed: str, person: Person, viewer: Viewer, typed: QueryDict | None = None) -> Work:
    """Somebody's work on a record, with what was typed if anything was. Raises Refusal (not_found) for no deed."""
    steps = catalogue().kind_entry(record.kind).spec.steps
    verb = deed.removeprefix(STEP)
    if deed.startswith(STEP) and verb in steps:
        form: KeyedForm = step_form(record, verb, typed)
    elif deed in (*DEEDS, *ERASING):
        form = deed_form(record, deed, typed)
    else:
        raise Refusal("not_found", what="步骤", name=deed, mend="")
    seen = typed.get(SEEN, "") if typed is not None else seen_now(record)
    return Work(record, person, viewer, deed, form, seen)


def seen_now(record: Record) -> str:
    """Where a record stands: its revision and its last act."""
    last = record.acts.order_by("-id").values_list("id", flat=True).first()
    return f"{record.revision}.{last or 0}"


def offers(record: Record, person: Person | None, viewer: Viewer) -> dict[str, Any]:
    """``steps`` and ``deeds`` open to the person, each {title, href, ends}, and where private files are opened;
    nothing to who reads with others' eyes."""
    at, standing = now(), standing_of(viewer)
    steps = offered_steps(record, person, at, standing)
    deeds = offered_deeds(record, person, at, standing)
    return {
        "opens": do_href(record.number, "open") if "open" in deeds else "",
        "steps": [
            {"title": one.title, "href": do_href(record.number, f"{STEP}{one.verb}"), "ends": one.ends}
            for one in steps
        ],
        "deeds": [
            {"title": deed_title(deed), "href": do_href(record.number, deed), "key": deed} for deed in deeds
        ],
    }


def do_href(number: str, deed: str) -> str:
    """The record's page with the form of a deed on it."""
    return f"{record_href(number)}?{urlencode({'do': deed})}#do"


def form_context(work: Work, *, restored: bool = False) -> dict[str, Any]:
    """``form`` of parts/doing.html."""
    overtaken = work.form.refusal is not None and work.form.refusal.code in OVERTAKEN
    meanwhile = _meanwhile(work) if overtaken or restored else []
    told = {
        "title": work.title,
        "ui": work.ours,
        "action": reverse("console:do", args=[work.record.number, work.deed]),
        "back": record_href(work.record.number),
        "inputs": inputs(work.form),
        "hidden": hidden(work.form, work.person) | {SEEN: seen_now(work.record) if overtaken else work.seen},
        "faults": [] if overtaken else list(work.form.non_field_errors()),
        "chinese": True,
        "restored": restored,
        "meanwhile": meanwhile,
        "overtaken": overtaken,
        "upload": work.deed == "attach",
        "grave": work.deed in ("void", "merge", "erase"),
    }
    return told | near(work.form, work.record.place_id)


def hidden(form: KeyedForm, person: Person) -> dict[str, str]:
    """What a form carries unseen: its key, and whose it is."""
    return {KEY: str(form[KEY].value()), WHO: who_token(person)}


def inputs(form: KeyedForm) -> list[Any]:
    """The boxes of a form, in order."""
    return [bound for bound in form if bound.name != KEY]


def near(form: KeyedForm, place: str) -> dict[str, Any]:
    """Names offered for boxes that take a place."""
    boxes = [field.widget.attrs for field in form.fields.values()]
    asks = [attrs for attrs in boxes if attrs.get("data-find") == "place"]
    found = around(place[:6]) if asks and place else []
    for attrs in asks if found else ():
        attrs["list"] = "near-places"
    return {"places": [{"code": one.code, "name": one.name} for one in found]}


def _meanwhile(work: Work) -> list[dict[str, Any]]:
    """What others did since the form was made, in plain words."""
    last = work.seen.partition(".")[2]
    if not last.isdigit():
        return []
    acts = work.record.acts.filter(id__gt=int(last)).select_related("by").order_by("id")[:10]
    return [_told(act, work.record) for act in acts]


def _told(act: Act, record: Record) -> dict[str, Any]:
    spec = catalogue().kind_entry(record.kind).spec
    by = act.by.name if act.by else _("系统")
    state = state_title(spec, act.to_state) if act.to_state != act.from_state else ""
    return {"by": by, "at": moment_text(act.at), "title": verb_title(spec, act.verb), "state": state}
