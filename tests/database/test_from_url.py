"""LIREN_DATABASE_URL: what it may say, and what is answered when it says something else."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from liren import database

HOME = Path("/srv/liren")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///var/liren.sqlite3", "/srv/liren/var/liren.sqlite3"),
        ("sqlite:////data/county.sqlite3", "/data/county.sqlite3"),
        ("sqlite:////data/%E6%B8%85%E6%BA%AA%20县.sqlite3", "/data/清溪 县.sqlite3"),
    ],
)
def test_a_sqlite_path_counts_from_home_unless_absolute(url, name):
    assert database.from_url(url, home=HOME)["NAME"] == name


def test_sqlite_is_durable_and_begins_immediate_by_default():
    options = database.from_url("sqlite:///a", home=HOME)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in options["init_command"]
    assert "journal_mode=WAL" in options["init_command"]


def test_a_postgresql_address_is_taken_apart_and_decoded():
    entry = database.from_url(
        "postgresql://clerk:p%40ss%2Fword@db.example:5433/county?sslmode=require", home=HOME
    )
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"], entry["NAME"]) == (
        "clerk", "p@ss/word", "db.example", "5433", "county",
    )  # fmt: skip
    assert entry["OPTIONS"] == {"sslmode": "require", "prepare_threshold": 1}
    assert entry["CONN_MAX_AGE"] is None


def test_a_socket_folder_and_a_pool_of_connections():
    entry = database.from_url("postgresql:///county?host=/run/postgresql&pool=4", home=HOME)
    assert entry["HOST"] == "/run/postgresql"
    assert entry["OPTIONS"]["pool"]["max_size"] == 4
    assert entry["CONN_MAX_AGE"] == 0, "Django refuses a pool of persistent connections"


def test_behind_a_pooler_of_transactions_no_cursor_outlives_its_own():
    entry = database.from_url("postgresql://u@h/n?pooler=transaction", home=HOME)
    assert entry["DISABLE_SERVER_SIDE_CURSORS"]
    assert "pooler" not in entry["OPTIONS"], "libpq knows no such word"
    assert not database.from_url("postgresql://u@h/n", home=HOME)["DISABLE_SERVER_SIDE_CURSORS"]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://u:secret@h/n", "'mysql:'"),
        ("liren.sqlite3", "no scheme"),
        ("sqlite://liren.sqlite3", "three slashes"),
        ("sqlite:///", "three slashes"),
        ("sqlite:///:memory:", "name a file"),
        ("sqlite:///a?synchronous=maybe", "full, normal, off"),
        ("sqlite:///a?mode=ro", "'mode'"),
        ("postgresql://u:secret@h:99999/n", "port"),
        ("postgresql://u:secret@h/", "names no database"),
        ("postgresql://u:secret@h/n?pool=many", "pool=many"),
        ("postgresql://u:secret@h/n?pooler=statement", "pooler=statement"),
        ("postgresql://u:secret@h/n?ssl=1", "'ssl'"),
    ],
)
def test_a_bad_address_is_refused_by_name_without_the_password(url, says):
    with pytest.raises(ImproperlyConfigured) as refusal:
        database.from_url(url, home=HOME)
    assert says in str(refusal.value)
    assert str(refusal.value).startswith("LIREN_DATABASE_URL ")
    assert "To mend: " in str(refusal.value)
    assert "secret" not in str(refusal.value)
