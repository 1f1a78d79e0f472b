"""Writes: through the same actions as pages, with the same refusals, once per key."""

from __future__ import annotations

import pytest

from liren import inforce
from liren.people.models import Person
from liren.records.models import Act, Record
from liren.trail.queries import breaks
from tests.cast import Cast, make_cast
from tests.matters import accept, event

LIGHT = {"title": "路灯不亮"}


def refused(answer, status: int, code: str, *words: str) -> dict:
    assert answer.status_code == status, answer.content
    said = answer.json()
    assert (said["code"], said["status"]) == (code, status)
    for word in words:
        assert word in said["detail"]
    return said


def test_a_matter_is_opened_and_stepped_as_on_a_page(cast, program):
    made = program(cast.grid_member).post("/records", {"kind": "street.event", "values": LIGHT})
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    step = {"verb": "accept", "values": {"handler": "T01", "level": "major"}, "seen": made.json()["revision"]}
    moved = program(cast.dispatcher).post(f"/records/{number}/steps", step)
    assert moved.status_code == 200, moved.content
    assert moved.json()["state"] == "handling"
    assert moved.json()["handler"]["name"] == "住建局"
    assert [act.by.name for act in Act.objects.filter(record__number=number).order_by("id")] == [
        "李雷",
        "韩梅",
    ]
    assert not list(breaks())


def test_the_same_key_writes_once_and_answers_alike(cast, program):
    asking = program(cast.grid_member)
    answers = [
        asking.post("/records", {"kind": "street.event", "values": LIGHT}, "once-00001") for _ in range(3)
    ]
    assert {one.json()["number"] for one in answers} == {Record.objects.get().number}
    assert asking.post("/records", {"kind": "street.event", "values": LIGHT}, "once-00002").json()["number"]
    assert Record.objects.count() == 2


def test_a_key_stands_for_one_request_of_one_person(cast, program):
    """The same key with other words, for another operation or another record is refused; another person's is theirs."""
    asking, once = program(cast.grid_member), "once-00001"
    said = {"kind": "street.event", "values": LIGHT}
    first = asking.post("/records", said, once).json()["number"]
    other = {"kind": "street.event", "values": LIGHT | {"title": "井盖松动"}}
    refused(asking.post("/records", other, once), 422, "key_reused", once)
    assert asking.post("/records", said, once).json()["number"] == first
    again = program(cast.dispatcher)
    assert again.post("/records", said, once).json()["number"] != first
    step = {"verb": "accept", "values": {"handler": "T01"}}
    refused(again.post(f"/records/{first}/steps", step, once), 422, "key_reused")
    assert again.post(f"/records/{first}/steps", step, "once-00002").status_code == 200
    refused(again.post(f"/records/{first}/steps", step | {"note": "快些"}, "once-00002"), 422, "key_reused")
    assert again.post(f"/records/{first}/steps", step, "once-00002").json()["state"] == "handling"
    second = asking.post("/records", other, "once-00003").json()["number"]
    refused(again.post(f"/records/{second}/steps", step, "once-00002"), 422, "key_reused")
    assert (Record.objects.count(), Act.objects.count()) == (3, 4)
    assert asking.post("/records", said, "once-0000").json()["number"] not in (first, second), (
        "no key is the start of another"
    )


def test_a_write_without_a_key_or_a_person_is_refused(cast, program):
    said = {"kind": "street.event", "values": LIGHT}
    refused(program(cast.grid_member).post("/records", said, once=None), 422, "bad_value")
    refused(program(cast.grid_member).post("/records", said, once="short"), 422, "bad_value")
    refused(program().post("/records", said), 401, "no_key")
    assert not Record.objects.exists()


def test_refusals_are_those_of_the_house(cast, program):
    asking = program(cast.dispatcher)
    meeting = {"kind": "street.meeting", "values": {"title": "议事"}}
    refused(program(cast.grid_member).post("/records", meeting), 403, "not_yours", "街道指挥员")
    matter = event(cast)
    path = f"/records/{matter.number}/steps"
    refused(asking.post(path, {"verb": "finish"}), 409, "wrong_state")
    refused(asking.post(path, {"verb": "fly"}), 404, "no_step")
    refused(
        asking.post(path, {"verb": "accept", "values": {"handler": "没有局"}}), 404, "not_found", "没有局"
    )
    refused(
        asking.post(path, {"verb": "accept", "values": {"handler": "T01"}, "seen": 99}),
        409,
        "changed_meanwhile",
    )
    refused(program(cast.stranger).post(path, {"verb": "accept"}), 404, "not_found")
    assert Record.objects.get().state == "reported"


def test_only_what_a_form_would_ask_is_taken(cast, program):
    """Columns that only the kernel or a later step writes cannot be set on the way in."""
    asking = program(cast.grid_member)
    for extra in (
        {"state": "closed"},
        {"handler": "T01"},
        {"opened": "2001-01-01"},
        {"late_count": 0},
        {"result": "x"},
    ):
        answer = asking.post("/records", {"kind": "street.event", "values": LIGHT | extra})
        refused(answer, 422, "unknown_field", next(iter(extra)))
    refused(asking.post("/records", {"kind": "street.event", "values": LIGHT, "by": 1}), 422, "bad_value")
    matter = event(cast)
    answer = program(cast.dispatcher).post(f"/records/{matter.number}/steps",
                                           {"verb": "accept", "values": {"handler": "T01", "title": "别的"}})  # fmt: skip
    refused(answer, 422, "unknown_field")


