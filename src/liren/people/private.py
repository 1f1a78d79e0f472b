"""Private values: encrypted at rest with AES-256-GCM under a key file kept outside the database."""

import base64
import hashlib
import hmac
import json
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from liren.refusals import Refusal


@lru_cache(maxsize=4)
def _cipher(path: str) -> AESGCM:
    file = Path(path)
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        # O_EXCL: two processes starting at once must not write two keys.
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as out:
                out.write(base64.b64encode(AESGCM.generate_key(256)))
    return AESGCM(base64.b64decode(file.read_bytes()))


def seal(values: dict, bound_to: str) -> str:
    """Encrypt a small dict; the text only opens for the same ``bound_to`` (the record's number)."""
    if not values:
        return ""
    nonce = os.urandom(12)
    plain = json.dumps(values, ensure_ascii=False, sort_keys=True).encode()
    sealed = _cipher(str(settings.LIREN_KEY_FILE)).encrypt(nonce, plain, bound_to.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(text: str, bound_to: str) -> dict:
    """Decrypt what :func:`seal` made. Refuses when the key or the row is not the right one."""
    if not text:
        return {}
    raw = base64.b64decode(text)
    try:
        plain = _cipher(str(settings.LIREN_KEY_FILE)).decrypt(raw[:12], raw[12:], bound_to.encode())
    except InvalidTag:
        reason = _("%(bound_to)s 的私密字段打不开：密钥不对或数据被改过。请检查 %(liren_key_file)s") % {
            "bound_to": bound_to,
            "liren_key_file": settings.LIREN_KEY_FILE,
        }
        raise Refusal("setup", reason=reason) from None
    return json.loads(plain)


def fingerprint(text: str, bound_to: str) -> str:
    """A keyed hash (HMAC-SHA256, 64 hex digits): finds a private value again without keeping it.

    Without the key file it cannot be undone by trying all phone numbers, as a plain hash can. ``bound_to``
    says what the value is, so that one number leaves different prints in different tables.
    """
    _cipher(str(settings.LIREN_KEY_FILE))  # makes the key file where there is none yet
    return hmac.new(
        _print_key(str(settings.LIREN_KEY_FILE)), f"{bound_to}\0{text}".encode(), "sha256"
    ).hexdigest()


@lru_cache(maxsize=4)
def _print_key(path: str) -> bytes:
    """A key of its own, drawn from the key file: one key does not serve two ciphers."""
    return hmac.new(
        base64.b64decode(Path(path).read_bytes()), b"liren.people.fingerprint", hashlib.sha256
    ).digest()


def mask(value: str) -> str:
    """What a list shows of a private value: the first and the last sign at most."""
    text = str(value)
    return "█" * len(text) if len(text) < 4 else f"{text[0]}{'█' * (len(text) - 2)}{text[-1]}"
