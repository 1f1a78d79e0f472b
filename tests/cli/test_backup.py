"""Backup and restore: all of it or nothing, checked before anything moves, never over data unasked."""

import hashlib
import json
import shutil
import sqlite3
import threading
import time
import zipfile
from contextlib import closing

import pytest

from liren.cli.archive import MANIFEST, open_archive
from liren.cli.backup import _copy_sqlite
from liren.cli.restore import Swap
from liren.refusals import Refusal

PLACES = "代码,名称\n990150,清河县\n990150100,柳树镇\n"
EVENTS = "标题,类别,联系电话,日期\n路灯不亮,公共设施,13800000000,2024-03-04\n井盖松动,安全隐患,,2024-03-05\n"
ATTACHMENT = b"minutes of the meeting"
SEALED = b"LIREN1 1\n" + bytes(60)
DIGEST = hashlib.sha256(ATTACHMENT).hexdigest()


@pytest.fixture
def house(liren, tmp_path, tmp_path_factory):
    """A home with two places, two records (one with a private value), an attachment and a change.

    Made once and copied for every test.
    """
    made = tmp_path_factory.getbasetemp() / "house to back up"
    if not made.exists():
        build(liren, tmp_path / "draft").rename(made)
    return shutil.copytree(made, tmp_path / "home")


def build(liren, home):
    home.mkdir()
    (home / "p.csv").write_text(PLACES)
    (home / "e.csv").write_text(EVENTS)
    done(liren("import", "place", "p.csv", home=home))
    done(liren("import", "grid_case.event", "e.csv", "--place", "990150100", home=home))
    kept = home / "var" / "files" / DIGEST[:2] / DIGEST
    kept.parent.mkdir(parents=True)
    kept.write_bytes(ATTACHMENT)
    kept.with_suffix(".sealed").write_bytes(SEALED)
    change = "grid_case.kinds.event.states.reported.within"
    done(liren("packs", "change", change, "--set", "3wh", "--by", "韩梅", "--why", "人手不足", home=home))
    return home


def done(result):
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    return result


def refused(result, *said):
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    for words in said:
        assert words in result.stderr
    return result


def exported(liren, home) -> str:
    done(liren("export", "grid_case.event", "out.csv", home=home))
    return (home / "out.csv").read_text("utf-8-sig")


def test_there_and_back(liren, house, tmp_path):
    before = exported(liren, house)
    told = json.loads(done(liren("backup", "b.zip", "--json", home=house)).stdout)
    assert (told["acts"], told["files"], told["keys"]) == (2, 2, False)
    assert "没有密钥" in told["notes"][0] and len(told["notes"]) == 1
    with zipfile.ZipFile(house / "b.zip") as packed:
        names = set(packed.namelist())
        manifest = json.loads(packed.read(MANIFEST))
    assert names == {
        MANIFEST,
        "database.sqlite3",
        "changes.yaml",
        *(f"files/{DIGEST[:2]}/{DIGEST}{end}" for end in ("", ".sealed")),
    }
    assert set(manifest["digests"]) == names - {MANIFEST}
    assert (house / "b.zip").stat().st_mode & 0o777 == 0o600

    other = tmp_path / "other"
    other.mkdir()
    restored = done(liren("restore", str(house / "b.zip"), home=other))
    assert "2 笔留痕，2 个附件" in restored.stdout
    assert "没有私密字段和保密附件的密钥" in restored.stdout
    (other / "var" / "private.key").write_bytes((house / "var" / "private.key").read_bytes())
    assert exported(liren, other) == before
    assert (other / "var" / "files" / DIGEST[:2] / DIGEST).read_bytes() == ATTACHMENT
    assert (other / "var" / "files" / DIGEST[:2] / f"{DIGEST}.sealed").read_bytes() == SEALED
    assert (other / "var" / "changes.yaml").read_text() == (house / "var" / "changes.yaml").read_text()
    assert "留痕链完整" in done(liren("trail", "verify", home=other)).stdout
    leftovers = [p.name for p in (other / "var").iterdir() if "before" in p.name or p.name.startswith(".")]
    assert leftovers == []


