"""An e-mail address is changed by its owner: password, code to the new address, word to the old one."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from liren.clock import at_time, now
from tests.signin.stage import PASSWORD, events, sign_in

pytestmark = pytest.mark.django_db

PAGE = "/account/email/"


@pytest.fixture
def owner(client, lilei, settings):
    settings.LIREN_MAIL_FROM = "liren@example.org"
    type(lilei).objects.filter(pk=lilei.pk).update(email="old@example.org")
    sign_in(client)
    return client


def ask(client, address: str = "new@example.org", password: str = PASSWORD):
    return client.post(PAGE, {"email": address, "password": password})


def code() -> str:
    return re.search(r"\b(\d{6})\b", mail.outbox[-1].body)[1]


def test_the_address_changes_when_its_code_was_typed_and_the_old_one_is_told(owner, lilei):
    assert ask(owner).status_code == 302
    lilei.refresh_from_db()
    assert lilei.email == "old@example.org", "not yet"
    assert mail.outbox[-1].to == ["new@example.org"]
    assert "new@example.org" in owner.get(PAGE).content.decode()
    assert owner.post(PAGE, {"step": "code", "code": code()})["Location"] == "/account/"
    lilei.refresh_from_db()
    assert lilei.email == "new@example.org"
    assert list(EmailAddress.objects.filter(user=lilei).values_list("email", "verified")) == [
        ("new@example.org", True)
    ]
    assert mail.outbox[-1].to == ["old@example.org"]
    assert [one.account for one in events("email_changed")] == [lilei.pk]
    assert "example" not in str(events("email_changed")[0].__dict__)


def test_a_wrong_password_a_bad_address_and_no_mail_change_nothing(owner, lilei, settings):
    assert ask(owner, password="wrong").status_code == 422
    assert "密码不对" in ask(owner, password="wrong").content.decode()
    assert ask(owner, "no address").status_code == 422
    settings.LIREN_MAIL_FROM = ""
    assert "没有开通邮件" in ask(owner).content.decode()
    assert not mail.outbox


def test_five_tries_and_five_minutes(owner, lilei):
    ask(owner)
    right = code()
    with at_time(now() + timedelta(minutes=6)):
        owner.post(PAGE, {"step": "code", "code": right})
    ask(owner)
    right = code()
    for _ in range(5):
        assert owner.post(PAGE, {"step": "code", "code": "000000"}).status_code == 422
    owner.post(PAGE, {"step": "code", "code": right})
    lilei.refresh_from_db()
    assert lilei.email == "old@example.org"
