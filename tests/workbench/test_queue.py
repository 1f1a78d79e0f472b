"""The endpoint of the queue: written once, refused in words, nobody else's, nothing without the token."""

import json

from django.test import Client

from liren.records.models import Act, Record
from tests.cast import Cast
from tests.matters import accept, event, finish


def sent(client: Client, **told):
    return client.post("/w/send/", told)


def report(person, **more) -> dict:
    return {"kind": "street.event", "title": "井盖", "person": person.pk, "key": "a" * 32, **more}


def test_it_greets_with_a_name_and_a_token(cast: Cast, signed):
    told = signed(cast.grid_member).get("/w/send/").json()
    assert told["who"] == cast.grid_member.pk
    assert len(told["token"]) > 30
    assert signed(None).get("/w/send/").status_code == 401


def test_a_report_is_written_once_however_often_it_is_sent(cast: Cast, signed):
    client = signed(cast.grid_member)
    answers = [sent(client, **report(cast.grid_member)).json() for _ in range(3)]
    record = Record.objects.get()
    assert {json.dumps(one, sort_keys=True) for one in answers} == {
        json.dumps(
            {"done": True, "number": record.number, "href": f"/w/records/{record.number}/"}, sort_keys=True
        )
    }


def test_the_location_somebody_pressed_for_waits_with_its_report(cast: Cast, signed):
    client = signed(cast.grid_member)
    assert sent(client, **report(cast.grid_member), location="117.500000,35.123450").json()["done"]
    record = Record.objects.get()
    assert (record.longitude, record.latitude) == (117_500_000, 35_123_450)
    refused = sent(client, **report(cast.grid_member, key="b" * 32), location="桥头")
    assert refused.status_code == 422
    assert "117.123456,36.123456" in refused.content.decode()


def test_a_form_that_went_through_before_the_line_broke_is_not_written_again(cast: Cast, signed):
    """The page's form and the queue use one key."""
    client = signed(cast.grid_member)
    client.post("/w/new/street.event/", {"title": "井盖", "key": "a" * 32, "place": cast.grid.code})
    assert sent(client, **report(cast.grid_member)).json()["number"] == Record.objects.get().number


def test_a_step_is_taken_once(cast: Cast, signed):
    record = finish(cast, accept(cast, event(cast)))
    client = signed(cast.dispatcher)
    told = {"number": record.number, "verb": "rework", "person": cast.dispatcher.pk, "key": "b" * 32}
    assert [sent(client, **told).status_code for _ in range(2)] == [200, 200]
    assert Act.objects.filter(verb="rework").count() == 1


def test_a_conflict_is_explained_in_the_words_of_the_refusal(cast: Cast, signed):
    record = event(cast)
    accept(cast, record)
    told = {
        "number": record.number,
        "verb": "accept",
        "level": "normal",
        "handler": "住建局",
        "key": "c" * 32,
    }
    answer = sent(signed(cast.deputy), **told, person=cast.deputy.pk)
    assert answer.status_code == 422
    assert answer.json()["refused"] == [
        f"{record.number} 现在是「办理中」，不能受理交办；可以：报告办结、补记、立后续。"
    ]


def test_faults_of_boxes_are_named_by_their_titles(cast: Cast, signed):
    answer = sent(signed(cast.grid_member), **report(cast.grid_member, phone="abc"))
    assert answer.status_code == 422
    assert list(answer.json()["fields"]) == ["联系电话"]
    record = event(cast)
    told = {"number": record.number, "verb": "accept", "person": cast.dispatcher.pk, "key": "d" * 32}
    assert set(sent(signed(cast.dispatcher), **told).json()["fields"]) == {"等级", "承办"}


def test_what_somebody_else_filled_in_is_not_sent_under_another_name(cast: Cast, signed):
    answer = sent(signed(cast.dispatcher), **report(cast.grid_member))
    assert answer.status_code == 409
    assert answer.json()["other"] is True
    assert not Record.objects.exists()


def test_nobody_signed_in_sends_nothing(cast: Cast, signed):
    assert sent(signed(None), **report(cast.grid_member)).status_code == 401
    assert not Record.objects.exists()


def test_without_the_token_nothing_is_written(cast: Cast, signed):
    client = signed(cast.grid_member, enforce_csrf_checks=True)
    assert sent(client, **report(cast.grid_member)).status_code == 403
    token = client.get("/w/send/").json()["token"]
    answer = client.post("/w/send/", report(cast.grid_member), headers={"X-CSRFToken": token})
    assert answer.status_code == 200


def test_what_one_may_not_see_is_refused_like_what_is_not_there(cast: Cast, signed):
    record = event(cast)
    told = {"verb": "accept", "person": cast.stranger.pk, "key": "e" * 32}
    client = signed(cast.stranger)
    hidden, absent = (sent(client, number=one, **told) for one in (record.number, "WG-0"))
    assert hidden.status_code == absent.status_code == 422
    assert hidden.json()["code"] == absent.json()["code"] == "not_found"
    closed = sent(client, kind="street.shop", person=cast.resident.pk, key="f" * 32)
    assert closed.status_code == 409
    unknown = sent(signed(cast.resident), kind="street.shop", person=cast.resident.pk, key="f" * 32)
    assert unknown.json()["code"] == "not_found"


def test_manifest_and_worker_are_an_app(cast: Cast, signed):
    client = signed(cast.grid_member)
    manifest = client.get("/w/manifest.webmanifest").json()
    assert manifest["start_url"] == manifest["scope"] == "/w/"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    worker = client.get("/w/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-cache" in worker["Cache-Control"]
    told = json.loads(worker.content.decode().partition("const TOLD = ")[2].partition(";\n")[0])
    for address in told["shell"]:
        assert signed(cast.grid_member).get(address).status_code == 200, address
