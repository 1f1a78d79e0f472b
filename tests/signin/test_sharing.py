"""What all worker processes share: the cache in the database, its expiry, and who is first."""

import subprocess
import sys
import threading

import pytest
from django.core.cache import cache
from django.db import close_old_connections, connection

from liren.clock import now
from liren.signin.models import SharedValue
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.django_db


def test_values_are_kept_until_their_time(monkeypatch):
    cache.set("a", [1.5, 2.5], 60)
    cache.set("always", {"a": None}, None)
    assert cache.get("a") == [1.5, 2.5]
    assert cache.get("none", "instead") == "instead"
    assert "a" in cache
    SharedValue.objects.filter(key__endswith=":a").update(until=now())
    assert cache.get("a") is None
    assert cache.touch("a") is False
    assert cache.touch("always", 5) is True
    assert cache.get("always") == {"a": None}
    assert cache.delete("always") is True
    assert cache.delete("always") is False
    cache.set("b", 1)
    assert cache.incr("b") == 2
    cache.clear()
    assert not SharedValue.objects.exists()


def test_counting_begins_anew_when_its_time_is_over():
    assert [cache.tally("tries", 60) for _ in range(3)] == [1, 2, 3]
    assert cache.tally("others", 60) == 1
    SharedValue.objects.filter(key__endswith=":tries").update(until=now())
    assert [cache.tally("tries", 60) for _ in range(2)] == [1, 2]


def test_adding_succeeds_where_there_is_nothing_that_holds():
    assert cache.add("lock", True, 10) is True
    assert cache.add("lock", False, 10) is False
    assert cache.get("lock") is True
    SharedValue.objects.update(until=now())
    assert cache.add("lock", False, 10) is True
    assert cache.add("empty", "", 10) is True
    assert cache.add("empty", "", 10) is False


def test_only_data_is_kept():
    cache.set("a", "text")
    assert SharedValue.objects.get().value == '"text"'
    with pytest.raises(TypeError):
        cache.set("a", object())


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_first():
    found, barrier = [], threading.Barrier(8)

    def run():
        barrier.wait()
        try:
            found.append(cache.add("lock", True, 10))
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 7 + [True]


FAIL = """
import django
django.setup()
from liren.database.migrating import migrate
migrate()
from django.test import Client
page = Client(headers={"host": "localhost"}).post("/account/login/", {"login": "lilei", "password": "x"})
print("过多" in page.content.decode() or "太多" in page.content.decode())
"""


def test_tries_in_several_processes_are_counted_together(tmp_path):
    """The sixth process is told to wait, though none of them saw more than one try."""
    import os

    env = {key: value for key, value in os.environ.items() if not key.startswith("LIREN_")} | {
        "LIREN_HOME": str(tmp_path),
        "LIREN_DATABASE_URL": f"sqlite:///{tmp_path}/var/liren.sqlite3?synchronous=off",
        "PYTHONPATH": str(REPOSITORY / "src"),
        "DJANGO_SETTINGS_MODULE": "liren.settings",
    }
    told = [
        subprocess.run(
            [sys.executable, "-c", FAIL], env=env, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(6)
    ]
    assert [one.strip() for one in told] == ["False"] * 5 + ["True"]
