"""Signing in with another house's account: OpenID Connect against a provider on this machine, and the three
Chinese ones with their answers as their documents show them."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.feishu.provider import FeishuProvider
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.test import Client

from tests.signin.stage import PASSWORD, events, everything_stored, sign_in, signed_in

pytestmark = pytest.mark.django_db

KEY, ANOTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
KEYS = {
    "keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "1", "alg": "RS256"}]
}
CLAIMS = {
    "sub": "u-77",
    "name": "李雷",
    "email": "private@example.org",
    "phone_number": "13800001234",
    "employee_number": "S001",
}


class House(HTTPServer):
    """A provider: discovery, token and userinfo; `claims` is whom it knows."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answering)
        self.claims, self.asked, self.challenge = dict(CLAIMS), [], ""
        self.ticket, self.issuer, self.moved = {}, "", ""
        self.seal = {"key": KEY, "algorithm": "RS256", "headers": {"kid": "1"}}

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def said(self, path, told):
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer or self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
            }  # fmt: skip
        if path == "/token":
            digest = hashlib.sha256(told["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self.challenge:
                return {"error": "invalid_grant"}
            claims = {
                "iss": self.issuer or self.url,
                "aud": "liren",
                "sub": self.claims["sub"],
                "exp": time.time() + 60,
                "iat": time.time(),
            }
            return {"access_token": "t", "token_type": "Bearer",
                    "id_token": jwt.encode(claims | self.ticket, **self.seal)}  # fmt: skip
        return KEYS if path == "/keys" else self.claims


class _Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        told = dict(parse_qsl(self.rfile.read(length).decode()))
        self.server.asked.append((self.path, told))
        answer = json.dumps(self.server.said(self.path, told)).encode()
        self.send_response(302 if self.path == self.server.moved else 200)
        if self.path == self.server.moved:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def house(settings, monkeypatch):
    """The provider runs, and the site offers it."""
    server = House()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    offer(settings, monkeypatch, OpenIDConnectProvider, {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{
            "provider_id": "county", "name": "县统一认证", "client_id": "liren", "secret": "geheim",
            "settings": {"server_url": server.url},
        }]},
    })  # fmt: skip
    yield server
    server.shutdown()
    server.server_close()


def offer(settings, monkeypatch, provider, providers):
    registry.load()
    monkeypatch.setitem(registry.provider_map, provider.id, provider)
    settings.SOCIALACCOUNT_PROVIDERS = providers
    settings.ROOT_URLCONF = "tests.signin.provider_urls"


def leave(client, where="/account/oidc/county/login/", **more):
    """Press the button; the address of the provider, as the page says it."""
    page = client.post(where, more)
    assert page.status_code == 200, "a page, because the policy stops a form from leaving by redirect"
    return page.context["target"]


def come_back(client, house, **more):
    away = parse_qs(urlsplit(leave(client, **more)).query)
    house.challenge = away["code_challenge"][0]
    return client.get("/account/oidc/county/login/callback/", {"code": "c", "state": away["state"][0]})


def bind(client, house):
    sign_in(client)
    client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/"})
    away = parse_qs(urlsplit(leave(client, "/account/oidc/county/login/?process=connect")).query)
    house.challenge = away["code_challenge"][0]
    return client.get("/account/oidc/county/login/callback/", {"code": "c", "state": away["state"][0]})


