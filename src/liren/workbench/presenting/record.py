"""One record on the phone: what it is, how long there is left, what may be done now, what was done."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liren.clock import now
from liren.forms.steps import offered_steps
from liren.inforce import catalogue
from liren.look.asking import file_href, record_href
from liren.look.presenting import mapping
from liren.look.presenting.acts import acts, names_for
from liren.look.presenting.fields import fields
from liren.people.standing import Standing
from liren.people.visibility import Viewer
from liren.places.queries import path_of, work_calendar
from liren.records.dossier import Dossier
from liren.workbench.presenting.exam import is_exam
from liren.workbench.presenting.todo import addresses, button, onward_first
from liren.workbench.presenting.words import limit, state

#: Acts that a phone shows at once; the whole life is one tap further.
LATEST = 3
PICTURES = ("image/jpeg", "image/png", "image/webp")


def record(found: Dossier, viewer: Viewer, *, may_attach: bool) -> dict[str, Any]:
    """The context of record.html."""
    one, entry = found.record, catalogue().kinds[found.record.kind]
    at = now()
    names = names_for(found, entry.spec, viewer)
    person = viewer.person
    standing = Standing({person.pk: list(viewer.posts)}) if person else Standing()
    offered = onward_first(one, offered_steps(one, person, at, standing))
    life, url = acts(found, entry.spec, names), addresses()
    return {
        "number": one.number,
        "title": one.title or entry.spec.title,
        "kind": entry.spec.title,
        "pack": entry.pack.title,
        "place": path_of(one.place),
        "state": state(one, entry.spec),
        "ended": one.closed is not None,
        "limit": limit(one, entry.spec, at, work_calendar()),
        "steps": [button(one, step, url) for step in offered if step.leads_on],
        "other_steps": [button(one, step, url) for step in offered if not step.leads_on],
        "fields": [field for field in fields(one, entry.spec, names) if field["text"]],
        "map": mapping.of_record(one, entry.spec),
        "latest": life[-LATEST:],
        "earlier": life[:-LATEST],
        "files": [_file(file) for file in found.files],
        "opens": f"{record_href(one.number)}?do=open#do" if may_attach else "",
        "activity": one.shape == "activity",
        "exam": reverse("workbench:exam", args=[one.number]) if may_attach and is_exam(one) else "",
        "may_attach": may_attach,
    }


def _file(file) -> dict[str, Any]:
    return {
        "name": "████" if file.private else file.name,
        "private": file.private,
        "href": "" if file.private else file_href(file.sha256, file.name),
        "picture": file.media_type in PICTURES and not file.private,
    }
