"""Private values: encrypted at rest (AES-256-GCM or SM4-GCM) under keys kept outside the database.

A sealed text is ``KEY:BASE64``; without ``KEY:`` it was sealed by an earlier version, with the key named 1.
"""

import base64
import hmac
import json
import os

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.utils.translation import gettext as _

from liren.refusals import Refusal

from .keys import ring

#: What stands in place of a value: in acts, and for good where it was erased.
ERASED = "█"
_EARLIER = "1"


def seal(values: dict, bound_to: str) -> str:
    """Encrypt a small dict; the text only opens for the same ``bound_to`` (the record's number)."""
    if not values:
        return ""
    key, nonce = ring().current, os.urandom(12)
    plain = json.dumps(values, ensure_ascii=False, sort_keys=True).encode()
    sealed = key.made().encrypt(nonce, plain, bound_to.encode())
    return f"{key.id}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(text: str, bound_to: str) -> dict:
    """Decrypt what :func:`seal` made. Refuses when the key or the row is not the right one."""
    if not text:
        return {}
    key = ring().keys.get(sealed_with(text))
    try:
        raw = base64.b64decode(text.rpartition(":")[2], validate=True)
        if key is None or len(raw) < 12:
            raise InvalidTag
        return json.loads(key.made().decrypt(raw[:12], raw[12:], bound_to.encode()))
    except (InvalidTag, ValueError):
        reason = _("%(bound_to)s 的私密字段打不开：密钥不对或数据被改过。请检查 %(liren_key_file)s") % {
            "bound_to": bound_to,
            "liren_key_file": settings.LIREN_KEY_FILE,
        }
        raise Refusal("setup", reason=reason) from None


def sealed_with(text: str) -> str:
    """The name of the key that a sealed text was sealed with."""
    return text.partition(":")[0] if ":" in text else _EARLIER


def stale(text: str) -> bool:
    """Whether a text was sealed with another key than the one in use; an empty one is nobody's."""
    return bool(text) and (":" not in text or sealed_with(text) != ring().current.id)


def resealed(text: str, bound_to: str) -> str:
    """The same values under the key in use. Raises Refusal (setup) where they do not open."""
    return seal(unseal(text, bound_to), bound_to)


def fingerprint(text: str, bound_to: str) -> str:
    """A keyed hash (HMAC-SHA256, 64 hex digits): finds a private value again without keeping it.

    Without the key file it cannot be undone by trying all phone numbers, as a plain hash can. ``bound_to``
    says what the value is, so that one number leaves different prints in different tables.
    """
    return _printed(ring().index, text, bound_to)


def fingerprints(text: str, bound_to: str) -> list[str]:
    """The hashes by which a value is looked for: under the key in use first, then under those before it."""
    return [_printed(key, text, bound_to) for key in reversed(ring().indexes)]


def lasting_fingerprint(text: str, bound_to: str) -> str:
    """The hash under the oldest key there is: for what cannot be printed anew because the value is not kept."""
    return _printed(ring().indexes[0], text, bound_to)


def _printed(key: bytes, text: str, bound_to: str) -> str:
    return hmac.new(key, f"{bound_to}\0{text}".encode(), "sha256").hexdigest()


def mask(value: str) -> str:
    """What a list shows of a private value: the first and the last sign at most."""
    text = str(value)
    return "█" * len(text) if len(text) < 4 else f"{text[0]}{'█' * (len(text) - 2)}{text[-1]}"
