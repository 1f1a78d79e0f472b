"""Whether a password stands in a list of breached ones that the operator laid beside the site.

The list is what "Pwned Passwords" gives out and what is cut from it: a line for each password, its SHA-1 in forty hex
digits (`:` and how often it was seen may follow), in order. It may have 40 GB: it is searched by halving, 36 reads.
Nothing is asked of the network.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

#: Forty hex digits, and how often the password was seen.
_LINE = re.compile(rb"([0-9A-Fa-f]{40})(?::[0-9]{1,12})?\r?\n?")
#: No line is longer; what has longer ones is another kind of file.
_LONGEST = 64
#: So many places of a list are looked at to see whether it is in order.
_PLACES = 256


class UnreadList(Exception):
    """The file is none, or no such list. Says what it is, for the operator."""


def is_listed(password: str, path: Path) -> bool:
    """Whether the password stands in the list. Raises UnreadList."""
    wanted = (
        hashlib.sha1(password.encode(errors="replace"), usedforsecurity=False).hexdigest().upper().encode()
    )
    try:
        low, high = 0, path.stat().st_size
        with path.open("rb") as file:
            while low < high:
                middle = (low + high) // 2
                found = _after(file, middle)
                if found is None or found >= wanted:
                    high = middle
                else:
                    low = middle + 1
            return _after(file, low) == wanted
    except OSError as fault:
        raise UnreadList(f"{path}: {type(fault).__name__}") from None


def look_over(path: Path) -> int:
    """Whether the file is such a list, by many places of it; its size in bytes. Raises UnreadList."""
    try:
        size, before = path.stat().st_size, b""
        with path.open("rb") as file:
            for number in range(_PLACES):
                found = _after(file, size * number // _PLACES)
                if found is not None and found < before:
                    raise UnreadList(f"{path} is not in order of its hashes")
                before = found or before
    except OSError as fault:
        raise UnreadList(f"{path}: {type(fault).__name__}") from None
    if not before:
        raise UnreadList(f"{path} is empty")
    return size


def _after(file: BinaryIO, at: int) -> bytes | None:
    """The hash of the first line that begins at a byte or after it; None where no line does."""
    file.seek(max(0, at - 1))
    if at:
        file.readline(_LONGEST)  # to the end of the line that this byte ends or stands in
    line = file.readline(_LONGEST)
    if not line:
        return None
    told = _LINE.fullmatch(line)
    if told is None:
        raise UnreadList("the list has lines that are no SHA-1 in hex digits")
    return told[1].upper()
