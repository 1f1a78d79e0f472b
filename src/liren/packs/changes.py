"""A county's own changes: a flat list of dotted paths, each with who, when and why.

They are laid over the shipped pack's tree before it is typed, so a change is linted exactly as if
it had been written in the pack. ``set`` writes a value, ``remove`` takes a part away; whether rows
still use what is removed is asked of ``records.queries.uses``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from .findings import Finding, suggest
from .reading import read_file

FILE_KEYS = {"path", "set", "remove", "by", "at", "why", "withdrawn"}


@dataclass(frozen=True)
class Change:
    """One change: ``path`` is ``pack.part.…`` (``grid_case.kinds.event.states.reported.within``)."""

    path: str
    by: str
    at: date
    why: str
    set: Any = None
    remove: bool = False
    file: str = "changes.yaml"
    line: int = 1
    #: Where it stands in the file, counted from 0, and who took it back, when and why (``by``, ``at``, ``why``).
    number: int = 0
    withdrawn: dict[str, str] | None = None


def read_changes(path: Path) -> tuple[list[Change], list[Finding]]:
    """The changes in force of a changes file; those that were withdrawn are left out."""
    changes, findings = read_all_changes(path)
    return [change for change in changes if change.withdrawn is None], findings


def read_all_changes(path: Path) -> tuple[list[Change], list[Finding]]:
    """Read a changes file: a list of ``{path, set | remove, by, at, why}``, withdrawn ones included."""
    if not path.exists():
        return [], []
    tree, lines, findings = read_file(path)
    if findings or not isinstance(tree, list):
        wrong = Finding(str(path), 1, "(全文)", "应是一个列表", "每项写 path、set 或 remove、by、at、why")
        return [], findings or [wrong]
    changes = []
    for index, item in enumerate(tree):
        line = lines.get(f"[{index}]", 1)
        change, fault = _change(item, str(path), line, index)
        if change:
            changes.append(change)
        else:
            findings.append(Finding(str(path), line, f"[{index}]", fault, "例：path、set、by、at、why"))
    return changes, findings


def _change(item, file: str, line: int, number: int) -> tuple[Change | None, str]:
    if not isinstance(item, dict):
        return None, "每项应是 键: 值"
    if unknown := set(item) - FILE_KEYS:
        return None, f"不认识的键：{'、'.join(sorted(unknown))}"
    missing = [key for key in ("path", "by", "at", "why") if not item.get(key)]
    if missing:
        return None, f"缺少 {'、'.join(missing)}"
    if not all(isinstance(item[key], str) for key in ("path", "by", "at", "why")):
        return None, "path、by、at、why 都写文字"
    if ("set" in item) == ("remove" in item):
        return None, "set 与 remove 写且只写一个"
    if item.get("remove", "true") != "true":
        return None, f"remove 只写 true，这里是「{item['remove']}」"
    try:
        at = date.fromisoformat(item["at"])
    except ValueError:
        return None, f"at「{item['at']}」不是日期"
    withdrawn = item.get("withdrawn")
    if withdrawn is not None and not (isinstance(withdrawn, dict) and {*withdrawn} == {"by", "at", "why"}):
        return None, "withdrawn 写 by、at、why"
    said = {key: item[key] for key in ("path", "by", "why")} | {"file": file, "line": line, "number": number}
    return Change(**said, at=at, set=item.get("set"), remove="remove" in item, withdrawn=withdrawn), ""


def apply_changes(
    tree: dict, pack: str, changes: Sequence[Change], changed: dict[str, tuple[str, int]]
) -> list[Finding]:
    """Lay the changes of one pack over its tree (in place); ``changed`` notes where each path was written."""
    findings = []
    for change in changes:
        head, _, rest = change.path.partition(".")
        if head != pack:
            continue
        fault = _apply(tree, rest.split("."), change)
        if fault:
            findings.append(Finding(change.file, change.line, change.path, *fault))
        else:
            changed[rest] = (change.file, change.line)
    return findings


def unknown_packs(changes: Sequence[Change], known: Iterable[str]) -> list[Finding]:
    """A change of a pack that is not there would otherwise do nothing without a word."""
    heads = [(change, change.path.partition(".")[0]) for change in changes]
    return [
        Finding(change.file, change.line, change.path, f"没有包「{head}」", suggest(head, known))
        for change, head in heads
        if head not in known
    ]


def _apply(tree: dict, steps: list[str], change: Change) -> tuple[str, str] | None:
    here: Any = tree
    for step in steps[:-1]:
        if not isinstance(here, dict) or step not in here:
            known = here if isinstance(here, dict) else ()
            return f"包里没有「{step}」", suggest(step, known)
        here = here[step]
    last = steps[-1]
    if not isinstance(here, dict):
        return f"「{'.'.join(steps[:-1])}」下面不能再分", "改这一项本身，把它整个写在 set 里"
    if not last:
        return "路径只写了包名", "写到要改的那一项，例 grid_case.kinds.event.title"
    if change.remove:
        if last not in here:
            return f"包里没有「{last}」，不必去掉", suggest(last, here)
        del here[last]
    else:
        here[last] = change.set
    return None