def test_the_way_there_is_a_page_that_names_the_house(client, house):
    target = leave(client)
    parts = urlsplit(target)
    asked = parse_qs(parts.query)
    assert target.startswith(f"{house.url}/authorize?")
    assert asked["client_id"] == ["liren"]
    assert asked["redirect_uri"] == ["http://testserver/account/oidc/county/login/callback/"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 16
    assert "127.0.0.1" in client.post("/account/oidc/county/login/").content.decode()


def test_an_account_that_was_bound_signs_in_again(client, lilei, house):
    bind(client, house)
    assert "县统一认证" in client.get("/account/providers/").content.decode()
    assert events("provider_added")[0].detail == "county"
    other = Client()
    before = other.get("/account/login/").wsgi_request.session.session_key
    assert come_back(other, house, next="/account/sessions/")["Location"] == "/account/sessions/"
    assert signed_in(other) == str(lilei.pk)
    assert other.session.session_key != before
    assert events("signed_in")[-1].detail == "county"


def test_what_the_house_tells_about_a_person_is_not_kept(client, lilei, house):
    bind(client, house)
    come_back(Client(), house)
    stored = everything_stored()
    assert "u-77" in stored, "the number there is what the account is known by"
    for hidden in ("private@example.org", "13800001234", "employee_number"):
        assert hidden not in stored
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()


def test_a_stranger_gets_no_account(client, house, cast):
    page = come_back(client, house).content.decode()
    assert "不开放注册" in page
    assert not signed_in(client)
    assert not User.objects.exists()


def test_the_claim_that_names_the_persons_code_binds_at_first_sight(client, lilei, cast, house, settings):
    cast.grid_member.code = "S001"
    cast.grid_member.save()
    come_back(client, house)
    assert not signed_in(client), "not unless the file says so"
    settings.LIREN_SIGNIN_MATCHES = {"county": "employee_number"}
    come_back(client, house)
    assert signed_in(client) == str(lilei.pk)
    assert SocialAccount.objects.get().extra_data == {}


@pytest.mark.parametrize("claim", [None, "", "S002", ["S001"], 1])
def test_a_claim_that_names_nobody_binds_nobody(client, lilei, cast, house, settings, claim):
    cast.grid_member.code = "S001"
    cast.grid_member.save()
    settings.LIREN_SIGNIN_MATCHES = {"county": "employee_number"}
    house.claims["employee_number"] = claim
    come_back(client, house)
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_invented_state_is_refused(client, lilei, house):
    bind(client, house)
    other = Client()
    leave(other)
    page = other.get("/account/oidc/county/login/callback/", {"code": "c", "state": "invented-state-00"})
    assert "没有成功" in page.content.decode()
    assert not signed_in(other)


@pytest.mark.parametrize(
    "ticket",
    [{"aud": "another-site"}, {"aud": ["another-site"]}, {"iss": "https://other.example"}, {"exp": 1}],
    ids=["for another", "for others", "from another", "over"],
)
def test_a_ticket_that_is_not_ours_signs_nobody_in(client, lilei, house, ticket):
    bind(client, house)
    house.ticket = ticket
    other = Client()
    assert "没有成功" in come_back(other, house).content.decode()
    assert not signed_in(other)
    house.ticket = {}
    come_back(other, house)
    assert signed_in(other) == str(lilei.pk)


@pytest.mark.parametrize(
    "seal",
    [
        {"key": ANOTHER},
        {"headers": {"kid": "2"}},
        {"headers": {}},
        {"key": "", "algorithm": "none"},
        {"key": "x" * 32, "algorithm": "HS256"},
    ],
    ids=["by another key", "by a key nobody knows", "by no key's name", "not at all", "by a shared secret"],
)
def test_a_ticket_that_its_house_has_not_signed_signs_nobody_in(client, lilei, house, seal):
    bind(client, house)
    house.seal = house.seal | seal
    other = Client()
    assert "没有成功" in come_back(other, house).content.decode()
    assert not signed_in(other)


def test_a_code_that_was_asked_for_in_another_browser_opens_nothing(client, lilei, house):
    """Who overheard a way back and takes its code along on a way of their own lacks what the other browser keeps."""
    bind(client, house)
    victim, thief = Client(), Client()
    overheard = parse_qs(urlsplit(leave(victim)).query)
    house.challenge = overheard["code_challenge"][0]
    state = parse_qs(urlsplit(leave(thief)).query)["state"][0]
    page = thief.get("/account/oidc/county/login/callback/", {"code": "c", "state": state})
    assert "没有成功" in page.content.decode()
    assert not signed_in(thief)


def test_a_house_that_gives_itself_out_for_another_signs_nobody_in(client, lilei, house):
    """Its own document and its tickets agree; they are not those of the house that stands in signin.yaml."""
    bind(client, house)
    house.issuer = "https://county.example.cn"
    other = Client()
    assert "没有成功" in come_back(other, house).content.decode()
    assert not signed_in(other)


@pytest.mark.parametrize("moved", ["/.well-known/openid-configuration", "/keys", "/userinfo"])
def test_no_redirect_of_a_house_is_followed(client, lilei, house, moved):
    bind(client, house)
    house.asked.clear()
    house.moved = moved
    other = Client(raise_request_exception=False)
    page = other.post("/account/oidc/county/login/")
    if page.status_code == 200:
        page = come_back(other, house)
    assert "没有成功" in page.content.decode()
    assert not signed_in(other)
    assert "/elsewhere" not in [path for path, _ in house.asked] and moved in [
        path for path, _ in house.asked
    ]


def test_somebody_elses_way_back_does_not_sign_in_here(client, lilei, house):
    bind(client, house)
    attacker, victim = Client(), Client()
    state = parse_qs(urlsplit(leave(attacker)).query)["state"][0]
    victim.get("/account/oidc/county/login/callback/", {"code": "c", "state": state})
    assert not signed_in(victim)


def test_a_link_alone_starts_nothing(client, house):
    page = client.get("/account/oidc/county/login/")
    assert page.status_code == 200
    assert house.asked == []
    assert 'method="post"' in page.content.decode()


def test_a_second_factor_is_asked_for_all_the_same(client, lilei, house):
    bind(client, house)
    TOTP.activate(lilei, generate_totp_secret())
    other = Client()
    assert come_back(other, house)["Location"] == "/account/factors/authenticate/"
    assert not signed_in(other)


def test_a_house_that_is_down_is_a_page(client, house, settings):
    providers = settings.SOCIALACCOUNT_PROVIDERS
    providers["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    settings.SOCIALACCOUNT_PROVIDERS = providers
    response = client.post("/account/oidc/county/login/")
    assert response.status_code == 502
    assert "没有成功" in response.content.decode()


def test_unbinding_takes_ones_password(client, lilei, house):
    bind(client, house)
    client.post("/account/logout/")
    sign_in(client)
    number = SocialAccount.objects.get().pk
    assert client.post("/account/providers/", {"account": number})["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/providers/"})
    client.post("/account/providers/", {"account": number})
    assert not SocialAccount.objects.exists()
    assert events("provider_removed")


# -- 微信, 钉钉, 飞书 ------------------------------------------------------------------------------------


class Answers:
    """In place of the network: what each address answers."""

    said = {
        "https://api.weixin.qq.com/sns/oauth2/access_token": {"access_token": "t", "openid": "o-1", "expires_in": 7200},
        "https://api.weixin.qq.com/sns/userinfo": {"openid": "o-1", "nickname": "xiaoli", "headimgurl": "h"},
        "https://api.dingtalk.com/v1.0/oauth2/userAccessToken": {"accessToken": "t", "refreshToken": "r", "expireIn": 7200},
        "https://api.dingtalk.com/v1.0/contact/users/me": {"openId": "o-1", "nick": "xiaoli", "mobile": "13800001234"},
        "https://open.feishu.cn/open-apis/auth/v3/app_access_token/internal/": {"code": 0, "app_access_token": "a"},
        "https://open.feishu.cn/open-apis/authen/v1/access_token": {"code": 0, "data": {"access_token": "t", "expires_in": 9}},
        "https://open.feishu.cn/open-apis/authen/v1/user_info": {"code": 0, "data": {"open_id": "o-1", "name": "xiaoli", "mobile": "13800001234"}},
    }  # fmt: skip

    def request(self, method, url, **_):
        import requests

        answer = requests.Response()
        answer.status_code = 200
        answer._content = json.dumps(self.said[url.partition("?")[0]]).encode()
        answer.headers["content-type"] = "application/json"
        return answer

    def get(self, url, **more):
        return self.request("GET", url, **more)

    def post(self, url, **more):
        return self.request("POST", url, **more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


THREE = [
    (WeixinProvider, "open.weixin.qq.com", "code"),
    (DingTalkProvider, "login.dingtalk.com", "authCode"),
    (FeishuProvider, "open.feishu.cn", "code"),
]


@pytest.mark.parametrize(("provider", "host", "word"), THREE)
def test_the_chinese_providers_sign_in_who_was_bound(
    client, lilei, settings, monkeypatch, provider, host, word
):
    app = {"provider_id": provider.id, "name": "那边", "client_id": "app-1", "secret": "geheim"}
    offer(settings, monkeypatch, provider, {provider.id: {"APPS": [app]}})
    monkeypatch.setattr("liren.signin.adapters.Providers.get_requests_session", lambda self: Answers())
    SocialAccount.objects.create(user=lilei, provider=provider.id, uid="o-1")
    target = urlsplit(leave(client, f"/account/{provider.id}/login/"))
    asked = parse_qs(target.query)
    assert target.hostname == host
    assert "app-1" in target.query
    back = {word: "c", "state": asked["state"][0]}
    answer = client.get(f"/account/{provider.id}/login/callback/", back)
    assert answer["Location"] == "/"
    assert signed_in(client) == str(lilei.pk)
    assert SocialAccount.objects.get().extra_data == {}
    assert "xiaoli" not in everything_stored()