def test_never_over_data_unless_forced_and_then_the_old_is_kept(liren, house):
    done(liren("backup", "b.zip", "--with-keys", home=house))
    refused(liren("backup", "b.zip", home=house), "已有这个文件")
    (house / "e.csv").write_text(EVENTS + "树倒了,安全隐患,,2024-03-06\n")
    done(liren("import", "grid_case.event", "e.csv", "--place", "990150100", home=house))
    refused(liren("restore", "b.zip", home=house), "这里已有数据（记录 3，地点 2）", "--force")
    assert "树倒了" in exported(liren, house)
    restored = done(liren("restore", "b.zip", "--force", home=house))
    assert "树倒了" not in exported(liren, house)
    (old,) = (house / "var").glob("liren.sqlite3.before-*")
    assert str(old) in restored.stdout
    with closing(sqlite3.connect(old)) as kept:
        assert kept.execute("SELECT count(*) FROM records_record").fetchone() == (3,)


def test_a_damaged_or_changed_backup_changes_nothing(liren, house, tmp_path):
    done(liren("backup", "b.zip", home=house))
    spoiled, empty = tmp_path / "spoiled.zip", tmp_path / "empty"
    empty.mkdir()
    rewrite(house / "b.zip", spoiled, {"database.sqlite3": lambda data: data[:-1] + b"\x01"})
    refused(liren("restore", str(spoiled), home=empty), "database.sqlite3 与清单里的摘要不符")
    spoiled.write_bytes((house / "b.zip").read_bytes()[:-50])
    refused(liren("restore", str(spoiled), "--force", home=house), "打不开")
    assert "路灯不亮" in exported(liren, house)
    left = {path.name for path in (empty / "var").glob("*")} if (empty / "var").exists() else set()
    assert not {name for name in left if name.startswith(".") or "before" in name or name == "files"}


def test_a_database_behind_its_manifest_is_refused(liren, house, tmp_path):
    """Digests can be computed anew by whoever changes the database; the trail's head cannot be matched."""
    done(liren("backup", "b.zip", home=house))
    changed, other = tmp_path / "changed.zip", tmp_path / "other"
    other.mkdir()

    def cut(data: bytes) -> bytes:
        path = tmp_path / "cut.sqlite3"
        path.write_bytes(data)
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("UPDATE trail_head SET act = 1")
        return path.read_bytes()

    rewrite(house / "b.zip", changed, {"database.sqlite3": cut}, mend=True)
    refused(liren("restore", str(changed), home=other), "留痕链尾与清单不符")


def rewrite(source, target, changes, *, mend=False, more=None):
    """A copy of a backup with some members changed; `mend` computes their digests anew."""
    with zipfile.ZipFile(source) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(members.pop(MANIFEST))
    for name, change in changes.items():
        members[name] = change(members[name])
        if mend:
            manifest["digests"][name] = hashlib.sha256(members[name]).hexdigest()
    with zipfile.ZipFile(target, "w") as out:
        for name, data in (members | (more or {})).items():
            out.writestr(name, data)
        out.writestr(MANIFEST, json.dumps(manifest))


def test_nothing_is_restored_under_a_running_house(liren, house):
    done(liren("backup", "b.zip", home=house))
    with closing(sqlite3.connect(house / "var" / "liren.sqlite3")) as busy:
        busy.execute("SELECT count(*) FROM records_record").fetchone()
        refused(liren("restore", "b.zip", "--force", home=house), "请先停下它们")
    done(liren("restore", "b.zip", "--force", home=house))


def test_a_demo_mark_does_not_outlive_the_demo(liren, house):
    """It would let `liren demo --fresh` build over restored records."""
    done(liren("backup", "b.zip", home=house))
    (house / "var" / "liren.demo").write_text("mark")
    done(liren("restore", "b.zip", "--force", home=house))
    assert not (house / "var" / "liren.demo").exists()


