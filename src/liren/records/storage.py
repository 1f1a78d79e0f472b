"""Keeps attachments as files named after their SHA-256, below ``var/files``; private ones sealed, as ``….sealed``.

What is attached publicly and privately is there twice. Private files of versions before sealing lie plain until
``liren private rotate``; they are read all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from liren.durable import sync_folder, write_whole
from liren.people.keys import ring
from liren.people.sealed_files import PIECE, file_key, sealed_pieces, sealed_size, unsealed


def path_of(digest: str, *, sealed: bool = False) -> Path:
    """Where the octets lie; ``sealed``: where the sealed ones do."""
    name = f"{digest}.sealed" if sealed else digest
    return Path(settings.LIREN_HOME) / "var" / "files" / digest[:2] / name


def store(content: bytes, *, private: bool = False) -> str:
    """Keep the bytes (once) and return their SHA-256. The file appears whole or not at all, and is on the disk
    before the record that names it.

    One that is there with another size was broken off by a power cut of an earlier version: it is written anew.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest, sealed=private)
    if not path.exists() or path.stat().st_size not in _sizes(len(content), private):
        _write(path, sealed_pieces([content], digest) if private else [content])
    return digest


def _sizes(size: int, private: bool) -> set[int]:
    return {sealed_size(size, key) for key in ring().keys.values()} if private else {size}


def _write(path: Path, parts: Iterable[bytes]) -> None:
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(path.parent.parent)
    write_whole(path, parts)


def is_kept(digest: str, *, private: bool) -> bool:
    """Whether the octets are there; private ones may still lie plain."""
    return path_of(digest).is_file() or (private and path_of(digest, sealed=True).is_file())


def open_kept(digest: str, *, private: bool) -> BinaryIO:
    """The octets, to be read in parts. Raises FileNotFoundError; Refusal (setup) where the key does not open them."""
    sealed = path_of(digest, sealed=True)
    if private and sealed.is_file():
        return unsealed(sealed, digest)
    return path_of(digest).open("rb")


def whole(digest: str, *, private: bool) -> bool:
    """Whether the octets are there and are what their name says. Raises Refusal (setup) as :func:`open_kept`."""
    try:
        source = open_kept(digest, private=private)
    except FileNotFoundError:
        return False
    found = hashlib.sha256()
    with source:
        while part := source.read(1 << 20):
            found.update(part)
    return found.hexdigest() == digest


def key_of(digest: str) -> str | None:
    """The key that a private file is sealed with: empty while it lies plain, None where it is not there."""
    if (sealed := path_of(digest, sealed=True)).is_file():
        return file_key(sealed)
    return "" if path_of(digest).is_file() else None


def reseal(digest: str) -> bool:
    """Seal a private file under the key in use, wherever it lies; False where it is so already, or is not there.

    A plain one stays: whoever calls knows whether anybody still needs it. Raises Refusal (setup).
    """
    if key_of(digest) in (None, ring().current.id):
        return False
    with open_kept(digest, private=True) as source:
        _write(path_of(digest, sealed=True), sealed_pieces(iter(lambda: source.read(PIECE), b""), digest))
    return True


def discard(digest: str, *, sealed: bool = False) -> None:
    """Forget the bytes; doing it twice does no harm."""
    path_of(digest, sealed=sealed).unlink(missing_ok=True)
