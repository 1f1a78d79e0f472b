"""The handbook's table of what things cost, made from the results.

python -m benchmarks.table [--check]

It stands between two markers on the operators' pages, Chinese and English. `--check` only says whether it is fresh.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
RESULTS = HERE / "results"
HANDBOOK = HERE.parent / "docs" / "handbook"
BEGIN, END = "<!-- benchmarks: begin (python -m benchmarks.table) -->", "<!-- benchmarks: end -->"
SIZES = {10_000: ("1 万", "10 k"), 1_000_000: ("100 万", "1 M"), 10_000_000: ("1000 万", "10 M")}


class Words(NamedTuple):
    """What is said in one language."""

    at: int
    works: dict[str, str]
    head: str
    floors: str
    cube: str
    measured: str
    busy: str
    quiet: str
    none: str
    seconds: str
    hand: str
    parts: dict[str, str]


_WORKS = {
    "static": ("一个静态文件", "a static file"),
    "portal": ("门户首页，第一次来", "portal home, first visit"),
    "report": ("收下居民的一件上报", "accept a resident's report"),
    "step": ("办一步", "take a step"),
    "check-in": ("活动签到一人", "check somebody in at an activity"),
    "todo": ("工作人员的待办", "to-do list of a worker"),
    "list": ("筛过的清单 50 行，新的在前，带总数", "filtered list of 50, newest first, with its total"),
    "map": ("一点周围未办结的事", "map of open matters around a point"),
    "evidence": ("指标的值和第一页依据，一个季度", "a figure's value and first page of evidence, a quarter"),
    "figure": ("指标自己的页，带走势和分解", "a figure's own page with trend and breakdowns"),
    "files": ("导出一个镇的全部事项 csv，一次", "all matters of a town as csv, once"),
    "export": ("导出一个镇的全部事项 csv，一次", "all matters of a town as csv, once"),
}
_FLOORS = {
    "insert": ("裸插入", "bare insert"),
    "sql": ("裸 SQL", "raw SQL"),
    "template": ("裸模板 50 行", "bare template, 50 rows"),
    "duckdb": ("DuckDB", "DuckDB"),
    "bytes": ("同样字节的文件", "same bytes as a file"),
}
_PARTS = {
    "export": ("全部导出", "export of everything"),
    "increment": ("一天的增量（一万条留痕）", "increment of a day (10,000 acts)"),
    "cube": (
        "60 指标 × 各级地方 × 12 个月，到 Python 的格子",
        "60 figures × all places × 12 months, as cells for Python",
    ),
    "statements": ("只算这些语句", "the statements alone"),
    "by_hand": ("手写的 DuckDB 查询", "DuckDB queries written by hand"),
}


def words(at: int) -> Words:
    """Chinese (0) or English (1)."""
    return Words(
        at, {name: both[at] for name, both in _WORKS.items()},
        ("做什么 | 目标", "work | target")[at],
        ("同一次量到的下限，CPU 毫秒", "floors of the same run, CPU ms")[at],
        ("列式文件，CPU 秒（耗时秒）", "columnar files, CPU s (wall s)")[at],
        ("量于", "measured on")[at],
        ("**机器当时在忙（负载 {0}），偏高**", "**on a busy machine (load {0}), so too high**")[at],
        ("机器空闲", "machine idle")[at], ("没有量", "not measured")[at], ("{0} 秒", "{0} s")[at],
        ("语句与手写的之比", "statements against those by hand")[at], {name: both[at] for name, both in _PARTS.items()},
    )  # fmt: skip


def results(folder: Path = RESULTS) -> dict[str, dict]:
    """Every file of results by its name, without `.json`."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def told(found: dict[str, dict], said: Words) -> str:
    """What stands between the markers."""
    lines: list[str] = []
    runs = {name: one for name, one in found.items() if "works" in one}
    for vendor in ("sqlite", "postgresql"):
        mine = sorted(
            (one for one in runs.values() if one["database"].startswith(vendor)),
            key=lambda one: one["records"],
        )
        if mine:
            lines += [*_vendor(mine, said), ""]
    wide = [one for name, one in found.items() if name.startswith("cube-")]
    if wide:
        lines += [*_cube(sorted(wide, key=lambda one: one["records"]), said), ""]
    lines += [
        line for name, one in found.items() if name.startswith("province") for line in _province(one, said)
    ]
    return "\n".join(lines).strip()


