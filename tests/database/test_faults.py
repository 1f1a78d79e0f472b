"""What it means when the disk or the database gives out, told by codes and never by words."""

import errno
import sqlite3

import psycopg
import pytest
from django.db import DatabaseError, OperationalError

from liren.database.faults import refusal_of


@pytest.mark.parametrize(
    ("state", "code"),
    [("53100", "disk_full"), ("25006", "read_only"), ("40P01", "database_busy"), ("57P02", "database_away"),
     ("58030", "disk_fault"), ("XX001", "database_broken")],
)  # fmt: skip
def test_what_postgresql_says(state, code):
    fault = OperationalError("…")
    fault.__cause__ = psycopg.errors.lookup(state)("…")
    assert refusal_of(fault).code == code


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EROFS, "read_only"),
        (errno.EIO, "disk_fault"),
        (errno.ENOENT, None),
    ],
)
def test_what_the_system_says(number, code):
    said = refusal_of(OSError(number, "…"))
    assert (said and said.code) == code


def test_other_faults_are_the_houses_own():
    assert refusal_of(ValueError("x")) is None
    assert refusal_of(DatabaseError("x")) is None
    assert refusal_of(ConnectionResetError(errno.ECONNRESET, "x")) is None
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(":memory:").execute("SELECT nonsense")
    assert refusal_of(caught.value) is None
