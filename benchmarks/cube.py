"""The columnar engine against DuckDB queries written by hand over the same files, in the same run.

    python -m benchmarks.cube --home DIR [--folder DIR] [--period 2025] [--keep] [--out FILE]

DIR is the home of a grown county (see county.py). Printed, in CPU and wall seconds: the export of the whole, the
increment of a day, the cube of 60 figures × all places at three levels × 12 months as cells for Python, the
statements alone, and the statements written by hand; for the last two the smallest of five runs, taken in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

CATEGORIES = ("facility", "sanitation", "safety", "service")
RUNS = 5
DAY_ACTS = 10_000


def definitions() -> list[tuple[str, dict]]:
    """Sixty figures: (pack, what a pack would say)."""
    event, service, item = "grid_case", "volunteer_service", "media_publish"
    closed, seat = "state == 'closed'", "present and confirmed and record.state == 'confirmed'"
    found: list[tuple[str, dict]] = []
    for only in ("", *(f"category == '{one}'" for one in CATEGORIES)):
        both = f"{closed} and {only}" if only else closed
        where = {"where": only} if only else {}
        found += [
            (event, {"count": "event", **where}),
            (event, {"count": "event", "where": f"late_count > 0 and {only}" if only else "late_count > 0"}),
            (event, {"count": "event", "dated": "closed", "where": both}),
            (event, {"count": "event", "dated": "closed", "where": f"{both} and late_count == 0"}),
            (event, {"count": "event", "dated": "closed", "where": f"{both} and outcome == 'fixed'"}),
            (event, {"count": "event", "stood": "true", **where}),
            (event, {"distinct": "place", "of": "event", **where}),
            (event, {"sum": "late_count", "of": "event", **where}),
            (event, {"maximum": "late_count", "of": "event", **where}),
        ]
    held = "state in ['held', 'confirmed']"
    found += [
        (service, {"count": "service"}),
        (service, {"count": "service", "where": held}),
        (service, {"count": "service", "where": "state == 'confirmed' and late_count == 0"}),
        (service, {"sum": "quantity", "of": "service", "where": held}),
        (service, {"distinct": "place", "of": "service", "where": held}),
        (service, {"count": "service.attendance", "where": seat}),
        (service, {"sum": "minutes", "of": "service.attendance", "where": seat}),
        (service, {"average": "minutes", "of": "service.attendance", "where": seat}),
        (service, {"distinct": "person", "of": "service.attendance", "where": seat}),
        (item, {"count": "item"}),
        (item, {"count": "item", "dated": "closed", "where": "state == 'published'"}),
        (item, {"count": "item", "dated": "closed", "where": "state == 'published' and category == 'news'"}),
        (item, {"count": "item", "dated": "closed", "where": "state == 'dropped'"}),
        (item, {"distinct": "place", "of": "item"}),
        (item, {"count": "item", "stood": "true"}),
    ]
    assert len(found) == 60
    return found


def by_hand(year: int) -> list[str]:
    """The same sixty in as few scans as one finds: grouped once by village and month, rolled up from there.

    The span of the year stands in each; months come from the moment in China; what is told apart is grouped by
    grouping sets; a stock is what began before a month's end and had not ended.
    """
    month = "month({0} + INTERVAL 8 HOUR)"
    span = f"{{0}} >= TIMESTAMP '{year - 1}-12-31 16:00:00' AND {{0}} < TIMESTAMP '{year}-12-31 16:00:00'"
    village, town = "substr({0}, 1, 12)", "substr(v, 1, 9)"
    cats = ["", *(f"category = '{one}'" for one in CATEGORIES)]

    def only(*parts: str) -> str:
        said = " AND ".join(part for part in parts if part)
        return f" FILTER (WHERE {said})" if said else ""

    def rolled(inner: str, adding: list[str]) -> str:
        told = ", ".join(f"{how}(n{at})" for at, how in enumerate(adding))
        return (
            f"WITH c AS ({inner}) SELECT '990600', m, {told} FROM c GROUP BY m UNION ALL "
            f"SELECT {town}, m, {told} FROM c GROUP BY 1, 2 UNION ALL SELECT v, m, {told} FROM c GROUP BY 1, 2"
        )

    def adding(table: str, moment: str, place: str, said: list[str], how: list[str]) -> str:
        named = ", ".join(f"{one} AS n{at}" for at, one in enumerate(said))
        cell = f"{village.format(place)} AS v, {month.format(moment)} AS m"
        return rolled(f"SELECT {cell}, {named} FROM {table} WHERE {span.format(moment)} GROUP BY 1, 2", how)

    def apart(table: str, moment: str, place: str, said: list[str]) -> str:
        inner = f"SELECT *, {village.format(place)} AS v, {month.format(moment)} AS m FROM {table}"
        sets = "GROUPING SETS ((m), (t, m), (v, m))"
        told = ", ".join(said)
        return (
            f"SELECT t, v, m, {told} FROM (SELECT *, {town} AS t FROM ({inner} WHERE {span.format(moment)})) "
            f"GROUP BY {sets}"
        )

    closed, confirmed = "state = 'closed'", "state = 'confirmed'"
    opened = [
        one for c in cats
        for one in (f"count(*){only(c)}", f"count(*){only('late_count > 0', c)}", f"sum(late_count){only(c)}",
                    f"max(late_count){only(c)}")
    ]  # fmt: skip
    done = [
        f"count(*){only(closed, c, more)}"
        for c in cats for more in ("", "late_count = 0", "data__outcome = 'fixed'")
    ]  # fmt: skip
    event, service, item = "grid_case__event", "volunteer_service__service", "media_publish__item"
    held, seat = "state IN ('held', 'confirmed')", "present AND confirmed AND record__state = 'confirmed'"
    last_of = f"TIMESTAMP '{year}-{{0:02}}-01 00:00:00' + INTERVAL 1 MONTH - INTERVAL 8 HOUR"
    ends = ", ".join(f"({last_of.format(m)}, {m})" for m in range(1, 13))

    def stock(table: str, conditions: list[str]) -> str:
        """Begun and ended counted by the month they fall in, then added up month by month."""
        said = [f"count(*){only(c)}" for c in conditions]
        last = f"TIMESTAMP '{year}-12-31 16:00:00'"
        first = f"TIMESTAMP '{year}-01-31 16:00:00'"
        begun = f"CASE WHEN opened < {first} THEN 1 ELSE {month.format('opened')} END"
        over = f"CASE WHEN closed IS NULL OR closed >= {last} THEN 13 ELSE {month.format('closed')} END"
        named = ", ".join(f"{one} AS n{at}" for at, one in enumerate(said))
        inner = (
            f"SELECT {village.format('place_id')} AS v, {begun} AS b, {over} AS e, {named} FROM {table} WHERE "
            f"opened < {last} AND (closed IS NULL OR closed >= {first}) GROUP BY 1, 2, 3"
        )
        parts = ", ".join(f"c.n{at}" for at in range(len(said)))
        months = f"JOIN (VALUES {ends}) x(ends_at, m) ON c.b <= x.m AND x.m < c.e"
        cells = f"SELECT c.v, x.m, {parts} FROM ({inner}) c {months}"
        return rolled(cells, ["sum"] * len(said))

    return [
        adding(event, "opened", "place_id", opened, ["sum", "sum", "sum", "max"] * len(cats)),
        adding(event, "closed", "place_id", done, ["sum"] * len(done)),
        stock(event, cats),
        apart(event, "opened", "place_id", [f"count(DISTINCT place_id){only(c)}" for c in cats]),
        adding(service, "starts", "place_id", [
            "count(*)", f"count(*){only(held)}", f"count(*){only(confirmed, 'late_count = 0')}",
            f"sum(quantity){only(held)}"], ["sum"] * 4),
        apart(service, "starts", "place_id", [f"count(DISTINCT place_id){only(held)}"]),
        adding(f"{service}__attendance", "record__starts", "record__place_id", [
            f"count(*){only(seat)}", f"sum(minutes){only(seat)}", f"count(minutes){only(seat)}"], ["sum"] * 3),
        apart(f"{service}__attendance", "record__starts", "record__place_id",
              [f"count(DISTINCT person_id){only(seat)}"]),
        adding(item, "opened", "place_id", ["count(*)"], ["sum"]),
        adding(item, "closed", "place_id", [
            "count(*) FILTER (WHERE state = 'published')",
            "count(*) FILTER (WHERE state = 'published' AND category = 'news')",
            "count(*) FILTER (WHERE state = 'dropped')"], ["sum"] * 3),
        apart(item, "opened", "place_id", ["count(DISTINCT place_id)"]),
        stock(item, [""]),
    ]  # fmt: skip


class Clock:
    """CPU and wall seconds of what is done inside."""

    def __enter__(self):
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_fault) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu

    def __str__(self) -> str:
        return f"{self.cpu:8.2f} CPU s {self.wall:8.2f} s"

    @property
    def told(self) -> dict[str, float]:
        return {"cpu_s": round(self.cpu, 2), "wall_s": round(self.wall, 2)}


def main() -> int:
    words = argparse.ArgumentParser(prog="python -m benchmarks.cube", description=__doc__)
    words.add_argument("--home", required=True)
    words.add_argument("--folder", type=Path)
    words.add_argument("--period", type=int, default=time.localtime().tm_year - 1)
    words.add_argument("--keep", action="store_true", help="use the files that are there")
    words.add_argument("--out", type=Path)
    asked = words.parse_args()
    os.environ |= {"LIREN_HOME": asked.home, "DJANGO_SETTINGS_MODULE": "liren.settings"}
    import django

    django.setup()
    from django.db import connection

    from .__main__ import circumstances, load
    from .county import known

    folder = asked.folder or Path(tempfile.mkdtemp(prefix="liren-cube-"))
    try:
        told = circumstances(connection, known(), 0) | measured(folder, asked.period, keep=asked.keep)
    finally:
        if not asked.folder:
            shutil.rmtree(folder, ignore_errors=True)
    told["load_after"] = load()
    if asked.out:
        asked.out.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def measured(folder: Path, year: int, *, keep: bool) -> dict:
    """Do it all and print; the figures as a dict."""
    from liren.figures.cube.refreshing import refresh
    from liren.figures.cube.shapes import shapes
    from liren.figures.cube.storing import DuckEngine, Store, all_shapes
    from liren.inforce import catalogue
    from liren.packs.catalogue import FigureEntry
    from liren.packs.figure_language import Figure

    packs = catalogue().packs
    entries = [
        FigureEntry(packs[pack], f"n{at}", Figure(title=f"n{at}", unit="件", **said))
        for at, (pack, said) in enumerate(definitions())
    ]
    wanted = shapes([*catalogue().figures.values(), *entries])
    store, told = Store(folder), {}
    if not keep:
        with Clock() as clock:
            done = refresh(store, whole=True, wanted=wanted)
        told |= {"bytes": store.bytes, "export": clock.told}
        print(f"export of {done.records:,} records, {store.bytes / 1e6:.0f} MB  {clock}", flush=True)
        state = store.state()
        state.acts -= DAY_ACTS  # as if the last ten thousand acts had come since
        store.keep(state)
        with Clock() as clock:
            done = refresh(store, wanted=wanted)
        told["increment"] = clock.told | {"records": done.records}
        print(f"increment of {DAY_ACTS:,} acts, {done.records:,} records  {clock}", flush=True)
        with Clock() as clock:
            refresh(store, wanted=wanted)
        told["nothing_new"] = clock.told
        print(f"increment of nothing  {clock}", flush=True)
    engine = DuckEngine(store, store.state(), all_shapes(wanted))
    return told | compared(engine, entries, year)


def compared(engine, entries, year: int) -> dict:
    """The cube, its statements alone, and those by hand, in turn; the least CPU of each."""
    from itertools import groupby

    from liren.figures.cube.asking import Asked, cells, parts_of, statement
    from liren.figures.periods import Period

    asked = Asked("990600", Period.holding("year", _day(year)).slots("month"), lengths=(6, 9, 12))
    parts = sorted(parts_of(engine, entries, asked), key=lambda part: str(part.batch))
    ours = [statement(list(batch), asked) for _key, batch in groupby(parts, key=lambda part: part.batch)]
    theirs = by_hand(year)
    runs: dict[str, list[Clock]] = {"cube": [], "statements": [], "by_hand": []}
    found = {}
    for _ in range(RUNS):
        with Clock() as clock:
            found = cells(engine, entries, asked)
        runs["cube"].append(clock)
        for name, statements in (("statements", ours), ("by_hand", theirs)):
            with Clock() as clock:
                for one in statements:
                    engine.rows(one)
            runs[name].append(clock)
    least = {name: min(clocks, key=lambda clock: clock.cpu) for name, clocks in runs.items()}
    ratio = least["statements"].cpu / least["by_hand"].cpu
    groups = len({place for _figure, place, _at in found})
    print(f"{len(entries)} figures × {groups} places × 12 months = {len(found):,} cells")
    for name, clock in least.items():
        print(f"{name:12} {clock}")
    whole = least["cube"].cpu / least["by_hand"].cpu
    print(f"statements ×{ratio:.2f} of those by hand; with cells for Python ×{whole:.2f}")
    return {name: clock.told for name, clock in least.items()} | {
        "ratio": round(ratio, 2),
        "cells": len(found),
    }


def _day(year: int):
    from datetime import date

    return date(year, 1, 1)


if __name__ == "__main__":
    sys.exit(main())
