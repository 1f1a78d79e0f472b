"""``liren figure``: one figure, its value and its evidence."""

import json


def figure_words(command) -> None:
    command.add_argument("id", nargs="?", help="指标，如 grid_case.on_time_rate")
    command.add_argument("--list", action="store_true", help="列出全部指标")
    command.add_argument("--place", metavar="CODE", help="区划代码或地点名称")
    command.add_argument("--unit", metavar="CODE", help="只算这个单位")
    command.add_argument("--period", metavar="P", help="2020 2020H1 2020Q1 2020-03 since:… asof:…")
    command.add_argument("--json", action="store_true")
    command.add_argument("--evidence", action="store_true", help="列出支撑记录")


def figure_run(args) -> int:
    from liren.figures.queries import compute, read_period
    from liren.figures.scope import Scope
    from liren.figures.telling import as_json, evidence_lines
    from liren.inforce import catalogue
    from liren.places.queries import find_place, find_unit
    from liren.refusals import Refusal

    if args.list:
        for entry in catalogue().figures.values():
            print(f"{entry.id}\t{entry.spec.title}\t{entry.spec.unit}")
        return 0
    missing = [
        f"--{name}" if name != "id" else "ID" for name in ("id", "place", "period") if not getattr(args, name)
    ]
    if missing:
        mend = "（例：liren figure grid_case.closed --place 990121 --period 2022）"
        raise Refusal("missing", fields="、".join(missing) + mend, what="计算")
    place = find_place(args.place)
    unit = find_unit(args.unit, place.code) if args.unit else None
    result = compute(args.id, Scope(place.code, read_period(args.period), unit.pk if unit else None))
    told = as_json(result)
    if args.evidence:
        told["evidence"] = evidence_lines(result)
    if args.json:
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        print(f"{told['title']}（{place.name}，{result.scope.period.label_zh}）= {told['text']}")
        print(f"口径：{told['definition']}（第{told['version']}版）；支撑记录 {told['evidence_count']}")
        for line in told.get("evidence", ()):
            print("  " + "\t".join(str(v) for v in line.values()))
    return 0