def _vendor(mine: list[dict], said: Words) -> list[str]:
    sizes = [SIZES.get(one["records"], (str(one["records"]),) * 2)[said.at] for one in mine]
    grown = [f"{sizes[0]} → {sizes[-1]}"] if len(mine) > 1 else []
    head = [*said.head.split(" | "), *sizes, *grown, said.floors]
    lines = [f"**{mine[0]['database']}**", "", _row(head), _row(["---"] * len(head))]
    for name in [one for one in _WORKS if any(one in run["works"] for run in mine)]:
        rows = [run["works"].get(name) for run in mine]
        known = [row for row in rows if row]
        target = known[0]["target_ms"]
        cells = [_cost(row, once=not target) if row else "–" for row in rows]
        whole = all(rows[at] for at in (0, -1)) and target
        growth = [f"×{rows[-1]['cpu_ms'] / rows[0]['cpu_ms']:.1f}" if whole else "–"] if grown else []
        floors = known[-1].get("floors", {})
        bare = "; ".join(f"{_FLOORS[kind][said.at]} {_number(one)}" for kind, one in floors.items())
        lines.append(
            _row([said.works[name], f"≤ {target:g}" if target else "–", *cells, *growth, bare or "–"])
        )
    return [*lines, "", *(_circumstances(one, size, said) for one, size in zip(mine, sizes, strict=True))]


def _cost(row: dict, *, once: bool) -> str:
    told_in = f"{row['cpu_ms'] / 1000:.1f} s, {row['memory_mib']} MiB" if once else _number(row["cpu_ms"])
    over = not once and row["cpu_ms"] > row["target_ms"]
    return f"*{told_in}*" if over else told_in


#: A minute's average still knows the part of the same run that was measured just before.
_QUIET = 2.0


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _circumstances(one: dict, size: str, said: Words) -> str:
    load = max(one.get("load_before", one.get("loaded", 0)), 0)
    quiet = said.quiet if load <= _QUIET else said.busy.format(load)
    return f"- {size}: {said.measured} {one.get('day', '')} {one['machine']}; {one['database']}; {quiet}"


def _cube(wide: list[dict], said: Words) -> list[str]:
    names = [
        f"{SIZES.get(one['records'], (str(one['records']),) * 2)[said.at]}, {one.get('database', '').split()[0]}"
        for one in wide
    ]
    head = [said.cube, *names]
    lines = [_row(head), _row(["---"] * len(head))]
    for part, title in said.parts.items():
        cells = [f"{one[part]['cpu_s']} ({one[part]['wall_s']})" if part in one else "–" for one in wide]
        lines.append(_row([title, *cells]))
    lines.append(_row([said.hand, *(f"×{one['ratio']}" for one in wide)]))
    return [*lines, "", *(_circumstances(one, name, said) for one, name in zip(wide, names, strict=True))]


def _province(one: dict, said: Words) -> list[str]:
    """A province: both engines over the shares of its counties."""
    spark = "{2} 个指标：Spark（{3}）{4} CPU 秒（{5}），DuckDB {6}（{7}），同数"
    zh = "**全省**：{0} 个县，{1:,} 条，" + spark
    en = "**Province**: {0} counties, {1:,} records, {2} figures: Spark ({3}) {4} CPU s ({5} s), DuckDB {6} ({7})"
    title = (zh, en)[said.at]
    records, server = one["counties"] * one["records"], "Spark Connect" if one["remote"] else "Sail"
    spent = [one[name][kind] for name in ("spark", "duckdb") for kind in ("cpu_s", "wall_s")]
    told_in = title.format(one["counties"], records, one["figures"], server, *spent)
    size = ("全省", "province")[said.at]
    return [told_in, "", _circumstances(one, size, said), ""]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def page(text: str, found: dict[str, dict], at: int) -> str:
    """The page with its table renewed."""
    before, _, rest = text.partition(BEGIN)
    _, there, after = rest.partition(END)
    assert there, "the markers are missing"
    return f"{before}{BEGIN}\n{told(found, words(at))}\n{END}{after}"


def stale(*, write: bool) -> list[Path]:
    """Pages whose table is not that of the results; with `write` they are mended."""
    found, old = results(), []
    for at, name in enumerate(("operators.md", "operators.en.md")):
        path = HANDBOOK / name
        text = path.read_text(encoding="utf-8")
        fresh = page(text, found, at)
        if fresh != text:
            old.append(path)
            if write:
                path.write_text(fresh, encoding="utf-8")
    return old


def main() -> int:
    """Write, or with --check say what is stale."""
    only = "--check" in sys.argv[1:]
    for path in (old := stale(write=not only)):
        print(f"{'stale' if only else 'written'}: {path.name}")
    return 1 if only and old else 0


if __name__ == "__main__":
    sys.exit(main())
