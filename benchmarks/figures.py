"""What a figure costs: every figure of a figures.json, computed with its evidence, against a floor.

The floor of a figure is one bare ``SELECT count(*)`` over the same rows (same kind, place range and
dates) through a plain cursor, in the same process and run. Printed: CPU milliseconds of the figure, of
the floor, their ratio; then the whole set and the slowest ten.

    liren demo --no-serve && python benchmarks/figures.py
"""

import json
import os
import sys
import time
from pathlib import Path
from statistics import median

RUNS = 5


def cpu_ms(work) -> float:
    """Median CPU milliseconds of a piece of work over a few runs, after one warm-up."""
    work()
    spent = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        spent.append((time.process_time() - began) * 1000)
    return median(spent)


def floor(result):
    """The barest query over the rows of a figure's first evidence, as a function to time."""
    from django.db import connection

    evidence = (result.denominator or result).evidence
    if evidence.rows is None:
        return None
    statement, parameters = evidence.rows.order_by().values("pk").query.sql_with_params()
    counted = f"SELECT count(*) FROM ({statement}) AS counted"

    def run():
        with connection.cursor() as cursor:
            cursor.execute(counted, parameters)
            return cursor.fetchone()

    return run


def main() -> None:
    """Print the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
    import django

    django.setup()
    from django.db import connection

    from liren.figures.queries import compute, read_period
    from liren.figures.scope import Scope
    from liren.places.models import Unit
    from liren.records.models import Record

    path = Path(sys.argv[1] if len(sys.argv) > 1 else "out/figures.json")
    rows = []
    for name, told in json.loads(path.read_text(encoding="utf-8")).items():
        unit = Unit.objects.get(code=told["unit_code"]).pk if "unit_code" in told else None
        scope = Scope(told["place"], read_period(told["period"]), unit)
        spent = cpu_ms(lambda told=told, scope=scope: compute(told["figure"], scope))
        bare = floor(compute(told["figure"], scope))
        rows.append((name, spent, cpu_ms(bare) if bare else None))
    print(
        f"{connection.vendor}, {Record.objects.count()} records, {len(rows)} figures, CPU ms (median of {RUNS})"
    )
    compared = [(name, spent, bare, spent / bare) for name, spent, bare in rows if bare]
    for name, spent, bare, ratio in sorted(compared, key=lambda row: -row[1])[:10]:
        print(f"  {name:32} {spent:8.2f}  floor {bare:8.2f}  ×{ratio:.1f}")
    whole, bare = sum(r[1] for r in compared), sum(r[2] for r in compared)
    print(
        f"all: {whole:.0f} ms, floor {bare:.0f} ms, ×{whole / bare:.1f}; median ×{median(r[3] for r in compared):.1f}"
    )


if __name__ == "__main__":
    main()
