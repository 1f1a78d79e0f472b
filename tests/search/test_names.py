"""Places, units and persons by name, by first letters, by sound; persons for staff alone."""

import pytest

from liren.people.actions import person_add, post_take
from liren.people.models import Person
from liren.people.visibility import PUBLIC, viewer_of
from liren.places.actions import place_add
from liren.places.models import Place, Unit
from liren.search.actions import names_update, rebuild
from liren.search.models import Name
from liren.search.queries import names
from tests.cast import LONG_AGO, moment

NOW = moment("2024-03-08 09:00")


def shown(text, *, to=PUBLIC, **more):
    return [("".join(piece for piece, _ in hit.title), hit.kind) for hit in names(text, to=to, **more)]


@pytest.fixture
def named(cast):
    names_update()
    return cast


@pytest.mark.parametrize(
    "asked", ["明月里", "明月", "月", "myl", "MY", "mingyue", "ming yue", "ｍｙｌ", "yl"]
)
def test_a_place_by_any_way_of_typing(named, asked):
    assert ("明月里", "place") in shown(asked)


@pytest.mark.parametrize("asked", ["住建局", "zjj", "zhujian", "建"])
def test_a_unit_by_any_way_of_typing(named, asked):
    assert shown(asked) == [("住建局", "unit")]


def test_numbers_in_names(named):
    assert shown("d3wg") == shown("3网格") == shown("第3") == [("第3网格", "place")]


def test_nothing_is_nothing(named):
    assert shown("") == shown("，") == shown("桥") == shown("xyz") == shown("月明") == []
    assert shown("明月", limit=0) == []


def test_the_best_comes_first(named):
    """Whole names before beginnings, beginnings before what stands inside, short before long."""
    for number, name in enumerate(["大明月里", "明月里东区", "明"]):
        place_add(code=f"99000900100{number + 5}", name=name, kind="community")
    names_update()
    assert [title for title, _ in shown("明月里")] == ["明月里", "明月里东区", "大明月里"]
    assert [title for title, _ in shown("m")][:2] == ["明", "明月里"]
    assert [title for title, _ in shown("myl")] == ["明月里", "明月里东区", "大明月里"]
    assert len(shown("明", limit=2)) == 2


def test_hits_are_marked_and_say_where(named):
    (hit,) = names("明月", to=PUBLIC)
    assert (hit.key, hit.title, hit.where) == ("990009001001", [("明月", True), ("里", False)], "清溪街道")
    (hit,) = names("水务", to=PUBLIC)
    assert (hit.key, hit.where) == (named.water.pk, "青禾县")
    (hit,) = names("qhx", to=PUBLIC)
    assert (hit.key, hit.title, hit.where) == ("990009", [("青禾县", False)], "青禾县")


def test_a_place_narrows_it(named):
    assert shown("街道", place=named.other_street.code) == [("东风街道", "place")]


def test_persons_are_found_by_staff_within_their_reach_only(named):
    def sees(person):
        return shown("周平", to=viewer_of(person, NOW))

    found = [("周平", "person")]
    assert sees(named.grid_member) == []  # the person lives in the community, not in his grid of it
    assert sees(named.dispatcher) == sees(named.leader) == sees(named.handler) == found
    assert sees(named.stranger) == sees(named.resident) == shown("周平") == shown("zp") == []
    assert shown("zp", to=viewer_of(named.dispatcher, NOW)) == found


def test_a_surname_of_two_readings(named):
    person_add(name="单云", place=named.community)
    names_update()
    to = viewer_of(named.dispatcher, NOW)
    assert shown("sy", to=to) == shown("dy", to=to) == shown("shanyun", to=to) == [("单云", "person")]


def test_somebody_without_address_is_found_where_they_serve(named):
    person = person_add(name="吴问")
    names_update()
    to = viewer_of(named.dispatcher, NOW)
    assert shown("吴问", to=to) == []
    post_take(person=person, role="grid_member", starts=LONG_AGO, place=named.grid)
    names_update()
    assert shown("吴问", to=to) == [("吴问", "person")]
    post_take(person=person, role="grid_member", starts=NOW, place=named.other_village)
    names_update()
    assert shown("吴问", to=to) == []


def test_names_follow_what_they_name(named):
    assert names_update() == 0
    Place.objects.filter(pk=named.community.pk).update(name="星光里")
    Unit.objects.filter(pk=named.water.pk).update(name="水利局")
    Unit.objects.filter(pk=named.office.pk).update(valid_to=moment("2020-01-01 00:00"))
    Person.objects.filter(pk=named.resident.pk).update(place=named.other_village)
    assert names_update() == 3
    assert shown("明月") == shown("水务局") == shown("办公室") == []
    assert shown("xgl") == [("星光里", "place")]
    assert shown("周平", to=viewer_of(named.stranger, NOW)) == [("周平", "person")]


def test_rebuilding_makes_the_same_names(named):
    before = set(Name.objects.values_list("title", "initials", "sound", "place"))
    rebuild()
    assert set(Name.objects.values_list("title", "initials", "sound", "place")) == before
