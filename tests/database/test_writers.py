"""Writers on SQLite queue for the lock: none is lost, none starves, none waits for itself."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler, OperationalError

from liren import database
from liren.database.sqlite.base import DatabaseWrapper

ROUNDS = 60


@pytest.fixture(autouse=True)
def files_of_their_own(django_db_blocker):
    """These tests open databases of their own making, whichever one the suite runs on."""
    with django_db_blocker.unblock():
        yield


def connect(path: Path, *, timeout: float = 20) -> DatabaseWrapper:
    """A connection of this thread's own to the file `path`."""
    entry = database.from_url(f"sqlite:///{path}?synchronous=off", home=path.parent)
    entry["OPTIONS"]["timeout"] = timeout
    return ConnectionHandler({"default": entry})["default"]


class Ledger:
    """One row that every writer reads, thinks about and writes back, as an action does."""

    def __init__(self, path: Path) -> None:
        self.connection = connect(path)

    def make(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("create table ledger (total integer)")
            cursor.execute("insert into ledger values (0)")

    def add_one(self, *, thinking: float = 0.0) -> None:
        self.connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        try:
            total = self.total()
            time.sleep(thinking)
            with self.connection.cursor() as cursor:
                cursor.execute("update ledger set total = %s", [total + 1])
            self.connection.commit()
        finally:
            self.connection.set_autocommit(True)

    def total(self) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute("select total from ledger")
            return cursor.fetchone()[0]


OTHER_PROCESS = """
import django, sys
from pathlib import Path
from django.conf import settings
django.setup()
sys.path.insert(0, sys.argv[3])
from test_writers import Ledger
ledger = Ledger(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    ledger.add_one(thinking=0.001)
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "deep" / "county.sqlite3"  # the folder is made on the way
    ledger = Ledger(path)
    ledger.make()
    ledger.connection.close()
    return path


def test_two_processes_and_two_threads_lose_no_write(path):
    command = [sys.executable, "-c", OTHER_PROCESS, str(path), str(ROUNDS), str(Path(__file__).parent)]
    others = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]

    def work(_: int) -> None:
        ledger = Ledger(path)
        for _ in range(ROUNDS):
            ledger.add_one(thinking=0.001)
        ledger.connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(2)))
    for other in others:
        _, errors = other.communicate(timeout=60)
        assert other.returncode == 0, errors
    assert Ledger(path).total() == 4 * ROUNDS


def test_writers_wait_in_the_queue_and_not_at_sqlite_s_door(path):
    """With no patience at all at SQLite's own lock, a second writer still comes through."""
    holding, done = threading.Event(), []

    def hold() -> None:
        first = connect(path, timeout=0)
        first.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with first.cursor() as cursor:
            cursor.execute("update ledger set total = total + 1")
        holding.set()
        time.sleep(0.2)
        done.append("first")
        first.commit()
        first.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(5)
    second = connect(path, timeout=0)
    second.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert done == ["first"]
    second.rollback()
    second.close()
    thread.join()


def test_readers_never_wait_for_a_writer(path):
    writer = Ledger(path)
    writer.connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with writer.connection.cursor() as cursor:
        cursor.execute("update ledger set total = 99")
    assert Ledger(path).total() == 0
    writer.connection.rollback()
    writer.connection.set_autocommit(True)


def test_a_transaction_that_cannot_begin_leaves_the_queue(path):
    impatient, stubborn = connect(path, timeout=0), connect(path)
    with stubborn.cursor() as cursor:
        cursor.execute("begin immediate")  # a program that knows nothing of the queue
    with pytest.raises(OperationalError, match="locked"):
        impatient.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with stubborn.cursor() as cursor:
        cursor.execute("rollback")
    Ledger(path).add_one()
    assert Ledger(path).total() == 1


def test_a_connection_closed_in_mid_transaction_leaves_the_queue(path):
    careless = connect(path)
    careless.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    careless.close()
    Ledger(path).add_one()
    assert Ledger(path).total() == 1


@pytest.mark.django_db(transaction=True)
def test_atomic_nests_and_its_commit_hooks_may_write():
    """A hook that took the lock its own transaction still held would wait for itself for ever."""
    heard = []

    def hook() -> None:
        with database.atomic():
            heard.append("written after the commit")

    with database.atomic():
        connections["default"].on_commit(hook)
        with database.atomic():
            assert heard == []
    assert heard == ["written after the commit"]
