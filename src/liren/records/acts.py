"""An act on its way to the chain: as light as can be, since an old ledger brings hundreds of thousands."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


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
