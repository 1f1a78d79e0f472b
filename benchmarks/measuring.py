"""One line of the table: what a piece of work cost, and the floor measured in the same run."""

from __future__ import annotations

import sys

#: The columns of a line, and how wide each is.
_COLUMNS = {
    "CPU ms": 8, "least": 8, "target": 8, "floor": 8, "×": 6, "p50": 8, "p99": 8, "/s": 8, "MiB": 7, "KiB": 8,
}  # fmt: skip
HEAD = f"{'work':54}" + "".join(f"{name:>{width}}" for name, width in _COLUMNS.items())


def row_of(work, spent, floors: dict[str, float]) -> dict:
    """The figures of a piece of work, printed and as JSON keeps them, against the first floor."""
    floor = next(iter(floors.values()), None)
    row = {
        "cpu_ms": round(spent.cpu, 2), "least_ms": round(spent.least, 2), "target_ms": work.target,
        "floor_ms": floor and round(floor, 2),
        "ratio": floor and round(spent.cpu / floor, 1), "p50_ms": round(spent.p50, 1),
        "p99_ms": round(spent.p99, 1), "per_second": round(spent.per_second), "memory_mib": round(spent.memory),
        "kib": round(spent.bytes / 1024, 1),
    }  # fmt: skip
    cells = ["" if value is None else str(value) for value in row.values()]
    told = "".join(f"{cell:>{width}}" for cell, width in zip(cells, _COLUMNS.values(), strict=True))
    print(f"{work.title:54}{told}", flush=True)
    if spent.ok != spent.asked:
        wrong = spent.asked - spent.ok
        print(f"  {wrong} of {spent.asked} requests were not answered as they should be", file=sys.stderr)
        row["refused"] = wrong
    return row | {"floors": {name: round(one, 3) for name, one in floors.items()}}


def plainly(rows: dict[str, dict], floors: dict[str, float]) -> None:
    """Add what the same bytes cost as a file, and print all floors of each piece of work."""
    print("floors, CPU ms:")
    for name, row in rows.items():
        if name in floors:
            row["floors"]["bytes"] = round(floors[name], 3)
        told = "  ".join(
            f"{kind} {one:.2f} (×{row['cpu_ms'] / one:.1f})" for kind, one in row["floors"].items() if one
        )
        print(f"  {name:12}{told}", flush=True)
