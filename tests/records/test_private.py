"""Private values: sealed at rest, told to no act, opened only with the key and for their own record."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from liren.packs.fields import CHINA
from liren.people.private import mask, unseal
from liren.records.actions import record_step
from liren.records.models import Record
from tests.cast import moment
from tests.matters import accept, event, refused

PHONE = "13987654321"


def raw_row(table: str, pk: int) -> str:
    """Every column of a row as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} WHERE id = %s", [pk])
        return repr(cursor.fetchone())


def test_no_row_holds_the_plain_value(cast):
    record = event(cast, phone="139-8765 4321", contact=cast.resident)
    row = raw_row("records_record", record.pk)
    assert PHONE not in row
    assert cast.resident.name not in row
    assert PHONE not in raw_row("records_act", record.acts.get().pk)
    assert record.acts.get().changed["phone"] == "█"
    assert unseal(record.secret, record.number) == {"phone": PHONE, "contact": cast.resident.pk}
    assert "phone" not in record.data


def rows_of_every_table():
    """Everything the file holds; sqlite3's own dump never ends on a full-text table without content."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%%'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            yield from (repr(row) for row in cursor.fetchall())


def test_no_file_of_the_database_holds_the_plain_value(cast):
    if connection.vendor != "sqlite":
        pytest.skip("looks into SQLite's own file")
    event(cast, phone=PHONE)
    dump = "\n".join(rows_of_every_table())
    assert "路灯不亮" in dump
    assert PHONE not in dump


def test_a_further_private_value_joins_the_first(cast):
    record = event(cast, phone=PHONE)
    first = record.secret
    record_step(record, "accept", {"handler": cast.housing, "contact": cast.resident}, by=cast.dispatcher)
    record.refresh_from_db()
    assert record.secret != first
    assert unseal(record.secret, record.number) == {"phone": PHONE, "contact": cast.resident.pk}


def test_the_same_value_looks_different_in_every_record(cast):
    assert event(cast, phone=PHONE).secret != event(cast, phone=PHONE).secret


def test_a_sealed_value_moved_to_another_record_does_not_open(cast):
    one, two = event(cast, phone=PHONE), event(cast, phone="13800000000")
    Record.objects.filter(pk=two.pk).update(secret=one.secret)
    with refused("setup", two.number, str(settings.LIREN_KEY_FILE)):
        unseal(one.secret, two.number)
    with refused("setup"):
        accept(cast, two, contact=cast.resident)


def test_the_key_lies_outside_the_database_and_is_the_owners_alone(cast):
    event(cast, phone=PHONE)
    key = Path(settings.LIREN_KEY_FILE)
    assert key.stat().st_mode & 0o777 == 0o600
    assert connection.settings_dict["NAME"] != str(key)


def test_a_record_without_private_values_is_not_sealed(cast):
    assert event(cast).secret == ""
    assert unseal("", "any") == {}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(PHONE, "1█████████1"), ("周平", "██"), ("abc", "███"), ("", ""), ("欧阳小明", "欧██明")],
)
def test_lists_show_a_mask(value, shown):
    assert mask(value) == shown


def test_private_moments_are_kept_in_one_time_zone():
    """What is sealed must be JSON; a moment typed in another zone is the same moment."""
    from datetime import UTC

    from liren.records.values import plain

    at = moment("2024-03-04 09:10")
    assert plain(at.astimezone(UTC)) == plain(at) == "2024-03-04T09:10:00+08:00"
    assert json.dumps(plain(at)) and at.tzinfo is CHINA
