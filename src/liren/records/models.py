"""Record, Act, File, Link, Counter: everything that happens or stands, and its history."""

from django.db import models
from django.db.models import Q

from liren.people.models import Person
from liren.places.models import Place, Unit


class Record(models.Model):
    """One thing that happens or stands. ``kind`` is ``pack.kind``; ``shape`` matter, activity, entry, piece.

    Shared columns hold what is filtered and summed: ``money`` in fen, ``quantity`` in thousandths.
    ``opened`` is when it happened or began to stand (not when it was typed in: that is the first
    act's ``entered``); ``closed`` when it ended. ``longitude`` and ``latitude`` are millionths of a degree
    (CGCS2000), of kinds that have a location. Everything else a pack declares is in ``data``;
    private values are encrypted in ``secret``. ``revision`` counts the writes: who has an old one in
    hand comes too late.
    """

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=81)
    shape = models.CharField(max_length=8)
    title = models.CharField(max_length=200, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    opener = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=60, null=True)
    level = models.CharField(max_length=60, null=True)
    source = models.CharField(max_length=120, null=True)
    quantity = models.BigIntegerField(null=True)
    money = models.BigIntegerField(null=True)
    state = models.CharField(max_length=40)
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    starts = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    alarmed = models.DateTimeField(null=True)
    late_count = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)
    secret = models.TextField(blank=True, default="")
    natural_key = models.CharField(max_length=300, null=True)
    revision = models.PositiveIntegerField(default=0)
    longitude = models.IntegerField(null=True)
    latitude = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "opened", "place", "state"], name="record_opened"),
            models.Index(fields=["kind", "starts", "place"], name="record_starts"),
            # Who was on time is counted in the index alone.
            models.Index(fields=["kind", "closed", "place", "state", "late_count"], name="record_closed"),
            # With both ends: what stands at a date is counted in the index alone (four times as fast). What ended in a
            # while of a few places is found place by place, without what else the county ended in it.
            models.Index(
                fields=["kind", "place", "closed", "state", "late_count", "opened", "unit"],
                name="record_standing",
            ),
            models.Index(fields=["kind", "state", "opened", "place"], name="record_state"),
            # What waits for whom: of open records alone, with all that is asked of them (`waiting.py`).
            models.Index(
                fields=["kind", "state", "place", "due", "unit", "handler", "opener", "person", "closed"],
                name="record_waiting",
                condition=Q(closed__isnull=True),
            ),
            # What is open around a point: a band of latitudes, passed through in the index alone.
            models.Index(
                fields=["kind", "latitude", "longitude"],
                name="record_around",
                condition=Q(closed__isnull=True, latitude__isnull=False),
            ),
            models.Index(
                fields=["due"], name="record_due", condition=Q(due__isnull=False, alarmed__isnull=True)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "natural_key"], name="record_once", condition=Q(natural_key__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()


class Act(models.Model):
    """One change of a record; never edited. ``at`` is when it happened, ``entered`` when it was typed in.

    ``hash`` chains it to the act before it in the whole house (see ``trail``). ``key`` is the
    idempotency key of the write that made it.
    """

    id = models.BigIntegerField(primary_key=True)
    record = models.ForeignKey(Record, models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    entered = models.DateTimeField()
    note = models.TextField(blank=True)
    changed = models.JSONField(default=dict)
    key = models.CharField(max_length=80, null=True, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]


class Link(models.Model):
    """``record`` is tied to ``other``: ``parent`` (other is its parent), ``duplicate``, ``cites``."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="links")
    other = models.ForeignKey(Record, models.PROTECT, related_name="linked_from")
    kind = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "other", "kind"], name="link_once")]


class File(models.Model):
    """An attachment, kept under its SHA-256; private files are shown to those who see private values.

    ``erased``: its time is over or its erasure was asked for; the row tells that there was one, the bytes are gone.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    private = models.BooleanField(default=False)
    erased = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")


class Counter(models.Model):
    """The last number given in a series (``kind`` and year)."""

    series = models.CharField(max_length=100, primary_key=True)
    last = models.BigIntegerField(default=0)
