"""Statements that are written once: the same objects as the ORM's, and never an answer of before."""

import pytest

from liren.clock import now
from liren.database.prepared import Prepared
from liren.people.actions import post_take
from liren.people.models import Person, Post
from liren.people.standing import Standing
from liren.records.models import Record
from liren.signin.backends import Accounts
from tests.matters import event

pytestmark = pytest.mark.django_db


def test_rows_are_the_objects_that_the_orm_would_make(cast):
    record = event(cast)
    asked = Record.objects.select_related("place", "opener").order_by("-pk")
    found = Prepared(lambda number: asked.filter(number=number), str).first(record.number)
    expected = asked.get(number=record.number)
    assert {field.attname: getattr(found, field.attname) for field in Record._meta.concrete_fields} == {
        field.attname: getattr(expected, field.attname) for field in Record._meta.concrete_fields
    }
    assert Record.place.is_cached(found) and found.place == expected.place and found.opener == expected.opener


def test_values_travel_each_to_its_place(cast):
    asked = Prepared(lambda place, kind: Record.objects.filter(kind=kind, place=place)[:1], str, str)
    record = event(cast)
    assert asked(record.place_id, record.kind) == [record]
    assert asked(record.kind, record.place_id) == []
    assert asked(record.place_id, "' OR 1=1 --") == [], "values are parameters, never words of the statement"


def test_a_value_that_is_not_in_the_statement_as_it_is_is_noticed():
    with pytest.raises(AssertionError, match="do not stand in the statement"):
        Prepared(lambda name: Person.objects.filter(name__contains=name), str)("x")


def test_a_post_that_ended_counts_no_more_at_the_next_question(cast):
    person = Person.objects.create(name="新来的")
    post_take(person=person, role="dispatcher", starts=now(), place=cast.street)
    assert Standing().posts(person, now())
    Post.objects.filter(person=person).update(ends=now())
    assert not Standing().posts(person, now())


def test_an_account_that_is_closed_counts_no_more_at_the_next_question(django_user_model):
    user = django_user_model.objects.create(username="a")
    assert Accounts().get_user(user.pk) == user
    django_user_model.objects.filter(pk=user.pk).update(is_active=False)
    assert Accounts().get_user(user.pk) is None
