"""Entry and Name: what is searched; Made: by what. All are made from records and names, and can be made again."""

from django.db import models
from django.db.models import Q

from liren.people.models import Person
from liren.places.models import Place, Unit
from liren.records.models import Record


class Entry(models.Model):
    """The public words of one record. Private values are never here.

    ``key`` sorts as records are shown, newest first: minutes of ``opened`` before the number of the row.
    ``text`` is spelt (``search.spelling``); ``scope`` is the kind and every place the record lies in. On SQLite both
    stand in the full-text table ``search_letters`` too, under the same key. That table keeps no
    contents of its own, so what is taken out of it must be said exactly as it was put in: from here.
    """

    key = models.BigIntegerField(primary_key=True)
    record = models.OneToOneField(Record, models.PROTECT, related_name="+")
    text = models.TextField()
    scope = models.CharField(max_length=160)


class Made(models.Model):
    """By which packs and which spelling the entries were made: one row. ``by`` is their fingerprint."""

    by = models.CharField(max_length=64, default="")
    since = models.DateTimeField()


class Name(models.Model):
    """How a place, unit or person can be found by name; a name of several readings has several rows.

    ``text`` is the name as spelt, ``initials`` and ``sound`` its pinyin; ``place`` is where it is (for a
    person, where they live or serve, which decides which staff may find them).
    """

    of_place = models.ForeignKey(Place, models.CASCADE, null=True, related_name="+")
    of_unit = models.ForeignKey(Unit, models.CASCADE, null=True, related_name="+")
    of_person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="+")
    title = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    initials = models.CharField(max_length=80, db_index=True)
    sound = models.CharField(max_length=480, db_index=True)
    place = models.CharField(max_length=15, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(of_place__isnull=False, of_unit__isnull=True, of_person__isnull=True)
                | Q(of_place__isnull=True, of_unit__isnull=False, of_person__isnull=True)
                | Q(of_place__isnull=True, of_unit__isnull=True, of_person__isnull=False),
                name="search_name_of_one",
            )
        ]
