"""Who has signed up for an activity, and who attended."""

from django.db import models

from liren.people.models import Person
from liren.records.models import Record


class Attendance(models.Model):
    """Expected, present, or absent with a reason; ``minutes`` served count only when confirmed.

    ``confirmed_by`` is never the person: hours are confirmed by a second person. ``arrived`` and
    ``departed`` are there where somebody checked in and out; more than what lies between them is never
    confirmed.
    """

    # Its index is `attendance_there`: it begins with the record.
    record = models.ForeignKey(Record, models.PROTECT, related_name="attendance", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendance")
    role = models.CharField(max_length=40, blank=True)
    expected = models.BooleanField(default=True)
    present = models.BooleanField(default=False)
    spoke = models.BooleanField(default=False)
    reason = models.CharField(max_length=80, blank=True)
    minutes = models.PositiveIntegerField(default=0)
    confirmed = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    arrived = models.DateTimeField(null=True)
    departed = models.DateTimeField(null=True)

    class Meta:
        # Who was there and confirmed is counted in the index alone, for 40,000 of them too.
        indexes = [models.Index(fields=["record", "present", "confirmed", "person"], name="attendance_there")]
        constraints = [
            models.UniqueConstraint(fields=["record", "person", "role"], name="attendance_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("person")),
                name="attendance_second_person",
            ),
        ]


class Signup(models.Model):
    """A person has signed up for an activity. ``seat`` counts from 1; without one they wait for a free one.

    ``name`` is what the organiser calls them, where the person's own name does not say it. Two cannot have
    the same seat: the last place is given away once, whoever clicks at the same moment.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="signups")
    person = models.ForeignKey(Person, models.PROTECT, related_name="signups")
    name = models.CharField(max_length=40, blank=True)
    seat = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "person"], name="signup_once"),
            models.UniqueConstraint(fields=["record", "seat"], name="signup_seat"),
        ]
