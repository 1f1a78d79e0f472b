"""The security log: what is on it, what never is, and for how long."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from liren.clock import now
from liren.people.actions import person_add, post_take
from liren.people.models import Person
from liren.signin.actions import code_issue, event_note, sweep
from liren.signin.events import KEPT, KINDS
from liren.signin.models import PhoneCode, SecurityEvent, SharedValue
from tests.api.conftest import secret_of
from tests.cast import LONG_AGO
from tests.signin.stage import PASSWORD, PHONE, events, sign_in

pytestmark = pytest.mark.django_db

ADDRESS = "203.0.113.77"


def test_signing_in_and_out_is_on_record(lilei):
    client = Client(REMOTE_ADDR=ADDRESS)
    sign_in(client, password="wrong-1-Password")
    sign_in(client)
    client.post("/account/logout/")
    told = [
        (one.kind, one.account, one.detail)
        for one in events()
        if one.kind in ("sign_in_failed", "signed_in", "signed_out")
    ]
    assert told == [
        ("sign_in_failed", lilei.pk, "password"),
        ("signed_in", lilei.pk, "password"),
        ("signed_out", lilei.pk, "password"),
    ]
    assert len({one.origin for one in events("signed_in") + events("sign_in_failed")}) == 1


def test_what_somebody_may_not_see_and_asked_for_is_on_record(client, lilei, cast):
    """Which page, by whom; not which record: an auditor need not be led to what nobody may see."""
    sign_in(client)
    for path in ("/records/WG2024-99999/", "/account/events/", "/no/such/page/", "/w/"):
        client.get(path)
    told = [(one.account, one.detail) for one in events("access_refused")]
    assert told == [(lilei.pk, "console:record"), (lilei.pk, "signin:events")]
    for _ in range(40):
        client.get("/records/WG2024-99999/")
    assert len(events("access_refused")) == 30, "who tries all numbers fills no log"
    assert Client().get("/records/WG2024-99999/").status_code == 404
    assert len(events("access_refused")) == 30, "nobody in particular is no account"


def test_a_program_that_asks_for_what_its_person_may_not_see_is_on_record(cast):
    secret = secret_of(cast.stranger, "read")
    Client().get("/api/records/WG2024-99999", headers={"Authorization": f"Bearer {secret}"})
    assert [(one.account, one.detail) for one in events("access_refused")] == [
        (Person.objects.get(pk=cast.stranger.pk).user_id, "api:record")
    ]
    Client().post("/api/records/X/steps", headers={"Authorization": f"Bearer {secret}"})
    assert [one.account for one in events("key_failed")] == [None]


def test_no_line_of_the_log_holds_what_identifies_anybody(lilei, cast, outbox, settings):
    """Names, account names, addresses, phones, e-mail, what was typed: none of it, on any path."""
    settings.LIREN_DEMO = True
    client = Client(REMOTE_ADDR=ADDRESS, headers={"user-agent": "Special Browser 7"})
    typed = ["wrong-1-Password", "a-password-typed-as-name"]
    sign_in(client, password=typed[0])
    sign_in(client, typed[1], "x")
    for _ in range(7):
        sign_in(client, "somebody@example.org", "x")
    client.post("/account/phone/", {"phone": PHONE})
    client.post("/account/phone/code/", {"code": "000000"})
    client.post("/account/phone/code/", {"code": outbox.sent[0][1]})
    client.post("/account/logout/")
    client.post("/account/password/reset/", {"email": "lilei@example.org"})
    sign_in(client)
    told = {"oldpassword": PASSWORD, "password1": "Qing-he-2027", "password2": "Qing-he-2027"}
    client.post("/account/password/change/", told)
    client.post(f"/account/sessions/{UserSession.objects.latest('pk').pk}/end/")
    rows = events()
    assert {
        "sign_in_failed",
        "locked_out",
        "code_sent",
        "signed_in",
        "password_changed",
        "session_ended",
    } <= {row.kind for row in rows}
    said = " ".join(str(vars(row)) for row in rows)
    for hidden in (
        *typed, "somebody", "example.org", "lilei", "李雷", PHONE, PHONE[-8:], ADDRESS, "203.0", "Special Browser",
        PASSWORD, outbox.sent[0][1], "居民",
    ):  # fmt: skip
        assert hidden not in said, hidden
    assert {row.kind for row in rows} <= KINDS.keys()


def test_equal_names_and_addresses_leave_equal_prints(db):
    for address, name in [(ADDRESS, "Eve"), (ADDRESS, "eve "), ("203.0.113.78", "mallory")]:
        sign_in(Client(REMOTE_ADDR=address), name, "x")
    first, second, third = events("sign_in_failed")
    assert (first.origin, first.subject) == (second.origin, second.subject)
    assert third.origin != first.origin
    assert third.subject != first.subject


def test_a_line_outlives_its_account(lilei):
    event_note("signed_in", at=now(), account=lilei.pk)
    number = lilei.pk
    lilei.delete()
    assert SecurityEvent.objects.filter(account=number).exists()


def test_what_had_its_time_is_forgotten(client, lilei):
    assert timedelta(days=184) <= KEPT, "six months at least: 网络安全法 art. 21"
    at = now()
    for age in (KEPT + timedelta(minutes=1), KEPT - timedelta(minutes=1)):
        event_note("signed_in", at=at - age, account=987654)
    code_issue(PHONE, at=at - timedelta(hours=2))
    code_issue("13900005678", at=at)
    SharedValue.objects.create(key="past", value="1", until=at - timedelta(seconds=1))
    SharedValue.objects.create(key="still", value="1", until=at + timedelta(minutes=1))
    sign_in(client)
    kept = Client()
    sign_in(kept)
    Session.objects.filter(session_key=client.session.session_key).update(expire_date=at - timedelta(days=1))
    assert UserSession.objects.count() == 2
    sweep(at)
    assert [event.at for event in events() if event.account == 987654] == [at - KEPT + timedelta(minutes=1)]
    assert PhoneCode.objects.count() == 1
    assert not SharedValue.objects.filter(key="past").exists()
    assert SharedValue.objects.filter(key="still").exists()
    assert [one.session_key for one in UserSession.objects.all()] == [kept.session.session_key]
    assert sweep(at) == 0, "twice does no harm"


def test_the_auditor_reads_what_became_of_one_person_unit_or_place(client, cast, accounts, settings):
    settings.LIREN_SECOND_FACTOR = "nobody"
    auditor = person_add(name="审计", code="adm-audit")
    post_take(person=auditor, role="audit_admin", place=cast.county, starts=LONG_AGO)
    accounts("auditor", auditor)
    event_note("list_changed", at=now(), subject=f"person:{cast.handler.pk}", detail="person_changed")
    event_note("list_changed", at=now(), subject=f"place:{cast.grid.pk}", detail="place_changed")
    event_note("list_changed", at=now(), subject=f"unit:{cast.housing.pk}", detail="unit_changed")
    sign_in(client, "auditor")
    page = client.get("/account/events/?kind=list_changed").content.decode()
    assert "赵工" in page and "第3网格" in page and "住建局" in page
    alone = client.get("/account/events/", {"about": f"person:{cast.handler.pk}"}).content.decode()
    assert "改人员" in alone and "改地点" not in alone.partition("<tbody>")[2]
    for about in ("person:x", "person:" + "9" * 30, "place:<b>"):
        assert client.get("/account/events/", {"about": about}).status_code == 200
