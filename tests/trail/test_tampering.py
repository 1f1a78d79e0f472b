"""Whoever can write the database changes, removes, adds or swaps something at random: the trail says so.

Every column of every table the trail covers is tried, references among them. What it does not cover is named here.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import DataError, IntegrityError, connection, models, transaction

from liren.records.models import Act, File, Record
from liren.trail.actions import anchor_set
from liren.trail.models import Anchor, Head
from liren.trail.queries import anchor_holds, breaks
from tests.cast import moment
from tests.matters import accept, closed_event, event
from tests.trail.test_verify import history  # noqa: F401  a house in which everything has happened

COVERED = (Act, Record, File, Head, Anchor)
#: Told by no act: limits that follow from the state, what finds doubles, the count of writes; a file's length and type.
OPEN = {
    Record: {"id", "due", "alarmed", "natural_key", "revision"},
    File: {"id", "size", "media_type", "erased"},
    Head: {"id"},
    Anchor: {"id", "day"},
    Act: set(),
}


@pytest.fixture
def house(cast, history):  # noqa: F811
    """Anchored, with private values, files, and references of every kind."""
    from liren.records.actions import file_attach

    said = {"phone": "13987654321", "contact": cast.resident, "person": cast.resident}
    record = accept(cast, event(cast, location="117.123456,36.123456", **said))
    said = {"content": b"%PDF-1.7", "media_type": "application/pdf", "by": cast.dispatcher}
    file_attach(record, name="病历.pdf", private=True, at=moment("2024-03-06 10:00"), **said)
    anchor_set(date(2024, 3, 31))
    closed_event(cast, phone="13900000000")
    assert told() == []
    return cast


def told(**said) -> list:
    return list(breaks(**said))


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back. Constraints that are checked at the end are not reached."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        transaction.set_rollback(True)


def another(field: models.Field, row, dice: random.Random):
    """A value of the column's type that is not the one it has."""
    value = getattr(row, field.attname)
    if field.is_relation:
        keys = [key for key in field.related_model.objects.values_list("pk", flat=True) if key != value]
        return dice.choice([*keys, None] if field.null and value is not None else keys)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return (value or moment("2024-03-04 09:00")) + timedelta(microseconds=dice.randint(1, 10**12))
    if isinstance(field, models.JSONField):
        return (value or {}) | {dice.choice(["title", "result", "x"]): f"改{dice.randint(1, 99)}"}
    if isinstance(field, models.IntegerField):
        return (value or 0) + dice.randint(1, 1000)
    text = value or ""
    if not text or dice.random() < 0.3:
        return text + "改"
    at = dice.randrange(len(text))
    return text[:at] + ("a" if text[at] != "a" else "b") + text[at + 1 :]


def columns(model) -> list[models.Field]:
    return [f for f in model._meta.concrete_fields if f.name not in OPEN[model] and not f.primary_key]


def edited(model, row, name: str, value) -> bool:
    """Change one column of a row; False where the database itself refuses."""
    try:
        with transaction.atomic():
            model.objects.filter(pk=row.pk).update(**{name: value})
    except (IntegrityError, DataError):  # PostgreSQL keeps to the length of a column
        return False
    return True


def test_an_edit_of_any_column_is_found(house):
    dice, missed, tried = random.Random(0), [], 0
    for model in COVERED:
        rows = list(model.objects.order_by("pk"))
        for field in columns(model):
            for row in dice.sample(rows, min(3, len(rows))):
                value = another(field, row, dice)
                if model is File and row.private and field.name == "name":
                    continue  # acts do not tell what a private file is called
                with undone():
                    if edited(model, row, field.attname, value):
                        tried += 1
                        was = getattr(row, field.attname)
                        missed += (
                            [] if told() else [f"{model.__name__}.{field.name} {row.pk}: {was!r} → {value!r}"]
                        )
    assert not missed, "\n".join(missed)
    assert tried > 100
    assert told() == []


def test_a_removed_row_of_any_table_is_found(house):
    for model in (Act, File, Head):
        for row in model.objects.order_by("pk"):
            with undone():
                remove(model, row.pk)
                assert told(), (model, row.pk)
    for record in Record.objects.order_by("pk"):
        with undone():
            remove(Record, record.pk)
            assert any("记录却不在了" in one.what for one in told()), record.pk


def remove(model, pk) -> None:
    """As with a database tool: nothing else is looked after."""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])


def test_an_added_row_of_any_table_is_found(house):
    dice = random.Random(1)
    for model in (Act, Record, File):
        rows = list(model.objects.order_by("pk"))
        for row in dice.sample(rows, min(3, len(rows))):
            row.pk = (model.objects.order_by("-pk").first().pk + 1) if model is Act else None
            row.key = None
            if model is Record:
                row.number, row.natural_key = "SJ2024-99999", None
            with undone():
                row.save(force_insert=True)
                assert told(), model


def test_two_rows_that_changed_places_are_found(house):
    dice = random.Random(2)
    for model, names in (
        (Act, ["record_id", "verb", "changed", "at"]),
        (Record, ["title", "state", "place_id", "opener_id", "data", "secret"]),
    ):
        rows = list(model.objects.order_by("pk"))
        for _ in range(6):
            one, two = dice.sample(rows, 2)
            if all(getattr(one, name) == getattr(two, name) for name in names):
                continue
            with undone():
                for row, other in ((one, two), (two, one)):
                    model.objects.filter(pk=row.pk).update(**{name: getattr(other, name) for name in names})
                assert told(), (model, one.pk, two.pk)


def test_a_private_value_emptied_or_moved_is_found(house):
    private = Record.objects.exclude(secret="").order_by("pk")
    with undone():
        Record.objects.filter(pk=private[0].pk).update(secret="")
        assert any("不见了" in one.what for one in told())
    with undone():
        Record.objects.filter(pk=private[0].pk).update(secret=private[1].secret)
        assert any("打不开" in one.what for one in told())


def test_ranges_together_find_what_the_whole_finds(house):
    last = Head.objects.get().act
    cuts = [0, 5, 11, last]
    assert [told(after=a, until=b) for a, b in pairwise(cuts)] == [[], [], []]
    for number in range(1, last + 1):
        with undone():
            Act.objects.filter(pk=number).update(note="改过")
            found = [bool(told(after=a, until=b)) for a, b in pairwise(cuts)]
            inside = [a < number <= b for a, b in pairwise(cuts)]
            assert found == inside, number
    with undone():
        remove(Act, 11)
        assert told(after=5, until=11) and told(after=11)
    with undone():
        Record.objects.filter(pk=Act.objects.get(pk=7).record_id).update(title="改过")
        assert told(after=5, until=11)


def test_a_published_anchor_shows_what_was_written_anew(house):
    anchor = Anchor.objects.get()
    assert anchor_holds(anchor.act, anchor.hash)
    Act.objects.filter(pk=anchor.act).update(hash="0" * 64)
    assert not anchor_holds(anchor.act, anchor.hash)
