"""Where the columnar files lie (``var/cube``), what they hold, and reading them as DuckDB.

Each table is one or more Parquet files of a base, and a small one of what has changed since; a list of the records
that changed takes their old rows away. ``state.json`` names the files that are in force and is put in place last,
so that a reader sees one state or the other, never half of both.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings

from .dialects import DUCKDB
from .moving import needed
from .shapes import Shape

FORMAT = 1
MEMORY = "2GB"


@dataclass
class Part:
    """One table: rows, the files of its base, the file of what changed since (or ""), and its shape's digest."""

    rows: int = 0
    base: list[str] = field(default_factory=list)
    delta: str = ""
    shape: str = ""
    key: str = "id"


@dataclass
class State:
    """What the files hold: everything up to an act of the trail, as of a moment."""

    acts: int
    at: str
    tables: dict[str, Part]
    gone: str = ""
    replaced: int = 0
    #: The last row of the tables that grow without an act.
    marks: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)

    @property
    def files(self) -> set[str]:
        found = {file for part in self.tables.values() for file in (*part.base, part.delta)}
        return (found | {self.gone}) - {""}


class Store:
    """The folder of one county's columnar files."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.LIREN_HOME) / "var" / "cube"

    @property
    def _file(self) -> Path:
        return self.folder / "state.json"

    def state(self) -> State | None:
        """What is in force; None where nothing was written yet, or in another format."""
        try:
            told = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if told.get("format") != FORMAT:
            return None
        told["tables"] = {name: Part(**part) for name, part in told["tables"].items()}
        return State(**told)

    def stamp(self) -> int:
        """Changes with every state."""
        try:
            return self._file.stat().st_mtime_ns
        except OSError:
            return 0

    def keep(self, state: State) -> None:
        """Put a state in force; its files are there already. What no state names any more is removed."""
        before = self.state()
        draft = self.folder / f".state.{os.getpid()}"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(state), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file)
        self._sweep(state.files | (before.files if before else set()))

    def _sweep(self, kept: set[str]) -> None:
        """Files of the state before stay for those who are reading them."""
        for path in self.folder.glob("*.parquet"):
            if path.name not in kept:
                path.unlink(missing_ok=True)

    @property
    def bytes(self) -> int:
        state = self.state()
        return sum((self.folder / name).stat().st_size for name in state.files) if state else 0


def view(folder: Path, name: str, shape: dict[str, str], part: Part | None, gone: str) -> str:
    """The statement that makes one table readable by its name."""
    if part is None or not (part.base or part.delta):
        empty = ", ".join(f'CAST(NULL AS {type_}) AS "{column}"' for column, type_ in shape.items())
        return f'CREATE VIEW "{name}" AS SELECT {empty} WHERE FALSE'
    columns = ", ".join(f'b."{column}"' for column in shape)
    said = []
    if part.base:
        left = f' ANTI JOIN {read(folder, [gone])} g ON b."{part.key}" = g.id' if gone and part.key else ""
        said.append(f"SELECT {columns} FROM {read(folder, part.base)} b{left}")
    if part.delta:
        said.append(f"SELECT {columns} FROM {read(folder, [part.delta])} b")
    return f'CREATE VIEW "{name}" AS {" UNION ALL ".join(said)}'


def read(folder: Path, files: Iterable[str]) -> str:
    """Parquet files of a folder as a table."""
    names = ", ".join(DUCKDB.literal(str(folder / file)) for file in files)
    return f"read_parquet([{names}])"


class DuckEngine:
    """DuckDB over the files of one state; a table is opened when it is first asked for."""

    dialect = DUCKDB

    def __init__(
        self, store: Store, state: State, shapes: dict[str, dict[str, str]], threads: int = 0
    ) -> None:
        self.store, self.state, self.shapes = store, state, shapes
        self._open: set[str] = set()
        self._lock = threading.Lock()
        self._threads = threads

    @cached_property
    def connection(self) -> Any:
        held = needed().connect(
            config={"memory_limit": MEMORY, "temp_directory": str(self.store.folder / "tmp")}
        )
        if self._threads:
            held.execute(f"SET threads = {self._threads}")
        return held

    def rows(self, statement: str) -> list[tuple]:
        """All rows of an answer. One statement at a time: threads of a page wait for one another."""
        with self._lock:
            for name in self.shapes:
                if name not in self._open and f'"{name}"' in statement:
                    part = self.state.tables.get(name)
                    self.connection.execute(
                        view(self.store.folder, name, self.shapes[name], part, self.state.gone)
                    )
                    self._open.add(name)
            return self.connection.execute(statement).fetchall()


def all_shapes(wanted: dict[str, Shape]) -> dict[str, dict[str, str]]:
    """Columns of every table, those of first acts and the working days too."""
    found = {name: dict(shape.columns) for name, shape in wanted.items()}
    for name, shape in wanted.items():
        if shape.verbs:
            found[f"{name}__firsts"] = {"record_id": "BIGINT"} | dict.fromkeys(
                sorted(shape.verbs), "TIMESTAMP"
            )
    found["house__calendar"] = {"day": "DATE", "upto": "INTEGER"}
    return found
