"""Joining a matter: linked, counted once, told the outcome; nobody has to say who they are."""

from __future__ import annotations

from django.core import signing

from liren.joining.actions import record_join
from liren.joining.models import Joining
from liren.joining.queries import joined_counts
from liren.notices.models import Notice
from liren.people.actions import person_add
from liren.records.actions import record_merge, record_step
from tests.cast import moment
from tests.matters import refused
from tests.portal.conftest import closed_event, event


def test_a_person_joins_once_and_is_told_the_outcome(county):
    record = event(county)
    first, second = person_add(name="居民"), person_add(name="居民")
    for person in (first, second, first):
        record_join(record, by=person, at=moment("2024-03-04 09:30"))
    assert joined_counts([record.pk]) == {record.pk: 2}
    record_step(
        record, "decline", {"result": "不归本地"}, by=county.dispatcher, at=moment("2024-03-04 10:00")
    )
    told = set(Notice.objects.filter(record=record).values_list("person", flat=True))
    assert {first.pk, second.pk, record.opener_id} <= told
    assert record.acts.filter(verb="join").count() == 0, "the office's acts are not buried"


def test_a_late_worker_is_not_refused_because_somebody_joined(county):
    """A step taken offline before the neighbour joined is entered after it."""
    record = event(county)
    record_join(record, by=person_add(name="居民"), at=moment("2024-03-04 12:00"))
    said = {"level": "normal", "handler": county.housing}
    record_step(record, "accept", said, by=county.dispatcher, at=moment("2024-03-04 10:00"))
    assert record.state == "handling"


def test_what_cannot_be_joined(county):
    ended = closed_event(county)
    with refused("wrong_state", ended.number):
        record_join(ended, by=person_add(name="居民"))
    own = event(county)
    with refused("already"):
        record_join(own, by=own.opener)
    own.kind = "media_publish.item"
    with refused("bad_value", "媒体稿件"):
        record_join(own, by=person_add(name="居民"))
    assert Joining.objects.count() == 0


def test_who_reported_a_duplicate_is_told_about_the_other(county):
    main, double = event(county), event(county, title="灯又不亮")
    person = person_add(name="居民")
    record_join(double, by=person)
    record_join(main, by=person)
    record_merge(double, into=main, by=county.dispatcher)
    assert set(Joining.objects.filter(record=main).values_list("person", flat=True)) == {
        person.pk,
        double.opener_id,
    }


def test_joining_at_the_portal(resident, county):
    record = event(county)
    page = resident.get(f"/p/record/{record.number}/").content.decode()
    assert "我也遇到" in page
    joined = resident.post(f"/p/record/{record.number}/join/", follow=True)
    assert "已经一同反映" in joined.content.decode()
    assert "另有 1 人同样反映" in joined.content.decode()
    resident.post(f"/p/record/{record.number}/join/")
    assert Joining.objects.count() == 1
    again = resident.get(f"/p/record/{record.number}/").content.decode()
    assert "我也遇到" not in again
    assert "您已一同反映" in again
    assert record.title in resident.get("/p/mine/").content.decode()


def test_the_outcome_reaches_who_joined_and_who_may_say_it_is_not_fixed(resident, county):
    record = event(county)
    link = resident.post(f"/p/record/{record.number}/join/")["Location"].partition("?")[0]
    record_step(record, "accept", {"level": "normal", "handler": county.housing}, by=county.dispatcher)
    record_step(record, "finish", {"outcome": "fixed", "result": "修好了"}, by=county.handler)
    record_step(record, "confirm", by=county.deputy)
    assert "已办结" in resident.get("/p/mine/").content.decode()
    page = resident.get(link).content.decode()
    assert "反映未解决" in page
    assert ">评价<" not in page, "who joined does not rate in the opener's place"
    sent = resident.form(f"{link}reopen/") | {"note": "晚上还是不亮"}
    assert resident.post(f"{link}reopen/", sent).status_code == 302
    record.refresh_from_db()
    assert record.state == "handling"


def test_the_opener_does_not_join_their_own(resident):
    place = resident.report().request["PATH_INFO"]
    from liren.records.models import Record

    number = Record.objects.get().number
    sent = resident.post(f"/p/record/{number}/join/")
    assert sent["Location"].startswith(place)
    assert Joining.objects.count() == 0


def test_a_forged_cookie_is_nobody(resident, county):
    record = event(county)
    resident.cookies["liren_resident"] = signing.Signer(salt="other").sign(str(record.opener_id))
    assert record.title not in resident.get("/p/mine/").content.decode()
    resident.post("/p/mine/forget/")
    assert "在这台设备上" in resident.get("/p/mine/").content.decode()
