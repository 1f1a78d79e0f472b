"""No step of the database's structure keeps a grown county waiting: what is large is neither rewritten nor locked long.

The steps up to the first release make empty tables; whatever comes after them meets tables with millions of rows.
"""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from liren.database.steps import AddIndexBeside
from tests.house.source import ROOT

#: Tables that grow with the county's work, as Django names their models.
GROWN = {
    ("records", name) for name in ("record", "act", "file", "link")
} | {("activities", "attendance"), ("activities", "signup"), ("search", "entry"), ("search", "name"),
     ("notices", "notice"), ("people", "person"), ("people", "privateread"), ("points", "posting"),
     ("exams", "attempt"), ("content", "edition"), ("signin", "securityevent")}  # fmt: skip
#: The last step of each room that may still assume small tables: those of the first release.
BEFORE = {
    "activities": "0004", "content": "0001", "exams": "0002", "figures": "0001", "joining": "0001", "notices": "0002",
    "people": "0001", "places": "0001", "points": "0001", "records": "0004", "reports": "0001", "search": "0002",
    "signin": "0001", "trail": "0001",
}  # fmt: skip


def steps() -> list[tuple[str, str]]:
    """(room, step) of every migration of ours that comes after the first release's."""
    found = sorted(ROOT.glob("*/migrations/0*.py"))
    named = [(path.parent.parent.name, path.stem) for path in found]
    return [(room, name) for room, name in named if name[:4] > BEFORE.get(room, "0000")]


def faults(operation: Operation, room: str, made: set[str]) -> str:
    """Why an operation would hold a grown table; empty when it does not. ``made``: models of this very step."""
    name = getattr(operation, "model_name_lower", "")
    if (room, name) not in GROWN or name in made:
        return ""
    if isinstance(operation, AddIndexBeside | migrations.RemoveIndex):
        return ""
    if isinstance(operation, migrations.AddIndex):
        return f"AddIndex on {name}: take liren.database.steps.AddIndexBeside and atomic = False; or raise BEFORE, if no release has it yet"
    if isinstance(operation, migrations.AddConstraint):
        return f"AddConstraint on {name}: it reads the whole table under a lock; name it in FREE with its measured time"
    if isinstance(operation, migrations.AddField):
        field = operation.field
        free = field.null or field.db_default is not NOT_PROVIDED
        indexed = field.db_index or field.unique
        if not free or indexed:
            return f"AddField {name}.{operation.name}: null or db_default, and no index of its own"
        return ""
    if isinstance(operation, migrations.AlterField):
        return f"AlterField {name}.{operation.name}: may rewrite the table; add a column beside it, or name it in FREE"
    return ""


#: (room, step): alterations that PostgreSQL does without touching a row, each with its reason.
FREE: dict[tuple[str, str], str] = {}


@pytest.mark.parametrize(("room", "name"), steps() or [("records", "0001_initial")])
def test_no_step_holds_a_grown_table(room, name):
    if name[:4] <= BEFORE.get(room, "0000"):
        pytest.skip("no step has come after the first release's")
    module = import_module(f"liren.{room}.migrations.{name}")
    operations = module.Migration.operations
    made = {one.name_lower for one in operations if isinstance(one, migrations.CreateModel)}
    wrong = [found for one in operations if (found := faults(one, room, made))]
    assert not wrong or (room, name) in FREE, wrong
    by_code = [one for one in operations if isinstance(one, migrations.RunPython | migrations.RunSQL)]
    assert not by_code or module.__doc__, "a step that runs code says in its docstring how long it holds what"


def test_the_tables_that_grow_are_there():
    """A model that was renamed would leave its table unguarded."""
    known = {(model._meta.app_label, model._meta.model_name) for model in apps.get_models()}
    assert known >= GROWN


def test_what_would_hold_a_table_is_found():
    index = models.Index(fields=["title"], name="record_title")
    wrong = [
        migrations.AddIndex("record", index),
        migrations.AddField("record", "more", models.CharField(max_length=9, default="")),
        migrations.AddField("record", "more", models.CharField(max_length=9, null=True, db_index=True)),
        migrations.AlterField("act", "note", models.CharField(max_length=9)),
        migrations.AddConstraint("act", models.CheckConstraint(condition=models.Q(id__gt=0), name="x")),
    ]
    right = [
        AddIndexBeside("record", index),
        migrations.AddField("record", "more", models.CharField(max_length=9, null=True)),
        migrations.AddField("record", "more", models.CharField(max_length=9, db_default="")),
        migrations.AddIndex("counter", index),
    ]
    assert all(faults(one, "records", set()) for one in wrong)
    assert not any(faults(one, "records", set()) for one in right)


@pytest.mark.django_db(transaction=True)
def test_an_index_is_made_beside_the_work_on_both_databases_and_taken_back():
    from liren.records.models import Counter

    index = models.Index(fields=["last"], name="counter_last")
    step, before = AddIndexBeside("counter", index), ProjectState.from_apps(apps)
    after = before.clone()
    step.state_forwards("records", after)

    def names() -> set[str]:
        with connection.cursor() as cursor:
            return set(connection.introspection.get_constraints(cursor, Counter._meta.db_table))

    with connection.schema_editor(atomic=False) as editor:
        step.database_forwards("records", editor, before, after)
    assert "counter_last" in names()
    with connection.schema_editor(atomic=False) as editor:
        step.database_backwards("records", editor, after, before)
    assert "counter_last" not in names()
