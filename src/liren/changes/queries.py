"""Reading the county's own changes: those in force, those withdrawn, and what may be changed at all."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from liren.inforce import catalogue, changes_file
from liren.packs.changes import Change, apply_changes, read_all_changes
from liren.packs.reading import read_file

#: Parts of a path that say who may do, see or decide something. Whoever sets these decides over persons' rights.
RIGHTS = {"by", "opened by", "seen by", "visible", "not by", "private", "roles", "for", "shown"}
#: What a change by form cannot mean: it would be another pack.
_FIXED = {"pack"}


@dataclass(frozen=True)
class Key:
    """Something that may be changed: its dotted path, what it says now, what the pack as shipped says, and how
    many of the county's changes touch it."""

    path: str
    now: Any
    shipped: Any
    changed: bool

    @property
    def is_text(self) -> bool:
        return isinstance(self.now, str)


def changes_of(pack: str) -> list[Change]:
    """The county's changes of a pack, withdrawn ones too, the newest first."""
    changes, _faults = read_all_changes(changes_file())
    return [change for change in reversed(changes) if change.path.partition(".")[0] == pack]


def last_change(path: str) -> Change | None:
    """The change in force that gives this very path its value."""
    return next((c for c in changes_of(path.partition(".")[0]) if c.path == path and not c.withdrawn), None)


def guarded(path: str, *values: Any) -> bool:
    """Whether a change gives or takes rights, by its path or within its values: then it is the security
    administrator's; all others are the system administrator's."""
    _pack, part, *steps = [*path.split("."), ""]
    if part not in ("kinds", "roles", "reports"):
        return False
    return part == "roles" or bool(RIGHTS & {*steps}) or any(_holds_rights(value) for value in values)


def _holds_rights(value: Any) -> bool:
    return isinstance(value, dict) and any(key in RIGHTS or _holds_rights(one) for key, one in value.items())


def keys(pack: str) -> list[Key]:
    """Everything of a pack that may be changed: each value, and each part of a mapping as a whole."""
    folder = catalogue().folder_of(pack)
    shipped, _lines, _findings = read_file(folder / "pack.yaml")
    now = deepcopy(shipped) if isinstance(shipped, dict) else {}
    in_force = [change for change in reversed(changes_of(pack)) if not change.withdrawn]
    apply_changes(now, pack, in_force, {})
    touched = {change.path for change in in_force}
    return [
        Key(f"{pack}.{path}", value, _at(shipped, path), f"{pack}.{path}" in touched)
        for path, value in _walk(now, "")
        if path.partition(".")[0] not in _FIXED
    ]


def key_at(path: str) -> Key | None:
    """What a path says now and said as shipped; None where it leads nowhere (a part may still be added there)."""
    return next((key for key in keys(path.partition(".")[0]) if key.path == path), None)


def _walk(tree: dict, before: str) -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        path = f"{before}.{name}" if before else str(name)
        if "." in str(name):
            continue
        if before or not isinstance(value, dict):
            yield path, value
        if isinstance(value, dict):
            yield from _walk(value, path)


def _at(tree: Any, path: str) -> Any:
    for step in path.split("."):
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree
