"""A lost phone: the security administrator ends sign-ins and takes proofs away, and nobody else does."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client

from liren.people.actions import person_add, post_take
from tests.cast import LONG_AGO
from tests.signin.stage import events, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_proof(settings):
    settings.LIREN_SECOND_FACTOR = "nobody"


@pytest.fixture
def guard(cast, accounts) -> Client:
    return _office(cast, accounts, "security_admin", "guard")


def _office(cast, accounts, role: str, name: str) -> Client:
    person = person_add(name=f"{role} {name}", code=f"adm-{name}")
    post_take(person=person, role=role, place=cast.county, starts=LONG_AGO)
    accounts(name, person)
    client = Client()
    sign_in(client, name)
    return client


@pytest.fixture
def phone(lilei):
    """李雷 is signed in on a phone that is gone, and proves himself by it."""
    client = Client(headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8"})
    sign_in(client, "lilei")
    totp = Authenticator.objects.create(user=lilei, type=Authenticator.Type.TOTP, data={"secret": "x"})
    RecoveryCodes.activate(lilei)
    return client, totp


def test_the_phone_is_out_and_its_proof_gone(guard, lilei, phone):
    client, totp = phone
    page = guard.get(f"/account/lost/{lilei.pk}/").content.decode()
    assert "微信 · Android" in page
    assert "验证器" in page
    assert "127.0.0.1" not in page, "network addresses are nobody's to see"
    answer = guard.post(f"/account/lost/{lilei.pk}/take/", {"factor": str(totp.pk)}, follow=True)
    assert "结束了 1 处登录" in answer.content.decode()
    assert not signed_in(client)
    assert not Authenticator.objects.filter(user=lilei).exists(), "spare codes go with the last proof"
    told = [(one.account, one.detail) for one in events("factor_removed")]
    assert (lilei.pk, "totp") in told
    assert [one.detail for one in events("session_ended")] == ["device_lost"]
    assert guard.post(f"/account/lost/{lilei.pk}/take/", {"factor": str(totp.pk)}).status_code == 404


def test_another_proof_stays(guard, lilei, phone):
    _client, totp = phone
    key = Authenticator.objects.create(user=lilei, type=Authenticator.Type.WEBAUTHN, data={"name": "钥匙扣"})
    guard.post(f"/account/lost/{lilei.pk}/take/", {"factor": str(totp.pk)})
    assert Authenticator.objects.filter(user=lilei).count() == 2
    assert key in Authenticator.objects.filter(user=lilei)


def test_only_the_security_administrator_and_no_administrators_account(cast, accounts, guard, lilei, phone):
    for name, role in (("keeper", "system_admin"), ("auditor", "audit_admin"), ("looker", "inspector")):
        client = _office(cast, accounts, role, name)
        for path in ("/account/lost/", f"/account/lost/{lilei.pk}/"):
            assert client.get(path).status_code == 404, (name, path)
        assert client.post(f"/account/lost/{lilei.pk}/end/").status_code == 404
    from django.contrib.auth import get_user_model

    keeper = get_user_model().objects.get(username="keeper")
    Authenticator.objects.create(user=keeper, type=Authenticator.Type.TOTP, data={"secret": "x"})
    answer = guard.post(f"/account/lost/{keeper.pk}/end/", follow=True)
    assert "只在命令行上办" in answer.content.decode()
    assert Authenticator.objects.filter(user=keeper).exists()
    assert not events("session_ended")
