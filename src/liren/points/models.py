"""Accounts and postings: points and minutes move, they are never made from nothing or taken for conduct."""

from django.db import models

from liren.people.models import Person
from liren.records.models import Record


class Account(models.Model):
    """Holds one currency (``points``, ``minutes``) for a person, or for a pack (the issuing side)."""

    currency = models.CharField(max_length=20)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="accounts")
    pack = models.CharField(max_length=40, blank=True)
    balance = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "person"], name="account_person", condition=models.Q(person__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["currency", "pack"], name="account_pack", condition=models.Q(person__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) | models.Q(balance__gte=0),
                name="account_never_negative",
            ),
        ]


class Posting(models.Model):
    """``amount`` (positive) moves from one account to another because of a record."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="postings")
    from_account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    to_account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    amount = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    purpose = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="posting_positive"),
            models.CheckConstraint(
                condition=~models.Q(from_account=models.F("to_account")), name="posting_two_sides"
            ),
        ]
