"""What happens once and is worse than a kill: the disk fills, it can only be read, the current is cut, two loops run
at once, a backup is taken in the middle of it all. On SQLite, whose file it is; a full disk takes root (a small
file system of its own is mounted).
"""

from __future__ import annotations

import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .load import Browser, Deed, Ledger, Worker, deed
from .proof import keys_of, look
from .rounds import County, _again, _photo
from .site import LIREN
from .world import World, activity, build

MEGABYTES, LEFT = 48, 200_000


def run(asked, folder: Path) -> int:
    """Every scene on one county, one after the other; exit status 1 when one found something."""
    mounted = _mount(folder / "home")
    county = County(folder, "sqlite")
    findings: list[str] = []
    try:
        world = build()
        activity(world, seats=16)
        county.start()
        scenes = [two_loops, power_cut, backup] + ([full, read_only] if mounted else [])
        for scene in scenes:
            began, found = time.monotonic(), []
            for line in scene(county, world, random.Random(asked.seed), folder):
                found += [line] if line.startswith("✗") else []
                print(f"  {scene.__name__}: {line}", flush=True)
            findings += found
            print(f"{scene.__name__}: {len(found)} findings, {time.monotonic() - began:.0f} s", flush=True)
        if not mounted:
            print("full, read_only: SKIPPED, a file system can be mounted by root alone")
    finally:
        county.stop()
        if mounted:
            subprocess.run(["umount", "-l", str(folder / "home")], check=False)
    return 1 if findings else 0


def _mount(home: Path) -> bool:
    home.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(home)]
    return os.getuid() == 0 and subprocess.run(words, check=False, capture_output=True).returncode == 0


def _liren(county: County, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LIREN, *words], env=county.env | env, cwd=county.home, capture_output=True, text=True, check=False
    )


def _get(county: County, path: str, cookie: str = "") -> int:
    kept = http.client.HTTPConnection("127.0.0.1", county.site.port, timeout=30)
    kept.request("GET", path, headers={"Cookie": cookie})
    return kept.getresponse().status


def _report(browser: Browser, ledger: Ledger, number: int) -> Deed:
    said = {
        "title": f"路灯不亮 {number} {random.randrange(1 << 20):x}",
        "category": "facility",
        "details": "三天了" * 500,
    }
    one = deed("report", "/p/report/grid_case.event/?place=990009001001", said)
    ledger.add(one)
    browser.address = f"10.8.{number >> 8 & 255}.{number & 255}"
    browser.send(one)
    return one


@contextmanager
def _busy(county: County, world: World, dice: random.Random) -> Iterator[Ledger]:
    """People at work while something else goes on."""
    ledger = Ledger()
    seeds = [dice.randrange(1 << 24) for _ in range(3)]
    workers = [Worker(world, county.site.port, ledger, seed, _photo(), pause=0.05) for seed in seeds]
    for worker in workers:
        worker.start()
    try:
        yield ledger
    finally:
        for worker in workers:
            worker.over.set()
        for worker in workers:
            worker.join(60)


# -- the scenes ---------------------------------------------------------------------------------------


