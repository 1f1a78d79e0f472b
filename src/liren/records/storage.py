"""Keeps attachments as files named after their SHA-256, below ``var/files``."""

import hashlib
from pathlib import Path

from django.conf import settings

from liren.durable import sync_folder, write_whole


def path_of(digest: str) -> Path:
    return Path(settings.LIREN_HOME) / "var" / "files" / digest[:2] / digest


def store(content: bytes) -> str:
    """Keep the bytes (once) and return their SHA-256. The file appears whole or not at all, and is on the disk
    before the record that names it.

    One that is there with another size was broken off by a power cut of an earlier version: it is written anew.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists() or path.stat().st_size != len(content):
        if not path.parent.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(path.parent.parent)
        write_whole(path, content)
    return digest


def discard(digest: str) -> None:
    """Forget the bytes; doing it twice does no harm."""
    path_of(digest).unlink(missing_ok=True)
