"""Keys: shown once, kept as a hash, scoped, ending; nothing opens with one that is none."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client

from liren.api import limits
from liren.clock import now
from liren.people.actions import KEYS, key_end, key_make
from liren.people.models import AccessKey, Person
from liren.people.queries import key_of
from liren.refusals import Refusal
from liren.signin.actions import account_close, sweep
from liren.signin.models import SecurityEvent
from tests.api.conftest import Program, secret_of
from tests.signin.stage import PASSWORD, Accounts, everything_stored, sign_in, signed_in


@pytest.fixture
def browser(cast) -> Client:
    """A browser in which 韩梅 has just signed in with her password."""
    Accounts()("hanmei", cast.dispatcher)
    client = Client()
    sign_in(client, "hanmei")
    assert signed_in(client)
    return client


def test_a_key_is_made_on_the_account_page_shown_once_and_ended(cast, browser):
    browser.post("/account/confirm/", {"password": PASSWORD})
    page = browser.post("/account/keys/new/", {"name": "对账程序", "scopes": ["read"], "days": "30"})
    assert page.status_code == 200
    key = AccessKey.objects.get()
    secret = page.content.decode().split('<code class="secret">')[1].split("</code>")[0]
    assert Program(secret).get("/records", kind="street.event").status_code == 200
    shown = browser.get("/account/keys/").content.decode()
    assert secret not in shown
    assert key.hint in shown
    assert browser.post(f"/account/keys/{key.pk}/end/").status_code == 302
    assert Program(secret).get("/records", kind="street.event").status_code == 401
    kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert [kind for kind in kinds if kind.startswith("key_")] == ["key_made", "key_ended", "key_failed"]


def test_nothing_that_is_kept_opens_anything(cast):
    secret = secret_of(cast.dispatcher)
    assert secret not in everything_stored()
    assert secret.removeprefix("liren_") not in everything_stored()


def test_somebody_elses_key_is_not_there(cast, browser):
    key, _ = key_make(person=cast.stranger, name="x", scopes=["read"], days=1, at=now())
    assert browser.post(f"/account/keys/{key.pk}/end/").status_code == 404
    assert AccessKey.objects.get(pk=key.pk).ends > now()


@pytest.mark.parametrize(
    "shown", ["Bearer liren_x", "Bearer ", "Basic bGk6cmVu", "liren", "Bearer " + "a" * 5000, "Bearer 里仁"]
)
def test_what_is_no_key_is_refused_and_never_taken_for_nobody(db, shown):
    asking = Program()
    asking.headers = {"Authorization": shown}
    answer = asking.get("/kinds")
    assert answer.status_code == 401
    assert answer.json()["code"] == "no_key"
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_ends_with_its_days_with_its_account_and_by_hand(cast):
    _, secret = key_make(person=cast.dispatcher, name="x", scopes=["read"], days=1, at=now())
    assert key_of(secret, now()) is None, "a person without an account has nobody to answer for it"
    secret = secret_of(cast.dispatcher)
    assert key_of(secret, now())
    assert key_of(secret, now() + timedelta(days=91)) is None
    person = Person.objects.get(pk=cast.dispatcher.pk)
    account_close(person.user, at=now())
    assert key_of(secret, now()) is None


def test_a_key_does_what_it_was_made_for_and_no_more(cast, program):
    said = {"kind": "street.event", "values": {"title": "灯"}}
    answer = program(cast.grid_member, "read").post("/records", said)
    assert (answer.status_code, answer.json()["code"]) == (403, "key_scope")
    answer = program(cast.grid_member, "write").get("/records", kind="street.event")
    assert (answer.status_code, answer.json()["code"]) == (403, "key_scope")


@pytest.mark.parametrize(("said", "code"), [({"days": 0}, "bad_value"), ({"days": 400}, "bad_value"),
                                            ({"scopes": ["admin"]}, "missing"), ({"name": " "}, "missing")])  # fmt: skip
def test_a_key_without_purpose_scope_or_end_is_not_made(cast, said, code):
    with pytest.raises(Refusal) as caught:
        key_make(
            **({"person": cast.dispatcher, "name": "x", "scopes": ["read"], "days": 9, "at": now()} | said)
        )
    assert caught.value.code == code


def test_nobody_hoards_keys_and_old_ones_are_forgotten(cast):
    for _ in range(KEYS):
        key, _ = key_make(person=cast.dispatcher, name="x", scopes=["read"], days=9, at=now())
    with pytest.raises(Refusal):
        key_make(person=cast.dispatcher, name="x", scopes=["read"], days=9, at=now())
    key_end(key, at=now())
    key_make(person=cast.dispatcher, name="y", scopes=["read"], days=9, at=now())
    sweep(now() + timedelta(days=400))
    assert not AccessKey.objects.exists()


def test_one_address_cannot_try_keys_for_ever(db):
    asking = Program("liren_" + "x" * 43)
    answers = [asking.get("/kinds").status_code for _ in range(limits.REFUSED + 2)]
    assert answers[-1] == 429
    assert SecurityEvent.objects.filter(kind="key_failed").count() == limits.REFUSED


def test_one_address_cannot_ask_for_ever(db, monkeypatch):
    monkeypatch.setattr(limits, "OPEN", 3)
    answers = [Program().get("/kinds") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_what_several_processes_answer_is_counted_together(tmp_path):
    """With as many times the bound as there are processes, `--workers` would open the door so much wider."""
    words = (
        "from liren.api import limits\nfrom liren.refusals import Refusal\nrefused, limits.time = 0, lambda: 90.0\n"
        "for _ in range(200):\n    try: limits.count('address 203.0.113.7', 250)\n    except Refusal: refused += 1\nprint(refused)"
    )
    env = os.environ | {limits.FOLDER: str(tmp_path), "DJANGO_SETTINGS_MODULE": "liren.settings"}
    asking = [
        subprocess.Popen([sys.executable, "-c", words], env=env, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sum(int(one.communicate(timeout=60)[0]) for one in asking) == 150


def test_however_many_ask_everybody_has_their_own_count(monkeypatch):
    monkeypatch.setattr(limits, "_SLOTS", 64)
    monkeypatch.setattr(limits, "_NEAR", 64)
    monkeypatch.setattr(limits, "time", lambda: 90.0)
    for _ in range(3):
        for who in range(64):
            limits.count(f"address {who}", 3)
    with pytest.raises(Refusal):
        limits.count("address 7", 3)
    monkeypatch.setattr(limits, "time", lambda: 150.0)  # the next minute: nobody is held to the last one
    limits.count("address 7", 1)


def test_an_administrator_without_a_second_factor_lends_no_key(cast, browser, settings):
    from liren.people.actions import post_take

    settings.LIREN_SECOND_FACTOR = "admins"
    post_take(person=cast.dispatcher, role="audit_admin", starts=now() - timedelta(days=1), place=cast.county)
    answer = browser.get("/account/keys/new/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/factors/")


def test_a_key_is_made_only_by_whoever_proves_once_more_who_they_are(cast, browser):
    answer = browser.get("/account/keys/new/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/confirm/")
    browser.post("/account/confirm/", {"password": PASSWORD})
    assert browser.get("/account/keys/new/").status_code == 200


def test_who_comes_past_the_proxy_is_answered_and_counted_all_the_same(db, settings):
    """The proxy should have said where it comes from; without its word that is no fault of ours."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert Program().get("/kinds").status_code == 200
    assert Program("liren_" + "x" * 43).get("/kinds").status_code == 401
    assert SecurityEvent.objects.filter(kind="key_failed").exclude(origin="").count() == 1
