"""A phone number is told only when whoever reads its messages has typed back the code of the one that asked."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from liren.clock import at_time, now
from liren.following.actions import follow_code_make, follow_code_take, follow_start
from liren.following.models import Follow
from liren.notices.actions import deliver
from liren.people.models import Person
from liren.records.actions import record_step
from liren.records.residents import token_for
from liren.signin.actions import resident_of
from tests.cast import moment
from tests.following.stage import PHONE, form_of
from tests.portal.conftest import event
from tests.signin.stage import events, everything_stored
from tests.signin.test_phone import run_at_once


def link(record, person=None) -> str:
    return f"/p/mine/{token_for(record, person or record.opener)}/"


def ask(client, record, phone=PHONE, **more) -> str:
    return client.post(f"{link(record)}follow/", {"address": phone} | more, follow=True).content.decode()


def give(client, page, code, **more):
    return client.post(form_of(page), {"code": code} | more, follow=True)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def accepted(cast, record) -> None:
    at = moment("2024-03-04 09:30")
    with at_time(at):
        record_step(record, "accept", {"handler": cast.housing}, by=cast.dispatcher, at=at)
    later = moment("2024-03-04 09:31")
    with at_time(later):
        deliver(later)


def test_a_number_hears_nothing_but_one_code_before_it_was_typed_back(client, county, matter, gateway):
    page = ask(client, matter)
    assert "6 位数字填在下面" in page and "138****1234" in page and PHONE not in page
    ((phone, code),) = gateway.codes
    assert phone == PHONE and len(code) == 6
    accepted(county, matter)
    assert not gateway.sent and Follow.objects.get().confirmed is None
    page = give(client, page, f" {code[:3]} {code[3:]} ").content.decode()
    assert "每有一步进展就发一条" in page and "填短信里的数字" not in page
    assert Follow.objects.get().confirmed
    assert len(gateway.codes) == 1


def test_a_wrong_code_says_how_often_one_may_still_try_and_the_fifth_ends_it(client, matter, gateway):
    page = ask(client, matter)
    code = gateway.codes[0][1]
    answers = [give(client, page, other(code)) for _ in range(5)]
    assert [one.status_code for one in answers] == [422] * 5
    assert "还可以试 4 次" in answers[0].content.decode()
    assert 'aria-invalid="true"' in answers[0].content.decode()
    assert "不能再用" in answers[4].content.decode()
    assert "不能再用" in give(client, page, code).content.decode()
    assert Follow.objects.get().confirmed is None
    assert len(events("code_failed")) == 6


def test_what_is_no_code_costs_no_try(client, matter, gateway):
    page = ask(client, matter)
    for typed in ("", "12345", "12345x", "١٢٣٤٥٦"):
        assert "6 位数字" in give(client, page, typed).content.decode()
    assert Follow.objects.get().tries == 0


def test_a_code_holds_for_five_minutes(matter, gateway):
    at = now()
    follow = follow_start(matter, address=PHONE, by=matter.opener, at=at)
    code = follow_code_make(follow, at=at)
    assert not follow_code_take(follow, code, at=at + timedelta(minutes=5, seconds=1))
    assert follow_code_take(follow, code, at=at + timedelta(minutes=4, seconds=50)), "and until then"
    assert not follow_code_take(follow, code, at=at + timedelta(minutes=4, seconds=51)), "once"


def test_a_new_code_ends_the_one_before_and_equal_digits_are_another_code(matter, gateway, monkeypatch):
    at = now()
    follow = follow_start(matter, address=PHONE, by=matter.opener, at=at)
    first = follow_code_make(follow, at=at)
    second = follow_code_make(follow, at=at + timedelta(minutes=1))
    assert first == second or not follow_code_take(follow, first, at=at + timedelta(minutes=2))
    assert follow_code_take(follow, second, at=at + timedelta(minutes=2))
    monkeypatch.setattr("secrets.randbelow", lambda _: 123456)
    for number in range(2):
        row = follow_start(matter, address=f"1390000567{number}", by=matter.opener)
        assert follow_code_make(row, at=at) == "123456"
    prints = set(Follow.objects.filter(confirmed=None).values_list("code_print", flat=True))
    assert len(prints) == 2 and "123456" not in str(prints)


@pytest.mark.django_db(transaction=True)
def test_of_many_tries_at_once_five_count(matter, gateway):
    follow = follow_start(matter, address=PHONE, by=matter.opener)
    code = follow_code_make(follow, at=now())
    took = run_at_once(8, lambda: follow_code_take(follow, other(code), at=now()))
    assert took == [False] * 8
    follow.refresh_from_db()
    assert follow.tries == 5 and follow.confirmed is None


def test_only_the_link_that_asked_takes_the_code(client, county, matter, gateway):
    page = ask(client, matter)
    number = Follow.objects.get().pk
    code = gateway.codes[0][1]
    second = event(county, title="井盖坏了")
    for address in (f"{link(second)}follow/{number}/", f"{link(matter, county.resident)}follow/{number}/"):
        assert client.post(address, {"code": code}).status_code == 404
    assert client.post(f"{link(matter)}follow/{number + 1}/", {"code": code}).status_code == 404
    assert give(client, page, code).status_code == 200
    assert client.post(form_of(page), {"code": code}).status_code == 404, "there is nothing left to confirm"


# -- how often ------------------------------------------------------------------------------------------


def test_one_number_is_sent_one_code_a_minute_whoever_asks_and_whatever_for(client, county, matter, gateway):
    page = ask(client, matter)
    assert "已发一条短信" in ask(client, matter), "the message that was sent still holds"
    second = event(county, title="井盖坏了")
    refused = ask(Client(REMOTE_ADDR="203.0.113.7"), second, "+86 138-0000-1234")
    assert "太频繁" in refused and "再发一次" in refused
    signing_in = client.post("/account/phone/", {"phone": PHONE}).content.decode()
    assert "太频繁" in signing_in, "signing in counts the same messages"
    assert len(gateway.codes) == 1 and len(events("code_limited")) == 3
    give(client, page, gateway.codes[0][1])
    assert Follow.objects.filter(confirmed__isnull=False).count() == 1


def test_codes_and_tries_of_one_address_have_an_end(client, county, matter, gateway, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "phone_code": "9/m/key,3/h/ip",
        "phone_try": "2/m/ip",
    }
    page = ask(client, matter)
    for _ in range(3):
        page = client.post(form_of(page), {"again": "1"}, follow=True).content.decode()
    assert len(gateway.codes) == 3 and "138****1234" in page
    for _ in range(2):
        give(client, page, other(gateway.codes[-1][1]))
    give(client, page, gateway.codes[-1][1])
    assert Follow.objects.get().confirmed is None, "tries of one address are counted too"


def test_a_gateway_that_fails_is_said_and_can_be_asked_again(client, matter, gateway):
    gateway.broken = True
    page = ask(client, matter)
    assert "短信没有发出去" in page and form_of(page)
    assert events("sms_failed")[0].detail == "the gateway answered 503"
    gateway.broken = False


# -- who knows what -------------------------------------------------------------------------------------


def test_a_known_number_gets_the_same_answer_as_an_unknown_one(county, matter, gateway):
    resident_of(PHONE, at=now())
    known = follow_start(matter, address=PHONE, by=county.resident)
    assert follow_code_take(known, follow_code_make(known, at=now()), at=now())
    said = []
    for phone in (PHONE, "13800005678"):
        page = ask(Client(), matter, phone)
        said.append(("已发一条短信" in page, "填短信里的数字" in page, page.count(phone[-4:])))
        Follow.objects.filter(person=matter.opener).delete()
    assert said == [(True, True, 1)] * 2


def test_a_resident_who_signed_in_by_the_number_need_not_prove_it_again(client, matter, gateway):
    user = resident_of(PHONE, at=now())
    client.force_login(user)
    assert "每有一步进展就发一条" in ask(client, matter)
    assert Follow.objects.get().confirmed and not gateway.codes
    assert "6 位数字填在下面" in ask(client, matter, "13900005678"), "another number says yes itself"
    staff = Client()
    staff.force_login(User.objects.create(username="staff"))
    Follow.objects.all().delete()
    assert "每有一步进展就发一条" not in ask(staff, matter)
    assert Person.objects.filter(user=user).exists()


@pytest.mark.django_db(transaction=True)
def test_neither_number_nor_code_stands_in_the_clear(client, matter, gateway):
    ask(client, matter)
    stored = everything_stored()
    assert "following_follow" in connection.introspection.table_names()
    assert PHONE not in stored and PHONE[3:] not in stored
    row = Follow.objects.get()
    assert gateway.codes[0][1] not in (row.code_print + row.print)
    assert PHONE not in str([vars(event) for event in events()])
