"""Where no view answers, the face somebody was in does: not found, turned away, too much, too often, our own fault."""

import json
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, connection
from django.test import Client

from liren import faces
from liren.figures.periods import Period
from liren.people.actions import person_link
from liren.people.models import Person

pytestmark = pytest.mark.django_db

FRAMES = {"/p/": "portal", "/w/": "work", "/": "console"}


def framed(answer) -> str:
    """Whose frame it is in."""
    page = answer.content.decode()
    assert page.startswith("<!doctype html>") and "里仁" in page and page.count("<h1") == 1
    return (
        "portal" if '<body class="portal"' in page else "work" if '<body class="work' in page else "console"
    )


def quiet(client: Client) -> Client:
    client.raise_request_exception = False
    return client


@pytest.fixture
def signed_in(cast) -> Client:
    user = User.objects.create(username="lilei")
    person_link(cast.grid_member, user=user)
    client = Client()
    client.force_login(user)
    return quiet(client)


@pytest.mark.parametrize("path", FRAMES)
def test_a_path_with_a_zero_byte_is_not_found_in_the_face_it_was_asked_in(client, path):
    for address in (f"{path}x\0/", f"{path}x%00/", f"{path}?q=%00"):
        answer = client.get(address)
        assert (answer.status_code, framed(answer)) == (404, FRAMES[path]), address
        assert b"\0" not in answer.content


@pytest.mark.parametrize("path", FRAMES)
def test_too_many_fields_and_a_strange_host_are_told_in_words(client, path):
    full = {str(number): "1" for number in range(1200)}
    answers = [client.get(path, headers={"host": "elsewhere.example"})]
    answers += [client.post("/p/report/grid_case.event/", full)] if path == "/p/" else []
    for answer in answers:
        assert (answer.status_code, framed(answer)) == (400, FRAMES[path])
        assert "请" in answer.content.decode() and "elsewhere" not in answer.content.decode()
    if path == "/p/":
        assert "太多" in answers[1].content.decode()


def test_programs_are_told_as_programs_are(client):
    answer = client.get("/api/records", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400 and answer["Content-Type"].startswith("application/problem+json")
    assert json.loads(answer.content)["code"] == "unreadable"


def test_too_often_is_said_in_the_frame_one_was_in(rf):
    for path, frame in FRAMES.items():
        answer = faces.too_many(rf.get(path))
        assert answer.status_code == 429
        assert framed(answer) == frame
    assert "回到登录" in faces.too_many(rf.get("/account/login/")).content.decode()


def test_what_is_refused_past_a_face_keeps_it(client, monkeypatch):
    def unread(*_args, **_given):
        Period.parse("x", date(2024, 3, 4))

    monkeypatch.setattr("liren.portal.reading.homes.report_kinds", unread)
    answer = client.get("/p/report/")
    assert (answer.status_code, framed(answer)) == (422, "portal")


def test_a_request_about_no_address_at_all_is_not_found(client):
    assert client.generic("OPTIONS", "*").status_code == 404


class Silence:
    """From the fault on nothing may be asked of the database: it may be what is broken."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = False

    def __call__(self, execute, sql, params, many, context):
        if self.broken:
            self.asked.append(sql)
            raise DatabaseError("gone")
        return execute(sql, params, many, context)

    def breaks(self, fault: Exception):
        def view(*_args, **_given):
            self.broken = True
            raise fault

        return view


@pytest.mark.parametrize(
    "fault", [RuntimeError("secret of the house"), DatabaseError("secret"), OSError(28, "secret")]
)
@pytest.mark.parametrize(("path", "module", "name"), [
    ("/p/report/", "liren.portal.reading.homes.report_kinds", "portal"),
    ("/p/matters/?place=990009001001", "liren.portal.reading.shelves.rows", "portal"),
    ("/w/", "liren.workbench.views.records.todo_list", "work"),
    ("/", "liren.console.views.homes.home", "console"),
])  # fmt: skip
def test_our_own_fault_is_told_in_the_frame_one_was_in_without_the_database(
    signed_in, monkeypatch, path, module, name, fault
):
    assert signed_in.get(path).status_code == 200, "and without the fault it is a page"
    silence = Silence()
    monkeypatch.setattr(module, silence.breaks(fault))
    signed_in.cookies["liren_place"] = "990009001001"
    with connection.execute_wrapper(silence):
        answer = signed_in.get(path)
    assert silence.broken and silence.asked == []
    assert answer.status_code in ((500,) if isinstance(fault, RuntimeError) else (500, 503, 507))
    assert framed(answer) == name
    assert "secret" not in answer.content.decode()
    assert Person.objects.exists()


def test_a_frame_that_cannot_be_drawn_either_still_says_what_happened(signed_in, monkeypatch):
    def broken(*_args, **_given):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("liren.portal.reading.homes.report_kinds", broken)
    monkeypatch.setitem(faces._FRAMES, "p", broken)
    answer = signed_in.get("/p/report/")
    assert answer.status_code == 500
    assert "系统出了故障" in answer.content.decode() and "secret" not in answer.content.decode()


def test_what_is_suspicious_within_a_view_keeps_its_face(client, monkeypatch):
    def odd(*_args, **_given):
        raise SuspiciousOperation("secret")

    monkeypatch.setattr("liren.portal.reading.homes.report_kinds", odd)
    answer = client.get("/p/report/")
    assert (answer.status_code, framed(answer)) == (400, "portal")
    assert "secret" not in answer.content.decode()
