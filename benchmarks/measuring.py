"""One line of the table: what a piece of work cost, and the floor measured in the same run."""

from __future__ import annotations

import statistics
import sys
import time

HEAD = f"{'work':48}{'CPU ms':>8}{'target':>8}{'floor':>8}{'×':>6}{'p50':>8}{'p99':>8}{'/s':>8}{'MiB':>7}{'KiB':>8}"
_WIDTHS = (8, 8, 8, 6, 8, 8, 8, 7, 8)


def row_of(work, spent, floor: float | None) -> dict:
    """The figures of a piece of work, printed and as JSON keeps them."""
    row = {
        "cpu_ms": round(spent.cpu, 2), "target_ms": work.target, "floor_ms": floor and round(floor, 2),
        "ratio": floor and round(spent.cpu / floor, 1), "p50_ms": round(spent.p50, 1),
        "p99_ms": round(spent.p99, 1), "per_second": round(spent.per_second), "memory_mib": round(spent.memory),
        "kib": round(spent.bytes / 1024, 1),
    }  # fmt: skip
    cells = ["" if value is None else str(value) for value in row.values()]
    told = "".join(f"{cell:>{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    print(f"{work.title:48}{told}", flush=True)
    if spent.ok != spent.asked:
        wrong = spent.asked - spent.ok
        print(f"  {wrong} of {spent.asked} requests were not answered as they should be", file=sys.stderr)
        row["refused"] = wrong
    return row


def floor_of(work, bench) -> float | None:
    """Median CPU milliseconds of the barest statement over the same rows, in this process.

    On PostgreSQL the work is done in another process, and there is no such floor.
    """
    from django.db import connection

    if work.floor is None or connection.vendor != "sqlite":
        return None
    spent = []
    with connection.cursor() as cursor:
        for _ in range(7):
            began = time.process_time()
            cursor.execute(work.floor(bench))
            cursor.fetchall()
            spent.append((time.process_time() - began) * 1000)
    return statistics.median(spent)
