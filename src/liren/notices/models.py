"""Notices to persons: written in the same transaction as the act that causes them."""

from django.db import models

from liren.people.models import Person
from liren.records.models import Record


class Notice(models.Model):
    """A person is told something about a record. Whether it was read is not kept."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    settled = models.DateTimeField(null=True)


class Joining(models.Model):
    """A person joins a matter that somebody else reported: counted once, told what its opener is told."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="joinings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="joinings")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "person"], name="joining_once")]
