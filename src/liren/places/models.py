"""Place, Unit and the imported part of the working-day calendar."""

from datetime import datetime

from django.db import models

#: Length of a statistical division code → its level (GB/T 2260 six digits, then 3+3; 15 = unit grid).
LEVELS = {6: "county", 9: "town", 12: "village", 15: "grid"}


class Place(models.Model):
    """A place; its 统计用区划代码 *is* the tree (6 county, 9 town, 12 village, 15 grid digits).

    ``kind`` is what people call it: county, district, street, town, community, village, grid.
    Codes live from ``valid_from`` until (not including) ``valid_to``; successors keep merged
    villages' old records true and comparable.
    """

    code = models.CharField(max_length=15, primary_key=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=10)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "code"], name="place_kind"),
            # What lies directly below a county is found without its thousand grids.
            models.Index(fields=["level", "code"], name="place_level"),
        ]

    def __str__(self) -> str:
        return self.name

    def stands(self, end: datetime) -> bool:
        """Whether the place stands just before a moment (the open end of a period)."""
        begun = self.valid_from is None or self.valid_from < end
        return begun and (self.valid_to is None or self.valid_to >= end)


class Outline(models.Model):
    """The boundary of a place: polygons, each of rings (the first is the outer one), each ``[x, y, x, y, …]``.

    All of it in millionths of a degree (CGCS2000), as are the box around it and ``x``, ``y``, a point inside at
    which its name stands. The rings come last: SQLite then reads the box without them.
    """

    place = models.OneToOneField(Place, models.CASCADE, primary_key=True, related_name="outline")
    west = models.IntegerField()
    south = models.IntegerField()
    east = models.IntegerField()
    north = models.IntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    source = models.CharField(max_length=200, blank=True)
    rings = models.JSONField()


class Succession(models.Model):
    """``before`` went into ``after`` on a day (merger, split, renumbering)."""

    before = models.ForeignKey(Place, models.PROTECT, related_name="successors")
    after = models.ForeignKey(Place, models.PROTECT, related_name="predecessors")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["before", "after"], name="succession_once")]


class Unit(models.Model):
    """A department, committee, village committee, school, team: who answers for something."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    place = models.ForeignKey(Place, models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["name"], name="unit_name")]

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    """A day of the official calendar imported by hand, beyond or against the published library."""

    date = models.DateField(primary_key=True)
    working = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=200)
