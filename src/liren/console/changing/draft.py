"""A change on its way: what was typed, what it would mean, and what was wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from liren.changes.actions import change_add, value_read
from liren.changes.queries import Key, guarded, key_at
from liren.console.acting import Office
from liren.packs.findings import Finding, PackRefused
from liren.packs.language import Pack
from liren.refusals import Refusal

MOST = 60_000


@dataclass
class Draft:
    """``form`` is text (as typed) or yaml (a list or a mapping); ``faults`` are by field of the form."""

    pack: Pack
    by: Office
    path: str
    value: str
    form: str
    remove: bool
    why: str
    faults: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tried: bool = False

    @cached_property
    def key(self) -> Key | None:
        return key_at(self.path) if self.path.startswith(f"{self.pack.pack}.") else None

    @property
    def meant(self) -> Any:
        """The new value. Raises Refusal for YAML that cannot be read."""
        return self.value if self.form == "text" else value_read(self.value)


def draft_of(request: HttpRequest, pack: Pack, by: Office) -> Draft:
    """What the form says; before it was sent, what the path says now."""
    said = request.POST or request.GET
    path = said.get("path", "").strip()[:200]
    draft = Draft(
        pack, by, path,
        value=said.get("value", "").replace("\r\n", "\n")[:MOST].strip(),
        form=said.get("form", ""), remove=said.get("remove") == "yes", why=said.get("why", ""),
    )  # fmt: skip
    if draft.form not in ("text", "yaml"):
        draft.form = "text" if draft.key is None or draft.key.is_text else "yaml"
    return draft


def put(draft: Draft, *, trial: bool) -> bool:
    """Try the change or put it in force; True when it is. What is wrong comes to stand beside its field."""
    if not draft.path.startswith(f"{draft.pack.pack}."):
        draft.faults["path"] = _("路径要以 %(pack)s. 开头。") % {"pack": draft.pack.pack}
        return False
    try:
        value = None if draft.remove else draft.meant
    except Refusal as refusal:
        draft.faults["value"] = str(refusal.facts["reason"])
        return False
    now = draft.key.now if draft.key else None
    if not draft.by.holds("security_admin" if guarded(draft.path, now, value) else "system_admin"):
        draft.faults["path"] = _whose(guarded(draft.path, now, value))
        return False
    return _tried(draft, value, trial=trial)


def _tried(draft: Draft, value: Any, *, trial: bool) -> bool:
    why = draft.why or (_("试一试") if trial else "")
    try:
        draft.findings = change_add(
            path=draft.path, by=draft.by.person.name, why=why, value=value, remove=draft.remove, trial=trial
        )
    except PackRefused as refused:
        draft.findings = list(refused.findings)
        draft.faults["value"] = _("这样改，业务包就不对了：")
    except Refusal as refusal:
        about = {"为什么改": "why", "路径": "path"}.get(str(refusal.facts.get("field")), "value")
        draft.faults[about] = str(refusal)
    else:
        draft.tried = True
        return not trial
    return False


def _whose(rights: bool) -> str:
    """Which administrator this change belongs to."""
    if rights:
        return _("这一项关系到谁能做什么、看什么，由安全管理员改。")
    return _("这一项由系统管理员改。")
