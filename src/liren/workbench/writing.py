"""What a form of the workbench does when it is sent, from a page or from the queue of a phone that was offline."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from liren.forms.photos import BadPhoto, Photo, drafts, keep_drafts, read_photo
from liren.forms.records import KEY, RecordForm, open_by_form, step_by_form, step_form
from liren.inforce import catalogue
from liren.people.queries import standing_of
from liren.people.visibility import Viewer
from liren.records.actions import file_attach
from liren.records.dossier import find_record
from liren.records.models import Record
from liren.refusals import Refusal
from liren.workbench import quick, walks

PHOTO, KEPT = "photo", "photo_kept"


def report(request: HttpRequest, form: RecordForm, viewer: Viewer) -> Record | None:
    """Open the record of a quick report, with its photo; None where something is wrong, which the form says."""
    photo = _photo(request, form)
    record = open_by_form(form, by=viewer.person)
    if record is None:
        # A browser does not fill in a file a second time: it waits here until the form is right.
        form.photo_kept = keep_drafts([photo] if photo else [])
        return None
    if photo is not None:
        attach(record, photo, viewer, key=f"photo:{form.cleaned_data[KEY]}")
    walks.walk_add(request, record.kind, record.number, record.place_id)
    return record


def _photo(request: HttpRequest, form: RecordForm) -> Photo | None:
    """The photo that was pressed for, made anew without metadata; what is wrong with it stands above the form."""
    upload = request.FILES.get(PHOTO)
    if upload is None:
        return next(iter(drafts(request.POST.get(KEPT, ""))), None)
    try:
        return read_photo(upload, name=_("照片") + ".jpg")
    except BadPhoto as fault:
        form.add_error(None, str(fault))
        return None


def photo_added(request: HttpRequest, record: Record, viewer: Viewer, *, key: str, private: bool) -> None:
    """Attach the photo that was sent to a record. Raises Refusal: missing, bad_file, not_yours."""
    upload = request.FILES.get(PHOTO)
    if upload is None:
        raise Refusal("missing", fields="照片", what="附上")
    try:
        photo = read_photo(upload, name=_("照片") + ".jpg")
    except BadPhoto as fault:
        raise Refusal("bad_file", file=(upload.name or "照片")[:80], reason=str(fault)) from None
    attach(record, photo, viewer, key=f"photo:{key}", private=private)


def attach(record: Record, photo: Photo, viewer: Viewer, *, key: str, private: bool = False) -> None:
    """Keep a photo with a record."""
    file_attach(
        record,
        name=photo.name,
        content=photo.content,
        media_type=photo.media_type,
        by=viewer.person,
        private=private,
        key=key[:80],
    )


def form_of_step(record: Record, verb: str, data=None) -> RecordForm:
    """The form of a step. Raises Refusal (no_step)."""
    spec = catalogue().kind_entry(record.kind).spec
    if verb not in spec.steps:
        allowed = "、".join(step.title for step in spec.steps.values())
        raise Refusal("no_step", kind=spec.title, what=verb, allowed=allowed)
    return step_form(record, verb, data)


def sent(request: HttpRequest, viewer: Viewer) -> tuple[Record | None, RecordForm]:
    """Write what a queue sent: a step on `number`, else a report of `kind`. The form says what is wrong.

    Raises Refusal (not_found, no_step) where there is nothing to write on.
    """
    told = request.POST
    if told.get("number"):
        record = find_record(told["number"], to=viewer)
        form = form_of_step(record, told.get("verb", ""), told)
        known = standing_of(viewer)
        return step_by_form(form, record, told.get("verb", ""), by=viewer.person, standing=known), form
    kind = quick.kind_to_open(viewer, told.get("kind", ""))
    form = quick.quick_form(kind, viewer, told)
    return report(request, form, viewer), form


def faults(form: RecordForm) -> dict[str, Any]:
    """What is wrong with a form: sentences above it, and by field under its title."""
    beside = {
        str(form.fields[name].label): [str(one) for one in said]
        for name, said in form.errors.items()
        if name in form.fields
    }
    return {"refused": [str(one) for one in form.non_field_errors()], "fields": beside}
