"""Without a script a session that ended in the middle of a form loses nothing: sign in, and it is as it was."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from liren.activities.actions import presence_note
from liren.activities.models import Attendance
from liren.clock import now
from liren.records.actions import record_open
from liren.records.models import Act, Record
from tests.cast import Cast
from tests.matters import accept, event


def form_of(text: str) -> dict[str, str]:
    """The key of a page's form and whose it is."""
    return {name: text.partition(f'name="{name}" value="')[2].partition('"')[0] for name in ("key", "_who")}


def lose_session(client: Client) -> None:
    client.cookies.pop("liren_session")


def sign_in(client: Client, person) -> None:
    """As a browser does: what waited in the visitor's session stays."""
    session = client.session
    client.force_login(person.user)
    later = client.session
    later.update({key: value for key, value in session.items() if not key.startswith("_auth")})
    later.save()


@pytest.fixture
def meeting(cast: Cast) -> Record:
    at = now()
    told = {"title": "议事会", "place": cast.community, "starts": at - timedelta(hours=1), "ends": at}
    return record_open("street.meeting", told, by=cast.dispatcher)


def test_a_step_is_as_it_was_after_signing_in_again(cast: Cast, signed):
    record = accept(cast, event(cast))
    client, address = signed(cast.handler), f"/w/step/finish/{record.number}/"
    said = form_of(client.get(address).content.decode()) | {"result": "换了灯头", "note": "一大段"}
    lose_session(client)
    answer = client.post(address, said)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/?next=")
    assert not Act.objects.filter(record=record, verb="finish").exists()
    assert "换了灯头" not in str(dict(client.session)), "what waits is sealed"
    sign_in(client, cast.handler)
    back = client.get(address)
    assert back.status_code == 200
    assert back["Cache-Control"] == "no-store, private", "no phone keeps it as a page"
    text = back.content.decode()
    assert "换了灯头" in text and "一大段" in text and "登录过期前填的内容都在" in text
    assert form_of(text)["key"] == said["key"]
    assert client.post(address, said).status_code == 302
    assert Act.objects.filter(record=record, verb="finish").count() == 1


def test_who_signs_in_next_on_the_same_phone_reads_nothing_of_it(cast: Cast, signed):
    record = accept(cast, event(cast))
    signed(cast.dispatcher)
    client, address = signed(cast.handler), f"/w/step/finish/{record.number}/"
    said = form_of(client.get(address).content.decode()) | {"result": "只有他写得出"}
    lose_session(client)
    client.post(address, said)
    sign_in(client, cast.dispatcher)
    assert "只有他写得出" not in client.get(address).content.decode()


def test_a_report_keeps_choices_and_words(cast: Cast, signed, hold):
    hold(cast.grid_member, "grid_member", place=cast.community)
    client = signed(cast.grid_member)
    text = client.get("/w/new/street.event/").content.decode()
    said = form_of(text) | {
        "title": "写了一半", "place": cast.community.code,
    }  # fmt: skip
    lose_session(client)
    client.post("/w/new/street.event/", said)
    sign_in(client, cast.grid_member)
    back = client.get("/w/new/street.event/").content.decode()
    assert "写了一半" in back
    assert re.search(rf'value="{cast.community.code}"[^>]* selected', back), "not the place that stands first"
    assert client.post("/w/new/street.event/", said).status_code == 302
    assert Record.objects.filter(kind="street.event", title="写了一半").count() == 1


def test_the_minutes_of_a_sheet_come_back_to_the_sheet(cast: Cast, signed, meeting: Record):
    presence_note(meeting, person=cast.resident, present=True, by=cast.dispatcher)
    row = Attendance.objects.get(record=meeting)
    client, sheet = signed(cast.dispatcher), f"/w/activities/{meeting.number}/"
    said = form_of(client.get(sheet).content.decode()) | {"row": str(row.pk), f"minutes-{row.pk}": "47"}
    lose_session(client)
    answer = client.post(f"/w/activities/confirm/{meeting.number}/", said)
    assert answer["Location"].endswith(f"next=%2Fw%2Factivities%2F{meeting.number}%2F")
    sign_in(client, cast.dispatcher)
    text = client.get(sheet).content.decode()
    assert 'value="47"' in text
    assert client.get(sheet).content.decode().count('value="47"') == 0, "once"


def test_borrowed_eyes_are_sent_to_the_door(cast: Cast, settings):
    settings.LIREN_DEMO = True
    type(cast.inspector).objects.filter(pk=cast.inspector.pk).update(code="cast-inspector")
    record = accept(cast, event(cast))
    answer = Client().post(f"/w/step/finish/{record.number}/", {"result": "x", "key": "k"})
    assert answer.status_code == 302
    assert not Act.objects.filter(record=record, verb="finish").exists()
