"""What a row of a table means: the contract between a plan of an import and the registers it fills."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

#: Columns of county tables that say nothing about the record itself.
SERIAL = ("序号",)


class BadRow(Exception):
    """A row that cannot be taken; ``faults`` are (column name or None for the row, reason)."""

    def __init__(self, faults: Sequence[tuple[str | None, str]]):
        self.faults = faults
        super().__init__(str(faults))


@dataclass(frozen=True)
class Item:
    """A row understood. ``identity`` makes it the same as another; ``whole`` tells all its values."""

    identity: Any
    whole: Any
    payload: Any
    told: str


class Register:
    """What one sort of table means. Subclasses say which columns there are and what a row becomes."""

    title = ""
    #: Columns that may stand in the table and are left unread, each with the reason told in the notes.
    unread: dict[str, str] = {}
    #: Second names of columns, preferred where both stand: ``地点代码`` says exactly what 地点 tells.
    exact: dict[str, str] = {}

    def name_of(self, title: str) -> str | None:
        """The name of a column by its key or title."""
        raise NotImplementedError

    def titles(self) -> list[str]:
        """Titles of all columns, for suggestions."""
        raise NotImplementedError

    def missing(self, names: Collection[str]) -> list[str]:
        """Titles of required columns that the table does not have."""
        raise NotImplementedError

    def read(self, values: dict[str, str]) -> Item:
        """Understand one row (column name → text, empty ones left out). Raises BadRow or Refusal."""
        raise NotImplementedError

    def together(self, items: Sequence[tuple[int, Item]]) -> Iterable[tuple[int, str | None, str]]:  # noqa: ARG002
        """Faults seen only when all rows are read: (row, column name or None, reason)."""
        return ()

    def there(self, items: Sequence[Item]) -> set:
        """Identities of those items that stand already."""
        raise NotImplementedError

    def write(self, items: Sequence[Item]) -> int:
        """Write the items, inside one transaction; how many."""
        raise NotImplementedError
