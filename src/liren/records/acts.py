"""Acts on their way to the chain, and whole histories of old records, which bring hundreds of thousands of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liren.people.models import Person


@dataclass(slots=True)
class NewAct:
    """The columns of :class:`~liren.records.models.Act`; ``id`` and ``hash`` are given by ``trail``."""

    verb: str
    from_state: str
    to_state: str
    by_id: int | None
    at: datetime
    entered: datetime
    record_id: int = 0
    note: str = ""
    changed: dict[str, Any] = field(default_factory=dict)
    key: str | None = None
    id: int = 0
    hash: str = ""


@dataclass
class History:
    """A finished or half-finished record from an old ledger: its opening, then its steps in order.

    ``steps`` are (verb, values, by, at). Used by bulk entry: every check of the single actions runs.
    """

    values: dict[str, Any]
    by: Person | None
    at: datetime
    steps: Sequence[tuple[str, dict[str, Any], Person | None, datetime]] = ()
    entered: datetime | None = None
    key: str | None = None
    marks: dict[str, Any] = field(default_factory=dict)
