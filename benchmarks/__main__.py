"""Build a grown county, serve it, do each piece of work, print what it cost.

    python -m benchmarks --records 10000 [--database URL] [--requests N] [--work NAME …] [--out FILE.json]

With `--database postgresql://…` the server's processes count too (tests/postgres/run gives a private one).
No number here is asserted anywhere: machines differ. What a page asks of the database is (golden counts).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="liren-bench-") as folder:
        home = Path(asked.home or folder)
        database = asked.database or f"sqlite:///{home / 'var' / 'liren.sqlite3'}"
        os.environ |= {
            "LIREN_HOME": str(home), "LIREN_DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "liren.settings", "LIREN_HOSTS": "127.0.0.1,localhost,testserver",
        }  # fmt: skip
        results = _run(asked, home, database)
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _asked() -> argparse.Namespace:
    from .works import WORKS

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--database", default=os.environ.get("LIREN_DATABASE_URL", ""))
    parser.add_argument("--requests", type=int, default=150)
    parser.add_argument("--work", nargs="*", choices=list(WORKS), default=list(WORKS))
    parser.add_argument("--home", help="a folder to keep, else a temporary one")
    parser.add_argument("--out", type=Path, help="where the figures go as JSON")
    return parser.parse_args()


def _run(asked: argparse.Namespace, home: Path, database: str) -> dict:
    (home / "var").mkdir(parents=True, exist_ok=True)
    import django

    django.setup()
    from django.db import connection

    from liren.database.migrating import migrate

    from .county import build
    from .serving import Site
    from .works import WORKS, Bench, sessions

    migrate()
    began = time.perf_counter()
    cast = build(asked.records)
    built = time.perf_counter() - began
    persons = [cast.dispatcher, cast.grid_member, cast.captain]
    bench = Bench(cast, sessions(persons), asked.requests + 3)
    told = {
        "machine": _machine(),
        "database": _version(connection),
        "records": asked.records,
        "built": round(built),
    }
    print("  ".join(f"{key} {value}" for key, value in told.items()))
    print(
        f"{'work':48}{'CPU ms':>8}{'target':>8}{'floor':>8}{'×':>6}{'p50':>8}{'p99':>8}{'/s':>8}{'MiB':>7}{'KiB':>7}"
    )
    rows = {}
    for name in asked.work:
        asks = list(WORKS[name].asks(bench))
        floor = _floor(WORKS[name], bench)
        connection.close()
        site = Site(home, database)
        try:
            rows[name] = _row(WORKS[name], site.measure(asks), floor)
        finally:
            site.stop()
    return told | {"works": rows}


def _row(work, spent, floor: float | None) -> dict:
    row = {
        "cpu_ms": round(spent.cpu, 2), "target_ms": work.target, "floor_ms": floor and round(floor, 2),
        "ratio": floor and round(spent.cpu / floor, 1), "p50_ms": round(spent.p50, 1),
        "p99_ms": round(spent.p99, 1), "per_second": round(spent.per_second), "memory_mib": round(spent.memory),
        "kib": round(spent.bytes / 1024, 1),
    }  # fmt: skip
    cells = ["" if value is None else str(value) for value in row.values()]
    widths = (8, 8, 8, 6, 8, 8, 8, 7, 7)
    print(f"{work.title:48}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)))
    if spent.ok != spent.asked:
        print(
            f"  {spent.asked - spent.ok} of {spent.asked} requests were not answered as they should be",
            file=sys.stderr,
        )
        row["refused"] = spent.asked - spent.ok
    return row


def _floor(work, bench) -> float | None:
    """Median CPU milliseconds of the barest statement over the same rows, in this process."""
    from django.db import connection

    if work.floor is None or connection.vendor != "sqlite":
        return None  # on PostgreSQL the work is done in another process
    spent = []
    with connection.cursor() as cursor:
        for _ in range(7):
            began = time.process_time()
            cursor.execute(work.floor(bench))
            cursor.fetchall()
            spent.append((time.process_time() - began) * 1000)
    return statistics.median(spent)


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _version(connection) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return f"{connection.vendor} {cursor.fetchone()[0]}"


if __name__ == "__main__":
    sys.exit(main())
