"""Reads one pack folder: text → tree → model, with the place of every dotted path for findings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from .changes import Change, apply_changes
from .figure_language import Figure, Version
from .findings import Finding, PackRefused, suggest
from .language import ByField, Cited, FieldSpec, Kind, Pack, Report, State, Step
from .reading import read_file

_WHOLE = "(全文)"
_SECTIONS = ("kinds", "figures", "reports")
_MODELS = (Pack, Kind, FieldSpec, State, ByField, Step, Figure, Version, Report, Cited)


@dataclass(frozen=True)
class Written:
    """Where each dotted path of a pack was written: its own file, or a county's change over it."""

    file: str
    lines: dict[str, int] = field(repr=False)
    changed: dict[str, tuple[str, int]] = field(default_factory=dict, repr=False)

    def at(self, path: str) -> tuple[str, int]:
        """File and line of the path, or of its nearest written ancestor."""
        while path and path not in self.lines and path not in self.changed:
            cut = max(path.rfind("."), path.rfind("["))
            path = path[: max(cut, 0)]
        return self.changed.get(path) or (self.file, self.lines.get(path, 1))

    def finding(self, path: str, message: str, mend: str = "", level: str = "error") -> Finding:
        """A finding at the path."""
        return Finding(*self.at(path), path, message, mend, level)


@dataclass(frozen=True)
class PackFolder:
    """A pack as read: its model, its folder, where its paths stand, and the ids of parts left out as broken."""

    pack: Pack
    folder: Path
    written: Written = field(repr=False)
    broken: frozenset[str] = frozenset()

    @property
    def file(self) -> str:
        return self.written.file


def find_folders(roots: Iterable[Path]) -> list[Path]:
    """Pack folders below the roots (a root may itself be a pack folder), in name order."""
    found: list[Path] = []
    for root in roots:
        if (root / "pack.yaml").is_file():
            found.append(root)
        elif root.is_dir():
            found += sorted(child for child in root.iterdir() if (child / "pack.yaml").is_file())
        else:
            raise PackRefused([Finding(str(root), 1, "(文件夹)", "没有这个文件夹", "检查 LIREN_PACKS")])
    return found


def read_pack(folder: Path, changes: Sequence[Change] = ()) -> tuple[PackFolder | None, list[Finding]]:
    """Read one folder. Returns the pack (None if unreadable) and every finding.

    A kind, figure or report with a fault is left out and named in ``broken``, so that the rest can
    still be linted and all findings come at once.
    """
    path = folder / "pack.yaml"
    if not path.is_file():
        return None, [Finding(str(path), 1, _WHOLE, "没有这个文件", "每个包一个文件夹，里面写 pack.yaml")]
    tree, lines, findings = read_file(path)
    if not isinstance(tree, dict):
        if not findings:
            findings = [Finding(str(path), 1, _WHOLE, "最外层应是 键: 值", "从 pack: 开始写")]
        return None, findings
    written = Written(str(path), lines)
    findings += apply_changes(tree, str(tree.get("pack")), changes, written.changed)
    pack, broken, faults = _typed(tree, written)
    known = {finding.path for finding in findings}
    findings += [fault for fault in faults if fault.path not in known]
    return (PackFolder(pack, folder, written, broken) if pack else None), findings


def _typed(tree: dict, written: Written) -> tuple[Pack | None, frozenset[str], list[Finding]]:
    try:
        return Pack.model_validate(tree), frozenset(), []
    except ValidationError as fault:
        errors = fault.errors()
    findings = [_finding(written, error) for error in errors]
    broken = {tuple(error["loc"][:2]) for error in errors}
    if any(len(part) < 2 or part[0] not in _SECTIONS for part in broken):
        return None, frozenset(), findings
    rest = {
        section: {k: v for k, v in parts.items() if (section, k) not in broken}
        if section in _SECTIONS and isinstance(parts, dict)
        else parts
        for section, parts in tree.items()
    }
    ids = frozenset(f"{tree['pack']}.{key}" for _, key in broken)
    return Pack.model_validate(rest), ids, findings


def _finding(written: Written, error) -> Finding:
    path = ""
    for part in error["loc"]:
        if isinstance(part, int):
            path += f"[{part}]"
        elif not part.startswith(("function-", "(", "[key]")):
            path += f".{part}" if path else part
    last = path.rpartition(".")[2]
    if error["type"] == "extra_forbidden":
        words = {f.alias or name for model in _MODELS for name, f in model.model_fields.items()}
        return written.finding(path, f"不认识的键「{last}」", suggest(last, words))
    if error["type"] == "missing":
        return written.finding(path, "缺少这一项", f"补上 {last}:")
    return written.finding(path or _WHOLE, _chinese(error["msg"].removeprefix("Value error, ")))


def _chinese(message: str) -> str:
    for english, chinese in _PYDANTIC.items():
        if message.startswith(english):
            return chinese
    for english, chinese in _PYDANTIC_BEFORE.items():
        if message.startswith(english):
            return chinese + message.removeprefix(english)
    return message


_PYDANTIC = {
    "Input should be a valid dictionary": "这里应写 键: 值",
    "Input should be a valid list": "这里应写列表",
    "Input should be a valid string": "这里应写一段文字",
    "Input should be a valid integer": "这里应写整数",
    "Input should be a valid boolean": "这里应写 true 或 false",
    "Input should be a valid date": "这里应写日期，例 2024-05-01",
    "String should match pattern": "名字不合规则：小写英文字母开头，单词之间用一个下划线",
}
_PYDANTIC_BEFORE = {
    "Input should be less than or equal to": "不能大于",
    "Input should be greater than or equal to": "不能小于",
    "Input should be": "只能写",
    "String should have": "文字长度不合：",
}
