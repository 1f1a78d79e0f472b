"""``liren province``: every figure of a province, from the shares of its counties."""

import json
import time
from pathlib import Path

NO_DATABASE = {"province": True}


def province_words(command) -> None:
    command.add_argument("folder", metavar="DIR", help="各县份额所在的文件夹（每县一个子文件夹）")
    command.add_argument("--period", metavar="P", required=True, help="时段")
    command.add_argument("--pack", action="append", metavar="PACK", help="只算这些业务包（可写多次）")
    command.add_argument(
        "--remote", default="", metavar="sc://HOST:PORT", help="Spark 集群；不写就在本机起一个"
    )
    command.add_argument(
        "--out", metavar="DIR", required=True, help="写 figures.json、province.html、province.md"
    )


def province_run(args) -> int:
    import django

    django.setup()
    from liren.figures.cube.province import counted, spark
    from liren.figures.queries import read_period
    from liren.inforce import catalogue

    period = read_period(args.period)
    packs = set(args.pack or catalogue().packs)
    entries = [entry for entry in catalogue().figures.values() if entry.pack.pack in packs]
    began = time.perf_counter()
    with spark(args.remote) as session:
        found = counted(session, Path(args.folder), entries, period)
    _write(found, Path(args.out))
    print(
        f"{len(found.counties)} 个县，{len(found.whole)} 个指标，{time.perf_counter() - began:.1f} 秒；"
        f"上报数 {len(found.left_out)} 个由各县单独报，不在内。写在 {args.out}"
    )
    return 0


def _write(found, out: Path) -> None:
    from liren.reports import html_writer, markdown_writer
    from liren.reports.provincial import as_json, document

    out.mkdir(parents=True, exist_ok=True)
    told = json.dumps(as_json(found), ensure_ascii=False, indent=1)
    (out / "figures.json").write_text(told + "\n", "utf-8")
    page = document(found)
    (out / "province.html").write_text(html_writer.write(page), "utf-8")
    (out / "province.md").write_text(markdown_writer.write(page), "utf-8")
