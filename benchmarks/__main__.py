"""Build a grown county, serve it, do each piece of work, print what it cost.

    python -m benchmarks --records 10000 1000000 [--database URL] [--requests N] [--work NAME …] [--out FILE.json]

Several sizes are measured one after the other, and the last column says how the cost grew from the first to the last.
With `--database postgresql://…` the server's processes count too (tests/postgres/run gives a private one).
No number here is asserted anywhere: machines differ. What a page asks of the database is (golden counts, plans).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path


def main() -> int:
    asked = _asked()
    if len(asked.records) == 1:
        results = [_county(asked, asked.records[0])]
    else:
        results = [_apart(asked, records) for records in asked.records]
        _growth(results[0]["works"], results[-1]["works"])
    if asked.out:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        told = results[0] if len(results) == 1 else results
        asked.out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _asked() -> argparse.Namespace:
    from .works import WORKS

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--records", type=int, nargs="+", default=[10_000])
    parser.add_argument("--database", default=os.environ.get("LIREN_DATABASE_URL", ""))
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--work", nargs="*", choices=list(WORKS), default=list(WORKS))
    parser.add_argument(
        "--home", help="a folder to keep, with the county that was built there before; else a temporary one"
    )
    parser.add_argument("--out", type=Path, help="where the figures go as JSON")
    asked = parser.parse_args()
    if asked.database and len(asked.records) > 1:
        parser.error("one size to a database: run it once for each")
    return asked


def _apart(asked: argparse.Namespace, records: int) -> dict:
    """One size in a process of its own: Django is set up once for one database."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        said = ["--records", str(records), "--requests", str(asked.requests), "--work", *asked.work]
        said += ["--home", f"{asked.home}/{records}"] if asked.home else []
        subprocess.run([sys.executable, "-m", "benchmarks", *said, "--out", out.name], check=True)
        return json.loads(Path(out.name).read_text(encoding="utf-8"))


def _growth(small: dict, large: dict) -> None:
    print("growth from the smallest to the largest county, in CPU:")
    for name in small.keys() & large.keys():
        large[name]["growth"] = round(large[name]["cpu_ms"] / small[name]["cpu_ms"], 2)
        print(f"  {name:12}{large[name]['growth']:>6}×")


def _county(asked: argparse.Namespace, records: int) -> dict:
    with tempfile.TemporaryDirectory(prefix="liren-bench-") as folder:
        home = Path(asked.home or folder)
        database = asked.database or f"sqlite:///{home / 'var' / 'liren.sqlite3'}"
        os.environ |= {
            "LIREN_HOME": str(home), "LIREN_DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "liren.settings", "LIREN_HOSTS": "127.0.0.1,localhost,testserver",
        }  # fmt: skip
        (home / "var").mkdir(parents=True, exist_ok=True)
        import django

        django.setup()
        from liren.database.migrating import migrate

        migrate()
        return _run(asked, home, database, records)


def _run(asked: argparse.Namespace, home: Path, database: str, records: int) -> dict:
    from django.db import connection

    from . import plain
    from .county import there
    from .floors import floors_of
    from .measuring import HEAD, plainly, row_of
    from .serving import Site
    from .works import WORKS, Bench, sessions

    cast, built = there(records)
    people = sessions([cast.dispatcher, cast.grid_member, cast.captain])
    bench = Bench(cast, people, asked.requests + Site.WARM)
    told = circumstances(connection, records, built)
    print("  ".join(f"{key} {value}" for key, value in told.items()))
    print(HEAD)
    rows, sizes = {}, {}
    for name in asked.work:
        asks = list(WORKS[name].asks(bench))
        floors = floors_of(name, WORKS[name], bench)
        connection.close()
        site = Site(home, database)
        try:
            spent = site.measure(asks, warm=0 if WORKS[name].once else Site.WARM)
        finally:
            site.stop()
        rows[name] = row_of(WORKS[name], spent, floors)
        if asks[0].method == "GET" and not WORKS[name].once:
            sizes[name] = spent.bytes
    if sizes:
        plainly(rows, plain.floors(home, sizes))
    return told | {"load_after": load(), "works": rows}


def circumstances(connection, records: int, built: int) -> dict:
    """What the figures of a run depend on."""
    told = {"machine": machine(), "database": _version(connection), "records": records, "built": built}
    return told | {"load_before": load(), "day": f"{datetime.now(UTC):%Y-%m-%d}"}


def machine() -> str:
    """What the figures were measured on."""
    model = next(
        (one.partition(":")[2].strip() for one in _cpuinfo() if one.startswith("model name")),
        platform.machine(),
    )
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{model}, {os.cpu_count()} cores, {gib:.0f} GiB, Python {platform.python_version()}"


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def load() -> float:
    """How many processes wanted a core in the last minute: above one the figures are not those of a quiet machine."""
    return round(os.getloadavg()[0], 1)


def _version(connection) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return f"{connection.vendor} {cursor.fetchone()[0]}"


if __name__ == "__main__":
    sys.exit(main())
