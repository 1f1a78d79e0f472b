"""Attendance of one person at one record, usually an activity."""

from django.db import models

from liren.people.models import Person
from liren.records.models import Record


class Attendance(models.Model):
    """Expected, present, or absent with a reason; ``minutes`` served count only when confirmed.

    ``confirmed_by`` is never the person: hours are confirmed by a second person.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="attendance")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendance")
    role = models.CharField(max_length=40, blank=True)
    expected = models.BooleanField(default=True)
    present = models.BooleanField(default=False)
    spoke = models.BooleanField(default=False)
    reason = models.CharField(max_length=80, blank=True)
    minutes = models.PositiveIntegerField(default=0)
    confirmed = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "person", "role"], name="attendance_once"),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("person")),
                name="attendance_second_person",
            ),
        ]
