"""Who may act, who is told and who sees: one rule, asked in three ways."""

from datetime import timedelta

import pytest

from liren.people.actions import person_add, post_leave, post_take
from liren.people.queries import find_person, holders
from liren.people.standing import Standing
from liren.people.visibility import PUBLIC, sees, viewer_of, visible
from liren.places.actions import unit_add
from liren.records.actions import record_open
from liren.records.models import Record
from tests.cast import LONG_AGO, moment
from tests.matters import accept, event, refused

AT = moment("2024-03-05 09:00")


def may(person, role: str, record: Record, at=AT) -> bool:
    units = (record.unit_id, record.handler_id)
    return Standing().post_for(person, [role], record.place_id, units, at) is not None


def told(role: str, record: Record, at=AT) -> set[str]:
    units = [record.unit_id, record.handler_id]
    return {person.name for person in holders(role, place=record.place_id, units=units, at=at)}


@pytest.fixture
def matter(cast) -> Record:
    return accept(cast, event(cast))


def test_a_role_over_the_place_or_at_the_unit(cast, matter):
    assert may(cast.dispatcher, "dispatcher", matter)
    assert may(cast.leader, "leader", matter)
    assert may(cast.handler, "handler", matter)
    assert not may(cast.dispatcher, "leader", matter)
    assert not may(cast.stranger, "dispatcher", matter)
    assert not may(cast.other_handler, "handler", matter)


def test_who_may_act_is_who_is_told(cast, matter):
    assert told("dispatcher", matter) == {"韩梅", "林涛"}
    assert told("handler", matter) == {"赵工"}
    assert told("leader", matter) == {"吴县"}


def test_a_unit_above_counts_and_a_unit_below_does_not(cast, matter):
    bureau = unit_add(code="T09", name="建设总局", kind="department", place=cast.county)
    cast.housing.parent = bureau
    type(cast.housing).objects.filter(pk=cast.housing.pk).update(parent=bureau)
    team = unit_add(code="T10", name="路灯班", kind="team", place=cast.county, parent=cast.housing)
    head, fitter = person_add(name="总工"), person_add(name="电工")
    post_take(person=head, role="handler", starts=LONG_AGO, unit=bureau)
    post_take(person=fitter, role="handler", starts=LONG_AGO, unit=team)
    assert (may(head, "handler", matter), may(fitter, "handler", matter)) == (True, False)
    assert told("handler", matter) == {"赵工", "总工"}
    assert sees(viewer_of(head, AT), matter)
    assert not sees(viewer_of(fitter, AT), matter)


def test_a_post_at_a_unit_reaches_what_names_no_unit_at_its_place(cast):
    office = unit_add(code="T11", name="街道办", kind="town_government", place=cast.street)
    clerk = person_add(name="吴姐")
    post_take(person=clerk, role="dispatcher", starts=LONG_AGO, unit=office)
    named, unnamed = accept(cast, event(cast)), event(cast)
    assert (may(clerk, "dispatcher", unnamed), may(clerk, "dispatcher", named)) == (True, False)
    assert "吴姐" in told("dispatcher", unnamed)
    assert "吴姐" not in told("dispatcher", named)
    assert (sees(viewer_of(clerk, AT), unnamed), sees(viewer_of(clerk, AT), named)) == (True, False)


def test_a_post_counts_from_its_first_moment_to_before_its_last(cast, matter):
    person = person_add(name="短工")
    begin, end = moment("2024-03-05 08:00"), moment("2024-03-05 10:00")
    post = post_take(person=person, role="dispatcher", starts=begin, place=cast.street)
    post_leave(post, at=end)
    tick = timedelta(microseconds=1)
    moments = (begin - tick, begin, end - tick, end)
    assert [may(person, "dispatcher", matter, at) for at in moments] == [False, True, True, False]
    assert ["短工" in told("dispatcher", matter, at) for at in moments] == [False, True, True, False]
    assert [sees(viewer_of(person, at), matter) for at in moments] == [False, True, True, False]


def test_a_post_left_stays_left(cast):
    post = cast.grid_member.posts.get()
    post_leave(post, at=moment("2024-01-01 00:00"))
    post_leave(post, at=moment("2025-01-01 00:00"))
    post.refresh_from_db()
    assert post.ends == moment("2024-01-01 00:00")


def test_a_post_is_somewhere(cast):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        post_take(person=cast.resident, role="leader", starts=LONG_AGO)


def seen_by(person, at=AT) -> int:
    return visible(Record.objects.all(), to=viewer_of(person, at)).count()


def test_everyone_sees_what_lies_in_their_reach_and_the_stranger_nothing(cast, matter):
    record_open("street.meeting", {"title": "楼道"}, by=cast.dispatcher, at=moment("2024-03-04 09:00"))
    seen = {name: seen_by(getattr(cast, name)) for name in (
        "grid_member", "dispatcher", "leader", "inspector", "handler", "other_handler", "stranger", "resident",
    )}  # fmt: skip
    assert seen == {
        "grid_member": 1,  # the meeting is held above his grid
        "dispatcher": 2, "leader": 2, "inspector": 2,
        "handler": 2,  # his own matter, and the meeting of his county that names no unit
        "other_handler": 1, "stranger": 0, "resident": 0,
    }  # fmt: skip
    assert visible(Record.objects.all(), to=PUBLIC).count() == 0


def test_everybody_sees_their_own(cast, matter):
    own = record_open("street.event", {"title": "井盖"}, by=cast.resident, at=moment("2024-03-04 09:00"))
    assert list(visible(Record.objects.all(), to=viewer_of(cast.resident, AT))) == [own]
    about = event(cast, person=cast.stranger)
    assert list(visible(Record.objects.all(), to=viewer_of(cast.stranger, AT))) == [about]


def test_parts_are_seen_with_their_record(cast, matter):
    acts = matter.acts.model.objects.all()
    assert visible(acts, to=viewer_of(cast.dispatcher, AT), prefix="record__").count() == 2
    assert visible(acts, to=viewer_of(cast.stranger, AT), prefix="record__").count() == 0


@pytest.mark.parametrize("rule", ["public", "roles"])
def test_kinds_for_all_and_for_some(cast, matter, shelf, rule, monkeypatch):
    kind = shelf.kinds["street.event"].spec
    changed = kind.model_copy(update={"visible": rule, "seen_by": ["leader"] if rule == "roles" else []})
    monkeypatch.setitem(
        shelf.kinds,
        "street.event",
        type(shelf.kinds["street.event"])(shelf.packs["street"], "event", changed),
    )
    names = ("dispatcher", "leader", "stranger", "resident", "grid_member")
    seen = {name: seen_by(getattr(cast, name)) for name in names}
    if rule == "public":
        assert set(seen.values()) == {1}
        assert visible(Record.objects.all(), to=PUBLIC).count() == 1
    else:  # who opened it sees it too
        assert seen == {"dispatcher": 0, "leader": 1, "stranger": 0, "resident": 0, "grid_member": 1}


def test_a_person_by_number_or_by_a_name_that_is_one_person_s(cast):
    coded = person_add(name="周平", code="V-1")
    assert find_person("V-1") == coded
    assert find_person(" 李雷 ") == cast.grid_member
    with refused("ambiguous", "周平", "V-1", str(cast.resident.pk)):
        find_person("周平")
    with refused("not_found", "无名"):
        find_person("无名")
