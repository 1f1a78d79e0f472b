"""``liren import`` and ``liren export``: tables in and out."""

import json
import sys
from contextlib import ExitStack
from pathlib import Path

from liren.progress import Bar, bar


def import_words(command) -> None:
    command.add_argument(
        "kind",
        help="记录类型（grid_case.event 或它的名称）、place、unit、person、post、reading:指标、outline（地点界线）",
    )
    command.add_argument(
        "file", type=Path, metavar="FILE", help=".csv 或 .xlsx，列名用字段的名称或键；界线是 .geojson"
    )
    command.add_argument("--dry-run", action="store_true", help="只检查，说出会改什么，不写入")
    command.add_argument("--by", metavar="PERSON", help="经办人：人员编号或姓名；要有登记这类记录的角色")
    command.add_argument("--place", metavar="CODE", help="没写地点的行用这个地点")
    command.add_argument("--sheet", metavar="NAME", help="工作表（默认第一个）")
    command.add_argument("--ignore-unknown", action="store_true", help="不认识的列不读，也不拒绝")
    command.add_argument("--json", action="store_true")


def import_run(args) -> int:
    from liren.people.queries import find_person
    from liren.places.queries import find_place
    from liren.tables.importing import plan_import
    from liren.tables.registers import register_for

    if args.kind in ("outline", "界线"):
        return outline_run(args)
    by = find_person(args.by) if args.by else None
    place = find_place(args.place) if args.place else None
    register = register_for(args.kind, by=by, place=place)
    with Watch(f"检查 {args.file.name}") as watch:
        plan = plan_import(
            args.file, register, sheet=args.sheet, ignore_unknown=args.ignore_unknown, progress=watch
        )
    return enter_plan(plan, dry_run=args.dry_run, as_json=args.json)


def outline_run(args) -> int:
    """Lay the boundaries of a GeoJSON file over those that are there."""
    from liren.places.actions import outlines_set
    from liren.tables.outlines import read_outlines

    found = read_outlines(args.file)
    written = 0
    if not found.faults and not args.dry_run:
        written = outlines_set(found.rings, source=args.file.name)
    if args.json:
        told = {
            "outlines": len(found.rings),
            "faults": found.faults,
            "written": written,
            "dry_run": args.dry_run,
        }
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 1 if found.faults else 0
    for fault in found.faults:
        print(fault, file=sys.stderr)
    if found.faults:
        print(f"{args.file}：{len(found.faults)} 处不对，一处也没有写入。改正后再导入一次。", file=sys.stderr)
        return 1
    print(f"界线：{len(found.rings)} 个地点，{found.corners} 个点；坐标按 CGCS2000（WGS 84）经纬度")
    print("只检查，没有写入（--dry-run）" if args.dry_run else f"写入 {written} 个")
    return 0


def enter_plan(plan, *, dry_run: bool, as_json: bool) -> int:
    """Say what a plan would do, do it unless told otherwise; exit status 1 when a cell is bad."""
    written = 0
    if not plan.bad and not dry_run:
        if sys.stderr.isatty() and len(plan.new) > 2000:
            print(f"写入 {len(plan.new)} 条……", file=sys.stderr)
        written = plan.enter()
    if as_json:
        told = plan.as_json() | {"dry_run": dry_run, "written": written}
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
    else:
        _tell(plan, dry_run, written)
    return 1 if plan.bad else 0


def _tell(plan, dry_run: bool, written: int) -> None:
    for note in plan.notes:
        print(f"提示：{note}")
    for row, first in plan.doubles:
        print(f"提示：第 {row} 行与第 {first} 行完全相同，只算一条")
    for cell in plan.bad:
        print(cell, file=sys.stderr)
    if plan.bad:
        print(f"{plan.file}：{len(plan.bad)} 处不对，一行也没有写入。改正后再导入一次。", file=sys.stderr)
        return
    print(f"{plan.register.title}：共 {plan.rows} 行，新增 {len(plan.new)}，已有 {plan.there}（不改动）")
    if dry_run:
        for item in plan.new[:5]:
            print(f"  ＋ {item.told}")
        if len(plan.new) > 5:
            print(f"  … 另有 {len(plan.new) - 5} 条")
        print("只检查，没有写入（--dry-run）")
    else:
        print(f"写入 {written} 条")


