"""Editions: the copy of a piece that a channel got."""

from django.db import models

from liren.records.models import Record


class Edition(models.Model):
    """A piece as published on one channel; ``digest`` is the SHA-256 of the text that went out."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="editions")
    channel = models.CharField(max_length=80)
    at = models.DateTimeField()
    link = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "channel"], name="edition_once")]
