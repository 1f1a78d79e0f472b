"""The packs in force here: the shipped ones, a county's own folders, and the county's changes."""

import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from liren.packs.catalogue import Catalogue, load
from liren.packs.changes import read_changes
from liren.packs.findings import PackRefused


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


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """All packs in force. Raises PackRefused with every finding. Cached for the process."""
    changes, faults = read_changes(changes_file())
    if faults:
        raise PackRefused(faults)
    return load(pack_roots(), changes)
