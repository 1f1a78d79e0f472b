"""The barest way to the same answer, measured in the same run: no site that does the work can spend less.

sql       the same rows by one statement on a bare cursor (`Work.floor`); on PostgreSQL its backend's CPU too
insert    one row by Django into a table of its own, durable when it returns (works that write)
template  fifty rows of five texts in Django's template language (lists)
duckdb    the figure's rows counted by DuckDB over the columnar files, which are written first where they are not there;
          DuckDB's own reader of SQLite would have to be downloaded, and reads as slowly as SQLite gives
bytes     a file of as many bytes, served by WhiteNoise under the same server (what is read by GET)
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

RUNS, SECONDS = 200, 1.0
WRITES, LISTS, COUNTED = ("report", "step", "check-in"), ("list", "todo"), ("evidence", "figure")


def floors_of(name: str, work, bench) -> dict[str, float]:
    """CPU milliseconds by the floor's name, for what needs no site; the first is the one to compare with."""
    from django.db import connection

    found = {}
    if name in WRITES:
        found["insert"] = _insert()
    if work.floor is not None:
        said = work.floor(bench)
        with connection.cursor() as cursor:
            found["sql"] = spent(lambda: (cursor.execute(said), cursor.fetchall()))
    if name in LISTS:
        found["template"] = _template()
    if name in COUNTED and (counted := _duckdb(bench)) is not None:
        found["duckdb"] = counted
    return found


def spent(work: Callable[[], object]) -> float:
    """Median CPU milliseconds of a piece of work: this process, and on PostgreSQL the backend that serves it."""
    backend, times = _backend(), []
    work()
    until = time.perf_counter() + SECONDS
    while len(times) < RUNS and (len(times) < 5 or time.perf_counter() < until):
        began, before = time.process_time(), _ran(backend)
        work()
        times.append((time.process_time() - began + _ran(backend) - before) * 1000)
    return statistics.median(times)


def _backend() -> int:
    from django.db import connection

    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _ran(pid: int) -> float:
    """Seconds a process was on a core: Linux counts these in nanoseconds."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9 if pid else 0.0


def _insert() -> float:
    from django.db import connection, transaction
    from django.utils.timezone import now

    bare, known = _bare(), iter(range(1_000_000))

    def put() -> None:
        said = {"number": f"N{next(known)}", "title": "路灯不亮", "data": {"spot": "北门"}}
        with transaction.atomic():
            bare.objects.create(opened=now(), **said)

    with connection.schema_editor() as editor:
        editor.create_model(bare)
    try:
        return spent(put)
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(bare)


@cache
def _bare():
    from django.db import models

    class Bare(models.Model):
        """A table of no other use: gone when the floor is measured."""

        number = models.CharField(max_length=40, unique=True)
        title = models.CharField(max_length=200)
        opened = models.DateTimeField(db_index=True)
        data = models.JSONField(default=dict)

        class Meta:
            app_label = "benchmarks"
            db_table = "bench_bare"

    return Bare


def _template() -> float:
    from django.template import Context, Engine

    told = (
        "<table>{% for r in rows %}<tr>{% for c in r %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}</table>"
    )
    template = Engine().from_string(told)
    rows = [(f"B{n}", "路灯不亮", "2026-01-01 08:00", "1号镇/1号村", "已办结") for n in range(50)]
    return spent(lambda: template.render(Context({"rows": rows})))


def _duckdb(bench) -> float | None:
    from liren.figures.cube.moving import present
    from liren.figures.cube.refreshing import refresh
    from liren.figures.cube.shapes import shapes
    from liren.figures.cube.storing import DuckEngine, Store, all_shapes

    if not present():
        return None
    store = Store()
    if store.state() is None:
        refresh(store)
    state = store.state()
    assert state is not None
    engine = DuckEngine(store, state, all_shapes(shapes()))
    year, place = time.localtime().tm_year - 1, bench.cast.town
    said = (
        'SELECT count(*), sum(CASE WHEN late_count = 0 THEN 1 ELSE 0 END) FROM "grid_case__event" WHERE '
        f"state = 'closed' AND place_id >= '{place}' AND place_id < '{place}~' "
        f"AND closed >= TIMESTAMP '{year}-01-01' AND closed < TIMESTAMP '{year}-04-01'"
    )
    return spent(lambda: engine.rows(said))
