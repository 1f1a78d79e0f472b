"""Signing in with a password: what is let in, what is locked out, and that nobody learns who is here."""

import re
import time

import pytest
from django.core import mail
from django.test import Client

from liren.clock import now
from liren.people.actions import person_add
from liren.signin.actions import account_close, account_open, link_make
from tests.signin.stage import PASSWORD, events, sign_in, signed_in

pytestmark = pytest.mark.django_db


def text(response) -> str:
    """The page without what differs on every request: CSRF tokens."""
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", response.content.decode())


def test_a_right_password_signs_in_and_the_session_is_a_new_one(client, lilei):
    client.get("/account/phone/")
    client.session["before"] = 1
    session = client.session
    session["kept"] = "by the visitor"
    session.save()
    before = client.session.session_key
    response = sign_in(client, next="/account/")
    assert (response.status_code, response["Location"]) == (302, "/account/")
    assert signed_in(client) == str(lilei.pk)
    assert client.session.session_key != before, "a session known before is not the one signed in with"


def test_capital_letters_in_a_name_do_not_matter(client, lilei):
    sign_in(client, "LiLei")
    assert signed_in(client)


@pytest.mark.parametrize("keep", [True, False])
def test_staying_signed_in_is_asked_for(client, lilei, keep):
    response = sign_in(client, **({"remember": "on"} if keep else {}))
    cookie = response.cookies["liren_session"]
    assert bool(cookie["max-age"]) is keep
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, lilei):
    known = sign_in(client, "lilei", "wrong-1-Password")
    unknown = sign_in(client, "nobody", "wrong-1-Password")
    assert known.status_code == unknown.status_code == 200
    assert text(known) == text(unknown).replace("nobody", "lilei")
    assert not signed_in(client)


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(client, lilei, monkeypatch):
    for _ in range(5):
        sign_in(client, password="wrong-1-Password")
    response = sign_in(client)
    assert not signed_in(client)
    assert "过多" in text(response) or "太多" in text(response)
    assert [event.kind for event in events()].count("locked_out") == 1
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert not (sign_in(elsewhere) and signed_in(elsewhere)), "another address does not help"

    later = time.time() + 15 * 60 + 1
    monkeypatch.setattr(time, "time", lambda: later)
    sign_in(client)
    assert signed_in(client), "after a quarter of an hour the account opens again"


def test_an_unknown_name_is_locked_like_a_known_one(client, lilei):
    answers = []
    for name in ("lilei", "nobody"):
        for _ in range(5):
            sign_in(client, name, "wrong-1-Password")
        answers.append(text(sign_in(client, name, "wrong-1-Password")).replace(name, ""))
    assert answers[0] == answers[1]


def test_an_invented_port_in_the_host_gives_no_further_tries(client, lilei):
    for port in range(1, 6):
        client.post(
            "/account/login/", {"login": "lilei", "password": "x"}, headers={"host": f"testserver:{port}"}
        )
    sign_in(client)
    assert not signed_in(client)


def test_one_address_cannot_try_all_accounts(client, lilei, settings):
    limits = settings.ACCOUNT_RATE_LIMITS
    settings.ACCOUNT_RATE_LIMITS = limits | {"login_failed": limits["login_failed"].replace("150/", "10/")}
    for number in range(10):
        sign_in(client, f"name{number}", "wrong-1-Password")
    sign_in(client)
    assert not signed_in(client)
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    sign_in(elsewhere)
    assert signed_in(elsewhere), "others are not kept out by it"


def test_a_flood_is_answered_with_a_page_of_ours(client, lilei, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"sign_in": "1/m/ip"}
    sign_in(client, password="x")
    response = sign_in(client, password="x")
    assert response.status_code == 429
    assert "试得太频繁了" in text(response)


def test_a_closed_account_is_told_so_only_with_its_password(client, lilei):
    account_close(lilei, at=now())
    assert "停用" not in text(sign_in(client, password="wrong-1-Password"))
    assert sign_in(client)["Location"] == "/account/inactive/"
    assert not signed_in(client)
    assert "停用" in text(client.get("/account/inactive/"))
    account_open(lilei, at=now())
    sign_in(client)
    assert signed_in(client)


def test_closing_an_account_ends_its_sessions_at_once(client, lilei):
    sign_in(client)
    assert account_close(lilei, at=now()) == 1
    assert client.get("/account/").status_code == 302


def test_signing_out_takes_a_post(client, lilei):
    sign_in(client)
    assert client.get("/account/logout/").status_code == 200
    assert signed_in(client)
    client.post("/account/logout/")
    assert not signed_in(client)


