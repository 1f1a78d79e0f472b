"""The pages of a pack's changes: the list, the form, taking one back."""

from __future__ import annotations

from typing import Any

import yaml
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liren.changes.queries import Key, changes_of, guarded, keys
from liren.console.acting import Office
from liren.packs.changes import Change
from liren.packs.language import Pack

from .draft import Draft

#: Values of so many signs at most stand in the list; the form shows them whole.
SHORT = 80
#: Paths offered in the list at once.
MOST = 200


def changes(pack: Pack, by: Office, words: str) -> dict[str, Any]:
    """The context of changing/list.html."""
    wanted = words.lower().split()
    found = [key for key in keys(pack.pack) if _fits(key, wanted)]
    return {
        "pack": {"id": pack.pack, "title": pack.title, "href": reverse("console:pack", args=[pack.pack])},
        "changes": [_change(one, by) for one in changes_of(pack.pack)],
        "keys": [_key(key, by) for key in found[:MOST]],
        "count": len(found),
        "more": len(found) > MOST,
        "new": reverse("console:change", args=[pack.pack]),
        "filters": {
            "fields": [
                {
                    "name": "q",
                    "title": _("路径或内容"),
                    "kind": "text",
                    "value": words,
                    "wide": True,
                    "ui": True,
                }
            ],
            "kept": [],
            "clear": reverse("console:changes", args=[pack.pack]) if words else None,
        },
    }


def _fits(key: Key, wanted: list[str]) -> bool:
    about = f"{key.path} {text_of(key.now)}".lower()
    return all(word in about for word in wanted)


def _change(one: Change, by: Office) -> dict[str, Any]:
    pack = one.path.partition(".")[0]
    return {
        "path": one.path,
        "value": _("去掉") if one.remove else text_of(one.set),
        "by": one.by,
        "at": one.at,
        "why": one.why,
        "withdrawn": one.withdrawn,
        "href": ""
        if one.withdrawn or not may(by, one.path, one.set)
        else reverse("console:change_withdraw", args=[pack, one.number]),
    }


def _key(key: Key, by: Office) -> dict[str, Any]:
    pack = key.path.partition(".")[0]
    said = text_of(key.now)
    href = f"{reverse('console:change', args=[pack])}?{urlencode({'path': key.path})}"
    return {
        "path": key.path.partition(".")[2],
        "now": said if len(said) <= SHORT else f"{said[:SHORT]}…",
        "changed": key.changed,
        "href": href if may(by, key.path, key.now) else "",
        "rights": guarded(key.path, key.now),
    }


def may(by: Office, path: str, *values: Any) -> bool:
    """Whether this administrator makes such changes: rights are the security administrator's."""
    return by.holds("security_admin" if guarded(path, *values) else "system_admin")


def text_of(value: Any) -> str:
    """A value as it stands in a pack: text as it is, anything else as YAML."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=None).strip()


def form(draft: Draft) -> dict[str, Any]:
    """The context of changing/form.html."""
    key = draft.key
    return {
        "pack": {"id": draft.pack.pack, "title": draft.pack.title},
        "draft": {
            "path": draft.path or f"{draft.pack.pack}.",
            "value": draft.value
            or ("" if draft.remove or draft.faults else text_of(key.now if key else None)),
            "form": draft.form,
            "remove": draft.remove,
            "why": draft.why,
            "tried": draft.tried,
        },
        "now": text_of(key.now) if key else "",
        "shipped": text_of(key.shipped) if key and key.changed else "",
        "known": key is not None,
        "paths": [one.path for one in keys(draft.pack.pack) if may(draft.by, one.path, one.now)][:600],
        "faults": draft.faults,
        "findings": [
            {"path": one.path, "message": one.message, "mend": one.mend, "level": one.level}
            for one in draft.findings
        ],
        "back": reverse("console:changes", args=[draft.pack.pack]),
    }


def change_numbered(pack: Pack, by: Office, number: int) -> Change | None:
    """A change in force that this administrator may take back."""
    return next(
        (
            one
            for one in changes_of(pack.pack)
            if one.number == number and not one.withdrawn and may(by, one.path, one.set)
        ),
        None,
    )


def withdrawing(one: Change, fault: str, why: str) -> dict[str, Any]:
    """The context of changing/withdraw.html."""
    pack = one.path.partition(".")[0]
    return {
        "path": one.path,
        "value": _("去掉") if one.remove else text_of(one.set),
        "by": one.by,
        "at": one.at,
        "reason": one.why,
        "why": why,
        "fault": fault,
        "back": reverse("console:changes", args=[pack]),
    }
