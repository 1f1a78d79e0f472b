"""A grown county: places, units, people, and ten years of records with acts and attendance.

Deterministic for a number of records and a day. Places, units, persons and posts come through the actions.
Records and attendance are computed by the database itself from their running number, since ten million of them
through the actions would take a day; acts and what is searched are made from them (`history.py`), and the trail
holds when it is verified.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

TOWNS, VILLAGES, GRIDS = 12, 20, 4
COUNTY = "990600"
YEARS = 10
SIZES = [count * 10**zeros for zeros in range(1, 8) for count in (1, 2, 5)]
EVENT, SERVICE, ITEM = "grid_case.event", "volunteer_service.service", "media_publish.item"
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
#: The ground of the county in millionths of a degree: south-west corner, size of a village; and the town's nine
#: kilometres in which everything that is open lies, so that some twenty matters are around every point.
CORNER, VILLAGE, TOWN = (117_000_000, 36_000_000), (20_000, 25_000), (100_000, 81_000)

#: Of ten records seven are matters of the grid, one is an activity, two are items that were published.
_KIND = f"CASE WHEN i % 10 < 7 THEN '{EVENT}' WHEN i % 10 = 7 THEN '{SERVICE}' ELSE '{ITEM}' END"
_SHAPE = "CASE WHEN i % 10 < 7 THEN 'matter' WHEN i % 10 = 7 THEN 'activity' ELSE 'piece' END"
_CATEGORY = (
    "CASE WHEN i % 10 < 7 THEN CASE i % 4 WHEN 0 THEN 'facility' WHEN 1 THEN 'sanitation' "
    "WHEN 2 THEN 'safety' ELSE 'service' END WHEN i % 10 = 7 THEN 'civic' ELSE 'news' END"
)
#: What was opened in the last ten days is under way; all else is done.
_OPEN_DAYS = 10
_STATE = (
    "CASE WHEN fresh AND i % 10 < 7 THEN CASE i % 3 WHEN 0 THEN 'reported' WHEN 1 THEN 'handling' "
    "ELSE 'checking' END WHEN fresh AND i % 10 = 7 THEN 'recruiting' WHEN i % 10 < 7 THEN 'closed' "
    "WHEN i % 10 = 7 THEN 'confirmed' ELSE 'published' END"
)
_RECORD_COLUMNS = (
    "id, number, kind, shape, title, place_id, unit_id, handler_id, person_id, opener_id, category, level, "
    "source, quantity, money, state, opened, closed, starts, ends, due, alarmed, late_count, data, secret, "
    "natural_key, revision, longitude, latitude"
)
_SEAT_COLUMNS = (
    "id, record_id, person_id, role, expected, present, spoke, reason, minutes, confirmed, confirmed_by_id, "
    "arrived, departed"
)


@dataclass(frozen=True)
class Cast:
    """Who does the measured work: primary keys of persons, and the place each works at."""

    dispatcher: int
    grid_member: int
    captain: int
    town: str
    grid: str
    handler: int


def people_of(records: int) -> int:
    """How many persons live in a county with so many records: half a million of them have ten million."""
    return max(2_000, records // 20)


def there(records: int) -> tuple[Cast, int]:
    """The cast of a county of so many records, and the seconds it took to build; 0 where it was built before."""
    from liren.people.models import Person
    from liren.places.models import Unit
    from liren.records.models import Record

    if not Record.objects.exists():
        began = time.perf_counter()
        return build(records), round(time.perf_counter() - began)
    assert Record.objects.filter(number=f"B{records}").exists(), "the county that is there is of another size"
    pointed = Record.objects.filter(kind=EVENT, closed=None, latitude__isnull=False)
    assert pointed.exists(), "the county that is there is from before its acts told of points: remove it"
    first, second, third = Person.objects.order_by("pk").values_list("pk", flat=True)[:3]
    office = Unit.objects.order_by("pk").values_list("pk", flat=True)[0]
    return Cast(first, second, third, f"{COUNTY}100", f"{COUNTY}100200001", office), 0


def known() -> int:
    """How many records the county that is there was built with."""
    from liren.records.models import Record

    return max(size for size in SIZES if Record.objects.filter(number=f"B{size}").exists())


def build(records: int, *, say=lambda text: print(text, file=sys.stderr, flush=True)) -> Cast:
    """Fill an empty, migrated database; returns the cast."""
    from django.db import connection, transaction

    from . import history
    from .bulk import hasty

    began = time.perf_counter()
    persons = people_of(records)
    with transaction.atomic():
        cast = _people(persons)
    say(f"  people: {_spent(began)}")
    with hasty(("records_record", "records_act", "activities_attendance", "search_entry")):
        for title, work in (
            ("records", lambda cursor: _records(cursor, records, persons)),
            ("attendance", lambda cursor: _attendance(cursor, persons)),
            ("acts", history.acts),
            ("searched", history.searched),
            ("settled", _settle),
        ):
            with transaction.atomic(), connection.cursor() as cursor:
                work(cursor)
            say(f"  {title}: {_spent(began)}")
    say(f"  indexes: {_spent(began)}")
    say(f"built {records:,} records on {connection.vendor} in {time.perf_counter() - began:.0f} s")
    return cast


def _spent(began: float) -> str:
    return f"{time.perf_counter() - began:.0f} s, {time.process_time():.0f} s of them CPU of this process"


def _people(count: int) -> Cast:
    from liren.people.actions import persons_add, post_take
    from liren.places.actions import places_add, units_add
    from liren.places.models import Place

    rows = [_place(COUNTY, "测县", "county")]
    for town in range(TOWNS):
        code = f"{COUNTY}{100 + town}"
        rows.append(_place(code, f"{town + 1}号镇", "town"))
        for village in range(VILLAGES):
            below = f"{code}{200 + village}"
            rows.append(_place(below, f"{village + 1}号村", "village"))
            rows += [_place(f"{below}{grid + 1:03}", f"第{grid + 1}网格", "grid") for grid in range(GRIDS)]
    places_add(rows)
    county, town = Place.objects.get(code=COUNTY), Place.objects.get(code=f"{COUNTY}100")
    grid = Place.objects.get(code=f"{COUNTY}100200001")
    (office,) = units_add(
        [
            {
                "code": f"{COUNTY}-d1",
                "name": "城市管理局",
                "kind": "department",
                "place": county,
                "valid_from": BEGINNING,
            }
        ]
    )
    persons = persons_add(
        {"name": f"居民{n}", "code": f"B{n:07}", "place": grid, "household": f"H{n // 3}"}
        for n in range(count)
    )
    posts = (("dispatcher", town), ("grid_member", grid), ("squad_leader", town))
    for person, (role, place) in zip(persons, posts, strict=False):
        post_take(person=person, role=role, starts=BEGINNING, place=place)
    post_take(person=persons[3], role="handler", starts=BEGINNING, unit=office)
    first, second, third = (person.pk for person in persons[:3])
    return Cast(first, second, third, town.code, grid.code, office.pk)


def _place(code: str, name: str, kind: str) -> dict:
    return {"code": code, "name": name, "kind": kind, "valid_from": BEGINNING}


def _records(cursor, records: int, persons: int) -> None:
    """Opened evenly over the years up to now; newest last."""
    from django.db import connection

    lite = connection.vendor == "sqlite"
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    start = end - timedelta(days=365 * YEARS)
    step = (end - start).total_seconds() / records
    series = (
        f"WITH RECURSIVE one(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM one WHERE i < {records})"
        if lite
        else f"WITH one(i) AS (SELECT generate_series(1, {records}))"
    )
    moment = (
        (lambda seconds: f"datetime({seconds}, 'unixepoch')")
        if lite
        else (lambda seconds: f"to_timestamp({seconds})")
    )
    opened = f"CAST({start.timestamp():.0f} + i * {step:.6f} AS bigint)"
    fresh = f"({opened} > {(end - timedelta(days=_OPEN_DAYS)).timestamp():.0f})"
    village = (
        f"{int(COUNTY) * 1_000_000} + (100 + (i * 7) % {TOWNS}) * 1000 + 200 + (i / {TOWNS}) % {VILLAGES}"
    )
    place = f"({village}) || '00' || (1 + (i / {TOWNS * VILLAGES}) % {GRIDS})"
    done, limit = f"{opened} + 86400 * (1 + i % 5)", f"{opened} + 86400 * 5"
    data = '\'{"spot": "北门"}\'' + ("" if lite else "::jsonb")
    statement = f"""{series}, row AS (SELECT i, {fresh} AS fresh FROM one)
