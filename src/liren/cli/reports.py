"""``liren report NAME …`` writes a report (and issues it); ``liren report check FILE.docx`` checks one."""

import sys
from pathlib import Path


def report_words(command) -> None:
    command.add_argument("name", help="报告（包名或 包.报告），或 check")
    command.add_argument("file", nargs="?", type=Path, help="check 时：要核对的 docx")
    command.add_argument("--place", metavar="CODE")
    command.add_argument("--unit", metavar="CODE")
    command.add_argument("--period", metavar="P")
    command.add_argument("--out", type=Path, metavar="DIR")
    command.add_argument("--issue", action="store_true", help="印发：固定每个数字")
    command.add_argument("--by", metavar="PERSON", help="印发人（编号或姓名）")
    command.add_argument("--json", action="store_true")


def report_run(args) -> int:
    if args.name == "check":
        return _check(args)
    from liren.figures.queries import read_period
    from liren.people.queries import find_person
    from liren.places.queries import find_place, find_unit
    from liren.refusals import Refusal
    from liren.reports.writing import write_report

    missing = [f"--{name}" for name in ("place", "period", "out") if not getattr(args, name)]
    if missing:
        raise Refusal("missing", fields="、".join(missing), what="写报告")
    place = find_place(args.place)
    unit = find_unit(args.unit, place.code) if args.unit else None
    by = find_person(args.by) if args.by else None
    written = write_report(
        args.name,
        place=place,
        unit=unit,
        period=read_period(args.period),
        out=args.out,
        issue=args.issue,
        by=by,
    )
    for path in written:
        print(path)
    return 0


def _check(args) -> int:
    import json

    from liren.refusals import Refusal
    from liren.reports.checking import check_docx
    from liren.reports.docx_reader import DocumentUnreadable

    if args.file is None:
        raise Refusal("missing", fields="文件", what="核对")
    try:
        checked = check_docx(args.file)
    except DocumentUnreadable as fault:
        raise Refusal("bad_file", file=str(args.file), reason=str(fault)) from None
    differences = [*checked.edited, *checked.moved]
    if args.json:
        print(json.dumps([d.__dict__ for d in differences], ensure_ascii=False, indent=1))
    else:
        print(f"{checked.title}：读出 {checked.numbers} 个数字")
        for difference in differences:
            print(f"  {difference}", file=sys.stderr)
        print("与系统一致" if not differences else f"{len(differences)} 个数字不一致")
    return 1 if differences else 0
