"""Who joined which matter."""

from django.db import models

from liren.people.models import Person
from liren.records.models import Record


class Joining(models.Model):
    """A person joins a matter that somebody else reported: counted once, told what its opener is told."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="joinings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="joinings")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "person"], name="joining_once")]
