"""The hot statements are found by their indexes, on both databases: ten years of records are not walked for a page.

Each case names what is done, the table that grows, and the index by which the statement finds its rows there. The
statements are those that the database was really asked.
"""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from liren.activities.models import Attendance, Signup
from liren.activities.queries import attendance_of, expected_of, person_on_sheet, signup_of
from liren.clock import now
from liren.figures.browsing import any_few
from liren.figures.queries import compute, read_period
from liren.figures.scope import Scope
from liren.inforce import catalogue
from liren.people.models import Person, Post
from liren.people.queries import holders, person_of
from liren.people.standing import Standing
from liren.people.visibility import viewer_of
from liren.records.dossier import find_record
from liren.records.doubles import done
from liren.records.drafts import load_draft
from liren.records.lists import Asked, Order, counted, listed, page_of
from liren.records.models import Act, Record
from liren.records.waiting import first_waiting, kinds_waiting
from tests.matters import event

pytestmark = pytest.mark.django_db

RECORDS, ACTS, ATTENDANCE, PERSONS = (
    "records_record",
    "records_act",
    "activities_attendance",
    "people_person",
)
#: Tables that grow with the years; no statement below may walk one of them.
GROWING = (RECORDS, ACTS, ATTENDANCE, PERSONS, "activities_signup", "notices_notice", "search_entry")


def plans(asked: Callable[[], object], table: str) -> list[str]:
    """The plans of the statements about a table that were asked: one text each, all growing tables by index."""
    with CaptureQueriesContext(connection) as captured:
        asked()
    told = []
    with connection.cursor() as cursor:
        lite = connection.vendor == "sqlite"
        if not lite:  # a table of three rows is always quicker read whole: what matters is what could be used
            cursor.execute("SET LOCAL enable_seqscan = off")
        for one in captured.captured_queries:
            if not one["sql"].lstrip("(").startswith(("SELECT", "WITH")):
                continue
            cursor.execute(("EXPLAIN QUERY PLAN " if lite else "EXPLAIN ") + one["sql"])
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
            walked = [
                name for name in GROWING for line in plan.splitlines() if _walks(line, name, one["sql"])
            ]
            assert not walked, f"walks {walked}:\n{one['sql']}\n{plan}"
            if f'"{table}"' in one["sql"] or table in one["sql"]:
                told.append(plan)
    assert told, f"nothing was asked of {table}"
    return told


def _walks(line: str, table: str, sql: str) -> bool:
    """Whether a line of a plan reads the whole table. A page in the order of an index ends when it is full."""
    if connection.vendor != "sqlite":
        return f"Seq Scan on {table}" in line
    return f"SCAN {table}" in line and "LIMIT" not in sql


@pytest.fixture
def there(cast):
    record = event(cast)
    if (
        connection.vendor == "postgresql"
    ):  # its planner weighs: among three rows every index is as good as another
        _grow(record)
        _grow_around(cast, record)
    return cast, record


def _grow(record: Record) -> None:
    """Eleven years of records like this one, a twentieth of them open, and the statistics that go with them.

    Every test leaves dead lines behind that the indexes keep, and most of them of open records: until they are built
    anew, the size that the planner weighs is that of the tests before.
    """
    own = {"number", "opened", "closed", "state"}
    rest = [f'"{one.column}"' for one in Record._meta.concrete_fields if one.name not in own | {"id"}]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO records_record (number, opened, closed, state, {', '.join(rest)}) "
            "SELECT 'X' || n, opened - n * interval '1 day', "
            "CASE WHEN n %% 20 = 0 THEN NULL ELSE opened - n * interval '1 day' + interval '6 hours' END, "
            f"CASE WHEN n %% 20 = 0 THEN state ELSE 'closed' END, {', '.join(rest)} "
            "FROM records_record, generate_series(1, 4000) n WHERE id = %s",
            [record.pk],
        )
    _settle(Record)


def _grow_around(cast, record: Record) -> None:
    """To a few hundred of them an act, and a person who was there and has a post."""
    records, at = list(Record.objects.order_by("-pk").values_list("pk", flat=True)[:600]), record.opened
    persons = Person.objects.bulk_create([Person(name="某人", place=cast.street) for _ in records])
    pairs = list(zip(records, persons, strict=True))
    acts = [
        Act(pk=10**9 + one, record_id=one, verb="open", by=person, at=at, entered=at) for one, person in pairs
    ]
    Act.objects.bulk_create(acts)
    Attendance.objects.bulk_create([Attendance(record_id=one, person=person) for one, person in pairs])
    Signup.objects.bulk_create([Signup(record_id=one, person=person, at=at) for one, person in pairs])
    Post.objects.bulk_create([Post(person=one, role="x", place=cast.street, starts=at) for one in persons])
    _settle(Person, Act, Attendance, Signup, Post)


