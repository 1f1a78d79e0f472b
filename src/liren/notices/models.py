"""Notice, Preference, Line, Job: who is told what, how they like to be told, and what is on its way out.

Nothing here, and nothing else in the house, stores that a notice was opened or read (house §10).
"""

from datetime import time

from django.db import models
from django.db.models import Q

from liren.people.models import Person
from liren.records.models import Record


class Notice(models.Model):
    """A person is told something about a record, in the site. ``settled``: the record has moved on since."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="notices", db_index=False)
    record = models.ForeignKey(Record, models.PROTECT, related_name="+")
    text = models.CharField(max_length=300)
    at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    settled = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "at"], name="notice_open", condition=Q(settled__isnull=True)),
            # For the key to persons, and for what the list no longer shows.
            models.Index(fields=["person", "settled"], name="notice_person"),
        ]


class Preference(models.Model):
    """How a person likes to be told outside the site; who never said has what these columns begin with.

    ``digest``: ``daily`` once each working day, ``now`` as it comes. Between ``quiet_from`` and ``quiet_to``
    (local time, over midnight too; the same twice: never quiet) nothing is sent, but what is urgent if
    ``urgent_passes``.
    """

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    mail = models.BooleanField(default=True)
    digest = models.CharField(max_length=5, default="daily")
    quiet_from = models.TimeField(default=time(21))
    quiet_to = models.TimeField(default=time(7, 30))
    urgent_passes = models.BooleanField(default=False)


class Line(models.Model):
    """One record that a person's mail or a team's robot is to name, from ``due`` on; gone once it is in a message.

    Written with the act, in its transaction: if the act is kept, so is the line.
    """

    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    robot = models.CharField(max_length=40, blank=True)
    record = models.ForeignKey(Record, models.CASCADE, related_name="+")
    text = models.CharField(max_length=300)
    told = models.DateTimeField()
    due = models.DateTimeField(db_index=True)
    urgent = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, robot="") | (Q(person__isnull=True) & ~Q(robot="")),
                name="line_of_one",
            )
        ]


class Job(models.Model):
    """Something to be done once, later, whatever dies in between: the outbox.

    ``key`` names what is done: the same key is never entered twice. A worker takes a job until ``leased``; if it
    dies, the job is free again then. ``done`` or ``died`` ends it; then ``payload`` is emptied or kept for whoever
    mends it.
    """

    name = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict)
    due = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    leased = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True)
    died = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due"], name="job_waiting", condition=Q(done__isnull=True, died__isnull=True)
            ),
            models.Index(fields=["died"], name="job_dead", condition=Q(died__isnull=False)),
            models.Index(fields=["done"], name="job_done", condition=Q(done__isnull=False)),
        ]
