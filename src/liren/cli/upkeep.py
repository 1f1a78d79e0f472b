"""``liren tick|trail|calendar``: upkeep of an installation; and bringing the database up to date."""

import sys
import time
from pathlib import Path


def tick_words(command) -> None:
    command.add_argument("--every", type=int, metavar="SECONDS", help="不停地每隔几秒做一次")


def tick_run(args) -> int:
    """Deadlines, messages that are due, the day's anchor of the trail, old security events, what is searched."""
    from liren.clock import now, today
    from liren.inforce import catalogue
    from liren.notices.actions import deliver
    from liren.operating.marks import ticked
    from liren.places.queries import calendar_renew
    from liren.records.actions import tick
    from liren.search.actions import keep_up
    from liren.signin.actions import sweep
    from liren.trail.actions import anchor_set

    while True:
        catalogue.renew()
        calendar_renew()
        late, told = tick(), deliver()
        anchor_set(today())
        sweep(now())
        if read := keep_up():
            print(f"重新编了搜索索引，{read} 条记录")
        ticked(now())
        print(f"记下 {late} 件过了时限的事；送出 {told.done} 条消息，没送出 {told.failed + told.died} 条")
        if told.fault:
            print(told.fault, file=sys.stderr)
        if not args.every:
            return 0
        time.sleep(args.every)


def trail_words(command) -> None:
    command.add_argument("action", choices=["verify"])


def trail_run(_args) -> int:
    from liren.progress import bar
    from liren.records.models import Act
    from liren.trail.queries import breaks

    with bar("验证留痕链", Act.objects.count()) as progress:
        found = list(breaks(lambda done: progress.update(done)))
    for one in found[:50]:
        print(f"第 {one.act} 号 {one.record}：{one.what}", file=sys.stderr)
    if found:
        print(f"留痕链有 {len(found)} 处不对", file=sys.stderr)
        return 1
    print("留痕链完整")
    return 0


def calendar_words(command) -> None:
    command.add_argument("file", type=Path, metavar="FILE", help=".csv 或 .xlsx：日期、工作（是/否）、名称")
    command.add_argument(
        "--source", required=True, help="出自哪个通知，例：国务院办公厅关于2027年节假日安排的通知"
    )
    command.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    command.add_argument("--json", action="store_true")


def calendar_run(args) -> int:
    from liren.cli.tables import enter_plan
    from liren.tables.importing import plan_import
    from liren.tables.numbers import CalendarDays

    plan = plan_import(args.file, CalendarDays(args.source))
    return enter_plan(plan, dry_run=args.dry_run, as_json=args.json)
