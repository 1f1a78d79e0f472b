"""The key file: several keys side by side, AES-256-GCM and SM4-GCM, and the form of earlier versions."""

import base64
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from liren.people.keys import CIPHERS, SM4GCM, key_add, key_forget, ring
from liren.people.private import fingerprint, seal, sealed_with, stale, unseal
from tests.matters import refused

SAID = {"phone": "13987654321"}


@pytest.fixture
def key_file(settings, tmp_path) -> Path:
    settings.LIREN_KEY_FILE = tmp_path / "keys" / "private.key"
    return settings.LIREN_KEY_FILE


def test_sm4_gcm_gives_what_rfc_8998_says():
    """RFC 8998, appendix A.1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    sealed = SM4GCM(key).encrypt(nonce, plain, bound)
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert SM4GCM(key).decrypt(nonce, sealed, bound) == plain


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("spoil", ["text", "tag", "bound", "short"])
def test_whatever_is_changed_does_not_open(cipher, spoil):
    size, make = CIPHERS[cipher]
    one, nonce = make(os.urandom(size)), os.urandom(12)
    sealed = bytearray(one.encrypt(nonce, b"139", b"SJ1"))
    if spoil in ("text", "tag"):
        sealed[0 if spoil == "text" else -1] ^= 1
    sealed = sealed[:5] if spoil == "short" else sealed
    with pytest.raises(InvalidTag):
        one.decrypt(nonce, bytes(sealed), b"SJ2" if spoil == "bound" else b"SJ1")


def test_a_new_key_seals_and_the_old_one_still_opens(key_file):
    old = seal(SAID, "SJ1")
    key = key_add("sm4-gcm")
    new = seal(SAID, "SJ1")
    assert (sealed_with(old), sealed_with(new)) == ("1", key.id) == ("1", "2")
    assert (stale(old), stale(new), stale("")) == (True, False, False)
    assert unseal(old, "SJ1") == unseal(new, "SJ1") == SAID
    assert key_file.stat().st_mode & 0o777 == 0o600
    key_forget("1")
    assert unseal(new, "SJ1") == SAID
    with refused("setup", "打不开"):
        unseal(old, "SJ1")


def test_the_key_in_use_cannot_be_forgotten(key_file):
    seal(SAID, "SJ1")
    with refused("setup", "正在用"):
        key_forget("1")
    with refused("not_found", "9"):
        key_forget("9")
    assert key_file.exists()


def test_prints_stay_when_keys_change(key_file):
    before = fingerprint("13987654321", "a")
    key_add("sm4-gcm")
    key_forget("1")
    assert fingerprint("13987654321", "a") == before
    assert fingerprint("13987654321", "b") != before
    assert key_file.exists()


def test_a_file_of_an_earlier_version_opens_and_goes_on(key_file):
    octets = AESGCM.generate_key(256)
    key_file.parent.mkdir()
    key_file.write_bytes(base64.b64encode(octets))
    nonce = os.urandom(12)
    sealed = base64.b64encode(nonce + AESGCM(octets).encrypt(nonce, b'{"phone": "139"}', b"SJ1")).decode()
    assert unseal(sealed, "SJ1") == {"phone": "139"}
    assert stale(sealed)
    print_before = fingerprint("139", "a")
    key_add("aes-256-gcm")
    assert unseal(sealed, "SJ1") == {"phone": "139"}
    assert fingerprint("139", "a") == print_before


@pytest.mark.parametrize(
    "text", ["", "x", "1 aes-256-gcm AAAA\n", "index AAAA\n1 rot13 AAAA\n", "# only words\n", "\x00\xff"]
)
def test_a_file_that_is_no_key_file_is_refused_and_kept(key_file, text):
    key_file.parent.mkdir()
    key_file.write_text(text, encoding="utf-8")
    with refused("setup", str(key_file)):
        seal(SAID, "SJ1")
    assert key_file.read_text(encoding="utf-8") == text


def test_many_that_start_at_once_make_one_key(key_file):
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda number: seal(SAID, str(number)), range(32)))
    assert all(unseal(text, str(number)) == SAID for number, text in enumerate(sealed))
    assert len(ring().keys) == 1
    assert [path.name for path in key_file.parent.iterdir()] == ["private.key"]
