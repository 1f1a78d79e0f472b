"""Passkeys, with an authenticator in software: P-256 keys, attestation "none" (WebAuthn level 2)."""

import base64
import hashlib
import json
import os
import re
import struct

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2 import cbor

from tests.signin.stage import events, sign_in, signed_in
from tests.signin.test_factors import confirm

pytestmark = pytest.mark.django_db

ORIGIN, HOST = "https://localhost", "localhost"
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Key:
    """One passkey in a drawer: makes and signs what a phone would."""

    def __init__(self, user: bytes = b"") -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id, self.user, self.count = os.urandom(16), user, 0

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        self.count += 1
        return hashlib.sha256(HOST.encode()).digest() + struct.pack(">BI", flags, self.count) + more

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def create(self, options: dict, origin: str = ORIGIN) -> str:
        asked = options["creation_options"]["publicKey"]
        self.user = asked["user"]["id"]
        point = self.private.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor.encode(public)
        data = self._data(PRESENT | VERIFIED | ATTESTED, attested)
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        told = {"attestationObject": encode(statement)}
        told["clientDataJSON"] = encode(self._client("webauthn.create", asked["challenge"], origin))
        return self._answer(told, {"credProps": {"rk": True}})

    def get(self, options: dict, origin: str = ORIGIN) -> str:
        asked = options["request_options"]["publicKey"]
        data = self._data(PRESENT | VERIFIED)
        client = self._client("webauthn.get", asked["challenge"], origin)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {"authenticatorData": encode(data), "clientDataJSON": encode(client),
             "signature": encode(signature), "userHandle": self.user}, {})  # fmt: skip

    def _answer(self, response: dict, extensions: dict) -> str:
        told = {"id": encode(self.id), "rawId": encode(self.id), "type": "public-key"}
        return json.dumps(told | {"response": response, "clientExtensionResults": extensions})


@pytest.fixture
def browser(settings):
    return Client(headers={"host": HOST}, wsgi_url_scheme="https")


def options(page) -> dict:
    found = re.search(
        r'<script id="passkey-data" type="application/json">(.*?)</script>', page.content.decode()
    )
    return json.loads(found[1])


@pytest.fixture
def key(browser, lilei):
    """李雷 has added a passkey; the browser is signed in."""
    sign_in(browser)
    confirm(browser, "/account/factors/webauthn/add/")
    key = Key()
    asked = options(browser.get("/account/factors/webauthn/add/"))
    told = {"name": "我的手机", "passwordless": "on", "credential": key.create(asked)}
    answer = browser.post("/account/factors/webauthn/add/", told)
    assert answer["Location"] == "/account/factors/recovery-codes/", answer.content.decode()
    return key


def test_a_passkey_signs_in_without_a_password(key, browser):
    other = Client(headers={"host": HOST}, wsgi_url_scheme="https")
    asked = other.get("/account/factors/webauthn/login/", headers={"accept": "application/json"}).json()
    before = other.session.session_key
    answer = other.post(
        "/account/factors/webauthn/login/", {"credential": key.get(asked), "next": "/account/"}
    )
    assert answer["Location"] == "/account/"
    assert signed_in(other)
    assert other.session.session_key != before
    assert events("signed_in")[-1].detail == "mfa"


def test_an_answer_cannot_be_given_twice(key):
    first, second = (Client(headers={"host": HOST}, wsgi_url_scheme="https") for _ in range(2))
    asked = first.get("/account/factors/webauthn/login/", headers={"accept": "application/json"}).json()
    said = key.get(asked)
    first.post("/account/factors/webauthn/login/", {"credential": said})
    second.get("/account/factors/webauthn/login/", headers={"accept": "application/json"})
    second.post("/account/factors/webauthn/login/", {"credential": said})
    assert signed_in(first)
    assert not signed_in(second)


@pytest.mark.parametrize(
    "origin", ["https://localhost.evil.example", "https://evil.example", "http://evil.example"]
)
def test_a_passkey_asked_for_by_another_site_does_not_open(key, origin):
    other = Client(headers={"host": HOST}, wsgi_url_scheme="https")
    asked = other.get("/account/factors/webauthn/login/", headers={"accept": "application/json"}).json()
    other.post("/account/factors/webauthn/login/", {"credential": key.get(asked, origin=origin)})
    assert not signed_in(other)


def test_another_key_does_not_open(key):
    other = Client(headers={"host": HOST}, wsgi_url_scheme="https")
    asked = other.get("/account/factors/webauthn/login/", headers={"accept": "application/json"}).json()
    stolen = Key()
    stolen.id, stolen.user = key.id, key.user
    other.post("/account/factors/webauthn/login/", {"credential": stolen.get(asked)})
    assert not signed_in(other)


RUBBISH = [
    "",
    "{}",
    "[]",
    "null",
    "1",
    '{"id": 1}',
    '{"id": "AA"}',
    "not json",
    '{"response": {"userHandle": "!"}}',
]


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_is_refused_with_a_page(browser, lilei, rubbish):
    browser.get("/account/factors/webauthn/login/", headers={"accept": "application/json"})
    assert browser.post("/account/factors/webauthn/login/", {"credential": rubbish}).status_code in (200, 302)
    assert not signed_in(browser)


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_rubbish_is_no_new_key(browser, lilei, rubbish):
    sign_in(browser)
    confirm(browser, "/account/factors/webauthn/add/")
    browser.get("/account/factors/webauthn/add/")
    assert browser.post("/account/factors/webauthn/add/", {"credential": rubbish}).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_passkey_is_a_second_factor_after_the_password(key):
    other = Client(headers={"host": HOST}, wsgi_url_scheme="https")
    assert sign_in(other)["Location"] == "/account/factors/authenticate/"
    asked = options(other.get("/account/factors/authenticate/"))
    other.post("/account/factors/authenticate/", {"credential": key.get(asked)})
    assert signed_in(other)


def test_a_passkey_confirms_what_matters(key, browser):
    asked = options(browser.get("/account/factors/webauthn/reauthenticate/", {"next": "/account/factors/"}))
    told = {"credential": key.get(asked), "next": "/account/factors/"}
    assert browser.post("/account/factors/webauthn/reauthenticate/", told)["Location"] == "/account/factors/"


def test_keys_are_listed_renamed_and_taken_away(key, browser):
    one = Authenticator.objects.get(type="webauthn")
    assert "我的手机" in browser.get("/account/factors/webauthn/").content.decode()
    browser.post(f"/account/factors/webauthn/keys/{one.pk}/edit/", {"name": "单位的电脑"})
    page = browser.get("/account/factors/webauthn/").content.decode()
    assert "单位的电脑" in page
    assert "不输密码登录" in page
    assert "单位的电脑" in browser.get(f"/account/factors/webauthn/keys/{one.pk}/remove/").content.decode()
    browser.post(f"/account/factors/webauthn/keys/{one.pk}/remove/")
    assert not Authenticator.objects.exists()
    assert "webauthn" in [event.detail for event in events("factor_removed")]


def test_nobody_reaches_another_persons_key(key, cast, accounts):
    accounts("hanmei", cast.dispatcher)
    other = Client(headers={"host": HOST}, wsgi_url_scheme="https")
    sign_in(other, "hanmei")
    confirm(other, "/account/factors/")
    one = Authenticator.objects.get(type="webauthn")
    for what in ("edit", "remove"):
        assert other.get(f"/account/factors/webauthn/keys/{one.pk}/{what}/").status_code == 404
