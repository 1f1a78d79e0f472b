"""The only code that writes places, units and calendar days."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from liren import database
from liren.refusals import Refusal

from .codes import level_of
from .geometry import Rings, box_of
from .geometry import within as name_at
from .models import CalendarDay, Outline, Place, Succession, Unit
from .queries import calendar_stamp, work_calendar
from .signals import list_changed


def place_add(*, code: str, name: str, kind: str, valid_from: datetime | None = None, **more) -> Place:
    """Add a place; its level follows from the code's length. ValueError on a wrong length."""
    return places_add([{"code": code, "name": name, "kind": kind, "valid_from": valid_from, **more}])[0]


def places_add(rows: Iterable[Mapping]) -> list[Place]:
    """Bulk form of :func:`place_add`; existing codes keep their row."""
    places = [Place(level=level_of(row["code"]), **row) for row in rows]
    with database.atomic():
        Place.objects.bulk_create(places, ignore_conflicts=True, batch_size=500)
    return places


def outlines_set(rings: Mapping[str, Rings], *, source: str) -> int:
    """Lay boundaries (by code of the place, millionths of a degree) over those that are there; how many."""
    rows = []
    for code, polygons in rings.items():
        box, (x, y) = box_of(polygons), name_at(polygons)
        rows.append(Outline(place_id=code, **box._asdict(), x=x, y=y, rings=polygons, source=source[:200]))
    with database.atomic():
        Outline.objects.bulk_create(
            rows,
            batch_size=200,
            update_conflicts=True,
            unique_fields=["place"],
            update_fields=["west", "south", "east", "north", "x", "y", "rings", "source"],
        )
        list_changed.send(Outline, what="outlines_entered", subject=f"outlines:{len(rows)}")
    return len(rows)


def place_merge(*, before: Iterable[Place], after: Place, on: date, at: datetime) -> None:
    """Places go into another on a day: they end, the successor is named, records stay where they were."""
    with database.atomic():
        for place in before:
            Succession.objects.create(before=place, after=after, on=on)
            Place.objects.filter(pk=place.pk).update(valid_to=at)
            list_changed.send(Place, what="place_merged", subject=f"place:{place.pk}")


def place_change(place: Place, **said) -> None:
    """Another name, kind, position or validity; the code stays. ``said`` are fields of the place.

    Raises Refusal: bad_value where the validity ends before it begins.
    """
    _refuse_backwards(place, said)
    with database.atomic():
        Place.objects.filter(pk=place.pk).update(**said)
        list_changed.send(Place, what="place_changed", subject=f"place:{place.pk}")


def unit_change(unit: Unit, **said) -> None:
    """Another name, kind, place, superior or validity of a unit; the code stays.

    Raises Refusal: bad_value where a unit would be above itself, or end before it began.
    """
    _refuse_backwards(unit, said)
    with database.atomic():
        above: Unit | None = said.get("parent")
        while above is not None:
            if above.pk == unit.pk:
                raise Refusal("bad_value", field="上级", reason=_("互为上级，成了环"))
            above = above.parent
        Unit.objects.filter(pk=unit.pk).update(**said)
        list_changed.send(Unit, what="unit_changed", subject=f"unit:{unit.pk}")


def _refuse_backwards(row: Place | Unit, said: Mapping) -> None:
    starts = said.get("valid_from", row.valid_from)
    ends = said.get("valid_to", row.valid_to)
    if starts and ends and ends <= starts:
        raise Refusal("bad_value", field="失效", reason=_("不晚于生效"))


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
        list_changed.send(CalendarDay, what="calendar_entered", subject=f"days:{len(days)}")
    work_calendar.cache_clear()
    stamp = calendar_stamp()
    stamp.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp.touch()
    return len(days)
