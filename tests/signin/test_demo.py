"""The demo's cast signs in with one click, and only in the demo; whoever signed in is the viewer."""

import pytest

from liren.clock import now
from liren.people.actions import person_add, post_take
from liren.people.models import Person
from tests.signin.stage import events, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(cast, settings):
    """A demo with two of its cast."""
    settings.LIREN_DEMO = True
    for code, name in [("cast-inspector", "督查员"), ("cast-leader-f1", "青禾县领导")]:
        person = person_add(name=name, code=code, place=cast.county)
        post_take(person=person, role="inspector", place=cast.county, starts=now())
    return cast


def test_outside_the_demo_there_is_no_such_page(client, cast, settings):
    settings.LIREN_DEMO = False
    person_add(name="督查员", code="cast-inspector")
    assert client.get("/account/demo/").status_code == 404
    assert client.post("/account/demo/", {"person": "cast-inspector"}).status_code == 404
    assert not signed_in(client)
    assert "/account/demo/" not in client.get("/account/login/").content.decode()


def test_one_click_signs_in(client, demo):
    page = client.get("/account/demo/").content.decode()
    assert "督查员" in page
    assert "虚构" in page
    assert 'class="banner' in page
    answer = client.post("/account/demo/", {"person": "cast-leader-f1", "next": "/account/"})
    assert answer["Location"] == "/account/"
    person = Person.objects.get(code="cast-leader-f1")
    assert client.get("/account/").wsgi_request.viewer.person == person
    assert events("signed_in")[0].detail == "demo"
    assert not person.user or not person.user.has_usable_password()


def test_another_click_is_another_person(client, demo):
    client.post("/account/demo/", {"person": "cast-inspector"})
    first = client.session.session_key
    client.post("/account/demo/", {"person": "cast-leader-f1"})
    assert client.session.session_key != first
    assert client.get("/account/").wsgi_request.viewer.person.code == "cast-leader-f1"


@pytest.mark.parametrize("code", ["", "cast-nobody", "S001", "cast-inspector'--"])
def test_only_the_cast_is_offered(client, demo, code):
    person_add(name="真人", code="S001")
    assert client.post("/account/demo/", {"person": code}).status_code == 404
    assert not signed_in(client)


def test_looking_is_not_signing_in(client, demo):
    client.get("/account/demo/?person=cast-inspector")
    assert not signed_in(client)


def test_who_signed_in_is_the_viewer_whatever_eyes_were_borrowed(client, demo, accounts):
    accounts("lilei", demo.grid_member)
    client.get("/account/login/?as=inspector")
    assert client.get("/account/login/").wsgi_request.viewer.person.code == "cast-inspector"
    sign_in(client)
    request = client.get("/account/?as=leader-f1").wsgi_request
    assert request.viewer.person == demo.grid_member
    assert [post.role for post in request.viewer.posts] == ["grid_member"]
    client.post("/account/logout/")
    assert client.get("/account/login/").wsgi_request.viewer.person.code != demo.grid_member.code


def test_without_a_demo_the_viewer_is_who_signed_in_or_the_public(client, cast, accounts):
    accounts("hanmei", cast.dispatcher)
    assert client.get("/account/login/").wsgi_request.viewer.person is None
    sign_in(client, "hanmei")
    viewer = client.get("/account/").wsgi_request.viewer
    assert (viewer.person, [post.role for post in viewer.posts]) == (cast.dispatcher, ["dispatcher"])
