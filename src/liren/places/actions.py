"""The only code that writes places, units and calendar days."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from liren import database

from .codes import level_of
from .models import CalendarDay, Place, Succession, Unit
from .queries import work_calendar


def place_add(*, code: str, name: str, kind: str, valid_from: datetime | None = None, **more) -> Place:
    """Add a place; its level follows from the code's length. ValueError on a wrong length."""
    return places_add([{"code": code, "name": name, "kind": kind, "valid_from": valid_from, **more}])[0]


def places_add(rows: Iterable[Mapping]) -> list[Place]:
    """Bulk form of :func:`place_add`; existing codes keep their row."""
    places = [Place(level=level_of(row["code"]), **row) for row in rows]
    with database.atomic():
        Place.objects.bulk_create(places, ignore_conflicts=True, batch_size=500)
    return places


def place_merge(*, before: Iterable[Place], after: Place, on: date, at: datetime) -> None:
    """Places go into another on a day: they end, the successor is named, records stay where they were."""
    with database.atomic():
        for place in before:
            Succession.objects.create(before=place, after=after, on=on)
            Place.objects.filter(pk=place.pk).update(valid_to=at)


def unit_add(*, code: str, name: str, kind: str, place: Place, parent: Unit | None = None, **more) -> Unit:
    """Add a unit at a place."""
    with database.atomic():
        return Unit.objects.create(code=code, name=name, kind=kind, place=place, parent=parent, **more)


def units_add(rows: Iterable[Mapping]) -> list[Unit]:
    """Bulk form of :func:`unit_add`."""
    with database.atomic():
        return Unit.objects.bulk_create([Unit(**row) for row in rows], batch_size=500)


def calendar_import(rows: Iterable[tuple[date, bool, str]], *, source: str) -> int:
    """Lay official days over the published calendar: (day, working, name). Returns how many."""
    days = [CalendarDay(date=d, working=w, name=n, source=source) for d, w, n in rows]
    with database.atomic():
        CalendarDay.objects.bulk_create(
            days,
            update_conflicts=True,
            unique_fields=["date"],
            update_fields=["working", "name", "source"],
        )
    work_calendar.cache_clear()
    return len(days)
