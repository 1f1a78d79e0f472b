"""``liren restore``: put a backup in the place of what is here; all of it or nothing.

Everything is unpacked beside its place and checked first. Then each part is swapped in by renaming;
when one rename fails, those before it are undone. What stood here before stays beside it.
"""

import json
import secrets
import shutil
import sqlite3
import zipfile
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

NO_DATABASE = {"restore": True}


def restore_words(command) -> None:
    command.add_argument("file", type=Path, metavar="FILE", help="liren backup 写的文件")
    command.add_argument("--force", action="store_true", help="这里已有数据也恢复；原来的数据改名留在旁边")
    command.add_argument("--json", action="store_true")


def restore_run(args) -> int:
    import django

    django.setup()
    told = restore(args.file, force=args.force)
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(f"已恢复 {told['made']} 的备份：{told['acts']} 笔留痕，{told['files']} 个附件")
    for note in told["notes"]:
        print(f"提示：{note}")
    return 0


def restore(file: Path, *, force: bool = False) -> dict:
    """Restore a backup; what was in it. Raises Refusal, having changed nothing."""
    from django.db import connection

    from liren.database.migrating import migrate

    from .archive import DAMAGE, open_archive, refuse

    try:
        packed = zipfile.ZipFile(file)
    except DAMAGE as fault:
        said = getattr(fault, "strerror", None) or "不是备份文件，或者没有写完"
        raise refuse(file, f"打不开：{said}") from None
    with packed:
        archive = open_archive(file, packed, connection.vendor)
        _refuse_over_data(file, force)
        swap = Swap()
        try:
            _unpack(archive, swap)
            _put_in_place(archive, swap)
        finally:
            swap.clean(keep_old=force)
    migrate()
    return {
        "file": str(file),
        "made": str(archive.manifest.get("made", "")),
        "acts": archive.manifest.get("acts", 0),
        "files": len(archive.attachments),
        "notes": _notes(swap, force),
    }


# -- swapping -----------------------------------------------------------------------------------------


@dataclass
class Swap:
    """New things beside the places they are for. Each place is a file or a folder, or stays empty."""

    mark: str = field(default_factory=lambda: f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}")  # noqa: DTZ005
    places: list[Path] = field(default_factory=list)
    done: list[tuple[Path, Path]] = field(default_factory=list)

    def new(self, place: Path) -> Path:
        """Where to prepare what will stand at ``place``; nothing prepared there leaves the place empty."""
        self.places.append(place)
        return place.with_name(f".restoring-{self.mark}-{place.name}")

    def old(self, place: Path) -> Path:
        """Where that which stood at ``place`` is kept."""
        return place.with_name(f"{place.name}.before-{self.mark}")

    def run(self) -> None:
        """Swap everything; on any failure undo what was done and raise."""
        try:
            for place in self.places:
                if place.exists():
                    self._move(place, self.old(place))
                fresh = place.with_name(f".restoring-{self.mark}-{place.name}")
                if fresh.exists():
                    self._move(fresh, place)
        except BaseException:
            self.undo()
            raise

    def _move(self, source: Path, target: Path) -> None:
        source.rename(target)
        self.done.append((source, target))

    def undo(self) -> None:
        """Put everything back where it was."""
        while self.done:
            source, target = self.done.pop()
            target.rename(source)

    def clean(self, *, keep_old: bool) -> None:
        """Remove what was prepared and not used, and what was replaced unless it is to be kept."""
        for place in self.places:
            leftovers = [place.with_name(f".restoring-{self.mark}-{place.name}")]
            if not keep_old and self.done:
                leftovers.append(self.old(place))
            for path in leftovers:
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)

    def kept(self) -> list[Path]:
        """What stood here before and still lies beside its place."""
        return [old for place in self.places if (old := self.old(place)).exists()]


# -- checks before anything moves ---------------------------------------------------------------------


def _refuse_over_data(file: Path, force: bool) -> None:
    from .archive import refuse

    if not force and (count := rows_here()):
        raise refuse(file, f"这里已有数据（{count}）；确要用备份代替它，请加 --force（原来的数据会改名留着）")


def rows_here() -> str:
    """What the database here holds, in words; empty when it holds nothing."""
    from django.db import DatabaseError, connection

    from liren.people.models import Person
    from liren.places.models import Place
    from liren.records.models import Record

    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return ""
    counts = {}
    try:
        for title, model in (("记录", Record), ("人员", Person), ("地点", Place)):
            if model._meta.db_table in connection.introspection.table_names():
                counts[title] = model.objects.count()
    except DatabaseError as fault:
        return f"读不出来：{fault}"
    return "，".join(f"{title} {count}" for title, count in counts.items() if count)