def test_every_form_asks_for_the_token_against_forgery(lilei):
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403
    page = text(strict.get("/account/login/"))
    token = re.search(r'name="csrfmiddlewaretoken"', page)
    assert token
    assert not signed_in(strict)


def test_nobody_signs_up(client):
    page = client.get("/account/signup/")
    assert "不开放注册" in text(page)
    client.post("/account/signup/", {"username": "eve", "password1": PASSWORD, "password2": PASSWORD})
    assert sign_in(client, "eve").status_code == 200
    assert not signed_in(client)


# -- setting a password ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "wrong"),
    [
        ("Ab1", "12"), ("lilei-lilei-1", "账户|用户名|相似"), ("qwertyuiop123", "常见|一猜就中"), ("liren2026liren2026", "一猜就中"),
        ("aaaaaaaaaaaaaaaa", "一猜就中"), ("Qing-he-2027", ""), ("山水之间有一座小小的县城里的人家", ""), ("a long phrase of words", ""),
        ("onlylettershere", ""), ("293847561029", ""), ("correct horse battery staple " * 4, ""),
    ],
)  # fmt: skip
def test_the_rules_for_passwords(client, lilei, password, wrong):
    sign_in(client)
    told = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    response = client.post("/account/password/change/", told)
    assert (response.status_code == 200) is bool(wrong), "refused beside the field, or done"
    if wrong:
        assert re.search(wrong, text(response))
    lilei.refresh_from_db()
    assert lilei.check_password(PASSWORD if wrong else password)


def test_a_new_password_ends_the_sessions_elsewhere_but_not_here(client, lilei):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    told = {"oldpassword": PASSWORD, "password1": "Qing-he-2027", "password2": "Qing-he-2027"}
    client.post("/account/password/change/", told)
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert [event.kind for event in events()][-1] == "password_changed"


def test_the_link_sets_a_password_once(client, lilei):
    link = link_make(lilei, at=now()).removeprefix("http://127.0.0.1:8000")
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    assert link.rsplit("-", 1)[1] not in address, "the secret is not in the address any more"
    told = {"password1": "Ming-yue-2026", "password2": "Ming-yue-2026"}
    assert client.post(address, told)["Location"] == "/account/password/link/done/"
    lilei.refresh_from_db()
    assert lilei.check_password("Ming-yue-2026")
    assert "这个链接不能用了" in text(Client().get(link, follow=True))
    assert not signed_in(client), "setting a password is not signing in: a second factor may be wanted"
    assert [event.kind for event in events()][-1] == "password_reset"


def test_the_link_holds_for_a_day(client, lilei, settings):
    settings.PASSWORD_RESET_TIMEOUT = -1
    link = link_make(lilei, at=now()).removeprefix("http://127.0.0.1:8000")
    assert "这个链接不能用了" in text(client.get(link, follow=True))


def test_a_forgotten_password_gets_the_same_answer_for_any_address(client, lilei):
    answers = [
        client.post("/account/password/reset/", {"email": address}, follow=True)
        for address in ("lilei@example.org", "nobody@example.org")
    ]
    assert text(answers[0]) == text(answers[1])
    assert [message.to for message in mail.outbox] == [["lilei@example.org"], ["nobody@example.org"]]
    assert "http://127.0.0.1:8000/account/password/link/" in mail.outbox[0].body
    assert "/password/link/" not in mail.outbox[1].body


def test_the_mailed_link_stands_on_our_own_address(client, lilei):
    client.post("/account/password/reset/", {"email": "lilei@example.org"}, headers={"host": "localhost:666"})
    assert "localhost:666/account/password/link" not in mail.outbox[0].body
    assert "http://127.0.0.1:8000/account/password/link/" in mail.outbox[0].body


def test_a_mail_server_that_is_down_shows_nothing_and_is_noted(client, lilei, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    response = client.post("/account/password/reset/", {"email": "lilei@example.org"})
    assert response["Location"] == "/account/password/reset/sent/"
    assert [event.kind for event in events()][-1] == "mail_failed"


def test_a_whole_office_behind_one_address_signs_in_at_nine(cast, accounts):
    """Seventy people within the minute, and forty who mistype: none of them keeps the next one out."""
    for number in range(70):
        accounts(f"cadre{number}", person_add(name=f"干部{number}", place=cast.county))
    for number in range(40):
        assert sign_in(Client(), f"cadre{number}", "wrong-1-Password").status_code == 200
    for number in range(70):
        assert sign_in(Client(), f"cadre{number}").status_code == 302, number
