"""``liren tick|trail|backup|restore|doctor|calendar``: upkeep of an installation."""

import sys
import time


def tick_words(command) -> None:
    command.add_argument("--every", type=int, metavar="SECONDS", help="不停地每隔几秒做一次")


def tick_run(args) -> int:
    from liren.records.actions import tick

    while True:
        print(f"记下 {tick()} 件过了时限的事")
        if not args.every:
            return 0
        time.sleep(args.every)


def trail_words(command) -> None:
    command.add_argument("action", choices=["verify"])


def trail_run(args) -> int:
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
