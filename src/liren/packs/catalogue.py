"""The catalogue: all packs read together, every name resolved once.

``load`` reads pack folders, applies a county's own changes, lints everything, and either returns a
:class:`Catalogue` or raises :class:`PackRefused` with all findings.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .changes import Change, unknown_packs
from .figure_language import Figure
from .findings import Finding, PackRefused, suggest
from .folders import PackFolder, find_folders, read_pack
from .language import Kind, Pack, Report
from .linting import lint
from .sources import Source, split_source


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
    def derived(self) -> dict[Any, Any]:
        """What others have worked out from these very packs: forgotten with them."""
        return {}

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
    def broken(self) -> frozenset[str]:
        """Ids of kinds, figures and reports that could not be read: named, but without a definition."""
        return frozenset(part for folder in self.folders for part in folder.broken)

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


def read_all(roots: Iterable[Path], changes: Sequence[Change] = ()) -> tuple[Catalogue, list[Finding]]:
    """Read and lint all packs below the roots; findings include warnings."""
    folders, findings = [], []
    places = find_folders(roots)
    for folder in places:
        read, found = read_pack(folder, changes)
        findings += found
        if read is not None:
            folders.append(read)
    catalogue = Catalogue(tuple(folders))
    findings += unknown_packs(changes, {*catalogue.packs, *(folder.name for folder in places)})
    return catalogue, findings + lint(catalogue)


def load(roots: Iterable[Path], changes: Sequence[Change] = ()) -> Catalogue:
    """As :func:`read_all`; raises :class:`PackRefused` if any finding is an error."""
    catalogue, findings = read_all(roots, changes)
    errors = [finding for finding in findings if finding.level == "error"]
    if errors:
        raise PackRefused(errors)
    return catalogue
