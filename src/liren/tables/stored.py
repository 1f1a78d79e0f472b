"""Columns of records as the database hands them over, a page at a time: what a table going out is made of.

No record is made an object on its way out: a page of two thousand is two dozen columns of plain values, and what
many records share (a place, a state) is said once a page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from .cells import Value


class Part:
    """A page of records by columns: ``part["number"]`` are their numbers."""

    def __init__(self, paths: Sequence[str], rows: Sequence[tuple]):
        self._columns = dict(zip(paths, zip(*rows, strict=True), strict=True))
        #: The private values of each record, when somebody has opened them.
        self.private: list[dict[str, str]] | None = None

    def __getitem__(self, path: str) -> Sequence[Any]:
        return self._columns[path]

    def __contains__(self, path: str) -> bool:
        return path in self._columns

    @cached_property
    def _kept(self) -> list[dict[str, Any]]:
        return [json.loads(one) if isinstance(one, str) else one or {} for one in self["data"]]

    def data(self, key: str) -> list[Any]:
        """The values of a field that has no column of its own; None where a record lacks it."""
        return [one.get(key) for one in self._kept]


@dataclass(frozen=True)
class Column:
    """A column going out: its title, the paths it is made of, and its values for a part (private ones masked)."""

    title: str
    paths: tuple[str, ...]
    told: Callable[[Part], Sequence[Value]]


def told(column: Sequence[Any], said: Callable[[Any], Value] | None) -> Sequence[Value]:
    """What is said of every value there is; as it is kept where nothing else is ``said``."""
    if said is None:
        return column
    return [None if one is None else said(one) for one in column]


def each(column: Sequence[Hashable], said: Callable[[Any], Value]) -> Sequence[Value]:
    """The same, asked once of each different value: where few of a page differ."""
    known = {one: None if one is None else said(one) for one in set(column)}
    return [known[one] for one in column]


def utc(at: datetime | str) -> datetime:
    """A moment as the database hands it over."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return found if found.tzinfo else found.replace(tzinfo=UTC)