INSERT INTO records_record ({_RECORD_COLUMNS})
SELECT i, 'B' || i, {_KIND}, {_SHAPE}, CASE i % 3 WHEN 0 THEN '路灯不亮' WHEN 1 THEN '井盖松动' ELSE '垃圾满溢' END,
 {place}, NULL, CASE WHEN i % 3 > 0 THEN (SELECT min(id) FROM places_unit) END, NULL,
 (SELECT min(id) FROM people_person) + i % {persons}, {_CATEGORY}, 'normal', 'patrol', 1000, NULL, {_STATE},
 {moment(opened)}, CASE WHEN NOT fresh OR i % 10 > 7 THEN {moment(done)} END,
 CASE WHEN i % 10 = 7 THEN {moment(opened)} END, CASE WHEN i % 10 = 7 THEN {moment(opened + " + 7200")} END,
 CASE WHEN fresh AND i % 10 < 7 THEN {moment(limit)} END, NULL, CASE WHEN i % 20 = 0 THEN 1 ELSE 0 END,
 {data}, '', NULL, 0, {_lying(0)}, {_lying(1)} FROM row"""
    cursor.execute(statement)


def _lying(axis: int) -> str:
    """Where what is open lies: spread over the town, by the record's number."""
    spread = (7919, 6007)[axis]
    where = f"{CORNER[axis]} + (CAST(i AS bigint) * {spread}) % {TOWN[axis]}"
    return f"CASE WHEN fresh AND i % 10 < 7 THEN {where} END"


def _attendance(cursor, persons: int) -> None:
    """Eight confirmed persons at each activity."""
    from django.db import connection

    yes, no = ("1", "0") if connection.vendor == "sqlite" else ("true", "false")
    seats = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(8))
    first = "(SELECT min(id) FROM people_person)"
    cursor.execute(
        f"INSERT INTO activities_attendance ({_SEAT_COLUMNS}) SELECT r.id * 8 + s.n, r.id, "
        f"{first} + (r.id * 8 + s.n) % {persons}, 'member', {yes}, {yes}, {no}, '', 90, {yes}, NULL, NULL, NULL "
        f"FROM records_record r CROSS JOIN ({seats}) s WHERE r.shape = 'activity'"
    )


def _settle(cursor) -> None:
    """Numbers that go on from here: on PostgreSQL the sequences."""
    from django.core.management.color import no_style
    from django.db import connection

    from liren.activities.models import Attendance
    from liren.records.models import Record

    for statement in connection.ops.sequence_reset_sql(no_style(), [Record, Attendance]):
        cursor.execute(statement)