class Watch:
    """Shows a progress bar from the moment the number of rows is known."""

    def __init__(self, title: str):
        self.title, self.stack = title, ExitStack()
        self.bar: Bar | None = None

    def __enter__(self) -> "Watch":
        return self

    def __call__(self, done: int, total: int) -> None:
        if self.bar is None:
            self.bar = self.stack.enter_context(bar(self.title, total))
        self.bar.update(done)

    def __exit__(self, *fault) -> None:
        self.stack.close()


def export_words(command) -> None:
    command.add_argument(
        "kind", help="记录类型（grid_case.event 或它的名称）、place、unit、person、post、reading:指标"
    )
    command.add_argument("file", type=Path, metavar="FILE", help=".csv 或 .xlsx")
    command.add_argument("--place", metavar="CODE", help="只要这个地点之内的")
    command.add_argument("--period", metavar="P", help="只要这个时段的：2020 2020H1 2020Q1 2020-03 …")
    encoding = command.add_mutually_exclusive_group()
    encoding.add_argument(
        "--utf8", dest="encoding", action="store_const", const="utf8", help="CSV 用不带 BOM 的 UTF-8"
    )
    encoding.add_argument("--gbk", dest="encoding", action="store_const", const="gbk", help="CSV 用 GBK")
    command.add_argument("--json", action="store_true")
    command.set_defaults(encoding="bom")


def export_run(args) -> int:
    from liren.database.statements import unmap
    from liren.places.queries import find_place

    unmap()
    place = find_place(args.place).code if args.place else None
    is_list = args.kind.startswith("reading:") or args.kind in _lists()
    count, notes = (_export_list if is_list else _export_records)(args, place)
    if args.json:
        print(json.dumps({"file": str(args.file), "rows": count, "notes": notes}, ensure_ascii=False))
        return 0
    for note in notes:
        print(f"提示：{note}")
    print(f"导出 {count} 行到 {args.file}")
    return 0


def _lists() -> dict:
    from liren.tables.lists import LISTS

    return LISTS


def _export_list(args, place: str | None) -> tuple[int, list[str]]:
    from liren.refusals import Refusal
    from liren.tables.export import ListTable

    if args.period:
        raise Refusal("bad_value", field="--period", reason="名册没有时段；去掉 --period")
    table = ListTable(args.kind, place)
    return _write(args, table.titles(), table.rows(), None), []


def _export_records(args, place: str | None) -> tuple[int, list[str]]:
    from liren.figures.queries import read_period
    from liren.tables.export import RecordTable
    from liren.tables.registers import kind_named

    entry = kind_named(args.kind)
    bounds = read_period(args.period).bounds() if args.period else None
    table = RecordTable(entry, place, bounds)
    columns = table.columns()
    count = _write(args, [c.title for c in columns], table.rows(columns), table.records().count())
    private = [field.title for field in entry.spec.fields.values() if field.private]
    notes = [f"私密字段已遮盖：{'、'.join(private)}"] if private and count else []
    if table.sealed:
        notes.append(f"{len(table.sealed)} 条记录的私密字段用这里的密钥打不开，例：{table.sealed[0]}")
    return count, notes


def _write(args, titles: list[str], rows, total: int | None) -> int:
    from liren.tables.sheet_writing import write_table

    done = 0

    def watched():
        nonlocal done
        for row in rows:
            done += 1
            if total and done % 500 == 0:
                watch(done, total)
            yield row

    with Watch(f"导出 {args.file.name}") as watch:
        write_table(args.file, titles, watched(), encoding=args.encoding)
    return done
