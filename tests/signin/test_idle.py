"""How long a sign-in lasts: while it is used, a day's work at most; two weeks where somebody asked to stay signed in."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.signin.stage import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def after(monkeypatch):
    """`after(minutes=…)`: so much later."""
    begun = timezone.now()

    def later(**time: float) -> None:
        monkeypatch.setattr(timezone, "now", lambda: begun + timedelta(**time))

    return later


def inside(browser) -> bool:
    return browser.get("/account/").status_code == 200


def test_who_leaves_for_two_hours_is_signed_out(client, lilei, after):
    sign_in(client)
    after(minutes=119)
    assert inside(client)
    after(minutes=119 + 119)
    assert inside(client), "a page that was asked for counts as use"
    after(minutes=119 + 119 + 121)
    assert not inside(client)


def test_a_days_work_ends_even_what_is_used(client, lilei, after):
    sign_in(client)
    for hour in range(1, 12):
        after(hours=hour)
        assert inside(client)
    after(hours=12, minutes=1)
    assert not inside(client)


def test_who_asked_to_stay_signed_in_stays_for_two_weeks_and_no_longer(client, lilei, after):
    sign_in(client, remember="on")
    for day in range(1, 14):
        after(days=day)
        assert inside(client)
        client.get("/account/sessions/")  # whatever is written into the session on the way
        session = client.session
        session["something"] = day
        session.save()
    after(days=14, minutes=1)
    assert not inside(client)


def test_a_county_says_how_long(client, lilei, after, settings):
    settings.LIREN_IDLE_MINUTES = 15
    sign_in(client)
    after(minutes=16)
    assert not inside(client)


def test_looking_writes_nothing_but_now_and_then(client, lilei, after):
    sign_in(client)
    row = Session.objects.get(session_key=client.session.session_key)
    after(minutes=11)
    inside(client)
    assert Session.objects.get(pk=row.pk).expire_date == row.expire_date
    after(minutes=13)
    inside(client)
    assert Session.objects.get(pk=row.pk).expire_date > row.expire_date + timedelta(minutes=12)


def test_a_resident_who_is_nobody_yet_keeps_what_was_begun(client, after):
    client.session.save()
    session = client.session
    session["begun"] = 1
    session.save()
    client.cookies["liren_session"] = session.session_key
    after(days=13)
    assert client.session["begun"] == 1


def test_a_disk_that_is_full_keeps_nobody_from_reading(client, lilei, after, monkeypatch):
    from django.db import OperationalError

    from liren.signin import actions

    def full(*_, **__):
        raise OperationalError("database or disk is full")

    sign_in(client)
    monkeypatch.setattr(actions, "session_kept", full)
    after(minutes=60)
    assert inside(client)
