"""The key file of the private values: several keys side by side, each with a name and a cipher, the last one in use.

One line per key, ``NAME CIPHER BASE64``, and lines ``index BASE64`` for the prints by which values are found again; of
these too the last is in use, and what was printed with an earlier one is still found.
A file of one line with nothing but base64 is how earlier versions wrote it: an AES key named 1, from which the key of
the prints is drawn. SM4-GCM (the cipher of GB/T 32907-2016 in the mode of RFC 8998) is what OpenSSL computes.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from liren.durable import write_whole
from liren.refusals import Refusal

#: Octets of the tag that both ciphers add to the text.
TAG = 16
_ID = re.compile(r"[a-z0-9]{1,12}")
_HEAD = (
    "# 里仁私密字段的密钥，最后一行在用。丢了它，私密字段永远打不开。\n"
    "# Keys of the private fields of Liren; the last line is in use.\n"
)


class SM4GCM:
    """SM4 in GCM, with the face of ``AESGCM``."""

    def __init__(self, key: bytes):
        self._key = key

    def encrypt(self, nonce: bytes, data: bytes, bound_to: bytes) -> bytes:
        """Text and tag, one after the other."""
        made = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        made.authenticate_additional_data(bound_to)
        return made.update(data) + made.finalize() + made.tag

    def decrypt(self, nonce: bytes, data: bytes, bound_to: bytes) -> bytes:
        """What :meth:`encrypt` was given. Raises InvalidTag."""
        if len(data) < TAG:
            raise InvalidTag
        opened = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, data[-TAG:])).decryptor()
        opened.authenticate_additional_data(bound_to)
        return opened.update(data[:-TAG]) + opened.finalize()


#: Name of a cipher → octets of its key, and what makes it.
CIPHERS: dict[str, tuple[int, Callable[[bytes], AESGCM | SM4GCM]]] = {
    "aes-256-gcm": (32, AESGCM),
    "sm4-gcm": (16, SM4GCM),
}


@dataclass(frozen=True)
class Key:
    """A key: its name in the sealed texts, its cipher's name, its octets."""

    id: str
    cipher: str
    octets: bytes

    def made(self) -> AESGCM | SM4GCM:
        """The cipher with this key in it."""
        return CIPHERS[self.cipher][1](self.octets)


@dataclass(frozen=True)
class Ring:
    """All keys by name, and those of the prints, in the order of the file."""

    keys: dict[str, Key]
    indexes: tuple[bytes, ...]

    @property
    def index(self) -> bytes:
        """The key that prints."""
        return self.indexes[-1]

    @property
    def current(self) -> Key:
        """The key that seals."""
        return next(reversed(self.keys.values()))


def ring() -> Ring:
    """The keys as the file has them now; a running server sees a new key with its next value.

    Makes the file where there is none. Raises Refusal (setup) for one that cannot be read.
    """
    path = Path(settings.LIREN_KEY_FILE)
    try:
        seen = path.stat()
    except FileNotFoundError:
        _make(path)
        seen = path.stat()
    return _read(str(path), seen.st_ino, seen.st_mtime_ns, seen.st_size)


def key_add(cipher: str, *, index: bool = False) -> Key:
    """A new key, in use from now on; with ``index`` a new key of the prints too. The older ones stay.

    Raises Refusal (setup) where there is no such cipher.
    """
    there = ring()
    size, make = CIPHERS[cipher]
    try:
        make(os.urandom(size)).encrypt(os.urandom(12), b"try", b"")
    except UnsupportedAlgorithm:
        raise Refusal(
            "setup", reason=_("这台机器的 OpenSSL 不支持 %(cipher)s，请换一种算法") % {"cipher": cipher}
        ) from None
    number = max((int(one) for one in there.keys if one.isdigit()), default=0) + 1
    key, more = Key(str(number), cipher, os.urandom(size)), (os.urandom(32),) if index else ()
    _write(Path(settings.LIREN_KEY_FILE), Ring(there.keys | {key.id: key}, there.indexes + more))
    return key


def key_forget(name: str) -> None:
    """Take a key out of the file. Whoever calls has made sure that nothing is sealed with it. Raises Refusal."""
    there = ring()
    if name not in there.keys:
        raise Refusal(
            "not_found",
            what="密钥",
            name=name,
            mend=_("现有：%(among)s。") % {"among": "、".join(there.keys)},
        )
    if name == there.current.id:
        raise Refusal(
            "setup", reason=_("密钥 %(name)s 正在用，不能去掉；先运行 liren private rotate") % {"name": name}
        )
    _write(
        Path(settings.LIREN_KEY_FILE),
        Ring({key: one for key, one in there.keys.items() if key != name}, there.indexes),
    )


def indexes_forget() -> int:
    """Take all keys of the prints out of the file but the one in use; how many. Whoever calls has printed anew."""
    there = ring()
    _write(Path(settings.LIREN_KEY_FILE), Ring(there.keys, there.indexes[-1:]))
    return len(there.indexes) - 1


@lru_cache(maxsize=4)
def _read(path: str, *_as_seen: int) -> Ring:
    lines = [line.split() for line in Path(path).read_text(encoding="ascii", errors="replace").splitlines()]
    lines = [words for words in lines if words and not words[0].startswith("#")]
    try:
        if [len(words) for words in lines] == [1]:
            return _earlier(base64.b64decode(lines[0][0], validate=True))
        index = [base64.b64decode(words[1], validate=True) for words in lines if words[0] == "index"]
        keys = [_key(words) for words in lines if words[0] != "index"]
    except (ValueError, KeyError, IndexError, binascii.Error):
        index, keys = [], []
    if not index or not keys or len({key.id for key in keys}) != len(keys):
        raise Refusal(
            "setup", reason=_("密钥文件 %(path)s 读不懂；请放回原来的那份，不要另做新的") % {"path": path}
        )
    return Ring({key.id: key for key in keys}, tuple(index))


def _key(words: list[str]) -> Key:
    name, cipher, text = words
    octets = base64.b64decode(text, validate=True)
    if not _ID.fullmatch(name) or len(octets) != CIPHERS[cipher][0]:
        raise ValueError(name)
    return Key(name, cipher, octets)


def _earlier(octets: bytes) -> Ring:
    if len(octets) != CIPHERS["aes-256-gcm"][0]:
        raise ValueError("length")
    index = hmac.new(octets, b"liren.people.fingerprint", hashlib.sha256).digest()
    return Ring({"1": Key("1", "aes-256-gcm", octets)}, (index,))


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = Ring({"1": Key("1", "aes-256-gcm", os.urandom(32))}, (os.urandom(32),))
    write_whole(path, _text(fresh), replace=False)  # of two processes starting at once one wins


def _write(path: Path, kept: Ring) -> None:
    """Whole or not at all, and on the disk before a value is sealed with it."""
    write_whole(path, _text(kept))


def _text(kept: Ring) -> bytes:
    lines = [f"index {base64.b64encode(one).decode()}" for one in kept.indexes]
    lines += [f"{key.id} {key.cipher} {base64.b64encode(key.octets).decode()}" for key in kept.keys.values()]
    return (_HEAD + "\n".join(lines) + "\n").encode()
