"""A province of a hundred small counties: Spark SQL through Spark Connect, and DuckDB over the same files.

    python -m benchmarks.province --home DIR [--counties 100] [--remote sc://HOST:PORT] [--out FILE]

DIR is the home of a grown county (see county.py). Its share is written once, and again for every other county: the same
rows under that county's code, a tenth of the persons under signs that all counties know, the others under their own.
Both engines answer every figure that adds up, for each county and for the whole, and must agree; persons who were at
work in several counties are counted once in the whole.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEY = b"a key of the province, sent apart from the data"
#: One person in so many is known in all counties.
COMMON = 10


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks.province", description=__doc__)
    words.add_argument("--home", required=True)
    words.add_argument("--counties", type=int, default=100)
    words.add_argument("--remote", default="", help="a Spark Connect server; else Sail is started")
    words.add_argument("--period", default=str(time.localtime().tm_year - 1))
    words.add_argument("--out", type=Path)
    asked = words.parse_args()
    os.environ |= {"LIREN_HOME": asked.home, "DJANGO_SETTINGS_MODULE": "liren.settings"}
    import django

    django.setup()
    from django.db import connection

    from .__main__ import circumstances, load
    from .county import known

    told = circumstances(connection, known(), 0) | {"counties": asked.counties, "remote": bool(asked.remote)}
    with tempfile.TemporaryDirectory(prefix="liren-province-") as folder:
        told |= measured(Path(folder), asked)
    told["load_after"] = load()
    if asked.out:
        asked.out.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def measured(folder: Path, asked: argparse.Namespace) -> dict:
    """Do it all and print; the figures as a dict."""
    from liren.figures.cube.asking import cells
    from liren.figures.cube.province import SparkEngine, spark

    told: dict = {}
    with timed("shares", told):
        folders = counties(folder, asked.counties)
    print(f"{len(folders)} counties, {sum(f.stat().st_size for f in folder.rglob('*.parquet')) / 1e6:.0f} MB")
    figures, questions = figures_of(), list(asked_of(asked.period))
    answers = {}
    with timed("start", told):
        held = spark(asked.remote)
        session = held.__enter__()
    try:
        engine = SparkEngine(session, folders)
        with timed("spark_cold", told):
            answers["spark"] = [cells(engine, figures, one) for one in questions]
        with timed("spark", told):
            answers["spark"] = [cells(engine, figures, one) for one in questions]
    finally:
        held.__exit__(None, None, None)
    duck = Plain(folders)
    with timed("duckdb", told):
        answers["duckdb"] = [cells(duck, figures, one) for one in questions]
    return told | compared(answers, figures)


def figures_of() -> list:
    """The figures in force that add up or tell apart."""
    from liren.figures.breakdown import can_break
    from liren.inforce import catalogue

    return [entry for entry in catalogue().figures.values() if can_break(entry)]


def asked_of(period: str) -> Iterator:
    """The whole province, and each county."""
    from liren.figures.cube.asking import Asked
    from liren.figures.cube.province import COUNTY
    from liren.figures.queries import read_period

    yield Asked("", [read_period(period)])
    yield Asked("", [read_period(period)], lengths=(COUNTY,))


def compared(answers: dict[str, list[dict]], figures: list) -> dict:
    """How many values there are, whether both engines say the same, and whether persons are counted once."""
    same = answers["spark"] == answers["duckdb"]
    count = sum(len(one) for one in answers["duckdb"])
    whole, each = answers["duckdb"]
    distinct = {}
    for entry in figures:
        if (
            entry.spec.distinct
            and "person" in entry.spec.distinct
            and (total := whole.get((entry.id, "", 0)))
        ):
            added = sum(value or 0 for (name, _county, _at), value in each.items() if name == entry.id)
            distinct[entry.id] = {"province": int(total), "counties_added": int(added)}
    print(f"{len(figures)} figures, {count:,} values; the engines agree: {same}")
    for name, one in distinct.items():
        print(f"  {name}: {one['province']:,} persons, {one['counties_added']:,} if counties are added up")
    assert same, [
        (key, one[key], other.get(key))
        for one, other in zip(*answers.values(), strict=True)
        for key in one
        if one[key] != other.get(key)
    ][:10]
    return {"figures": len(figures), "values": count, "same": same, "distinct_persons": distinct}


def counties(folder: Path, count: int) -> list[Path]:
    """The shares: the first as `liren cube share` writes it, the others made from it."""
    from liren.figures.cube.refreshing import refresh
    from liren.figures.cube.sharing import share
    from liren.figures.cube.storing import Store

    from .county import COUNTY

    store = Store(folder / "cube")
    refresh(store, whole=True)
    share(COUNTY, folder / "shares", KEY, store)
    first = folder / "shares" / COUNTY
    found = [first]
    for number in range(1, count):
        other = folder / "shares" / str(int(COUNTY) + number)
        other.mkdir()
        _as_another(first, other, number)
        found.append(other)
    return found


def _as_another(first: Path, other: Path, number: int) -> None:
    import duckdb

    from liren.figures.cube.sharing import ROOM, is_person

    duck = duckdb.connect()
    told_of = json.loads((first / "share.json").read_text("utf-8")) | {"county": other.name}
    for path in first.glob("*.parquet"):
        if not told_of["tables"].get(path.stem):
            shutil.copy(path, other / path.name)
            continue
        columns = duck.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()
        said = []
        for column, type_, *_rest in columns:
            own, told = f'"{column}"', f'"{column}"'
            if path.stem == "house__calendar":
                pass
            elif is_person(path.stem, column) or column == "household":
                known = f"hash({own}) % {COMMON} = 0"
                told = f"CASE WHEN {known} THEN {own} ELSE md5({own} || '/{number}') END"
            elif (type_ == "VARCHAR" and "place" in column) or (
                path.stem == "house__place" and column == "code"
            ):
                told = f"CAST(CAST(left({own}, 6) AS INTEGER) + {number} AS VARCHAR) || substr({own}, 7)"
            elif column == "id" or column.endswith("_id"):
                told = f"{own} + {number * ROOM}"
            said.append(f"{told} AS {own}")
        target = other / path.name
        duck.execute(
            f"COPY (SELECT {', '.join(said)} FROM read_parquet('{path}')) TO '{target}' (FORMAT parquet)"
        )
    (other / "share.json").write_text(json.dumps(told_of), "utf-8")


class Plain:
    """DuckDB over the files of all counties."""

    def __init__(self, folders: list[Path]) -> None:
        import duckdb

        from liren.figures.cube.dialects import DUCKDB
        from liren.figures.cube.shapes import shapes
        from liren.figures.cube.storing import all_shapes

        self.dialect, self.held = DUCKDB, duckdb.connect()
        for name in all_shapes(shapes()):
            among = folders[:1] if name == "house__calendar" else folders
            files = ", ".join(f"'{one / name}.parquet'" for one in among)
            self.held.execute(f'CREATE VIEW "{name}" AS SELECT * FROM read_parquet([{files}])')

    def rows(self, statement: str) -> list[tuple]:
        """All rows of an answer."""
        return self.held.execute(statement).fetchall()


@contextmanager
def timed(name: str, told: dict) -> Iterator[None]:
    """CPU seconds of this process, where Sail and DuckDB run too, and wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    told[name] = {
        "cpu_s": round(time.process_time() - cpu, 2),
        "wall_s": round(time.perf_counter() - wall, 2),
    }
    print(f"{name:12} {told[name]['cpu_s']:8.2f} CPU s {told[name]['wall_s']:8.2f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
