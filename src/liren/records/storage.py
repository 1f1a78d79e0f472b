"""Keeps attachments as files named after their SHA-256, below ``var/files``."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def path_of(digest: str) -> Path:
    return Path(settings.LIREN_HOME) / "var" / "files" / digest[:2] / digest


def store(content: bytes) -> str:
    """Keep the bytes (once) and return their SHA-256. The file appears whole or not at all."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        os.replace(name, path)
    return digest


def discard(digest: str) -> None:
    """Forget the bytes; doing it twice does no harm."""
    path_of(digest).unlink(missing_ok=True)
