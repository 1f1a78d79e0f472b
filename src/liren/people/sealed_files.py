"""Private files: encrypted at rest under the same keys as private values, written and read piece by piece.

A sealed file is ``LIREN1 KEY\\n``, 16 octets of salt, then pieces of 64 KiB with a tag each. Every file has a key of
its own, drawn from the named key by HKDF (RFC 5869) with the salt and what the file is bound to (its SHA-256), so that
the nonces may be plain counters; the last piece says that it is the last, so that a file that was cut short, put
together anew or given to another record does not open. This is the construction of Hoang, Reyhanitabar, Rogaway and
Vizár (STREAM, 2015).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from liren.refusals import Refusal

from .keys import CIPHERS, TAG, Key, ring

#: Octets of a piece before it is sealed, and of the salt.
PIECE, SALT = 1 << 16, 16
_MARK = b"LIREN1 "
#: Octets of the longest first line: the mark, the name of a key, the end of the line.
_LINE = len(_MARK) + 12 + 1


def sealed_pieces(content: Iterable[bytes], bound_to: str) -> Iterator[bytes]:
    """A file sealed under the key in use, from its start to its end. ``content`` comes in parts of any size."""
    key, salt = ring().current, os.urandom(SALT)
    head = _MARK + key.id.encode() + b"\n" + salt
    cipher = _drawn(key, salt, bound_to)
    yield head
    waiting, number = None, 0
    for piece in _cut(content):
        if waiting is not None:
            yield cipher.encrypt(_nonce(number, last=False), waiting, head)
            number += 1
        waiting = piece
    yield cipher.encrypt(_nonce(number, last=True), waiting or b"", head)


def sealed_size(size: int, key: Key) -> int:
    """How many octets a file of this size takes when it is sealed under a key."""
    return len(_MARK) + len(key.id) + 1 + SALT + size + TAG * max(1, -(-size // PIECE))


def file_key(path: Path) -> str:
    """The name of the key that a sealed file was sealed with. Raises OSError; Refusal (setup) for what is none."""
    with path.open("rb") as source:
        return _key_name(source, path.name)


def unsealed(path: Path, bound_to: str) -> BinaryIO:
    """A sealed file as its plain octets, read and checked piece by piece; the first is checked at once.

    Raises OSError; Refusal (setup) where it does not open, now or at the piece that is not what was written.
    """
    source = path.open("rb")
    try:
        return io.BufferedReader(_Unsealing(source, bound_to), PIECE)
    except BaseException:
        source.close()
        raise


class _Unsealing(io.RawIOBase):
    def __init__(self, source: BinaryIO, bound_to: str):
        super().__init__()
        self._source, self._bound_to, self._number = source, bound_to, 0
        name = _key_name(source, bound_to)
        key, salt = ring().keys.get(name), source.read(SALT)
        if key is None:
            raise _closed(bound_to)
        self._head = _MARK + name.encode() + b"\n" + salt
        self._cipher = _drawn(key, salt, bound_to)
        self._coming = source.read(PIECE + TAG)
        self._plain = memoryview(self._next())

    def _next(self) -> bytes:
        piece, self._coming = self._coming, self._source.read(PIECE + TAG)
        try:
            nonce = _nonce(self._number, last=not self._coming)
            plain = self._cipher.decrypt(nonce, piece, self._head)
        except (InvalidTag, ValueError):
            raise _closed(self._bound_to) from None
        self._number += 1
        return plain

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        if not self._plain and self._coming:
            self._plain = memoryview(self._next())
        count = min(len(buffer), len(self._plain))
        buffer[:count], self._plain = self._plain[:count], self._plain[count:]
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


def _cut(content: Iterable[bytes]) -> Iterator[bytes]:
    """The same octets in pieces of one size; the last may be shorter."""
    held = bytearray()
    for part in content:
        held += part
        start = 0
        while len(held) - start >= PIECE:
            yield bytes(held[start : start + PIECE])
            start += PIECE
        del held[:start]
    if held:
        yield bytes(held)


def _drawn(key: Key, salt: bytes, bound_to: str):
    size, make = CIPHERS[key.cipher]
    info = b"liren.people.sealed_files\0" + bound_to.encode()
    return make(HKDF(SHA256(), size, salt, info).derive(key.octets))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _key_name(source: BinaryIO, bound_to: str) -> str:
    line = source.readline(_LINE)
    if not line.startswith(_MARK) or not line.endswith(b"\n"):
        raise _closed(bound_to)
    return line[len(_MARK) : -1].decode("ascii", errors="replace")


def _closed(bound_to: str) -> Refusal:
    reason = _("保密附件 %(name)s 打不开：密钥不对或文件被改过。请检查 %(liren_key_file)s") % {
        "name": bound_to[:12],
        "liren_key_file": settings.LIREN_KEY_FILE,
    }
    return Refusal("setup", reason=reason)
