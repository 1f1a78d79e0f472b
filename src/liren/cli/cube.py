"""``liren cube``: the columnar files that wide tables are read from: refresh, state, one table."""

import json
import sys
import time


def cube_words(command) -> None:
    told = "refresh 更新；state 状态；show 一张宽表；share 给省里的份额"
    command.add_argument("action", choices=["refresh", "state", "show", "share"], help=told)
    command.add_argument("--whole", action="store_true", help="refresh：从头全部重写")
    command.add_argument("--pack", metavar="PACK", help="show：哪个业务包的指标")
    command.add_argument("--place", metavar="CODE", help="show、share：区划代码或地点名称")
    command.add_argument("--period", metavar="P", help="show：时段，按月分开")
    command.add_argument("--sql", action="store_true", help="show：只写出要问的 SQL")
    command.add_argument("--out", metavar="DIR", help="share：写到哪个文件夹（里面按县分）")
    command.add_argument("--key", metavar="FILE", help="share：省里发的密钥文件，至少 32 字节")
    command.add_argument("--json", action="store_true")


def cube_run(args) -> int:
    return {"refresh": _refresh, "state": _state, "show": _show, "share": _share}[args.action](args)


def _refresh(args) -> int:
    from liren.figures.cube.refreshing import refresh

    began = time.perf_counter()
    done = refresh(whole=args.whole)
    if done is None:
        print("liren: 另一个进程正在更新列式文件；等它做完再试。", file=sys.stderr)
        return 1
    told = {"what": done.what, "records": done.records, "acts": done.state.acts}
    if args.json:
        print(json.dumps(told))
    else:
        words = {"whole": "全部重写", "increment": "增量", "folded": "增量并归整", "nothing": "没有变动"}[
            done.what
        ]
        print(
            f"{words}：{done.records} 条记录，到第 {done.state.acts} 号留痕，{time.perf_counter() - began:.1f} 秒"
        )
    return 0


def _state(args) -> int:
    from django.utils import timezone

    from liren.figures.cube.moving import needed
    from liren.figures.cube.storing import Store
    from liren.trail.models import Head

    needed()
    store = Store()
    state, head = store.state(), Head.objects.filter(pk=1).first()
    behind = (head.act if head else 0) - (state.acts if state else 0)
    if state is None:
        print("还没有列式文件；先运行 liren cube refresh", file=sys.stderr)
        return 1
    tables = {name: part.rows for name, part in state.tables.items() if part.rows}
    told = {
        "at": state.at, "acts": state.acts, "behind": behind, "replaced": state.replaced,
        "bytes": store.bytes, "tables": tables,
    }  # fmt: skip
    if args.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return 0
    print(
        f"数字截至 {timezone.localtime(state.moment):%Y-%m-%d %H:%M}，第 {state.acts} 号留痕，还差 {behind} 号"
    )
    print(
        f"{len(tables)} 张表，{store.bytes / 1e6:.1f} MB，其中 {state.replaced} 条记录在增量里（{store.folder}）"
    )
    for name, rows in sorted(tables.items(), key=lambda pair: -pair[1])[:20]:
        print(f"  {rows:>12,}  {name}")
    return 0


def _show(args) -> int:
    """Every figure of a pack, for a place and the places below, month by month."""
    from liren.figures.cube.showing import statements, wide
    from liren.figures.queries import read_period
    from liren.inforce import catalogue
    from liren.packs.findings import suggest
    from liren.places.queries import find_place
    from liren.refusals import Refusal

    missing = [f"--{name}" for name in ("pack", "place", "period") if not getattr(args, name)]
    if missing:
        raise Refusal("missing", fields="、".join(missing), what="出表")
    pack = catalogue().packs.get(args.pack)
    if pack is None:
        raise Refusal(
            "not_found", what="业务", name=args.pack, mend=suggest(args.pack, catalogue().packs) or ""
        )
    place, period = find_place(args.place), read_period(args.period)
    entries = [catalogue().figures[f"{pack.pack}.{key}"] for key in pack.figures]
    if args.sql:
        print("\n\n".join(statements(entries, place.code, period)))
        return 0
    rows = wide(entries, place.code, period)
    if args.json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        print("\t".join(str(value) for value in row.values()))
    return 0


def _share(args) -> int:
    """The county's share for its province: no names, persons and households as a keyed blind index."""
    from pathlib import Path

    from liren.figures.cube.sharing import read_key, share
    from liren.places.queries import find_place
    from liren.refusals import Refusal

    missing = [f"--{name}" for name in ("place", "out", "key") if not getattr(args, name)]
    if missing:
        raise Refusal("missing", fields="、".join(missing), what="生成份额")
    done = share(find_place(args.place).code, Path(args.out), read_key(Path(args.key)))
    rows = sum(done.tables.values())
    print(
        f"{done.county}：{sum(map(bool, done.tables.values()))} 张表，{rows} 行；{done.persons} 人只留盲索引"
    )
    return 0
