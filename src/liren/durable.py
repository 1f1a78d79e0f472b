"""Writes files that are still there, and whole, after a power cut: contents and name are on the disk first.

A file that was only written lies in memory; a rename that was only asked for is forgotten. What the database
names (attachments) or cannot do without (keys) must not be lost when the database itself survives.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_whole(
    path: Path, content: bytes | Iterable[bytes], *, mode: int = 0o600, replace: bool = True
) -> bool:
    """Write a file so that it appears whole or not at all, durably; its folder must be there.

    With ``replace=False`` a file that is there already stays, whoever else writes at the same time; False then.
    ``content`` may come in parts. Raises OSError (disk full, read-only), leaving nothing behind.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.writelines([content] if isinstance(content, bytes) else content)
            out.flush()
            os.fchmod(out.fileno(), mode)
            os.fsync(out.fileno())
        if replace:
            Path(name).replace(path)
        else:
            os.link(name, path)
    except FileExistsError:
        return False
    finally:
        Path(name).unlink(missing_ok=True)
    sync_folder(path.parent)
    return True


def put_in_place(draft: Path, file: Path) -> None:
    """Rename a finished draft over the file it replaces, durably."""
    with draft.open("rb+") as made:
        os.fsync(made.fileno())
    draft.replace(file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
