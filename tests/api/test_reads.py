"""Reads: the same for everybody without a key, as its owner sees with one; pages go on after a row."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.people.models import Person
from tests.console.conftest import Town, enter, packs, reader, town  # noqa: F401  fixtures
from tests.matters import accept, event


def numbers(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["number"] for one in answer.json()["items"]]


def test_kinds_say_what_they_ask_and_hide_nothing_of_it(cast, program):
    found = {one["id"]: one for one in program().get("/kinds").json()["items"]}
    assert {"street.event", "street.meeting"} <= found.keys()
    whole = program().get("/kinds/street.event").json()
    assert whole["states"]["handling"] == "办理中"
    assert whole["ends"] == ["closed"]
    phone = next(one for one in whole["fields"] if one["key"] == "phone")
    assert phone["private"]
    assert program().get("/kinds/street.nothing").status_code == 404


def test_places_page_by_code_and_stay_within(cast, program):
    told = program().get("/places", within=cast.street.code).json()
    assert [one["code"] for one in told["items"]] == [cast.street.code, cast.community.code, cast.grid.code]
    assert program().get("/places", level="county").json()["items"][0]["name"] == "青禾县"
    assert program().get(f"/places/{cast.grid.code}").json()["level"] == "grid"
    assert program().get("/places/999999").status_code == 404


def test_a_matter_is_there_only_for_whom_it_is(cast, program):
    """Staff matters stay with the staff of their place; a hidden one is not there rather than forbidden."""
    matter = accept(cast, event(cast, phone="13800001234"))
    inside, outside = program(cast.dispatcher), program(cast.stranger)
    assert numbers(inside.get("/records", kind="street.event")) == [matter.number]
    assert numbers(outside.get("/records", kind="street.event")) == []
    assert numbers(program().get("/records", kind="street.event")) == []
    assert inside.get(f"/records/{matter.number}").status_code == 200
    for somebody in (outside, program(), program(cast.resident)):
        answer = somebody.get(f"/records/{matter.number}")
        assert answer.status_code == 404
        assert answer["Content-Type"].startswith("application/problem+json")


def test_private_values_never_leave(cast, program):
    matter = event(cast, phone="13800001234")
    for somebody in (program(cast.dispatcher), program(cast.grid_member), program(cast.inspector)):
        answer = somebody.get(f"/records/{matter.number}")
        assert answer.status_code == 200
        assert "phone" not in answer.json()["fields"]
        assert b"13800001234" not in answer.content


def test_the_acts_of_a_record_name_who_acted_to_staff(cast, program):
    matter = accept(cast, event(cast))
    acts = program(cast.dispatcher).get(f"/records/{matter.number}").json()["acts"]
    assert [one["verb"] for one in acts] == ["open", "accept"]
    assert acts[1]["by"] == "韩梅"


def test_of_a_public_kind_the_public_reads_what_is_on_show(town: Town, program):  # noqa: F811
    told = program().get("/records", kind="gazette.board").json()["items"]
    assert [one["number"] for one in told] == [town.board.number]
    assert "phone" not in told[0]["fields"]
    assert "keeper" not in told[0]["fields"], "whom it is about is not told to all"
    assert "revision" not in told[0] or told[0]["revision"] is None
    acts = program().get(f"/records/{town.board.number}").json()["acts"]
    assert acts
    assert all(one["by"] is None and one["note"] is None for one in acts)


def test_lists_go_on_after_a_row_and_end(cast, program):
    enter("street.shop", cast.dispatcher, [{"title": f"店 {n}", "place": cast.community} for n in range(120)])
    asking, found, path, pages = program(cast.dispatcher), [], "/records?kind=street.shop", 0
    while path:
        answer = asking.get(path)
        found += numbers(answer)
        pages += 1
        path = (answer.json()["next"] or "").removeprefix("/api")
    assert pages == 3
    assert len(found) == len(set(found)) == 120


@pytest.mark.parametrize(
    "query",
    ["after=nonsense", "after=W251bGwsIDFd%00", "place=<script>", "since=2024-02-30", "state=nowhere",
     "kind=street.event&since=0000-01-01", "after=WyIyMDI0LTAxLTAxIiwgMV0", "words=" + "x" * 300],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_words(cast, program, query):
    answer = program().get(f"/records?kind=street.event&{query}")
    assert answer.status_code in (404, 422), answer.content
    if answer.status_code == 422:
        said = answer.json()
        assert said["code"] == "bad_value"
        assert said["detail"]


def test_a_figure_comes_with_its_definition_and_its_proof(cast, program):
    matter = accept(cast, event(cast))
    asked = {"place": cast.county.code, "period": "2024"}
    told = program().get("/figures/street.reported", **asked).json()
    assert told["value"] == 1
    assert told["definition"]
    proof = program(cast.dispatcher).get("/figures/street.reported/evidence", **asked).json()
    assert proof["count"] == 1
    assert [one["number"] for one in proof["items"]] == [matter.number]
    hidden = program(cast.stranger).get("/figures/street.reported/evidence", **asked).json()
    assert (hidden["count"], hidden["items"]) == (1, [])


def test_every_figure_answers_with_number_and_proof(cast, program):
    from liren.inforce import catalogue

    accept(cast, event(cast))
    asking = program(cast.inspector)
    for figure in catalogue().figures:
        for path in (f"/figures/{figure}", f"/figures/{figure}/evidence"):
            answer = asking.get(path, place=cast.county.code, period="2024")
            assert answer.status_code in (200, 422), (path, answer.content)


def test_small_numbers_are_withheld_from_the_public(town: Town, program):  # noqa: F811
    from liren.inforce import catalogue

    small = [key for key, entry in catalogue().figures.items() if entry.spec.small]
    assert small
    asked = {"place": town.cast.county.code, "period": "2024"}
    withheld = 0
    for key in small:
        public, staff = (
            one.get(f"/figures/{key}", **asked).json() for one in (program(), program(town.cast.inspector))
        )
        if public["withheld"]:
            withheld += 1
            assert public["value"] is None
            assert public["evidence_count"] is None
            assert program().get(f"/figures/{key}/evidence", **asked).json() == {
                "next": None,
                "count": 0,
                "items": [],
            }
            assert not staff["withheld"]
    assert withheld


def test_a_feed_is_json_feed_and_the_same_for_everybody(town: Town, program):  # noqa: F811
    told = program().get("/feeds/gazette.board").json()
    assert told["version"] == "https://jsonfeed.org/version/1.1"
    assert [one["title"] for one in told["items"]] == ["老街公告栏"]
    assert program(town.cast.inspector).get("/feeds/gazette.board").json()["items"] == told["items"]


def test_an_address_that_is_none_says_so_as_a_problem(db, program):
    for path in ("/", "/nothing", "/records/", "/../account/"):
        answer = program().get(path)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"
    assert program().client.delete("/api/kinds").status_code == 405


def test_reading_writes_nothing(town: Town, program):  # noqa: F811
    """Without a key nothing is counted in the database: reads stay reads."""
    with CaptureQueriesContext(connection) as seen:
        program().get("/records", kind="gazette.board")
    asked = [one["sql"] for one in seen.captured_queries]
    assert 0 < len(asked) <= 4
    assert all(sql.startswith("SELECT") for sql in asked)


def test_cookies_open_nothing(cast, program):
    """A browser that is signed in sees no more here than anybody: the API knows keys alone."""
    from django.contrib.auth import get_user_model

    matter = accept(cast, event(cast))
    user, _ = get_user_model().objects.get_or_create(username="lilei")
    Person.objects.filter(pk=cast.grid_member.pk).update(user=user)
    asking = program()
    asking.client.force_login(user)
    assert asking.get(f"/records/{matter.number}").status_code == 404


def test_a_method_an_address_does_not_take_is_a_problem_too(cast, program):
    """It is said as every other refusal is, with the methods that are taken; never as a page that is none."""
    for address, allowed in (("/api/kinds", "GET"), ("/api/openapi.json", "GET, HEAD")):
        answer = program().client.put(address)
        assert answer.status_code == 405
        assert answer["Content-Type"].startswith("application/problem+json")
        assert answer["Allow"] == allowed
        assert answer.json()["code"] == "no_method"
        assert "PUT" in answer.json()["detail"]
