"""Where one is signed in: listed, ended one by one or all but this; nobody else's."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from tests.signin.stage import PASSWORD, events, sign_in, signed_in

pytestmark = pytest.mark.django_db

AGENT = "Mozilla/5.0 (Linux; Android 14; X) AppleWebKit/537.36 Chrome/120.0 Mobile MicroMessenger/8.0"


@pytest.fixture
def two(client, lilei):
    """A browser here and a phone elsewhere, both signed in."""
    phone = Client(headers={"user-agent": AGENT}, REMOTE_ADDR="203.0.113.7")
    sign_in(phone)
    sign_in(client)
    client.post("/account/confirm/", {"password": PASSWORD, "next": "/account/"})
    return client, phone


def test_ending_others_takes_a_fresh_proof_and_looking_or_leaving_none(two):
    """Whoever sits down at a browser that was left open does not end its owner's other sessions."""
    here, phone = two
    left = Client()
    sign_in(left)
    assert left.get("/account/sessions/").status_code == 200
    for path in ("/account/sessions/", f"/account/sessions/{number(phone)}/end/"):
        assert left.post(path)["Location"].startswith("/account/confirm/"), path
    assert all(one.get("/account/").status_code == 200 for one in (here, phone, left))
    assert left.post(f"/account/sessions/{number(left)}/end/")["Location"] == "/account/login/"
    assert not events("session_ended")[1:]


def number(browser) -> int:
    return UserSession.objects.get(session_key=browser.session.session_key).pk


def test_each_is_listed_with_what_it_is(two):
    here, _ = two
    page = here.get("/account/sessions/").content.decode()
    assert "微信 · Android" in page
    assert "203.0.113.7" in page
    assert page.count("就是这里") == 1
    assert page.count("/end/") == 2


def test_one_of_them_is_ended(two):
    here, phone = two
    here.post(f"/account/sessions/{number(phone)}/end/")
    assert phone.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    (event,) = events("session_ended")
    assert event.account == event.by == int(signed_in(here))


def test_ending_this_one_signs_out(two):
    here, phone = two
    assert here.post(f"/account/sessions/{number(here)}/end/")["Location"] == "/account/login/"
    assert not signed_in(here)
    assert phone.get("/account/").status_code == 200


def test_all_others_are_ended(two):
    here, phone = two
    here.post("/account/sessions/")
    assert phone.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert len(events("session_ended")) == 1


def test_nobody_ends_another_persons(two, cast, accounts):
    _, phone = two
    accounts("hanmei", cast.dispatcher)
    other = Client()
    sign_in(other, "hanmei")
    assert other.post(f"/account/sessions/{number(phone)}/end/").status_code == 404
    assert other.post("/account/sessions/999999/end/").status_code == 404
    assert phone.get("/account/").status_code == 200
    assert "203.0.113.7" not in other.get("/account/sessions/").content.decode()


def test_it_takes_a_post_and_somebody_signed_in(two):
    here, phone = two
    assert here.get(f"/account/sessions/{number(phone)}/end/").status_code == 405
    assert Client().post(f"/account/sessions/{number(phone)}/end/")["Location"].startswith("/account/login/")
    assert phone.get("/account/").status_code == 200
