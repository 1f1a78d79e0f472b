"""What the daily erasure did. Requests, holds and erasures themselves are acts of the records they concern."""

from django.db import models


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
