"""How the columnar files leave the database: bites, threads, and what an export does to the process it runs in."""

import subprocess
import sys

import pytest
from django.db import connection

from liren.figures.cube.moving import OwnReader
from liren.figures.cube.refreshing import _bites, refresh
from liren.figures.cube.storing import Store
from liren.figures.cube.writing import at_once
from liren.records.models import Counter
from tests.console.conftest import packs  # noqa: F401  a fixture

pytest.importorskip("duckdb", reason="the extra liren[figures] is not installed")


@pytest.mark.django_db(transaction=True)
def test_what_is_written_after_an_export_stays_when_others_leave(packs, tmp_path):  # noqa: F811
    """ADBC's own SQLite takes the locks of this process with it: who leaves next must not remove our log."""
    if connection.vendor != "sqlite":
        pytest.skip("files have locks, servers have sessions")
    pytest.importorskip("adbc_driver_sqlite")
    told = "import sqlite3, sys; held = sqlite3.connect(sys.argv[1]); print(held.execute({!r}).fetchall()); held.close()"
    visit = [
        sys.executable,
        "-c",
        told.format("SELECT series FROM records_counter"),
        connection.settings_dict["NAME"],
    ]
    refresh(Store(tmp_path))
    subprocess.run(visit, check=True, capture_output=True)
    Counter.objects.create(series="acknowledged", last=1)
    assert "acknowledged" in subprocess.run(visit, check=True, capture_output=True, text=True).stdout


def test_a_thread_that_cannot_begin_leaves_the_old_files(monkeypatch):
    """No empty files in place of a county's: whoever reads for the export tells his faults."""

    class NoRoom:
        def connect(self, **_config):
            raise OSError("no room for another thread")

    monkeypatch.setattr("liren.figures.cube.writing.needed", NoRoom)
    with pytest.raises(OSError, match="no room"):
        at_once([object(), object()], [lambda reader, duck: None])


@pytest.mark.parametrize(("apart", "most"), [(1, 11), (7, 12), (1000, 1101)])
def test_numbers_that_lie_far_apart_are_read_in_wider_bites(db, monkeypatch, apart, most):
    """Each row is in one bite, and there are not many more bites than the rows ask for."""
    monkeypatch.setattr("liren.figures.cube.refreshing.BITE", 100)
    own = OwnReader()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE far (id integer PRIMARY KEY)")
        assert not _bites(own, "far")
        cursor.executemany("INSERT INTO far VALUES (%s)", [[number * apart] for number in range(1, 1101)])
    bites = _bites(own, "far")
    assert sum(own.numbers(f"SELECT count(*) FROM far WHERE {bite}")[0] for bite in bites) == 1100
    assert len(bites) <= most
