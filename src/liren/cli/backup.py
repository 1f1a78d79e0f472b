"""``liren backup``: database, files and the county's changes in one file; keys only when asked for."""

import json
import os
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from pathlib import Path

#: A backup is taken of what is there: nothing is migrated first, so it can be taken before an update.
NO_DATABASE = {"backup": True}


def backup_words(command) -> None:
    command.add_argument("file", type=Path, metavar="FILE", help="要写的备份文件，例：backup-2026-01-31.zip")
    command.add_argument("--with-keys", action="store_true", help="把密钥也放进去；这份备份要像密钥一样保管")
    command.add_argument("--json", action="store_true")


def backup_run(args) -> int:
    import django

    django.setup()
    told = backup(args.file, with_keys=args.with_keys)
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(
        f"已备份到 {told['file']}：{told['size'] / 1e6:.1f} MB，{told['acts']} 笔留痕，{told['files']} 个附件"
    )
    for note in told["notes"]:
        print(f"提示：{note}")
    return 0


def backup(file: Path, *, with_keys: bool = False) -> dict:
    """Write a backup; what is in it. The file appears whole or not at all. Raises Refusal."""
    from django.db import connection

    from liren.clock import now
    from liren.operating.marks import backed_up

    from .archive import DATABASES, Writing, refuse

    if file.exists():
        raise refuse(file, "已有这个文件，不覆盖；请换一个文件名")
    _there_is_something()
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.parent or ".") as folder:
            snapshot = Path(folder) / DATABASES[connection.vendor]
            about = _snapshot(snapshot)
            # The database first, the files after: whatever the snapshot names has been stored before.
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                with zipfile.ZipFile(out, "w") as packed:
                    writing = Writing(packed)
                    writing.add(snapshot.name, snapshot)
                    notes = _add_rest(writing, with_keys)
                    writing.close(about | {"keys": with_keys})
                out.flush()
                os.fsync(out.fileno())
        os.replace(draft, file)
        backed_up(now())
    except OSError as fault:
        raise refuse(file, f"写不了：{fault.strerror}。请检查文件夹和磁盘空间") from None
    except sqlite3.Error as fault:
        raise refuse(file, f"数据库复制不了：{fault}。请检查磁盘空间，用 liren doctor 检查数据库") from None
    finally:
        draft.unlink(missing_ok=True)
    files = sum(name.startswith("files/") for name in writing.digests)
    told = {"file": str(file), "size": file.stat().st_size, "acts": about["acts"]}
    return told | {"files": files, "keys": with_keys, "notes": notes}


def _there_is_something() -> None:
    from django.db import connection

    from liren.refusals import Refusal

    path = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite" and not path.is_file():
        mend = "检查 LIREN_HOME 与 LIREN_DATABASE_URL。"
        raise Refusal("not_found", what="数据库", name=str(path), mend=mend)


def _snapshot(path: Path) -> dict:
    """A consistent copy of the database, and what the manifest says about it."""
    from django.db import connection
    from django.utils import timezone

    import liren

    made = timezone.localtime().isoformat(" ", "seconds")
    about = {"liren": liren.__version__, "engine": connection.vendor, "made": made}
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(connection.settings_dict["NAME"]), path)
        head = _head_of(path)
    else:
        from .postgres import dump

        head = _head()
        dump(path)
    return about | {"acts": head[0], "head": head[1]}


def _copy_sqlite(source: Path, target: Path) -> None:
    from liren.progress import bar

    with closing(sqlite3.connect(source, timeout=30)) as here, closing(sqlite3.connect(target)) as there:
        # A read that stays open holds one state of the database: otherwise every write of somebody
        # else would make the copy begin again.
        here.isolation_level = None
        here.execute("BEGIN")
        here.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with bar("备份数据库", here.execute("PRAGMA page_count").fetchone()[0]) as progress:
            here.backup(there, pages=4096, progress=lambda _, left, total: progress.update(total - left))
        here.execute("ROLLBACK")
        there.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


def _head_of(path: Path) -> tuple[int, str]:
    with closing(sqlite3.connect(path)) as copy:
        try:
            row = copy.execute("SELECT act, hash FROM trail_head WHERE id = 1").fetchone()
        except sqlite3.OperationalError:  # older than the trail, or not migrated yet
            row = None
    return row or (0, "")


def _head() -> tuple[int, str]:
    from liren.trail.models import Head

    return Head.objects.filter(pk=1).values_list("act", "hash").first() or (0, "")


def _add_rest(writing, with_keys: bool) -> list[str]:
    """Attachments, changes, keys; notes on what the operator should know."""
    from django.conf import settings

    from liren.inforce import changes_file
    from liren.progress import bar

    from .archive import CHANGES, attachments

    notes, paths = [], list(attachments())
    with bar("备份附件", len(paths)) as progress:
        for path in paths:
            digest = writing.add(f"files/{path.parent.name}/{path.name}", path)
            if not path.suffix and digest != path.name:  # a sealed one proves itself when it is opened
                notes.append(f"附件 {path.name} 的内容与它的摘要不符，照原样备份")
            progress.advance()
    if changes_file().exists():
        writing.add(CHANGES, changes_file())
    keys = {"keys/private.key": settings.LIREN_KEY_FILE, "keys/secret.key": settings.VAR / "secret.key"}
    if with_keys:
        for name, path in keys.items():
            if Path(path).exists():
                writing.add(name, Path(path))
        notes.append("备份里有密钥：谁拿到它，谁就能读出全部私密字段和保密附件；请加锁保管")
    elif Path(settings.LIREN_KEY_FILE).exists():
        notes.append(f"备份里没有密钥；请另外保管 {settings.LIREN_KEY_FILE}，没有它私密字段和保密附件打不开")
    return notes
