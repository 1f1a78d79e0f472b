"""The packs in force here: the shipped ones, a county's own folders, and the county's changes."""

import logging
import os
from pathlib import Path

from django.conf import settings

from liren.packs.catalogue import Catalogue, load
from liren.packs.changes import read_changes
from liren.packs.findings import PackRefused

log = logging.getLogger("liren")


def shipped_packs() -> Path:
    """The folder of shipped packs: inside the wheel, or at the root of a checkout."""
    inside = Path(__file__).parent / "_packs"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "packs"


def pack_roots() -> list[Path]:
    """Shipped packs first, then the folders of ``LIREN_PACKS`` (``dir1:dir2``)."""
    more = [Path(part) for part in os.environ.get("LIREN_PACKS", "").split(os.pathsep) if part]
    return [shipped_packs(), *more]


def changes_file() -> Path:
    return Path(settings.LIREN_HOME) / "var" / "changes.yaml"


class InForce:
    """All packs in force, read once for the process. Calling it raises PackRefused with every finding."""

    def __init__(self) -> None:
        self._held: Catalogue | None = None
        self._stamp: tuple[int, int] | None = None

    def __call__(self) -> Catalogue:
        if self._held is None:
            self._stamp = _stamp()
            self._held = _read()
        return self._held

    def cache_clear(self) -> None:
        """Read everything anew when it is next asked for."""
        self._held = None

    def renew(self) -> None:
        """Put in force what another process, or a clerk's form, has changed since. Asked before every request.

        A file that does not hold (a slip of somebody who edits it by hand) changes nothing: what was in force
        stays, and the findings go to the log.
        """
        if self._held is None or (stamp := _stamp()) == self._stamp:
            return
        self._stamp = stamp
        try:
            self._held = _read()
        except PackRefused as fault:
            log.error("var/changes.yaml does not hold; the packs stay as they were:\n%s", fault)


catalogue = InForce()


def _read() -> Catalogue:
    changes, faults = read_changes(changes_file())
    if faults:
        raise PackRefused(faults)
    return load(pack_roots(), changes)


def _stamp() -> tuple[int, int] | None:
    """What tells one state of the changes file from another."""
    try:
        seen = changes_file().stat()
    except FileNotFoundError:
        return None
    return seen.st_mtime_ns, seen.st_size
