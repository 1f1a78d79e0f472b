"""Short codes by which somebody shows that a phone or a letter box is theirs: made, read, kept as a keyed print.

Six digits hold for five minutes and for five tries; their print is bound to the one asking they were made for.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta

from . import private

DIGITS, HOLDS, TRIES = 6, timedelta(minutes=5), 5


def code_made() -> str:
    """A new code."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def read_code(text: str) -> str | None:
    """A code as people type it, with gaps between the digits; None where it cannot be one."""
    code = "".join(char for char in text if not char.isspace())
    return code if len(code) == DIGITS and code.isascii() and code.isdigit() else None


def code_print(asking: str, code: str) -> str:
    """What a code is kept as: bound to the asking (a browser's token, a row and its moment)."""
    return private.fingerprint(f"{asking}:{code}", "signin.code")


def code_holds(kept: str, asking: str, code: str) -> bool:
    """Whether this is the code; compared in constant time."""
    return any(
        hmac.compare_digest(kept, one) for one in private.fingerprints(f"{asking}:{code}", "signin.code")
    )
