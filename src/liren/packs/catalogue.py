"""The catalogue: all packs read together, every name resolved once.

``load`` reads pack folders, applies a county's own changes, lints everything, and either returns a
:class:`Catalogue` or raises :class:`PackRefused` with all findings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from .changes import Change, apply_changes
from .findings import Finding, PackRefused, suggest
from .language import Cited, FieldSpec, Kind, Pack, Report, State, Step
from .figure_language import Figure, Version
from .reading import read_file
from .sources import Source, split_source


@dataclass(frozen=True)
class PackFolder:
    """A pack as read: its model, its folder and the line of every dotted path (for findings)."""

    pack: Pack
    folder: Path
    lines: dict[str, int] = field(repr=False)

    @property
    def file(self) -> str:
        return str(self.folder / "pack.yaml")

    def line(self, path: str) -> int:
        """Line of the nearest written ancestor of a dotted path."""
        while path and path not in self.lines:
            path = path.rpartition(".")[0]
        return self.lines.get(path, 1)


@dataclass(frozen=True)
class Named:
    """A part of a pack with its global id ``pack.key``."""

    pack: Pack
    key: str

    @property
    def id(self) -> str:
        return f"{self.pack.pack}.{self.key}"


@dataclass(frozen=True)
class KindEntry(Named):
    spec: Kind


@dataclass(frozen=True)
class FigureEntry(Named):
    spec: Figure


@dataclass(frozen=True)
class ReportEntry(Named):
    spec: Report
    folder: Path


@dataclass(frozen=True)
class Catalogue:
    """Every kind, figure and report by global id, and every role by key."""

    folders: tuple[PackFolder, ...]

    @cached_property
    def packs(self) -> dict[str, Pack]:
        return {f.pack.pack: f.pack for f in self.folders}

    @cached_property
    def kinds(self) -> dict[str, KindEntry]:
        found = (KindEntry(p, k, s) for p in self.packs.values() for k, s in p.kinds.items())
        return {entry.id: entry for entry in found}

    @cached_property
    def figures(self) -> dict[str, FigureEntry]:
        found = (FigureEntry(p, k, s) for p in self.packs.values() for k, s in p.figures.items())
        return {entry.id: entry for entry in found}

    @cached_property
    def reports(self) -> dict[str, ReportEntry]:
        found = (
            ReportEntry(f.pack, key, spec, f.folder)
            for f in self.folders
            for key, spec in f.pack.reports.items()
        )
        return {entry.id: entry for entry in found}

    @cached_property
    def roles(self) -> dict[str, str]:
        return {key: title for p in self.packs.values() for key, title in p.roles.items()}

    def folder_of(self, pack: str) -> Path:
        return next(f.folder for f in self.folders if f.pack.pack == pack)

    def kind_entry(self, kind_id: str) -> KindEntry:
        """The kind, or KeyError naming near ones."""
        if kind_id not in self.kinds:
            raise KeyError(f"没有「{kind_id}」这类记录。{suggest(kind_id, self.kinds)}")
        return self.kinds[kind_id]

    def figure_id(self, name: str, pack: str) -> str:
        """A figure named inside a pack: its own ``closed`` or another's ``grid_case.closed``."""
        return name if "." in name else f"{pack}.{name}"

    def source(self, text: str, pack: str) -> Source:
        return split_source(text, pack)


def read_pack(folder: Path, changes: Sequence[Change] = ()) -> tuple[PackFolder | None, list[Finding]]:
    """Read one folder. Returns the pack (None if unreadable) and every finding."""
    path = folder / "pack.yaml"
    if not path.is_file():
        return None, [Finding(str(path), 1, "(全文)", "没有这个文件", "每个包一个文件夹，里面写 pack.yaml")]
    tree, lines, findings = read_file(path)
    if not isinstance(tree, dict):
        if not findings:
            findings = [Finding(str(path), 1, "(全文)", "最外层应是 键: 值", "从 pack: 开始写")]
        return None, findings
    findings += apply_changes(tree, str(tree.get("pack")), changes)
    try:
        pack = Pack.model_validate(tree)
    except ValidationError as fault:
        located = [_finding(str(path), lines, error) for error in fault.errors()]
        return None, findings + located
    return PackFolder(pack, folder, lines), findings


_MODELS = (Pack, Kind, FieldSpec, State, Step, Figure, Version, Report, Cited)


def _finding(file: str, lines: dict[str, int], error) -> Finding:
    steps = [str(part) for part in error["loc"] if not str(part).startswith("function-")]
    path = ".".join(steps)
    known = path
    while known and known not in lines:
        known = known.rpartition(".")[0]
    line = lines.get(known, 1)
    if error["type"] == "extra_forbidden":
        words = {f.alias or name for model in _MODELS for name, f in model.model_fields.items()}
        return Finding(file, line, path, f"不认识的键「{steps[-1]}」", suggest(steps[-1], words))
    if error["type"] == "missing":
        return Finding(file, line, path, "缺少这一项", f"补上 {steps[-1]}:")
    message = error["msg"].removeprefix("Value error, ")
    return Finding(file, line, path or "(全文)", _chinese(message), "")


def _chinese(message: str) -> str:
    for english, chinese in _PYDANTIC.items():
        if message.startswith(english):
            return chinese + message.removeprefix(english)
    return message


_PYDANTIC = {
    "Input should be a valid dictionary": "这里应写 键: 值",
    "Input should be a valid list": "这里应写列表",
    "Input should be a valid string": "这里应写一段文字",
    "Input should be a valid integer": "这里应写整数",
    "Input should be a valid boolean": "这里应写 true 或 false",
    "Input should be": "只能写",
    "String should match pattern": "名字不合规则（小写英文、数字、下划线）",
    "String should have": "文字长度不合：",
    "Input should be a valid date": "这里应写日期 2024-05-01",
}


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


def read_all(roots: Iterable[Path], changes: Sequence[Change] = ()) -> tuple[Catalogue, list[Finding]]:
    """Read and lint all packs below the roots; findings include warnings."""
    from .linting import lint

    folders, findings = [], []
    for folder in find_folders(roots):
        read, found = read_pack(folder, changes)
        findings += found
        if read is not None:
            folders.append(read)
    catalogue = Catalogue(tuple(folders))
    return catalogue, findings + lint(catalogue)


def load(roots: Iterable[Path], changes: Sequence[Change] = ()) -> Catalogue:
    """As :func:`read_all`; raises :class:`PackRefused` if any finding is an error."""
    catalogue, findings = read_all(roots, changes)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise PackRefused(errors)
    return catalogue