def test_there_must_be_something_to_back_up(liren, tmp_path):
    refused(liren("backup", "b.zip"), "没有找到数据库")
    assert not (tmp_path / "b.zip").exists()
    assert not (tmp_path / "var" / "liren.sqlite3").exists()


# -- the archive itself -------------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path):
    """Writes an archive of members (name → bytes) and opens it."""

    def make(members, *, engine="sqlite", manifest=None, extra=()):
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
        about = {"format": 1, "engine": engine, "digests": digests, **(manifest or {})}
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as out:
            for name, data in [*members.items(), *extra]:
                out.writestr(name, data)
            out.writestr(MANIFEST, json.dumps(about))
        return open_archive(path, zipfile.ZipFile(path), "sqlite")

    return make


def test_a_sound_archive_opens(archive, tmp_path):
    opened = archive({"database.sqlite3": b"x"})
    opened.unpack("database.sqlite3", tmp_path / "new" / "database")
    assert (tmp_path / "new" / "database").read_bytes() == b"x"
    assert (tmp_path / "new" / "database").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"engine": "postgresql"}, "是 postgresql 的备份"),
        ({"manifest": {"format": 9}}, "读不懂"),
        ({"manifest": {"digests": []}}, "读不懂"),
        ({"extra": [("evil", b"x")]}, "与清单对不上（evil）"),
        (
            {"manifest": {"digests": {"database.sqlite3": "0", "changes.yaml": "0"}}},
            "与清单对不上（changes.yaml）",
        ),
    ],
)
def test_an_archive_that_disagrees_with_its_manifest_is_refused(archive, change, said):
    with pytest.raises(Refusal) as caught:
        archive({"database.sqlite3": b"x"}, **change)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "files/ab/../../x", "files/ab/cd", "database.pgdump"]
)
def test_no_member_leads_anywhere_else(archive, name):
    with pytest.raises(Refusal) as caught:
        archive({"database.sqlite3": b"x", name: b"x"})
    assert "不该有的文件" in str(caught.value)


def test_a_zip_of_something_else(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("x", "y")
    with pytest.raises(Refusal, match="不是 liren backup 做的备份"):
        open_archive(path, zipfile.ZipFile(path), "sqlite")


def test_a_swap_that_fails_half_way_is_undone(tmp_path, monkeypatch):
    swap = Swap()
    for name in ("one", "two"):
        (tmp_path / name).write_text("old")
        swap.new(tmp_path / name).write_text("new")
    move, moves = Swap._move, []

    def fail_at_the_fourth(self, source, target):
        moves.append(source)
        if len(moves) == 4:
            raise OSError(28, "No space left on device")
        move(self, source, target)

    monkeypatch.setattr(Swap, "_move", fail_at_the_fourth)
    with pytest.raises(OSError, match="No space"):
        swap.run()
    assert [(tmp_path / name).read_text() for name in ("one", "two")] == ["old", "old"]
    swap.clean(keep_old=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_copy_taken_while_others_write_is_of_one_moment(tmp_path):
    """Two tables are always written together; a copy that began again for ever would not end."""
    path = tmp_path / "busy.sqlite3"
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("PRAGMA journal_mode=WAL")
        for table in ("one", "two"):
            made.execute(f"CREATE TABLE {table} (n integer, filler text)")
        made.executemany("INSERT INTO one VALUES (0, ?)", [("x" * 3000,)] * 4000)
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(path, timeout=30)) as writer:
            n = 0
            while not stop.is_set():
                n += 1
                with writer:
                    writer.execute("INSERT INTO one VALUES (?, '')", (n,))
                    writer.execute("INSERT INTO two VALUES (?, '')", (n,))
                time.sleep(0.001)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        time.sleep(0.05)
        _copy_sqlite(path, tmp_path / "copy.sqlite3")
    finally:
        stop.set()
        thread.join()
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        (one,), (two,) = copy.execute("SELECT max(n) FROM one"), copy.execute("SELECT max(n) FROM two")
        assert one == two
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
