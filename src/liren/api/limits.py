"""How often one address or one key may ask within a minute, counted by each process for itself.

Reads must not write, so the count is kept in memory: with several processes the bound is that many times as high.
What residents write counts in the shared table besides, as the portal's forms do.
"""

from __future__ import annotations

from threading import Lock
from time import time

from liren.refusals import Refusal

#: Requests of a minute: of an address without a key, of a key, writes of a key; and keys of an address that are none.
OPEN, KEYED, WRITES, REFUSED = 300, 1200, 240, 30

_lock = Lock()
_counts: dict[str, int] = {}
_minute = 0


def count(who: str, most: int) -> None:
    """Count one request. Raises Refusal (too_often) beyond ``most`` in this minute."""
    global _minute
    now = time()
    with _lock:
        if int(now // 60) != _minute:
            _minute = int(now // 60)
            _counts.clear()
        _counts[who] = made = _counts.get(who, 0) + 1
    if made > most:
        raise Refusal("too_often", seconds=60 - int(now % 60))


def forget() -> None:
    """Count anew."""
    with _lock:
        _counts.clear()
