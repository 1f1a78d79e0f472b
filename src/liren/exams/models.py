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
    """The questions drawn for one exam, with the seed that lets anybody repeat the draw."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="papers")
    seed = models.CharField(max_length=64)
    questions = models.ManyToManyField(Question, related_name="papers")
    full_marks = models.PositiveIntegerField()
    pass_marks = models.PositiveIntegerField()


class Attempt(models.Model):
    """One person's attempt at an exam (a record); counted once submitted."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="attempts")
    paper = models.ForeignKey(Paper, models.PROTECT, null=True, related_name="attempts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attempts")
    started = models.DateTimeField()
    submitted = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    mark = models.PositiveIntegerField(null=True)
    passed = models.BooleanField(null=True)
