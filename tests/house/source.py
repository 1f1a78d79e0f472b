"""The source tree as the house tests read it: modules, their syntax trees, the names they define."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ROOT = REPOSITORY / "src" / "liren"


@dataclass(frozen=True)
class Module:
    """One Python file under src/liren; `name` is its path from there, for example `records/actions.py`."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def room(self) -> str:
        """The folder it lives in, or '' for the files beside the rooms (settings, urls, …)."""
        return self.name.partition("/")[0] if "/" in self.name else ""

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.name

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=self.name)

    def where(self, node: ast.AST) -> str:
        return f"src/liren/{self.name}:{getattr(node, 'lineno', 1)}"

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node

    def imports(self) -> Iterator[tuple[ast.stmt, str]]:
        """Every imported module by its absolute name, relative ones resolved; inside functions too."""
        package = ["liren", *self.path.relative_to(ROOT).parent.parts]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield node, alias.name
            elif isinstance(node, ast.ImportFrom):
                base = package[: len(package) - node.level + 1] if node.level else []
                stem = ".".join([*base, *(node.module.split(".") if node.module else [])])
                # `from liren import places` imports a room, `from liren.places import queries` a module
                for alias in node.names:
                    yield node, f"{stem}.{alias.name}"

    def definitions(self) -> Iterator[tuple[ast.AST, str]]:
        """Every name this file gives to something of its own: functions, classes, arguments, variables."""
        for node in ast.walk(self.tree):
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    yield node, name
                case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                    yield node, name
                case ast.Attribute(attr=name, ctx=ast.Store()):
                    yield node, name


@cache
def modules(*, migrations: bool = False) -> tuple[Module, ...]:
    """Every Python file under src/liren, in the order of names."""
    found = (Module(path) for path in sorted(ROOT.rglob("*.py")))
    return tuple(module for module in found if migrations or not module.is_migration)


def words(name: str) -> list[str]:
    """`HTTPScoreTable_of` → ['http', 'score', 'table', 'of']."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def length(node: ast.stmt) -> int:
    """Lines from `def` or `class` to the end, decorators not counted."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def called(call: ast.Call) -> str:
    """The last name of what is called: `save` in `record.person.save()`."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def listing(findings: list[str], rule: str) -> str:
    """What a failed house test prints: the rule, then each place that breaks it."""
    return "\n".join([rule, *(f"  {finding}" for finding in findings)])
