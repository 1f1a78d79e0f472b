"""Points: double entry, always in balance, never negative for a person."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liren.people.actions import person_add
from liren.people.models import Person
from liren.places.actions import place_add
from liren.points.actions import pack_account, person_account, points_charge, points_pay
from liren.points.models import Account, Posting
from liren.records.models import Record
from liren.refusals import Refusal
from tests.cast import moment
from tests.matters import event, refused

AT = moment("2024-03-04 11:00")


def pay(record, person, amount: int) -> Posting:
    return points_pay(
        record=record,
        person_id=person.pk,
        amount=amount,
        currency="points",
        pack="street",
        at=AT,
        purpose="x",
    )


def charge(record, person, amount: int) -> Posting:
    return points_charge(
        record=record, person=person, amount=amount, currency="points", pack="street", at=AT, purpose="x"
    )


def test_points_come_from_the_pack_and_go_back_to_it(cast):
    record = event(cast)
    pay(record, cast.resident, 8)
    charge(record, cast.resident, 3)
    assert person_account(cast.resident.pk, "points").balance == 5
    assert pack_account("street", "points").balance == -5


def test_a_negative_balance_is_refused_and_nothing_moves(cast):
    record = event(cast)
    pay(record, cast.resident, 2)
    with refused("no_balance", "周平的余额是 2，不够扣 3"):
        charge(record, cast.resident, 3)
    assert (person_account(cast.resident.pk, "points").balance, Posting.objects.count()) == (2, 1)


def test_the_database_itself_refuses_a_negative_balance(cast):
    account = person_account(cast.resident.pk, "points")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=account.pk).update(balance=-1)
    for amount, there in ((0, pack_account("street", "points")), (5, account)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Posting.objects.create(
                record=event(cast), from_account=account, to_account=there, amount=amount, at=AT, purpose="x"
            )


def test_currencies_do_not_mix(cast):
    record = event(cast)
    pay(record, cast.resident, 5)
    with refused("no_balance"):
        points_charge(
            record=record,
            person=cast.resident,
            amount=1,
            currency="minutes",
            pack="street",
            at=AT,
            purpose="x",
        )


class Ledger(TestCase):
    """Whatever is paid and charged, in whatever order."""

    @given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 20)), max_size=25), st.data())
    def test_it_balances(self, moves, data):
        place = place_add(code="990009", name="青禾县", kind="county")
        record = Record.objects.create(
            number="X", kind="street.event", shape="matter", place=place, state="reported", opened=AT
        )
        persons = [person_add(name=name) for name in "甲乙丙"]
        expected = {person.pk: 0 for person in persons}
        for who, amount in moves:
            person, is_pay = persons[who], data.draw(st.booleans())
            if is_pay:
                pay(record, person, amount)
                expected[person.pk] += amount
            elif expected[person.pk] >= amount:
                charge(record, person, amount)
                expected[person.pk] -= amount
            else:
                with pytest.raises(Refusal):
                    charge(record, person, amount)
        balances = dict(Account.objects.filter(person__isnull=False).values_list("person_id", "balance"))
        assert {pk: balances.get(pk, 0) for pk in expected} == expected
        assert sum(Account.objects.values_list("balance", flat=True)) == 0
        assert Person.objects.count() == 3
