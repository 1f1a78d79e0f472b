"""The only code that writes the county's own changes (var/changes.yaml).

A change is laid over the packs and linted with all of them before it is written; taking away what rows
still use is refused with their number. A change that is withdrawn stays in the file, with who withdrew it,
when and why, and is laid over nothing any more.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from liren import inforce
from liren.clock import today
from liren.durable import put_in_place
from liren.inforce import catalogue, changes_file
from liren.packs.catalogue import Catalogue, read_all
from liren.packs.changes import Change, read_changes
from liren.packs.findings import Finding, PackRefused, suggest
from liren.packs.reading import read_file, read_yaml
from liren.records.removals import losses
from liren.refusals import Refusal

#: Stands for a file in findings about a change that is not written yet.
NEW = "（这次改动）"
_MOST_WHY = 300


def value_read(text: str) -> Any:
    """What somebody typed as a new value, read as strictly as a pack: text, a list or a mapping. Raises Refusal."""
    value, _lines, findings = read_yaml(text, NEW)
    if findings or value is None:
        reason = (
            f"{findings[0].message}；{findings[0].mend}" if findings else _("是空的；要去掉一项请选“去掉”")
        )
        raise Refusal("bad_value", field="新值", reason=reason)
    return value


def change_add(
    *, path: str, by: str, why: str, value: Any = None, remove: bool = False, trial: bool = False
) -> list[Finding]:
    """One more change, in force at once; warnings of the lint come back. A ``trial`` checks and writes nothing.

    Raises PackRefused with every finding, or Refusal: not_found (no such pack), bad_value (nothing would be
    different, nothing said), in_use with the number of rows.
    """
    item: dict[str, Any] = {"path": path.strip(), "by": by.strip(), "why": _reason(why)}
    item |= {"remove": "true"} if remove else {"set": value}
    item["at"] = today().isoformat()

    def more(items: list[dict]) -> list[dict]:
        _check_pack(item["path"], catalogue())
        return [*items, item]

    return _rewrite(more, differs=True, trial=trial)


def change_withdraw(*, number: int, path: str, by: str, why: str) -> list[Finding]:
    """The change with this number in the file (from 0) no longer counts; it stays there as withdrawn.

    ``path`` is what whoever withdraws it saw there: a file that has changed meanwhile is refused. Raises
    PackRefused where the rest no longer lints without it, Refusal: changed_meanwhile, in_use.
    """
    note = {"by": by.strip(), "at": today().isoformat(), "why": _reason(why)}

    def fewer(items: list[dict]) -> list[dict]:
        there = items[number] if 0 <= number < len(items) else {}
        if there.get("path") != path or "withdrawn" in there:
            raise Refusal("changed_meanwhile", number=path, state="已撤回或已改动")
        return [item | {"withdrawn": note} if at == number else item for at, item in enumerate(items)]

    return _rewrite(fewer, differs=False)


def _reason(why: str) -> str:
    reason = " ".join(why.split())
    if not reason or len(reason) > _MOST_WHY:
        raise Refusal(
            "bad_value", field="为什么改", reason=_("要写，最多 %(most_why)s 字") % {"most_why": _MOST_WHY}
        )
    return reason


def _rewrite(
    make: Callable[[list[dict]], list[dict]], *, differs: bool, trial: bool = False
) -> list[Finding]:
    """Make the new list from the one in the file, check the packs with it, and put it in force."""
    file = changes_file()
    with _alone(file):
        catalogue.cache_clear()
        before = catalogue()
        items = make(_items(file))
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            draft.write_text(
                _head(file) + yaml.safe_dump(items, allow_unicode=True, sort_keys=False), "utf-8"
            )
            changes, faults = read_changes(draft)
            if faults:
                raise PackRefused([replace(fault, file=str(file)) for fault in faults])
            named = [replace(change, file=str(file)) for change in changes]
            if differs:
                named[-1] = replace(named[-1], file=NEW)
            warnings = _check(before, named, differs=differs)
            if not trial:
                put_in_place(draft, file)
        finally:
            draft.unlink(missing_ok=True)
        catalogue.cache_clear()
    return warnings


def _items(file: Path) -> list[dict]:
    if not file.exists():
        return []
    tree, _lines, findings = read_file(file)
    if findings or not isinstance(tree, list):
        raise PackRefused(findings)
    return tree


def _head(file: Path) -> str:
    """What the county wrote above its changes, as comments; YAML would drop it."""
    lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True) if file.exists() else []
    head = []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            break
        head.append(line)
    return "".join(head)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """One writer of the changes at a time: two clerks must not overwrite each other's line."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _check_pack(path: str, before: Catalogue) -> None:
    pack, _dot, rest = path.partition(".")
    if pack not in before.packs:
        raise Refusal("not_found", what="包", name=pack, mend=suggest(pack, before.packs))
    if not rest:
        reason = _("只写了包名；写到要改的那一项，例：grid_case.kinds.event.title")
        raise Refusal("bad_value", field="路径", reason=reason)


def _check(before: Catalogue, changes: Sequence[Change], *, differs: bool) -> list[Finding]:
    """The packs with all changes must lint, differ from what was, and keep what rows use."""
    after, findings = read_all(inforce.pack_roots(), changes)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise PackRefused(errors)
    if differs and after.packs == before.packs:
        raise Refusal("bad_value", field=changes[-1].path, reason=_("本来就是这样，不必改"))
    if lost := losses(before, after):
        raise Refusal(
            "in_use", what="、".join(loss.what for loss in lost), count=sum(loss.count for loss in lost)
        )
    return [finding for finding in findings if finding.file == NEW]
