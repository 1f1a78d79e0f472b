"""Another key: everything sealed is sealed anew, whoever stops it or writes meanwhile; old keys go only when unused."""

import json

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from liren.cli.main import main
from liren.inforce import catalogue
from liren.people.keys import indexes_forget, key_add, ring
from liren.people.models import Print
from liren.people.phones import phone_print, seal_phone, unseal_phone
from liren.people.private import seal, sealed_with, unseal
from liren.people.visibility import viewer_of
from liren.privacy import actions
from liren.privacy.actions import secrets_reseal
from liren.privacy.queries import sealed_by_key
from liren.records.actions import record_step
from liren.records.models import Record
from liren.records.revealing import found_by_private
from liren.signin.actions import code_issue, code_take, resident_of, sealed_anew
from liren.signin.models import ResidentPhone
from liren.signin.queries import sealed_by_key as accounts_by_key
from liren.trail.queries import breaks
from tests.cast import moment
from tests.matters import accept, event

PHONE = "13987654321"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.LIREN_KEY_FILE = tmp_path / "private.key"


@pytest.fixture
def records(cast) -> list[Record]:
    return [event(cast, phone=f"1398765432{number}") for number in range(5)]


def test_everything_is_sealed_anew_and_still_holds(records):
    Print.objects.all().delete()
    key_add("sm4-gcm")
    assert secrets_reseal() == 5
    assert sealed_by_key() == {"2": 5}
    for number, record in enumerate(Record.objects.order_by("pk")):
        assert unseal(record.secret, record.number) == {"phone": f"1398765432{number}"}
    assert Print.objects.count() == 5
    assert list(breaks()) == []
    assert secrets_reseal() == 0


def test_stopped_in_the_middle_it_goes_on(records, monkeypatch):
    monkeypatch.setattr(actions, "_BATCH", 2)
    key_add("sm4-gcm")

    def stop(done):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        secrets_reseal(stop)
    assert sealed_by_key() == {"2": 4, "1": 1}
    assert secrets_reseal() == 1
    assert sealed_by_key() == {"2": 5}


def test_a_step_taken_meanwhile_is_not_lost(cast, records, monkeypatch):
    """The record is read, somebody writes another private value, and only then is it to be sealed anew."""
    key_add("sm4-gcm")
    first, opened = records[0], actions.resealed

    def slowly(text, number):
        fresh = opened(text, number)
        if number == first.number and first.revision == 0:
            record_step(
                first,
                "accept",
                {"handler": cast.housing, "contact": cast.resident},
                by=cast.dispatcher,
                at=moment("2024-03-04 10:30"),
            )
        return fresh

    monkeypatch.setattr(actions, "resealed", slowly)
    assert secrets_reseal() == 4, "what the step wrote is under the new key already"
    first.refresh_from_db()
    assert unseal(first.secret, first.number) == {"phone": "13987654320", "contact": cast.resident.pk}
    assert sealed_by_key() == {"2": 5}


def test_phones_and_second_factors_are_sealed_anew(db):
    from allauth.mfa.models import Authenticator

    user = get_user_model().objects.create(username="one")
    printed = phone_print(PHONE)
    ResidentPhone.objects.create(
        user=user, fingerprint=printed, sealed=seal_phone(PHONE, printed), since=moment("2024-03-04 09:00")
    )
    Authenticator.objects.create(
        user=user, type="totp", data={"secret": seal({"secret": "ABC"}, "signin.factor")}
    )
    Authenticator.objects.create(
        user=user,
        type="recovery_codes",
        data={"seed": seal({"secret": "DEF"}, "signin.factor"), "used_mask": 3},
    )
    key_add("sm4-gcm")
    assert accounts_by_key() == {"1": 3}
    assert sealed_anew() == 3
    assert accounts_by_key() == {"2": 3}
    assert unseal_phone(ResidentPhone.objects.get().sealed, printed) == PHONE
    codes = Authenticator.objects.get(type="recovery_codes").data
    assert (codes["used_mask"], unseal(codes["seed"], "signin.factor")) == (3, {"secret": "DEF"})
    assert sealed_anew() == 0