def two_loops(county: County, world: World, _dice, _folder: Path) -> Iterator[str]:
    """Three loops find the same matters overdue at the same moment: each is noted once, its people told once."""
    from datetime import timedelta

    from liren.clock import now
    from liren.notices.models import Notice
    from liren.people.models import Person
    from liren.records.actions import record_open
    from liren.records.models import Act

    for tick in county.ticks:
        tick.kill()
    member, long_ago = Person.objects.get(pk=world.persons["member"]), now() - timedelta(days=20)
    told, count = Notice.objects.count(), 120
    for number in range(count):
        record_open("promise.event", {"title": f"过期 {number}"}, by=member, at=long_ago)
    started = [
        subprocess.Popen([*LIREN, "tick"], env=county.env, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [loop.communicate()[0] for loop in started]
    late, more = Act.objects.filter(verb="late").count(), Notice.objects.count() - told
    if late != count or any(loop.returncode for loop in started):
        yield f"✗ {late} of {count} noted: {said}"
    yield f"{count} overdue matters, three loops at once: {late} noted, {more} notices"
    yield from _after(Ledger(), world)
    county.start()


def power_cut(county: County, world: World, dice: random.Random, folder: Path) -> Iterator[str]:
    """The files as they lie there in mid-write, without what was only in memory; then with a torn end of the log."""
    torn_, checked, lost = 0, 0, 0
    with _busy(county, world, dice) as ledger:
        for number in range(6):
            time.sleep(dice.uniform(0.3, 1.0))
            county.site.signal(signal.SIGSTOP)
            acked = {keys_of(one) for one in ledger.deeds if one.acked} - {""}
            target = folder / f"cut{number}" / "var"
            target.mkdir(parents=True)
            for tail in ("", "-wal"):
                source = county.home / "var" / f"liren.sqlite3{tail}"
                if source.exists():
                    shutil.copyfile(source, target / source.name)
            county.site.signal(signal.SIGCONT)
            log = target / "liren.sqlite3-wal"
            torn = number % 2 == 1 and log.exists() and log.stat().st_size > 5000
            if torn:
                os.truncate(log, dice.randrange(4096, log.stat().st_size))
            with closing(sqlite3.connect(target / "liren.sqlite3")) as copy:
                whole = copy.execute("PRAGMA integrity_check").fetchone()[0]
                there = {key for (key,) in copy.execute("SELECT key FROM records_act WHERE key IS NOT NULL")}
            if whole != "ok":
                yield f"✗ cut {number}: {whole}"
            if not torn and acked - there:
                yield f"✗ cut {number}: {len(acked - there)} acknowledged writes are not in the files"
            lost += len(acked - there) if torn else 0
            held = _liren(county, "trail", "verify", LIREN_HOME=str(target.parent),
                          LIREN_DATABASE_URL=f"sqlite:///{target}/liren.sqlite3")  # fmt: skip
            if held.returncode:
                yield f"✗ cut {number}: {held.stderr[-300:]}"
            checked, torn_ = checked + 1, torn_ + torn
    yield f"{checked} cuts, {torn_} of them with a torn log ({lost} of its writes gone, the rest whole)"
    _again(county, ledger)
    yield from _after(ledger, world)


def backup(county: County, world: World, dice: random.Random, folder: Path) -> Iterator[str]:
    """A backup while people write, restored elsewhere: everything acknowledged before it began is in it."""
    with _busy(county, world, dice) as ledger:
        time.sleep(1.5)
        before = {keys_of(one) for one in ledger.deeds if one.acked} - {""}
        made = _liren(county, "backup", str(folder / "b.zip"), "--json")
    if made.returncode:
        yield f"✗ backup: {made.stderr[-300:]}"
        return
    other = folder / "restored"
    other.mkdir()
    env = {"LIREN_HOME": str(other), "LIREN_DATABASE_URL": f"sqlite:///{other}/var/liren.sqlite3"}
    for words in (("restore", str(folder / "b.zip")), ("trail", "verify")):
        done = _liren(county, *words, **env)
        if done.returncode:
            yield f"✗ {words[0]}: {done.stderr[-300:]}"
    with closing(sqlite3.connect(other / "var" / "liren.sqlite3")) as copy:
        there = {key for (key,) in copy.execute("SELECT key FROM records_act WHERE key IS NOT NULL")}
        files = [row[0] for row in copy.execute("SELECT DISTINCT sha256 FROM records_file")]
    gone = [one for one in files if not (other / "var" / "files" / one[:2] / one).is_file()]
    if before - there or gone:
        yield f"✗ {len(before - there)} acknowledged writes and {len(gone)} files are not in the backup"
    told = json.loads(made.stdout)
    yield f"{told['acts']} acts, {told['files']} files, {told['size'] / 1e6:.1f} MB, restored and verified"
    _again(county, ledger)
    yield from _after(ledger, world)


def full(county: County, world: World, _dice, _folder: Path) -> Iterator[str]:
    """No room: refused in words, pages go on being read; with room again everything is taken, once."""
    filler, ledger = county.home / "filler", Ledger()
    filler.write_bytes(b"\0" * max(0, shutil.disk_usage(county.home).free - LEFT))
    browser, refused = Browser(county.site.port, ledger, ""), []
    for number in range(400):
        one = _report(browser, ledger, number)
        refused += [] if one.acked else [one]
        if len(refused) == 5:
            break
    if [one.status for one in refused] != [507] * 5 or "磁盘满了" not in refused[0].body:
        yield f"✗ a full disk is answered with {[(one.status, one.body[:200]) for one in refused]}"
    pages = {
        path: _get(county, path, world.cookies["dispatcher"]) for path in ("/p/", "/w/", "/p/matters/", "/")
    }
    if set(pages.values()) != {200}:
        yield f"✗ pages on a full disk: {pages}"
    for words in (("tick",), ("backup", str(county.home / "b.zip")), ("doctor",)):
        done = _liren(county, *words)
        plain = "Traceback" not in done.stderr and (
            "磁盘" in done.stderr + done.stdout or done.returncode == 0
        )
        if not plain or (words[0] != "tick" and done.returncode == 0):
            yield f"✗ liren {words[0]} on a full disk: {done.returncode} {done.stderr[-300:]}"
    filler.unlink()
    _again(county, ledger)
    taken = sum(1 for one in ledger.deeds if one.acked)
    yield f"{len(refused)} refused with 507, pages read, then {taken} of {len(ledger.deeds)} taken"
    yield from _after(ledger, world)


def read_only(county: County, world: World, _dice, _folder: Path) -> Iterator[str]:
    """A file system that can only be read: the site says so; back again, it goes on."""
    for process in (county.site, *county.ticks):
        process.kill()
    _connections_closed()
    subprocess.run(["mount", "-o", "remount,ro", str(county.home)], check=True)
    for words in (("serve", "--port", str(county.site.port)), ("tick",), ("doctor",)):
        done = _liren(county, *words)
        plain = "Traceback" not in done.stderr and any(
            one in done.stderr + done.stdout for one in ("只能读", "磁盘", "readonly", "read-only")
        )
        if done.returncode == 0 or not plain:
            yield f"✗ liren {words[0]} on a read-only disk: {done.returncode} {done.stderr[-300:]}"
        yield f"liren {words[0]}: {(done.stderr or done.stdout).strip().splitlines()[-1][:100]}"
    subprocess.run(["mount", "-o", "remount,rw", str(county.home)], check=True)
    county.start()
    ledger = Ledger()
    _report(Browser(county.site.port, ledger, ""), ledger, 1)
    yield from _after(ledger, world)


def _connections_closed() -> None:
    from django.db import connections

    connections.close_all()


def _after(ledger: Ledger, world: World) -> Iterator[str]:
    yield from (f"✗ never acknowledged: {one.what} {one.status} {one.body[:200]}" for one in ledger.waiting())
    yield from (f"✗ {line}" for line in [*ledger.odd, *look(ledger, world, 0)])
