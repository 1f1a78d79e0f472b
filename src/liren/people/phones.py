"""Phone numbers as people type them, and as they are kept: a keyed print and sealed text, never plain."""

from __future__ import annotations

import re
import unicodedata

from . import private

#: What second factors' secrets are bound to.
SEALED_FOR = "signin.factor"
MOBILE = re.compile(r"1[3-9]\d{9}")
PREFIX = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")


def read_phone(text: str) -> str | None:
    """Eleven digits of a mainland mobile number, or None: `+86 138 0000 1234` and full-width digits too."""
    digits = re.sub(r"[\s\-().·]", "", unicodedata.normalize("NFKC", text))
    digits = PREFIX.sub("", digits)
    return digits if MOBILE.fullmatch(digits) and digits.isascii() else None


def phone_print(phone: str) -> str:
    """What a number is kept under."""
    return private.fingerprint(phone, "signin.phone")


def phone_prints(phone: str) -> list[str]:
    """What a number is found by, the key of the prints having been turned or not."""
    return private.fingerprints(phone, "signin.phone")


def seal_phone(phone: str, bound_to: str) -> str:
    return private.seal({"phone": phone}, bound_to)


def unseal_phone(sealed: str, bound_to: str) -> str:
    return private.unseal(sealed, bound_to)["phone"]


def masked(phone: str) -> str:
    """`138****1234`: enough to know one's own number by."""
    return f"{phone[:3]}****{phone[-4:]}"
