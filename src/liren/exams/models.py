"""Questions, papers drawn from them, and attempts."""

from django.db import models

from liren.people.models import Person
from liren.records.models import Record


class Question(models.Model):
    """One question of a bank. ``answer`` holds the keys of the right options."""

    bank = models.CharField(max_length=80, db_index=True)
    text = models.TextField()
    options = models.JSONField(default=dict)
    answer = models.JSONField(default=list)
    marks = models.PositiveIntegerField(default=1)


class Paper(models.Model):
    """The questions drawn for one exam, with the seed that lets anybody repeat the draw.

    Drawn openly in two moves: first the digest of a secret seed is put into the trail (``commitment``), later the
    questions are drawn by the seed together with the trail's head at that moment (``beacon``), which nobody knew
    when the seed was chosen. Handed in, the seed is shown: it has the digest, and the draw can be repeated.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="papers")
    seed = models.CharField(max_length=64)
    questions = models.ManyToManyField(Question, related_name="papers")
    full_marks = models.PositiveIntegerField()
    pass_marks = models.PositiveIntegerField()
    bank = models.CharField(max_length=80, blank=True)
    count = models.PositiveIntegerField(default=0)
    commitment = models.CharField(max_length=64, blank=True)
    beacon = models.CharField(max_length=64, blank=True)
    drawn = models.DateTimeField(null=True)


class Attempt(models.Model):
    """One person's attempt at an exam (a record); counted once submitted.

    ``answers`` are kept as they are given, question (as text) → chosen options. ``due`` is when time is up.
    """

    record = models.ForeignKey(Record, models.PROTECT, related_name="attempts")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="attempts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attempts")
    started = models.DateTimeField()
    due = models.DateTimeField(null=True)
    submitted = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    mark = models.PositiveIntegerField(null=True)
    passed = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "person"],
                name="attempt_open_once",
                condition=models.Q(submitted__isnull=True),
            )
        ]
