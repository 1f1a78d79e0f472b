"""Person, Post, keys of programs, the log of private values that were read, and the prints by which they are found."""

from django.conf import settings
from django.db import models

from liren.places.models import Place, Unit


class Person(models.Model):
    """A person who acts or is served. No ID number, birthday or age is kept.

    ``household`` groups persons of one home; ``code`` is a natural key for imports (a volunteer
    number, a staff number), never an ID-card number.
    """

    name = models.CharField(max_length=40)
    household = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=40, unique=True, null=True, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="residents")
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name"], name="person_name")]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A person holds a role at a unit or for a place, from a moment until (not including) another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="posts")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="posts")
    starts = models.DateTimeField()
    ends = models.DateTimeField(null=True, blank=True)

    @property
    def place_code(self) -> str:
        """Where the post is: its place, or its unit's."""
        if self.place_id is not None:
            return self.place_id
        assert self.unit is not None, "a post is at a place or a unit"
        return self.unit.place_id

    class Meta:
        indexes = [models.Index(fields=["role", "starts"], name="post_role")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(unit__isnull=False) | models.Q(place__isnull=False),
                name="post_somewhere",
            )
        ]


class PrivateRead(models.Model):
    """Who opened which record's private values, when and why; shown to the person concerned."""

    record_number = models.CharField(max_length=40, db_index=True)
    field = models.CharField(max_length=40)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    purpose = models.CharField(max_length=200)


class Print(models.Model):
    """The keyed print of a private value: the record is found by the exact value, which the row does not hold.

    ``field`` is ``pack.kind.name``; the print is bound to it, so that one number leaves another print in every field.
    """

    record_number = models.CharField(max_length=40)
    field = models.CharField(max_length=122)
    print = models.CharField(max_length=64, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_number", "field"], name="print_once")]


class AccessKey(models.Model):
    """A key by which a program speaks for a person, as far as its scopes go and until it ends.

    Kept is its SHA-256 alone, which says nothing of 256 random bits; ``hint`` is how its owner knows it again.
    ``used`` is a day, so that reading does not write each time.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="access_keys")
    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.CharField(max_length=40)
    since = models.DateTimeField()
    ends = models.DateTimeField()
    used = models.DateField(null=True)
