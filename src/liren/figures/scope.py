"""For what a figure is asked: place, unit, period; and what comes back."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from liren.packs.catalogue import FigureEntry

from .periods import Period

#: From so many rows on, a page asks for less at once.
LARGE = 10_000
#: Up to so many keys of rows are kept beside a digest.
FEW = 2000


@dataclass(frozen=True)
class Scope:
    """Place code (everything in it), unit id (or None), period."""

    place: str
    period: Period
    unit: int | None = None


@dataclass(frozen=True)
class Cell:
    """One expected doing: a member of the list (or None) in a slot (or None), and how often it was done."""

    slot: Period | None
    member: str | int | None
    done: int


@dataclass
class Evidence:
    """What proves a number: rows of one table and how the number comes from them.

    ``measure`` is count, sum, average, maximum, minimum, distinct, between, cells, groups or reading;
    ``path`` the column it reads. ``cells`` and ``groups`` stand beside the rows where the number is
    the size of a list of doings or of named places.
    """

    measure: str
    # Rows of several models, and absent where the number is a list of named places: hence Any.
    rows: Any = None
    table: Any = None
    path: Any = None
    cells: list[Cell] = field(default_factory=list)
    groups: list[tuple] = field(default_factory=list)

    @cached_property
    def count(self) -> int:
        """How many things the click shows."""
        if self.measure == "cells":
            return len(self.cells)
        if self.measure == "groups":
            return len(self.groups)
        if self.measure == "distinct":
            return len(self.distinct_values())
        return self.rows.count() if self.rows is not None else 0

    @cached_property
    def is_long(self) -> bool:
        """Whether `LARGE` rows or more stand behind the number.

        Of distinct values the rows are counted apart, and no further than that.
        """
        if self.measure != "distinct":
            return self.count >= LARGE
        return self.rows.order_by()[:LARGE].count() >= LARGE

    def distinct_values(self) -> list:
        """The distinct values behind a distinct count, in order."""
        values = self.rows.order_by().values_list(self.path.orm, flat=True).distinct()
        return sorted(v for v in values if v not in (None, ""))

    def ids(self) -> Iterator[int | str]:
        """Primary keys of the rows, in order."""
        if self.rows is None:
            return iter(())
        return iter(self.rows.order_by("pk").values_list("pk", flat=True))

    @property
    def digest(self) -> str:
        """SHA-256 over what the click shows: source, measure, and every id in order."""
        return self._walked[0]

    @property
    def few_ids(self) -> list[int | str]:
        """The keys of the rows where there are at most `FEW`, else none: to name one by one what moved."""
        return self._walked[1]

    @cached_property
    def _walked(self) -> tuple[str, list[int | str]]:
        """Digest and keys from one walk through the rows."""
        sha = hashlib.sha256(f"{self.table.source if self.table else ''}|{self.measure}".encode())
        kept: list[int | str] = []
        for one in self.ids():
            sha.update(f"\n{one}".encode())
            if len(kept) <= FEW:
                kept.append(one)
        for cell in self.cells:
            sha.update(f"\n{cell.slot}|{cell.member}|{cell.done}".encode())
        for group in self.groups:
            sha.update(f"\n{'|'.join(str(part) for part in group)}".encode())
        return sha.hexdigest(), kept if len(kept) <= FEW else []


@dataclass
class Result:
    """A figure computed: exact value (None is 无), its parts, its evidence, the definition's version."""

    figure: FigureEntry
    scope: Scope
    value: Decimal | None
    evidence: Evidence
    version: str
    numerator: "Result | None" = None
    denominator: "Result | None" = None
    warnings: list[str] = field(default_factory=list)
