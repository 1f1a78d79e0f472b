"""How passwords are kept: OWASP's minimum of Argon2id, older ones made anew, nobody told apart by the clock."""

import threading

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.contrib.auth.models import User

import liren.settings
from liren.signin import hashing
from tests.signin.stage import PASSWORD, sign_in, signed_in

pytestmark = pytest.mark.django_db


class Quick(PBKDF2PasswordHasher):
    """Django's own, with so few rounds that a test is over soon."""

    iterations = 10


@pytest.fixture(autouse=True)
def shipped(settings, monkeypatch):
    first, second = liren.settings.PASSWORD_HASHERS
    assert second == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    settings.PASSWORD_HASHERS = [first, f"{__name__}.Quick"]
    monkeypatch.setattr(hashing, "_all_new", False)


def test_parameters_are_owasps_minimum_or_more():
    kind, variant, version, parameters, *_ = make_password(PASSWORD).split("$")
    assert (kind, variant, version) == ("argon2", "argon2id", "v=19")
    assert parameters == "m=19456,t=2,p=1"


def test_an_older_hash_is_made_anew_at_the_next_sign_in(client, lilei):
    User.objects.filter(pk=lilei.pk).update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    sign_in(client, password="wrong-1-Password")
    lilei.refresh_from_db()
    assert lilei.password.startswith("pbkdf2_sha256$"), "a wrong password changes nothing"
    sign_in(client)
    lilei.refresh_from_db()
    assert signed_in(client)
    assert lilei.password.startswith("argon2$argon2id$")
    assert client.get("/account/").status_code == 200, "the session that came of it holds"
    sign_in(client)
    assert signed_in(client)


def test_weaker_parameters_are_made_anew_too(client, lilei, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(hashing.Argon, "memory_cost", 8192)
        lilei.set_password(PASSWORD)
        lilei.save()
    sign_in(client)
    lilei.refresh_from_db()
    assert "$m=19456," in lilei.password


@pytest.fixture
def ran(monkeypatch):
    """Which kinds of hash are reckoned."""
    found: list[str] = []
    for kind, name in ((hashing.Argon, "argon2"), (Quick, "pbkdf2_sha256")):
        for what in ("encode", "verify"):
            whole = getattr(kind, what)

            def noted(self, *given, _whole=whole, _name=name, **more):
                found.append(_name)
                return _whole(self, *given, **more)

            monkeypatch.setattr(kind, what, noted)
    return found


@pytest.mark.parametrize("older", [True, False])
def test_a_wrong_password_costs_the_same_for_a_new_an_older_and_no_account(
    client, cast, accounts, older, ran
):
    accounts("lilei", cast.grid_member)
    accounts("hanmei", cast.dispatcher)
    if older:
        User.objects.filter(username="hanmei").update(
            password=make_password(PASSWORD, hasher="pbkdf2_sha256")
        )
    costs = []
    for name in ("lilei", "hanmei", "nobody"):
        ran.clear()
        sign_in(client, name, "wrong-1-Password")
        costs.append(set(ran))
    assert costs == [{"argon2", "pbkdf2_sha256"} if older else {"argon2"}] * 3


def test_one_hash_at_a_time(monkeypatch):
    """Whatever asks for it: the other core is for pages."""
    now, most = [0], [0]
    whole = hashing.Argon2PasswordHasher.encode

    def watched(self, password, salt):
        now[0] += 1
        most[0] = max(most[0], now[0])
        try:
            return whole(self, password, salt)
        finally:
            now[0] -= 1

    monkeypatch.setattr(hashing.Argon2PasswordHasher, "encode", watched)
    threads = [threading.Thread(target=make_password, args=(PASSWORD,)) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == [1]
