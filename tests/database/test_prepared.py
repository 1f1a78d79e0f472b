"""Statements that are written once: the same objects as the ORM's, and never an answer of before."""

import pytest
from django.db import connection, transaction

from liren.clock import now
from liren.database import MMAP_BYTES
from liren.database.bulk import insert_rows
from liren.database.prepared import ByKeys, Prepared
from liren.database.statements import row, unmap
from liren.people.actions import post_take
from liren.people.models import Person, Post
from liren.people.queries import person_of
from liren.people.standing import Standing
from liren.places.models import Place
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


def test_rows_by_their_keys_are_asked_for_by_one_statement_for_each_number_of_them(
    cast, django_assert_num_queries
):
    records = [event(cast) for _ in range(3)]
    asked = ByKeys(lambda keys: Record.objects.filter(pk__in=keys).select_related("place"))
    keys = [one.pk for one in records]
    assert asked([]) == []
    for some in (keys[:1], keys[1:], keys, [keys[0], keys[0]], [*keys, *range(10**6, 10**6 + ByKeys.MOST)]):
        with django_assert_num_queries(1):
            found = asked(some)
        assert {one.pk for one in found} == set(some) & set(keys)
        assert all(Record.place.is_cached(one) for one in found)


def test_rows_may_be_named_by_codes(cast):
    asked = ByKeys(lambda codes: Place.objects.filter(pk__in=codes), str)
    assert asked([cast.street.code, "nowhere"]) == [cast.street]


def test_a_row_alone_is_numbered_by_the_database_and_several_in_order(cast, django_assert_num_queries):
    alone = Person(name="一人", place=cast.street)
    with transaction.atomic(), django_assert_num_queries(1):
        insert_rows(Person, [alone])
    several = [Person(name="二人"), Person(name="三人")]
    with transaction.atomic():
        insert_rows(Person, several)
    found = dict(Person.objects.filter(pk__gte=alone.pk).values_list("pk", "name"))
    assert found == {alone.pk: "一人", several[0].pk: "二人", several[1].pk: "三人"}
    assert Person.objects.get(pk=alone.pk).place == cast.street and not alone._state.adding


def test_who_reads_a_whole_table_once_does_not_have_the_file_mapped():
    unmap()
    if connection.vendor == "sqlite":
        assert row("PRAGMA mmap_size") == (0,)
        row(f"PRAGMA mmap_size={MMAP_BYTES}")


def test_the_person_of_an_account_comes_with_it(cast, django_user_model, django_assert_num_queries):
    user = django_user_model.objects.create(username="a")
    Person.objects.filter(pk=cast.dispatcher.pk).update(user=user)
    with django_assert_num_queries(1):
        assert person_of(Accounts().get_user(user.pk)) == cast.dispatcher
