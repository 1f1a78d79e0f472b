"""How often one address or one key may ask within a minute, counted for all processes of a site together.

Reads must not write to the database, so the counts stand in memory: that of the process where there is one, else a file
of the folder that `liren serve` makes for its processes, mapped by each. Of a fixed size, whoever asks.
What residents write counts in the shared table besides, as the portal's forms do.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from time import time

from django.conf import settings

from liren.refusals import Refusal

#: Requests of a minute: of an address without a key, of a key, writes of a key; and keys of an address that are none.
OPEN, KEYED, WRITES, REFUSED = 300, 1200, 240, 30
#: The folder that the processes of one house share; `liren serve` names it.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

#: Who (a print), in which minute, how often. What is of another minute is a free slot: nothing is ever cleared.
_SLOT = struct.Struct("<QII")
#: Slots of the table, a megabyte; how many are looked at for one who asks, before strangers count together.
_SLOTS, _NEAR = 1 << 16, 16

_lock = Lock()


def count(who: str, most: int) -> None:
    """Count one request. Raises Refusal (too_often) beyond ``most`` in this minute."""
    now = time()
    minute = int(now // 60)
    mark = int.from_bytes(blake2b(who.encode(), digest_size=8, key=_key()).digest(), "little")
    with _held() as table:
        for at in range(_NEAR):
            where = (mark + at) % _SLOTS * _SLOT.size
            other, when, made = _SLOT.unpack_from(table, where)
            if when != minute or other == mark:
                break
        made = made + 1 if when == minute else 1
        _SLOT.pack_into(table, where, mark, minute, made)
    if made > most:
        raise Refusal("too_often", seconds=60 - int(now % 60))


def forget() -> None:
    """Count anew."""
    with _held() as table:
        table[:] = bytes(len(table))


@contextmanager
def _held() -> Iterator[mmap.mmap]:
    """The counts, for one at a time; who is killed in mid-count holds nobody up."""
    with _lock:
        table, file = _mapped(os.environ.get(FOLDER, ""))
        if file is None:
            yield table
            return
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield table
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


@cache
def _key() -> bytes:
    """Nobody reckons which addresses would fall on somebody else's slot."""
    return settings.SECRET_KEY.encode()[:64]


@cache
def _mapped(folder: str) -> tuple[mmap.mmap, int | None]:
    size = _SLOTS * _SLOT.size
    if not folder:
        return mmap.mmap(-1, size), None
    file = os.open(Path(folder) / "limits", os.O_RDWR | os.O_CREAT, 0o600)
    os.ftruncate(file, size)  # of a file that is so long already, nothing is lost
    return mmap.mmap(file, size), file
