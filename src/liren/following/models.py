"""Follow: an address to which news of one matter goes, because somebody ticked that it should."""

from django.db import models

from liren.people.models import Person
from liren.records.models import Record


class Follow(models.Model):
    """An address told of every public step of a record; deleted with one click, and when the matter is long over.

    The address stands sealed (bound to the record's number), with a keyed print by which a second tick is known.
    ``confirmed``: since when whoever reads the address wants it; None while the letter or message that asks is
    unanswered. ``code_print``, ``code_until``, ``tries``: the code of that message as a keyed print, until when it
    holds, and how often it was tried.
    ``way``: ``sms`` or ``mail``; ``digest``: ``now`` as it comes, ``daily`` once each working day.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    way = models.CharField(max_length=4)
    sealed = models.TextField()
    print = models.CharField(max_length=64)
    digest = models.CharField(max_length=5, default="now")
    at = models.DateTimeField()
    confirmed = models.DateTimeField(null=True)
    code_print = models.CharField(max_length=64, blank=True, default="")
    code_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "person", "print"], name="follow_once_each")]
