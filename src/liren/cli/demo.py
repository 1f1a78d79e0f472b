"""``liren demo``: build the demo counties, write the five reports and the list of figures, serve."""

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

NO_DATABASE = {"demo": True}


def demo_words(command) -> None:
    command.add_argument("--no-serve", action="store_true", help="不开站")
    command.add_argument("--out", type=Path, default=Path("out"), metavar="DIR")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--fresh", action="store_true", help="重建（原来的示范数据作废）")
    command.add_argument(
        "--day", default="", metavar="2024-03-04", help="基层人员的一天排在哪天（默认建库那天）"
    )


def demo_run(args) -> int:
    os.environ.setdefault("LIREN_URL", f"http://127.0.0.1:{args.port}")
    os.environ["LIREN_DEMO"] = "1"
    if status := _build(args.fresh, _day(args.day)):
        return status
    import django

    django.setup()
    began = time.perf_counter()
    _write(args.out)
    print(f"五份报告与 {args.out / 'figures.json'} 已写好，{time.perf_counter() - began:.1f} 秒")
    if args.no_serve:
        return 0
    from liren.cli.serve import serve

    print(f"打开 http://127.0.0.1:{args.port} （Ctrl+C 停下）")
    return serve(port=args.port)


def _day(text: str) -> str:
    """The day as it was written; ends with a plain word where it is none."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        sys.exit(f"liren: --day {text} 不是日期。请写成 2024-03-04")


def _build(fresh: bool, day: str) -> int:
    """Build in a child, into a file of its own that takes its place only when it is whole."""
    url = os.environ.get("LIREN_DATABASE_URL", "")
    if url and not url.startswith("sqlite:"):
        return _child(url, day) if _empty_or_refuse() else 0
    home = Path(os.environ.get("LIREN_HOME") or Path.cwd())
    final = home / (url.removeprefix("sqlite:///").split("?")[0] or "var/liren.sqlite3")
    stamp = final.with_suffix(".demo")
    if final.exists() and not stamp.exists():
        sys.exit(
            f"liren: {final} 里有别的数据，不敢覆盖。要建示范县，请用 LIREN_DATABASE_URL 另指一个文件，"
            "或先把它移走"
        )
    if final.exists() and stamp.read_text() == _stamp(day) and not fresh:
        print("示范县已建好（要重建请加 --fresh）")
        return 0
    draft = final.with_suffix(".building")
    for leftover in draft.parent.glob(draft.name + "*"):
        leftover.unlink()
    if status := _child(f"sqlite:////{str(draft.resolve()).lstrip('/')}?synchronous=off", day):
        return status
    for tail in ("-wal", "-shm"):
        final.with_name(final.name + tail).unlink(missing_ok=True)
    stamp.write_text(_stamp(day))
    os.replace(draft, final)
    return 0


def _child(url: str, day: str) -> int:
    environment = os.environ | {"LIREN_DATABASE_URL": url}
    about = [f"--day={day}"] if day else []
    words = [sys.executable, "-m", "liren.demo", *about]
    return subprocess.call(words, env=environment)  # noqa: S603  the day was read as a date


def _stamp(day: str) -> str:
    """Changes whenever a pack, a demo file or what builds the demo does."""
    import hashlib

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
    from liren.inforce import pack_roots

    _ = django
    sha = hashlib.sha256(day.encode())
    for file in sorted((Path(__file__).resolve().parents[1] / "demo").glob("*.py")):
        sha.update(file.read_bytes())
    for root in pack_roots():
        for file in sorted(root.glob("*/*.*")):
            sha.update(file.read_bytes())
    return sha.hexdigest()


def _empty_or_refuse() -> bool:
    """On PostgreSQL: build only where there are no records; True to build, False when built already."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
    django.setup()
    from liren.database.migrating import migrate
    from liren.places.models import Place
    from liren.records.models import Record

    migrate()
    if not Record.objects.exists():
        return True
    if Place.objects.filter(code="990121").exists():
        print("示范县已建好（PostgreSQL 上要重建，请另建一个空库）")
        return False
    sys.exit("liren: 这个数据库里有别的数据，不建示范县。请另建一个空库")


def _write(out: Path) -> None:
    from liren.demo.bodies import BODIES
    from liren.figures.queries import read_period
    from liren.figures.telling import as_json
    from liren.places.models import Place, Unit
    from liren.progress import bar
    from liren.reports.binding import bind
    from liren.reports.writing import write_files

    figures: dict[str, dict] = {}
    with bar("写报告", len(BODIES)) as progress:
        for body in BODIES.values():
            place = Place.objects.get(code=body.code)
            unit = Unit.objects.get(code=body.unit) if body.unit else None
            bound, document = bind(body.report, place=place, unit=unit, period=read_period(body.period))
            write_files(bound, document, out / "reports")
            figures |= {f"{body.seed}.{name}": as_json(result) for name, result in bound.results.items()}
            progress.advance()
    text = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
    (out / "figures.json").write_text(text, encoding="utf-8")