def test_english_where_it_is_asked_for(cast, program):
    answer = program().get("/records/NOTHING", lang="en")
    assert answer.json()["detail"].startswith("No ")


def test_what_cannot_be_read_is_refused(cast, program):
    asking = program(cast.grid_member)
    for body in (
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"kind": NaN}',
        b"[" * 5000,
        b'{"kind":"street.event","values":{"title":"\xed\xa0\x80"}}',
    ):
        answer = asking.client.post("/api/records", body, content_type="application/json",
                                    headers=asking.headers | {"Idempotency-Key": "12345678"})  # fmt: skip
        assert answer.status_code in (400, 422), (body[:20], answer.status_code, answer.content[:200])
        assert answer.json()["detail"]


# -- residents ------------------------------------------------------------------------------------------


KIND = "grid_case.event"


@pytest.fixture
def county(db) -> Cast:
    """The cast with the packs that ship: what residents report is one of them."""
    inforce.catalogue.cache_clear()
    return make_cast()


def said(cast: Cast, **values) -> dict:
    return {"place": cast.community.code, "values": {"title": "井盖坏了", "category": "facility", **values}}


def test_a_resident_reports_without_a_key_and_can_come_back(county, program):
    answer = program().post(f"/matters/{KIND}", said(county))
    assert answer.status_code == 201, answer.content
    record = Record.objects.get(number=answer.json()["number"])
    assert record.place_id == county.community.code
    assert record.opener.name == "居民"
    path = answer.json()["private_href"].partition("8000")[2]
    assert program().client.get(path).status_code == 200
    again = program().post(f"/matters/{KIND}", said(county))
    assert again.json() == answer.json()
    assert Record.objects.count() == 1


def test_a_guessed_key_gets_nobody_elses_report(county, program):
    one = program().post(f"/matters/{KIND}", said(county), "11111111").json()
    other = program().post(f"/matters/{KIND}", said(county, title="别的事"), "11111111").json()
    assert one["number"] != other["number"]


def test_residents_are_refused_with_the_words_of_the_portal(county, program):
    refused(program().post("/matters/street.event", said(county)), 404, "not_found")
    refused(
        program().post(f"/matters/{KIND}", said(county) | {"place": county.county.code}),
        422,
        "bad_value",
        "街道",
    )
    refused(program().post(f"/matters/{KIND}", said(county) | {"place": "990001"}), 404, "not_found")
    refused(
        program().post(f"/matters/{KIND}", said(county, title="打 13800001234 找我")),
        422,
        "bad_value",
        "公开",
    )
    refused(
        program().post(f"/matters/{KIND}", {"place": county.community.code, "values": {}}),
        422,
        "missing",
        "标题",
    )
    refused(program().post(f"/matters/{KIND}", said(county, handler="T01")), 422, "unknown_field")
    assert not Record.objects.exists()
    assert not Person.objects.filter(name="居民").exists(), "what is refused leaves nobody behind"


def test_one_address_reports_so_often_and_no_more(county, program, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"portal": "2/h/ip"}
    answers = [
        program().post(f"/matters/{KIND}", said(county, title=f"第 {n} 件"), f"key-{n:05}") for n in range(3)
    ]
    assert [one.status_code for one in answers] == [201, 201, 429]
    refused(answers[-1], 429, "too_often")


# -- attendance -----------------------------------------------------------------------------------------


def test_attendance_is_noted_whole_or_not_at_all(cast, program):
    asking = program(cast.dispatcher)
    made = asking.post(
        "/records", {"kind": "street.meeting", "values": {"title": "议事", "starts": "2024-03-05 09:00"}}
    )
    assert made.status_code == 201, made.content
    for person, code in ((cast.resident, "P1"), (cast.grid_member, "P2")):
        Person.objects.filter(pk=person.pk).update(code=code)
    path = f"/records/{made.json()['number']}/attendance"
    rows = [{"person": "P1", "present": True}, {"person": "P2", "reason": "生病"}]
    refused(asking.post(path, {"rows": [*rows, {"person": "P3"}]}, "sheet-001"), 404, "not_found", "P3")
    refused(asking.post(path, {"rows": [{"person": "P2"}]}, "sheet-001"), 422, "missing", "缺席原因")
    for _ in range(2):
        answer = asking.post(path, {"rows": rows}, "sheet-002")
        assert answer.json() == {"number": made.json()["number"], "noted": 2, "present": 1}
    refused(program(cast.stranger).post(path, {"rows": rows}), 404, "not_found")
    matter = accept(cast, event(cast))
    refused(asking.post(f"/records/{matter.number}/attendance", {"rows": rows}), 422, "bad_value")
