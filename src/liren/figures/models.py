"""Reading: a number that was not counted here but given from outside, with its source."""

from django.db import models

from liren.people.models import Person
from liren.places.models import Place, Unit


class Reading(models.Model):
    """An external number, typed once: what, where, for when, from which source, by whom.

    ``value`` is in thousandths of the figure's unit, so that sums are exact. A corrected reading
    replaces another (``replaces``); both stay.
    """

    figure = models.CharField(max_length=81)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    starts = models.DateField()
    ends = models.DateField()
    value = models.BigIntegerField()
    subject = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200)
    source_date = models.DateField()
    link = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        indexes = [models.Index(fields=["figure", "place", "ends"], name="reading_figure")]
