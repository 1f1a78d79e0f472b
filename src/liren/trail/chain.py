"""The chain itself: pure functions over plain values.

Every act carries SHA-256(hash of the act before it + its own canonical JSON). Acts are numbered
1, 2, 3 … without gaps, so an edit, a deletion and a reordering each break the chain somewhere.
"""

import hashlib
import json
from datetime import UTC, datetime

START = "0" * 64


def canonical(act) -> bytes:
    """The bytes of an act that are hashed: every column but the hash, in a fixed order and time zone."""
    said = [
        act.id,
        act.record_id,
        act.verb,
        act.from_state,
        act.to_state,
        act.by_id,
        _moment(act.at),
        _moment(act.entered),
        act.note,
        act.changed,
        act.key,
    ]
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def link(before: str, act) -> str:
    """Hash of an act that follows the act with hash ``before``."""
    return hashlib.sha256(before.encode() + canonical(act)).hexdigest()