def _settle(*models: type[Model]) -> None:
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"REINDEX TABLE {model._meta.db_table}")
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _viewer(there):
    return viewer_of(there[0].dispatcher, now())


def _list(there):
    rows = listed(catalogue().kinds[there[1].kind], Asked(state="closed"), to=_viewer(there))
    counted(rows)
    page_of(rows, Order("opened"), ("number", "title"))


def _figure(there, place="county"):
    period = read_period("2024Q1")
    compute("street.on_time_rate", Scope(getattr(there[0], place).code, period))


CASES = {
    "a record by its number": (lambda it: find_record(it[1].number, to=_viewer(it)), RECORDS, "number"),
    "the acts of a record": (lambda it: load_draft(it[1]), ACTS, "record_id"),
    "a write by its key": (lambda _: done("form:x"), ACTS, "key"),
    "what waits, first page": (lambda it: first_waiting(_viewer(it), 31), RECORDS, "record_waiting"),
    "what waits, by kind": (lambda it: kinds_waiting(_viewer(it)), RECORDS, "record_waiting"),
    "a list, newest first": (_list, RECORDS, "record_state"),
    "a figure of a quarter": (_figure, RECORDS, "record_closed"),
    "one line of a sheet": (lambda it: attendance_of(it[1], it[0].dispatcher), ATTENDANCE, "attendance_"),
    "who is on a sheet": (lambda it: person_on_sheet(it[1], 1), ATTENDANCE, "attendance_"),
    "a sign-up": (lambda it: signup_of(it[1], it[0].dispatcher), "activities_signup", "signup_"),
    "what a person is expected at": (
        lambda it: expected_of(it[0].dispatcher, 30, after=now()),
        ATTENDANCE,
        "person_id",
    ),
    "the posts of a person": (
        lambda it: Standing().posts(it[0].dispatcher, now()),
        "people_post",
        "person_id",
    ),
    "who holds a role here": (
        lambda it: holders("dispatcher", place=it[1].place_id, units=[], at=now()),
        "people_post",
        "p",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_hot_statement_finds_its_rows_by_its_index(there, name):
    asked, table, index = CASES[name]
    told = plans(lambda: asked(there), table)
    found = [line for plan in told for line in plan.splitlines() if "Index" in line or "INDEX" in line]
    assert any(index in line or _automatic(line, index) for line in found), f"{name}: not by {index}\n{told}"


COUNTED = {
    "a county's figure": _figure,
    "a street's figure": lambda it: _figure(it, "street"),
}


@pytest.mark.parametrize("name", COUNTED)
def test_what_is_only_counted_is_counted_in_an_index_alone(there, name):
    """To count a row by its key, which PostgreSQL's indexes don't hold, it would be looked up: ten times as long."""
    alone = "Index Only Scan" if connection.vendor == "postgresql" else "COVERING INDEX"
    *_, told = plans(lambda: COUNTED[name](there), RECORDS)
    assert alone in told, told


def _automatic(line: str, column: str) -> bool:
    """SQLite calls the index of a unique column by a number: the plan names the column that it finds by."""
    return f"({column}=?)" in line


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL weighs by what it knows of the rows")
def test_what_ended_in_a_street_is_counted_by_place_and_day_in_the_index_alone(there):
    """Not what else the county ended that quarter, and not ten years of the street."""
    for plan in plans(lambda: _figure(there, "street"), RECORDS):
        assert "COVERING INDEX record_standing (kind=? AND place_id=? AND closed>? AND closed<?)" in plan, (
            plan
        )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL weighs by what it knows of the rows")
def test_a_few_of_what_a_number_rests_on_are_found_as_it_was_counted(there):
    """Asked for as whole rows, they were looked for among all that the county ever closed: 1.4 s at ten million."""
    figure = next(one for one in catalogue().figures.values() if one.id == "street.on_time_rate")
    result = compute(figure, Scope(there[0].street.code, read_period("2024Q1")))
    keys, *_rows = plans(lambda: any_few(result.evidence.rows.select_related("place"), 5), RECORDS)
    assert "COVERING INDEX record_standing (kind=? AND place_id=? AND closed>? AND closed<?)" in keys, keys


def test_an_account_finds_its_person_by_an_index(cast, django_user_model):
    user = django_user_model.objects.create(username="a")
    (plan,) = plans(lambda: person_of(user), PERSONS)
    assert "user_id" in plan, plan
