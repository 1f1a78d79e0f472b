"""The three administrators: no one person is two of them at the same time."""

from datetime import timedelta

import pytest

from liren.clock import now
from liren.people.actions import post_leave, post_take
from liren.people.apart import ADMINISTRATORS, apart_from
from liren.people.models import Post
from liren.refusals import Refusal
from tests.signin.stage import events, sign_in

pytestmark = pytest.mark.django_db

PAIRS = [(one, other) for one in ADMINISTRATORS for other in ADMINISTRATORS if one != other]


@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_nobody_is_two_administrators(cast, held, wanted):
    post_take(person=cast.leader, role=held, place=cast.county, starts=now())
    before = Post.objects.count()
    with pytest.raises(Refusal) as refusal:
        post_take(person=cast.leader, role=wanted, place=cast.street, starts=now())
    assert refusal.value.code == "roles_apart"
    said = refusal.value.sentence()
    assert ADMINISTRATORS[held] in said
    assert ADMINISTRATORS[wanted] in said
    assert Post.objects.count() == before
    assert not [event for event in events("role_taken") if event.detail == wanted]


def test_another_person_may(cast):
    post_take(person=cast.leader, role="system_admin", place=cast.county, starts=now())
    post_take(person=cast.inspector, role="audit_admin", place=cast.county, starts=now())
    assert Post.objects.filter(role__in=ADMINISTRATORS).count() == 2


def test_afterwards_one_may(cast):
    start = now()
    post = post_take(person=cast.leader, role="system_admin", place=cast.county, starts=start)
    with pytest.raises(Refusal):
        post_take(
            person=cast.leader, role="audit_admin", place=cast.county, starts=start + timedelta(days=30)
        )
    post_leave(post, at=start + timedelta(days=30))
    post_take(person=cast.leader, role="audit_admin", place=cast.county, starts=start + timedelta(days=30))


def test_a_time_in_between_counts_too(cast):
    start = now()
    day = timedelta(days=1)
    post_take(
        person=cast.leader,
        role="audit_admin",
        place=cast.county,
        starts=start + 10 * day,
        ends=start + 20 * day,
    )
    for starts, ends in [(5, 15), (15, 25), (12, 13), (0, 30), (0, None), (19, None)]:
        with pytest.raises(Refusal):
            post_take(
                person=cast.leader, role="security_admin", place=cast.county,
                starts=start + starts * day, ends=start + ends * day if ends else None,
            )  # fmt: skip
    for starts, ends in [(0, 10), (20, None)]:
        post_take(
            person=cast.leader, role="security_admin", place=cast.county,
            starts=start + starts * day, ends=start + ends * day if ends else None,
        )  # fmt: skip


def test_other_roles_are_free(cast):
    post_take(person=cast.leader, role="audit_admin", place=cast.county, starts=now())
    post_take(person=cast.leader, role="dispatcher", place=cast.street, starts=now())
    assert apart_from("dispatcher") == frozenset()


def test_taking_and_leaving_a_post_is_on_record(cast, accounts):
    accounts("leader", cast.leader)
    post = post_take(person=cast.leader, role="audit_admin", place=cast.county, starts=now())
    post_leave(post, at=now())
    post_leave(post, at=now())
    told = [(event.kind, event.detail, event.account) for event in events() if event.detail == "audit_admin"]
    number = accounts.made["leader"].pk
    assert told == [("role_taken", "audit_admin", number), ("role_left", "audit_admin", number)]
    stranger = post_take(person=cast.stranger, role="inspector", place=cast.street, starts=now())
    assert events("role_taken")[-1].subject == f"person:{stranger.person_id}"


# -- the log is for the auditor -------------------------------------------------------------------------


@pytest.fixture
def auditor(cast, accounts, settings):
    settings.LIREN_SECOND_FACTOR = "nobody"
    post_take(person=cast.leader, role="audit_admin", place=cast.county, starts=now())
    return accounts("auditor", cast.leader)


def test_the_auditor_reads_the_log(client, auditor):
    sign_in(client, "auditor", "wrong-1-Password")
    sign_in(client, "auditor")
    page = client.get("/account/events/").content.decode()
    assert "登录未通过" in page
    assert "auditor" in page
    only = client.get("/account/events/", {"kind": "signed_in"}).content.decode()
    assert '<td data-label="事情">登录</td>' in only
    assert '<td data-label="事情">登录未通过</td>' not in only
    assert client.get("/account/events/", {"kind": "no such kind", "page": "x"}).status_code == 200
    assert "安全日志" in client.get("/account/").content.decode()


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "inspector"])
def test_for_everybody_else_there_is_no_such_page(client, cast, accounts, settings, role):
    settings.LIREN_SECOND_FACTOR = "nobody"
    post_take(person=cast.resident, role=role, place=cast.county, starts=now())
    accounts("other", cast.resident)
    sign_in(client, "other")
    assert client.get("/account/events/").status_code == 404
    assert "安全日志" not in client.get("/account/").content.decode()


def test_an_auditor_who_left_reads_no_more(client, auditor):
    sign_in(client, "auditor")
    post_leave(Post.objects.get(role="audit_admin"), at=now())
    assert client.get("/account/events/").status_code == 404


def test_visitors_are_asked_to_sign_in(client, db):
    assert client.get("/account/events/").status_code == 302
