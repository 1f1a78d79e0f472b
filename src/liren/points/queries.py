"""What a person has, and how it came: balances and postings of their own accounts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from liren.people.models import Person
from liren.records.models import Record

from .models import Account, Posting


@dataclass(frozen=True)
class Move:
    """One posting seen from the person's side: ``amount`` is negative where it was spent."""

    pk: int
    currency: str
    amount: int
    at: datetime
    record: Record


def balances(person: Person) -> dict[str, int]:
    """Currency → what the person has; ``minutes`` are served minutes, ``points`` points."""
    rows = Account.objects.filter(person=person).order_by("currency")
    return dict(rows.values_list("currency", "balance"))


def moves(person: Person, most: int, before: int | None = None) -> list[Move]:
    """Postings to and from the person's accounts, the last first; ``before`` goes on from a posting's key."""
    rows = Posting.objects.filter(Q(to_account__person=person) | Q(from_account__person=person))
    rows = rows.select_related("record__place", "to_account", "from_account")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_move(row, person) for row in rows.order_by("-pk")[:most]]


def _move(row: Posting, person: Person) -> Move:
    amount = row.amount if row.to_account.person_id == person.pk else -row.amount
    return Move(row.pk, row.to_account.currency, amount, row.at, row.record)
