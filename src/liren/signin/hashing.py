"""How passwords are kept: Argon2id, one at a time in a process, and a wrong one costs the same whoever it is tried on.

OWASP's Password Storage Cheat Sheet asks of Argon2id at least 19 MiB, two rounds, one lane. That is 21 ms of CPU
where Django's default, a million rounds of PBKDF2, is 258 ms: what guards against guessing is the memory, the length of
twelve signs and the lock-out, and a thousand people can come in at nine.
"""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hashers, identify_hasher

#: One core of two reckons, the other answers pages; whoever comes second waits for twenty milliseconds.
_ONE = BoundedSemaphore(1)
_all_new = False


class Argon(Argon2PasswordHasher):
    """The first of PASSWORD_HASHERS. A hash with other parameters is made anew at the next sign-in."""

    time_cost = 2  # rounds
    memory_cost = 19456  # KiB
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _ONE:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _ONE:
            return super().verify(password, encoded)


def even_out(password: str, encoded: str | None) -> None:
    """After a password that was wrong for ``encoded`` (None: no such account): what the others would have cost.

    As long as an account keeps a hash of an older kind, trying it takes longer than trying one that is not there; by
    the clock alone a stranger would know who is here. When the last has gone this costs nothing.
    """
    if not _old_ones():
        return
    ran = identify_hasher(encoded).algorithm if encoded else get_hashers()[0].algorithm
    for hasher in get_hashers():
        if hasher.algorithm != ran:
            hasher.encode(password, hasher.salt())


def _old_ones() -> bool:
    """Whether some account's password is kept in an older way. Once there are none, none come back."""
    global _all_new
    if not _all_new:
        users = get_user_model()._default_manager.filter(is_active=True)
        older = [hasher.algorithm for hasher in get_hashers()[1:]]
        # Ranges: a prefix would be LIKE, and hashes begin with the name of their kind and a $.
        _all_new = not any(
            users.filter(password__gte=f"{name}$", password__lt=f"{name}%").exists() for name in older
        )
    return not _all_new
