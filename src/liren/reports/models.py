"""Issued reports and the numbers frozen in them."""

from django.db import models

from liren.people.models import Person
from liren.places.models import Place, Unit


class Issue(models.Model):
    """A report as it went out: its text, its period, who issued it and when.

    ``printed`` keeps the words of every number by citation key.
    """

    report = models.CharField(max_length=81)
    title = models.CharField(max_length=200)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    period = models.CharField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    digest = models.CharField(max_length=64)
    printed = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["report", "place", "period"], name="issue_report")]


class Frozen(models.Model):
    """One number of an issued report: value, definition version and the digest of its evidence.

    ``evidence`` lists the ids behind the number when they are few enough to compare one by one
    (see ``figures.scope.FEW``); the digest always covers all of them.
    """

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="numbers")
    name = models.CharField(max_length=40)
    figure = models.CharField(max_length=81)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    period = models.CharField(max_length=40)
    value = models.CharField(max_length=40, blank=True)
    printed = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    definition = models.TextField()
    evidence_count = models.BigIntegerField()
    evidence_digest = models.CharField(max_length=64)
    evidence = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "name"], name="frozen_once")]
