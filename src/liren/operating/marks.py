"""When something that must happen again and again happened last: the tick, the backup.

The tick is marked in the table that all processes share. The backup is marked by a file beside the data: it must be
possible before the tables are up to date, and changes nothing in them.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

#: What is marked.
TICK, BACKUP = "tick", "backup"
_KEY = "liren.mark.tick"


def ticked(at: datetime) -> None:
    """The tick has been round, at this moment."""
    cache.set(_KEY, at.isoformat(), None)


def backed_up(at: datetime) -> None:
    """A backup was written, at this moment."""
    stamp = _stamp()
    stamp.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp.touch(mode=0o600)
    os.utime(stamp, (at.timestamp(), at.timestamp()))


def last(what: str) -> datetime | None:
    """When it happened last; None where nobody knows."""
    if what == BACKUP:
        stamp = _stamp()
        return datetime.fromtimestamp(stamp.stat().st_mtime, UTC) if stamp.exists() else None
    found = cache.get(_KEY)
    return datetime.fromisoformat(found) if found else None


def age(what: str, at: datetime) -> float | None:
    """Seconds since it happened last."""
    then = last(what)
    return (at - then).total_seconds() if then else None


def _stamp() -> Path:
    return Path(settings.VAR) / "backup.stamp"
