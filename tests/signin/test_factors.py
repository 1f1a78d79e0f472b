"""The second factor by an app and by recovery codes: set up, asked for, used once, sealed in the database."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from liren.clock import now
from liren.people.actions import post_take
from tests.signin.stage import PASSWORD, events, everything_stored, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch):
    """In the middle of the half minute for which a number is shown."""
    still = time.time() // 30 * 30 + 15
    monkeypatch.setattr(time, "time", lambda: still)


def digits(secret: str) -> str:
    """What an app shows now (RFC 6238)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def confirm(client, target):
    """What matters is done only right after one's password."""
    return client.post("/account/confirm/", {"password": PASSWORD, "next": target})


@pytest.fixture
def secret(client, lilei, django_capture_on_commit_callbacks):
    """李雷 has set up an app; the client is signed in."""
    sign_in(client)
    assert client.get("/account/factors/totp/activate/")["Location"].startswith("/account/confirm/")
    confirm(client, "/account/factors/totp/activate/")
    page = client.get("/account/factors/totp/activate/").content.decode()
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert "data:image/svg+xml" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/account/factors/totp/activate/", {"code": digits(found)})
    assert answer["Location"] == "/account/factors/recovery-codes/"
    return found


def codes(client) -> list[str]:
    page = client.get("/account/factors/recovery-codes/").content.decode()
    return re.findall(r"<li><code>(\d{8})</code>", page)


def test_a_wrong_number_does_not_set_an_app_up(client, lilei):
    sign_in(client)
    confirm(client, "/account/factors/")
    client.get("/account/factors/totp/activate/")
    assert client.post("/account/factors/totp/activate/", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()


def test_the_password_alone_no_longer_signs_in(client, secret, monkeypatch):
    later = time.time() + 60  # the number that set the app up is used already
    monkeypatch.setattr(time, "time", lambda: later)
    other = Client()
    assert sign_in(other, next="/account/sessions/")["Location"] == "/account/factors/authenticate/"
    assert not signed_in(other)
    assert other.get("/account/")["Location"].startswith("/account/login/")
    wrong = other.post("/account/factors/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not signed_in(other)
    assert events("factor_failed")
    before = other.session.session_key
    right = other.post("/account/factors/authenticate/", {"code": digits(secret)})
    assert right["Location"] == "/account/sessions/"
    assert signed_in(other)
    assert other.session.session_key != before
    assert events("signed_in")[-1].detail == "password+mfa"


def test_a_number_that_was_used_is_refused(client, secret, monkeypatch):
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    shown = digits(secret)
    first, second = Client(), Client(REMOTE_ADDR="203.0.113.7")
    for browser in (first, second):
        sign_in(browser)
        browser.post("/account/factors/authenticate/", {"code": shown})
    assert signed_in(first)
    assert not signed_in(second)


def test_five_wrong_numbers_lock_the_second_factor(client, secret, monkeypatch):
    later = time.time() + 60
    monkeypatch.setattr(time, "time", lambda: later)
    other = Client()
    sign_in(other)
    for _ in range(5):
        other.post("/account/factors/authenticate/", {"code": "000000"})
    other.post("/account/factors/authenticate/", {"code": digits(secret)})
    assert not signed_in(other)


def test_a_recovery_code_signs_in_once(client, secret):
    kept = codes(client)
    assert len(kept) == 10
    for expected in (True, False):
        other = Client()
        sign_in(other)
        other.post("/account/factors/authenticate/", {"code": kept[0]})
        assert bool(signed_in(other)) is expected


def test_new_recovery_codes_end_the_old_ones(client, secret, django_capture_on_commit_callbacks):
    kept = codes(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/factors/recovery-codes/generate/")
    assert not set(kept) & set(codes(client))
    assert events("factor_reset")
    file = client.get("/account/factors/recovery-codes/download/")
    assert file["Content-Disposition"].startswith("attachment")
    assert codes(client)[0] in file.content.decode()


def test_taking_the_app_away_takes_the_codes_too(client, secret, django_capture_on_commit_callbacks):
    assert client.get("/account/factors/totp/deactivate/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/account/factors/totp/deactivate/")
    assert not Authenticator.objects.exists()
    assert [event.detail for event in events("factor_removed")] == ["totp", "recovery_codes"]
    assert "totp" in [event.detail for event in events("factor_added")]


def test_secrets_are_sealed_in_the_database(client, secret):
    codes(client)
    client.post("/account/logout/")
    stored = everything_stored()
    assert secret not in stored
    assert "secret" in Authenticator.objects.get(type="totp").data


def test_the_pages_say_where_one_stands(client, secret):
    page = client.get("/account/factors/").content.decode()
    assert "已启用" in page
    assert "10 个里还剩 10 个" in page


# -- who must have one ----------------------------------------------------------------------------------


@pytest.fixture
def auditor(cast, accounts):
    post_take(person=cast.leader, role="audit_admin", place=cast.county, starts=now())
    return accounts("auditor", cast.leader)


@pytest.mark.parametrize("page", ["/", "/figures/", "/account/events/"])
def test_an_administrator_without_one_gets_no_further(client, auditor, page):
    sign_in(client, "auditor")
    assert client.get(page)["Location"] == "/account/factors/"
    assert "管理员要有第二道验证" in client.get("/account/factors/").content.decode()
    assert client.post(page).status_code in (302, 405)


def test_with_one_the_way_is_open(client, auditor):
    sign_in(client, "auditor")
    confirm(client, "/account/factors/")
    page = client.get("/account/factors/totp/activate/").content.decode()
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    client.post("/account/factors/totp/activate/", {"code": digits(found)})
    assert client.get("/account/events/").status_code == 200


@pytest.mark.parametrize(("who", "expected"), [("admins", 200), ("staff", 302), ("nobody", 200)])
def test_a_county_may_ask_it_of_all_staff(client, lilei, settings, who, expected):
    settings.LIREN_SECOND_FACTOR = who
    sign_in(client)
    assert client.get("/no-such-page/").status_code == (302 if expected == 302 else 404)


def test_the_demo_asks_nobody(client, auditor, settings):
    settings.LIREN_DEMO = True
    sign_in(client, "auditor")
    assert client.get("/account/events/").status_code == 200
