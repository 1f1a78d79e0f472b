"""``liren tick|trail|calendar``: upkeep of an installation; and bringing the database up to date."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def tick_words(command) -> None:
    command.add_argument("--every", type=int, metavar="SECONDS", help="不停地每隔几秒做一次")
    command.add_argument("--again", action="store_true", help="先把没有送出、已经放弃的消息重新排上")


def tick_run(args) -> int:
    """Deadlines, messages that are due, the anchors of trail and security log, what was kept long enough, search.

    With ``--every`` a fault (disk full, database away) is said and the next round tries again: a loop that ended at
    the first one would let limits pass unnoticed until somebody looked.
    """
    if args.again:
        from liren.notices.actions import jobs_revive

        print(f"重新排上 {jobs_revive()} 条消息")
    while True:
        faults = _round()
        if not args.every:
            return 1 if faults else 0
        time.sleep(args.every)


def _round() -> int:
    """Do every part once, each whether or not another one failed; how many failed."""
    from django.db import DatabaseError, InterfaceError, connections

    from liren.refusals import Refusal

    from .faults import told

    faults = 0
    for part in (
        _limits,
        _messages,
        _anchor,
        _log,
        _forwarded,
        _sweep,
        _erase,
        _searched,
        _columnar,
        _marked,
    ):
        try:
            part()
        except (DatabaseError, InterfaceError, OSError, Refusal) as fault:
            faults += 1
            print(f"{part.__doc__}没有做成：{told(fault)}", file=sys.stderr, flush=True)
            connections.close_all()  # one that broke would stay broken
    return faults


def _marked() -> None:
    """记下这一轮"""
    from liren.clock import now
    from liren.operating.marks import ticked

    ticked(now())


def _limits() -> None:
    """时限"""
    from liren.inforce import catalogue
    from liren.places.queries import calendar_renew
    from liren.records.actions import tick

    catalogue.renew()
    calendar_renew()
    print(f"记下 {tick()} 件过了时限的事")


def _messages() -> None:
    """消息"""
    from liren.notices.actions import deliver

    sent = deliver()
    print(f"送出 {sent.done} 条消息，没送出 {sent.failed + sent.died} 条")
    if sent.fault:
        print(sent.fault, file=sys.stderr)


def _anchor() -> None:
    """留痕的锚点"""
    from liren.clock import today
    from liren.trail.actions import anchor_set

    anchor_set(today())


def _log() -> None:
    """安全日志的链"""
    from liren.clock import now
    from liren.signin.actions import SEALED_AT_ONCE, events_seal

    while events_seal(now()) == SEALED_AT_ONCE:
        pass


def _forwarded() -> None:
    """安全日志外送"""
    from liren.signin.actions import SENT_AT_ONCE, events_forward

    while events_forward() == SENT_AT_ONCE:
        pass


def _sweep() -> None:
    """清理"""
    from liren.clock import now
    from liren.following.actions import follows_expire
    from liren.signin.actions import sweep

    sweep(now())
    follows_expire(now())


def _erase() -> None:
    """到期的私密内容"""
    from liren.privacy.actions import sweep

    if (erased := sweep()) and (count := sum(one["records"] for one in erased.told.values())):
        print(f"私密内容保存期满，删了 {count} 条记录的（liren private report）")


def _searched() -> None:
    """搜索索引"""
    from liren.search.actions import keep_up

    if read := keep_up():
        print(f"重新编了搜索索引，{read} 条记录")


def _columnar() -> None:
    """列式文件"""
    from liren.figures.cube.refreshing import follow

    done = follow()
    if done and done.records:
        print(f"列式文件更新到第 {done.state.acts} 号留痕，{done.records} 条记录")


def trail_words(command) -> None:
    command.add_argument(
        "action", choices=["verify", "anchors"], help="verify 验证；anchors 列出每日锚点，供公布"
    )
    command.add_argument(
        "--after", type=int, default=0, metavar="N", help="只验证第 N 号之后的（已验证过的不再看）"
    )
    command.add_argument("--until", type=int, metavar="M", help="只验证到第 M 号；长链可分段、同时验证")
    command.add_argument(
        "--anchor", metavar="N:摘要", action="append", default=[], help="拿公布过的锚点来核对，可多次"
    )
    command.add_argument("--json", action="store_true")


def trail_run(args) -> int:
    return _anchors(args) if args.action == "anchors" else _verify(args)


def _verify(args) -> int:
    from liren.clock import now
    from liren.progress import bar
    from liren.records.models import Act
    from liren.signin import chain
    from liren.trail.queries import Break, breaks, head

    last = min(args.until or head().act, head().act)
    published = list(_published(args.anchor))
    wrong = "与公布过的锚点不符"
    found = [Break(number, "", wrong) for of, number, holds in published if not of and not holds]
    log = [chain.LogBreak(number, wrong) for of, number, holds in published if of and not holds]
    rows = Act.objects.filter(pk__gt=args.after)
    with bar("验证留痕链", (rows.filter(pk__lte=last) if args.until else rows).count()) as progress:
        found += breaks(progress.update, after=args.after, until=args.until)
    if args.until is None:  # a range with an end is one of several; the one without looks at the log as well
        log += chain.breaks(now())
    if args.json:
        told = [{"act": one.act, "record": one.record, "what": one.what} for one in found]
        said = {"after": args.after, "until": last, "breaks": told}
        said["log"] = [{"number": one.number, "what": one.what, "sure": one.sure} for one in log]
        print(json.dumps(said, ensure_ascii=False))
    else:
        _said(found, log, f"第 {args.after + 1} 至 {last} 号", whole=args.until is None)
    return 1 if found or any(one.sure for one in log) else 0


def _said(found: list, log: list, acts: str, *, whole: bool) -> None:
    """What was found, for people: faults to one side, what holds to the other."""
    for one in found[:50]:
        print(f"第 {one.act} 号 {one.record}：{one.what}", file=sys.stderr)
    for one in log[:50]:
        print(f"安全日志第 {one.number} 号{'' if one.sure else '要看一看'}：{one.what}", file=sys.stderr)
    if found:
        print(f"留痕链有 {len(found)} 处不对", file=sys.stderr)
    else:
        print(f"留痕链完整：{acts}")
    if wrong := sum(one.sure for one in log):
        print(f"安全日志有 {wrong} 处不对", file=sys.stderr)
    elif whole:
        print("安全日志完整")


def _published(written: list[str]) -> Iterator[tuple[str, int, bool]]:
    """Anchors as they were printed or put on a site: whether of the log, the number, whether the chain still has it."""
    from liren.refusals import Refusal
    from liren.signin.chain import log_anchor_holds
    from liren.trail.queries import anchor_holds

    for text in written:
        of = "log:" if text.startswith("log:") else ""
        number, _, digest = text.removeprefix(of).partition(":")
        if not number.isascii() or not number.isdigit() or len(digest) != 64:
            raise Refusal(
                "bad_value", field="锚点", reason=f"「{text}」要写成 号:64位摘要，见 liren trail anchors"
            )
        held = log_anchor_holds if of else anchor_holds
        yield of, int(number), held(int(number), digest.lower())


def _anchors(args) -> int:
    """One line a day and chain, to be printed, read out or put on a site that is not this one."""
    from liren.signin.chain import log_anchors
    from liren.trail.queries import anchors

    found, log = anchors(3660), log_anchors()
    if args.json:
        told: list[dict] = [{"day": one.day.isoformat(), "act": one.act, "hash": one.hash} for one in found]
        told += [{"day": one.day.isoformat(), "log": one.number, "hash": one.hash} for one in log]
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for one in found:
        print(f"{one.day.isoformat()} {one.act}:{one.hash}")
    for line in log:
        print(f"{line.day.isoformat()} log:{line.number}:{line.hash}")
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