def _unpack(archive, swap: Swap) -> None:
    """Unpack everything beside its place, checking digests, and check the database itself."""
    from django.conf import settings
    from django.db import connection

    from liren.inforce import changes_file
    from liren.progress import bar

    from .archive import CHANGES, DATABASES, KEYS

    var = Path(settings.LIREN_HOME) / "var"
    var.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_without_space(archive, var)
    name = DATABASES[connection.vendor]
    if connection.vendor == "sqlite":
        database = Path(connection.settings_dict["NAME"])
        fresh = swap.new(database)
        swap.new(database.with_suffix(".demo"))  # says that a file is a demo and may be built anew
    else:
        fresh = swap.new(var / name)
    archive.unpack(name, fresh)
    if connection.vendor == "sqlite":
        _check_sqlite(archive, fresh)
    files = swap.new(var / "files")
    files.mkdir(mode=0o700)
    with bar("检查附件", len(archive.attachments)) as progress:
        for member in archive.attachments:
            archive.unpack(member, files / member.removeprefix("files/"))
            progress.advance()
    changes = swap.new(changes_file())
    if CHANGES in archive.digests:
        archive.unpack(CHANGES, changes)
    keys = {"keys/private.key": Path(settings.LIREN_KEY_FILE), "keys/secret.key": var / "secret.key"}
    for member in KEYS & archive.digests.keys():
        archive.unpack(member, swap.new(keys[member]))


def _refuse_without_space(archive, var: Path) -> None:
    from .archive import refuse

    needed, free = sum(archive.sizes.values()), shutil.disk_usage(var).free
    if needed > free:
        raise refuse(archive.file, f"恢复要 {needed >> 20} MB，磁盘只剩 {free >> 20} MB；请先腾出空间")


def _check_sqlite(archive, path: Path) -> None:
    """The database is whole, is as new as the manifest says, and no newer than this program."""
    from .archive import refuse

    try:
        with closing(sqlite3.connect(path)) as copy:
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            applied = set(copy.execute("SELECT app, name FROM django_migrations"))
            head = copy.execute("SELECT act, hash FROM trail_head WHERE id = 1").fetchone() or (0, "")
    except sqlite3.DatabaseError as fault:
        found, applied, head = str(fault), set(), (0, "")
    for tail in ("-wal", "-shm"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    if found != "ok":
        raise refuse(archive.file, f"里面的数据库坏了（{found}）；请换一份备份")
    if (archive.manifest.get("acts"), archive.manifest.get("head")) != head:
        raise refuse(archive.file, "留痕链尾与清单不符；备份坏了或被改过，请换一份")
    if unknown := _unknown_migrations(applied):
        raise refuse(archive.file, f"是更新的版本做的（{unknown}）；请先更新里仁，再恢复")


def _unknown_migrations(applied: set[tuple[str, str]]) -> str:
    from django.db.migrations.loader import MigrationLoader

    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    ours = {app for app, _ in known}
    return "、".join(sorted(f"{app}.{name}" for app, name in applied - known if app in ours))


# -- the swap itself ----------------------------------------------------------------------------------


def _put_in_place(archive, swap: Swap) -> None:
    from django.db import connection

    from .archive import refuse

    if connection.vendor == "sqlite":
        _close_sqlite(archive.file, Path(connection.settings_dict["NAME"]))
        try:
            swap.run()
        except OSError as fault:
            raise refuse(
                archive.file, f"换不上（{fault.strerror}：{fault.filename}）；什么都没有改"
            ) from None
        return
    from .postgres import restore as load

    dumped = swap.places.pop(0)
    fresh = dumped.with_name(f".restoring-{swap.mark}-{dumped.name}")
    script = fresh.with_suffix(".sql")
    try:
        swap.run()
        load(fresh, script)
    except BaseException:
        swap.undo()
        raise
    finally:
        for path in (fresh, script, script.with_suffix(".first.sql")):
            path.unlink(missing_ok=True)


def _close_sqlite(file: Path, database: Path) -> None:
    """Refuse while anybody else has the database open: they would go on writing into the old file.

    Leaving WAL mode takes a connection that is alone; it also empties the log into the file.
    """
    from django.db import connections

    from .archive import refuse

    connections.close_all()
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=2)) as alone:
            alone.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.OperationalError:
        raise refuse(file, "别的程序还开着数据库（网站、tick）；请先停下它们，再恢复") from None
    except sqlite3.DatabaseError:
        pass  # damaged: that is what the backup is for
    for tail in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + tail).unlink()


def _notes(swap: Swap, force: bool) -> list[str]:
    from django.conf import settings

    from liren.records.models import File, Record

    notes = [f"原来的数据留在 {path}" for path in swap.kept()] if force else []
    sealed = Record.objects.exclude(secret="").exists() or File.objects.filter(private=True).exists()
    if sealed and not Path(settings.LIREN_KEY_FILE).exists():
        notes.append(f"这里没有私密字段和保密附件的密钥；把原来的 private.key 放到 {settings.LIREN_KEY_FILE}")
    notes.append("请运行 liren doctor 和 liren trail verify 核对")
    return notes
