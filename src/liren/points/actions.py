"""The only code that writes points: every posting balances, no person's balance goes below nought."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F

from liren import database
from liren.packs.effects import Effect
from liren.people.models import Person
from liren.records.models import Record
from liren.refusals import Refusal

from .models import Account, Posting


def person_account(person_id: int, currency: str) -> Account:
    """The person's account of a currency, opened at first use."""
    return Account.objects.get_or_create(person_id=person_id, currency=currency)[0]


def pack_account(pack: str, currency: str) -> Account:
    """The issuing account of a pack; its balance is minus what it has given out."""
    return Account.objects.get_or_create(pack=pack, person=None, currency=currency)[0]


def points_pay(
    *, record: Record, person_id: int, amount: int, currency: str, pack: str, at: datetime, purpose: str
) -> Posting:
    """Move ``amount`` from the pack's issuing account to a person because of a record."""
    with database.atomic():
        given, taken = pack_account(pack, currency), person_account(person_id, currency)
        return _post(record, given, taken, amount, at, purpose)


def points_charge(
    *, record: Record, person: Person, amount: int, currency: str, pack: str, at: datetime, purpose: str
) -> Posting:
    """Move ``amount`` back from a person (a redemption). Refused when the balance is too small."""
    with database.atomic():
        account = Account.objects.select_for_update().get(pk=person_account(person.pk, currency).pk)
        if account.balance < amount:
            raise Refusal("no_balance", who=person.name, balance=account.balance, amount=amount)
        return _post(record, account, pack_account(pack, currency), amount, at, purpose)


def _post(record, from_account: Account, to_account: Account, amount: int, at, purpose: str) -> Posting:
    Account.objects.filter(pk=from_account.pk).update(balance=F("balance") - amount)
    Account.objects.filter(pk=to_account.pk).update(balance=F("balance") + amount)
    return Posting.objects.create(
        record=record, from_account=from_account, to_account=to_account, amount=amount, at=at, purpose=purpose
    )


def effect_pay(
    effect: Effect, *, record: Record, attended: Iterable[tuple[int, int]], at: datetime, pack: str
) -> None:
    """Carry out a ``pay`` or ``charge`` effect of a step."""
    if effect.whom == "attendees":
        receivers = [(person, minutes) for person, minutes in attended]
    else:
        person = record.opener_id if effect.whom == "opener" else record.person_id
        receivers = [(person, 0)] if person else []
    for person_id, minutes in receivers:
        amount = minutes if effect.amount == "minutes" else int(effect.amount)
        said: dict[str, Any] = {
            "record": record,
            "amount": amount,
            "currency": effect.currency,
            "pack": pack,
            "at": at,
        }
        if amount and effect.verb == "pay":
            points_pay(person_id=person_id, purpose=record.number, **said)
        elif amount:
            points_charge(person=Person.objects.get(pk=person_id), purpose=record.number, **said)