def test_the_key_of_the_prints_is_turned_too_and_what_was_kept_is_found_all_the_while(cast, records):
    """Found by the old prints until they are made anew, by the new ones after the old key is gone."""
    entry, last = catalogue().kind_entry("street.event"), records[-1]
    reader = viewer_of(cast.dispatcher, moment("2024-03-05 09:00"))

    def found() -> list[int]:
        return found_by_private(entry, "13987654324", to=reader)

    at = moment("2024-03-05 09:00")
    user = resident_of(PHONE, at=at)
    issued = code_issue(PHONE, at=at)
    before = set(Print.objects.values_list("print", flat=True))
    key_add("aes-256-gcm", index=True)
    assert len(ring().indexes) == 2
    assert found() == [last.pk] and resident_of(PHONE, at=at) == user
    assert code_take(issued.token, issued.code, at=at) == PHONE
    assert (secrets_reseal(), sealed_anew()) == (5, 2)
    assert not before & set(Print.objects.values_list("print", flat=True))
    assert indexes_forget() == 1
    assert found() == [last.pk] and resident_of(PHONE, at=at) == user
    assert ResidentPhone.objects.count() == 1
    assert unseal_phone(*ResidentPhone.objects.values_list("sealed", "fingerprint").get()) == PHONE


def test_the_command_turns_the_prints_and_forgets_the_old_key_of_theirs_only_when_all_is_done(
    cast, records, capsys
):
    assert main(["private", "rotate", "--index"]) == 0
    assert (len(ring().indexes), list(ring().keys)) == (2, ["1", "2"])
    key_add("aes-256-gcm")
    assert main(["private", "forget", "index"]) == 1, "something is not yet printed anew"
    assert main(["private", "rotate"]) == 0
    assert main(["private", "forget", "index"]) == 0
    capsys.readouterr()
    assert main(["private", "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["indexes"] == 1


def test_every_place_that_seals_is_known_here():
    """Whoever seals something more must let it be sealed anew, too."""
    from tests.house.source import called, modules

    callers = {module.name for module in modules() for call in module.calls() if called(call) == "seal"}
    # What a form keeps over a signing-in lies in the session for some minutes.
    callers = {name for name in callers if not name.endswith("/keeping.py")}
    assert callers == {
        "following/actions.py", "people/private.py", "privacy/actions.py", "records/writing.py", "signin/adapters.py",
        "people/phones.py",
    }  # fmt: skip


def test_the_command_turns_the_key_and_forgets_the_old_one(liren, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    first = json.loads(liren("private", "status", "--json", home=home).stdout)
    assert [(one["key"], one["cipher"], one["in_use"]) for one in first["keys"]] == [
        ("1", "aes-256-gcm", True)
    ]
    done = json.loads(liren("private", "rotate", "--cipher", "sm4-gcm", "--json", home=home).stdout)
    assert (done["key"], done["cipher"], done["kept"]) == ("2", "sm4-gcm", ["1"])
    assert liren("private", "forget", "2", home=home).returncode == 1
    assert liren("private", "forget", "1", home=home).returncode == 0
    last = liren("private", "status", home=home)
    assert "sm4-gcm" in last.stdout and "aes" not in last.stdout
    assert str(settings.VAR) not in last.stdout


def test_a_key_still_needed_is_not_forgotten(cast, records):
    from liren.cli.private import _forget
    from tests.matters import refused

    class Args:
        name = "1"

    key_add("sm4-gcm")
    with refused("in_use", "密钥 1", "5"):
        _forget(Args)
    assert "1" in ring().keys
    accept(cast, records[0])
    assert sealed_with(records[0].secret) == "1", "a step that writes nothing private leaves the seal"
