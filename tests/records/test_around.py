"""Locations of records: kept as whole numbers, told in the trail, and found around a point through their index."""

from __future__ import annotations

from copy import copy

import pytest
from django.db import connection

from liren.database.bulk import insert_rows
from liren.inforce import catalogue
from liren.packs.fields import BadValue, read_point
from liren.people.visibility import viewer_of, visible
from liren.places.geometry import around
from liren.records.actions import record_open, record_step, record_void
from liren.records.around import BOUND, nearest, open_in, searching, seeker
from liren.records.models import Record
from liren.records.values import value_of
from liren.trail.replay import strayed
from tests.cast import Cast, moment

KIND = "street.event"
HERE = (117_100_000, 36_100_000)
AT = "2024-03-04 09:10"


def located(cast: Cast, point: str, **said) -> Record:
    values = {"title": "路灯不亮", "location": point} | said
    return record_open(KIND, values, by=cast.grid_member, at=moment(AT), entered=moment(AT))


def test_a_point_is_kept_in_whole_numbers_and_told_in_the_act(cast: Cast):
    record = Record.objects.get(pk=located(cast, "117.1, 36.10000049").pk)
    assert (record.longitude, record.latitude) == HERE
    assert record.acts.get().changed["location"] == "117.100000,36.100000"
    assert not list(strayed())


def test_a_step_may_say_or_correct_the_location(cast: Cast):
    record = located(cast, "117.1,36.1")
    record_step(record, "accept", {"handler": cast.housing, "location": "117.2，36.2"}, by=cast.dispatcher)
    record.refresh_from_db()
    assert (record.longitude, record.latitude) == (117_200_000, 36_200_000)
    assert not list(strayed())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("36.1,117.1", "先写经度"),
        ("117.1", "经度,纬度"),
        ("500,36", "不是经纬度"),
        ("桥头", "经度,纬度"),
        ("1,2,3", "例"),
    ],
)
def test_what_is_no_point_is_refused_with_the_reason(text, words):
    with pytest.raises(BadValue) as caught:
        read_point(text)
    assert words in str(caught.value)


def test_the_nearest_open_ones_come_first_and_ended_ones_not_at_all(cast: Cast):
    far, near, there = (located(cast, f"117.1,{y}") for y in ("36.105", "36.101", "36.1001"))
    record_void(located(cast, "117.1,36.1"), by=cast.dispatcher, note="重复")
    located(cast, "117.1,36.2")
    found = nearest(searching(Record.objects.filter(kind=KIND)), HERE, most=5, within=1000)
    assert [one.pk for one in found] == [there.pk, near.pk, far.pk]
    assert [round(one.metres) for one in found] == [11, 111, 557]
    assert [one.pk for one in nearest(searching(Record.objects.all()), HERE, most=1, within=1000)] == [
        there.pk
    ]


def test_who_may_not_see_the_kind_sees_no_point_of_it(cast: Cast):
    located(cast, "117.1,36.1")
    rows = Record.objects.filter(kind=KIND)
    for person, count in ((None, 0), (cast.stranger, 0), (cast.dispatcher, 1)):
        viewer = viewer_of(person, moment(AT))
        assert (
            len(nearest(searching(visible(rows, to=viewer, kinds=[KIND])), HERE, most=9, within=500)) == count
        )


def test_around_a_point_an_index_answers(cast: Cast):
    """Of many records few are open and fewer have a location: neither database reads the others."""
    first = located(cast, "117.1,36.1")
    rows = []
    for number in range(3000):
        one = copy(first)
        one.pk, one.number, one.closed = None, f"X{number}", moment(AT) if number % 10 else None
        one.longitude, one.latitude = HERE[0] + number * 100, HERE[1] + number * 100
        rows.append(one)
    insert_rows(Record, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    asked = Record.objects.filter(open_in(around(HERE, 300)), kind__in=[KIND, "street.shop"]).order_by()
    assert "record_around" in asked.values_list("pk", "longitude", "latitude").explain()
    assert 1 < asked.count() < 10
    assert len(nearest(seeker(lambda: Record.objects.filter(kind=KIND), KIND), HERE, most=9, within=500)) == 5


def test_where_too_many_lie_together_the_nearest_are_still_the_nearest(cast: Cast):
    first = located(cast, "117.1,36.1")
    rows = []
    for number in range(BOUND + 200):
        one = copy(first)
        one.pk, one.number, one.longitude = None, f"X{number}", HERE[0] + number + 1
        rows.append(one)
    insert_rows(Record, rows)
    found = nearest(searching(Record.objects.all()), HERE, most=3, within=20_000)
    assert [one.x - HERE[0] for one in found] == [0, 1, 2]


def test_a_kind_without_a_location_takes_none(cast: Cast):
    spec = {"title": "面馆", "place": cast.grid}
    record = record_open("street.shop", spec, by=cast.grid_member)
    assert record.longitude is None
    assert value_of(catalogue().kinds[KIND].spec, record, "location") is None
