"""``liren move --to postgresql://…``: a county leaves SQLite, and every row is proved to have arrived."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

#: The source is taken as it is: it must be up to date, and nobody else may have it open.
NO_DATABASE = {"move": True}
OLDEST = 140000  # PostgreSQL 14, as a number of libpq


def move_words(command) -> None:
    command.add_argument(
        "--to", required=True, metavar="URL", help="postgresql://用户:密码@主机:5432/库名，要是空的"
    )
    command.add_argument("--json", action="store_true")


def move_run(args) -> int:
    import django

    django.setup()
    told = move(args.to)
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0 if told["trail"] else 1
    for one in told["tables"]:
        print(f"{one['table']:36} {one['rows']:>10}  {one['digest'][:16]}")
    kinds = sum(1 for one in told["tables"] if one["rows"])
    print(f"搬完 {told['rows']} 行，{kinds} 张表有数据；两边逐行摘要相同，附件 {told['files']} 个都在")
    for note in told["notes"]:
        print(f"提示：{note}")
    print("留痕链完整" if told["trail"] else "留痕链不完整：用 liren trail verify 看每一处；原处就是这样")
    return 0 if told["trail"] else 1


def move(to: str) -> dict:
    """Move everything; what was moved. Raises Refusal, having moved nothing."""
    from liren.database import moving
    from liren.progress import bar
    from liren.refusals import Refusal

    every = moving.tables()
    with _source() as source:
        rows = moving.counts(source, every)
        missing = _missing_files(source)
        if missing:
            reason = f"var/files 里少了 {len(missing)} 个附件，或内容变了，例：{missing[0]}；请先从备份里补上"
            raise Refusal("setup", reason=reason)
        _there(to, source)
        with _connected(to) as target:
            with target.transaction():
                _refuse_filled(moving.filled(target, every))
                with bar("搬数据并核对", 2 * sum(rows.values())) as progress:
                    moved = moving.move(source, target, every, progress)
            target.execute("ANALYZE")
        left = moving.left_behind(source, every)
        files = source.execute("SELECT count(DISTINCT sha256) FROM records_file").fetchone()[0]
    told = [one.__dict__ for one in moved]
    total = sum(one.rows for one in moved)
    return {"tables": told, "rows": total, "files": files, "notes": _notes(left), "trail": _trail_holds(to)}


# -- the source ---------------------------------------------------------------------------------------


@contextmanager
def _source() -> Iterator[sqlite3.Connection]:
    """The SQLite database, all to ourselves: what somebody wrote meanwhile would be left behind unnoticed."""
    from django.db import connection, connections

    from liren.refusals import Refusal

    path = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or not path.is_file():
        reason = (
            f"没有可搬的 SQLite 数据库（{path.name}）；LIREN_DATABASE_URL 要指着原来的那个，--to 指着新的"
        )
        raise Refusal("setup", reason=reason)
    connections.close_all()
    with closing(sqlite3.connect(path, timeout=2, isolation_level=None)) as source:
        try:
            source.execute("PRAGMA journal_mode=DELETE").fetchone()  # takes a connection that is alone
            source.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise Refusal("setup", reason="别的程序还开着数据库（网站、tick）；请先停下它们，再搬") from None
        try:
            yield source
        finally:
            source.execute("ROLLBACK")
            source.execute("PRAGMA journal_mode=WAL").fetchone()


def _missing_files(source: sqlite3.Connection) -> list[str]:
    """Attachments that are not there, do not open, or hold something else than their name says."""
    from liren.progress import bar
    from liren.records.storage import whole
    from liren.refusals import Refusal

    kept = source.execute("SELECT DISTINCT sha256, private FROM records_file WHERE NOT erased").fetchall()
    missing = []
    with bar("核对附件", len(kept)) as progress:
        for digest, private in kept:
            try:
                missing += [] if whole(digest, private=bool(private)) else [digest]
            except Refusal:
                missing.append(digest)
            progress.advance()
    return missing


# -- the target ---------------------------------------------------------------------------------------


@contextmanager
def _connected(to: str):
    import psycopg

    from liren.database import from_url
    from liren.refusals import Refusal

    entry = from_url(to, home=Path.cwd())  # names the part of the address at fault
    if not entry["ENGINE"].endswith("postgresql"):
        raise Refusal("bad_value", field="--to", reason="要是 postgresql://… 的地址")
    said: dict[str, Any] = {
        key: str(value) for key, value in entry["OPTIONS"].items() if isinstance(value, str)
    }
    said |= {"dbname": entry["NAME"], "user": entry["USER"], "password": entry["PASSWORD"]}
    said |= {"host": entry["HOST"], "port": entry["PORT"]}
    try:
        target = psycopg.connect(**{key: value for key, value in said.items() if value}, autocommit=True)
    except psycopg.OperationalError as fault:
        last = str(fault).strip().splitlines()[0]
        raise Refusal("setup", reason=f"连不上 --to 的数据库：{last}") from None
    with target:
        if target.info.server_version < OLDEST:
            raise Refusal("setup", reason="--to 的 PostgreSQL 太旧，要 14 或更新")
        if target.info.encoding != "utf-8":
            raise Refusal(
                "setup",
                reason="--to 的数据库不是 UTF-8；建库时写 createdb --encoding UTF8 --template template0",
            )
        yield target


def _there(to: str, source: sqlite3.Connection) -> None:
    """Make the tables of the target, and see that both sides have taken the same migrations."""
    from liren.refusals import Refusal

    with _connected(to) as target:
        found = target.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename <> ALL(%s)",
            [_ours()],
        ).fetchone()
        if found is not None and found[0]:
            raise Refusal("setup", reason=f"--to 的数据库里有别的表（{found[0]} 张）；请给一个空库")
    _run(to, "from liren.database.migrating import migrate; migrate()", "建表")
    with _connected(to) as target:
        there = set(target.execute("SELECT app, name FROM django_migrations").fetchall())
    here = set(source.execute("SELECT app, name FROM django_migrations").fetchall())
    if here != there:
        odd = "、".join(f"{app}.{name}" for app, name in sorted(here ^ there)[:3])
        raise Refusal(
            "setup", reason=f"原数据库与这个版本的结构不同（{odd}）；请先运行 liren tick 更新它，再搬"
        )


def _ours() -> list[str]:
    from liren.database import moving

    return ["django_migrations", *(table.name for table in moving.tables())]


def _refuse_filled(filled: dict[str, int]) -> None:
    from liren.refusals import Refusal

    if filled:
        said = "，".join(f"{name} {count}" for name, count in sorted(filled.items())[:4])
        raise Refusal("setup", reason=f"--to 的数据库里已有数据（{said}）；不会盖掉它，请给一个空库")


def _run(to: str, code: str, what: str) -> str:
    """Do something in a process whose database is the target."""
    from liren.refusals import Refusal

    words = [sys.executable, "-c", f"import django; django.setup(); {code}"]
    env = os.environ | {"LIREN_DATABASE_URL": to, "DJANGO_SETTINGS_MODULE": "liren.settings"}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["？"])[-1]
        raise Refusal("setup", reason=f"在 --to 的数据库里{what}没有做成：{last}")
    return done.stdout


def _trail_holds(to: str) -> bool:
    """Compute the whole chain anew where it stands now."""
    found = _run(to, "from liren.trail.queries import breaks; print(sum(1 for _ in breaks()))", "验证留痕链")
    return found.strip() == "0"


def _notes(left: Sequence[str]) -> list[str]:
    from django.conf import settings

    notes = ["附件（var/files）、密钥和本地改动留在原处，两个数据库都认它们"]
    if left:
        notes.append(f"这几张表不是里仁的，没有搬：{'、'.join(left)}")
    notes.append(
        "原来的 SQLite 文件没有动；以后用新的：设 LIREN_DATABASE_URL，运行 liren doctor，再开站和 tick"
    )
    if Path(settings.LIREN_KEY_FILE).exists():
        notes.append(f"备份时照旧另外保管 {settings.LIREN_KEY_FILE}")
    return notes
