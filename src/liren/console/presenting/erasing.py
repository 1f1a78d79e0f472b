"""The page of requests to erase personal information: what waits for this reader's answer, and what is suspended."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.clock import now
from liren.console.presenting.doing import do_href
from liren.forms.erasing import erasing_title
from liren.inforce import catalogue
from liren.look.asking import record_href
from liren.people.visibility import Viewer
from liren.privacy.queries import PAGE, Pending, suspensions, waiting_erasures

#: What may be done about a request that waits, and about what is suspended.
DEEDS = {"": ("erase", "refuse_erasure", "suspend_erasure"), "suspended": ("resume_erasure",)}


def page(viewer: Viewer, state: str, number: int) -> dict[str, Any]:
    """The context of erasures.html; ``state`` is ``suspended`` or nothing."""
    find = suspensions if state else waiting_erasures
    found = find(to=viewer, start=(number - 1) * PAGE)
    shown, start = found[:PAGE], (number - 1) * PAGE
    here = reverse("console:erasures")
    return {
        "state": state,
        "tabs": [
            {"title": _("等着答复"), "href": here, "current": not state},
            {"title": _("暂停删除的"), "href": f"{here}?state=suspended", "current": bool(state)},
        ],
        "rows": [_row(one, state) for one in shown],
        "page": {
            "first": start + 1,
            "last": start + len(shown),
            "total": None,
            "prev": f"{here}?state={state}&page={number - 1}" if number > 1 else None,
            "next": f"{here}?state={state}&page={number + 1}" if len(found) > PAGE else None,
        },
    }


def _row(one: Pending, state: str) -> dict[str, Any]:
    record = one.record
    return {
        "number": record.number,
        "href": record_href(record.number),
        "kind": catalogue().kinds[record.kind].spec.title,
        "title": record.title,
        "place": record.place.name,
        "since": one.since,
        "until": one.until,
        "late": one.until is not None and one.until < now(),
        "reason": one.reason,
        "deeds": [
            {"title": erasing_title(deed), "href": do_href(record.number, deed)} for deed in DEEDS[state]
        ],
    }
