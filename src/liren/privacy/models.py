"""What the daily erasure did, and which records wait. Requests, holds and erasures themselves are acts of the records
they concern; the acts are the proof.
"""

from django.db import models
from django.db.models import Q

from liren.records.models import Record


class Erasure(models.Model):
    """Where the erasure of one record stands, so that what waits is found without reading all acts.

    ``asked``: since when a request waits for its answer; ``suspended``: since when nothing is erased. Written with the
    act that says so, in one transaction.
    """

    record = models.OneToOneField(Record, models.PROTECT, primary_key=True, related_name="+")
    asked = models.DateTimeField(null=True)
    suspended = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked"], name="erasure_asked", condition=Q(asked__isnull=False)),
            models.Index(
                fields=["suspended"], name="erasure_suspended", condition=Q(suspended__isnull=False)
            ),
        ]


class Sweep(models.Model):
    """One day's erasure of what has had its time. ``told`` is ``{kind: {"records": n, "values": n, "files": n}}``.

    ``held`` are records whose erasure is suspended, ``failed`` those that did not open or were changed meanwhile;
    both are looked at again the next day.
    """

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    told = models.JSONField(default=dict)
    held = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
