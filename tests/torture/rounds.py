"""The rounds on one database: load, kill, come back, send again, count."""

from __future__ import annotations

import argparse
import io
import random
import time
from collections import Counter
from pathlib import Path

from .load import Browser, Ledger, Worker
from .proof import look, outbox
from .sink import Sink
from .site import LIREN, Cluster, Process, Site
from .world import World, activity, build, settings_of, settle

#: Seconds of load before something dies.
SHORTEST, LONGEST = 0.05, 1.2
#: Every so many rounds the whole trail is computed anew, not only its end.
WHOLE = 10
URL = "http://127.0.0.1:8000"


class County:
    """The running processes, and what can be killed of them."""

    def __init__(self, folder: Path, database: str, options: str = "") -> None:
        self.sink, self.home = Sink(), folder / "home"
        self.home.mkdir(exist_ok=True)
        self.cluster = Cluster(folder / "cluster") if database == "postgresql" else None
        if self.cluster:
            self.cluster.start()
        url = self.cluster.url if self.cluster else f"sqlite:///{self.home}/var/liren.sqlite3"
        url += f"?{options}" if options else ""
        self.env = settings_of(self.home, url, self.sink.port)
        settle(self.env)
        self.site = Site(self.env, folder / "site.log")
        self.ticks = [
            Process([*LIREN, "tick", "--every", "1"], self.env, folder / "tick.log") for _ in range(2)
        ]

    def start(self) -> None:
        for process in (self.cluster, self.site, *self.ticks):
            if process is not None and not process.alive():
                process.start()  # as systemd does
        self.site.wait()

    def stop(self) -> None:
        for process in (self.site, *self.ticks, self.cluster):
            if process is not None:
                process.kill()
        self.sink.stop()

    def victims(self) -> dict[str, tuple]:
        found = {
            "site": (self.site.kill,), "worker": (self.site.kill_worker,), "tick": (self.ticks[0].kill,),
            "both ticks": tuple(one.kill for one in self.ticks), "site and tick": (self.site.kill, self.ticks[0].kill),
        }  # fmt: skip
        if self.cluster:
            found |= {
                "database": (self.cluster.kill,),
                "all": (self.site.kill, self.cluster.kill, self.ticks[0].kill),
            }
        return found


def run(asked: argparse.Namespace, folder: Path) -> int:
    database = asked.parts[0]
    county = County(folder, database)
    dice, ledger, killed = random.Random(asked.seed), Ledger(), Counter[str]()
    findings: list[str] = []
    began, rounds = time.monotonic(), 0
    try:
        world = build()
        county.start()
        while rounds < asked.rounds and not (asked.seconds and time.monotonic() - began > asked.seconds):
            rounds += 1
            activity(world, seats=16)
            killed[_round(county, world, ledger, dice, asked)] += 1
            findings += _count(ledger, world, rounds)
            if findings:
                break
        findings += _count(ledger, world, 0)
        findings += _drain(county)
        _tell(database, rounds, killed, ledger, county.sink, findings, time.monotonic() - began)
    finally:
        county.stop()
    return 1 if findings else 0


def _round(county: County, world: World, ledger: Ledger, dice: random.Random, asked) -> str:
    """Load, a kill at a random moment, everything up again, and what was not acknowledged sent again."""
    workers = [
        Worker(world, county.site.port, ledger, dice.randrange(1 << 24), _photo(), pause=0.05)
        for _ in range(asked.browsers)
    ]
    for worker in workers:
        worker.start()
    time.sleep(dice.uniform(SHORTEST, LONGEST))
    name = dice.choice(sorted(county.victims()))
    for kill in county.victims()[name]:
        kill()
    if name in ("tick", "both ticks", "worker"):
        time.sleep(dice.uniform(SHORTEST, LONGEST))  # the site goes on without it
    for worker in workers:
        worker.over.set()
    county.start()
    for worker in workers:
        worker.join(60)
    _again(county, ledger)
    return name


def _again(county: County, ledger: Ledger) -> None:
    """What was not acknowledged is sent again until it is: the first answers after a kill may still be trouble."""
    browser = Browser(county.site.port, ledger, "")
    for _ in range(40):
        for deed in ledger.waiting():
            # Of one address only so many reports are taken in an hour: everybody has their own here.
            browser.address = f"172.16.{int(deed.key[:2], 16)}.{int(deed.key[2:4], 16)}"
            browser.send(deed)
        if not ledger.waiting():
            return
        time.sleep(0.25)
        county.start()  # what ended meanwhile: granian gives a worker up that dies twice within seconds


def _count(ledger: Ledger, world: World, rounds: int) -> list[str]:
    from django.db import connection

    from liren.trail.queries import head

    connection.close()  # the server it talked to may be another one by now
    whole = rounds % WHOLE == 0
    found = [f"never acknowledged: {deed.what} {deed.key} {deed.status}" for deed in ledger.waiting()]
    found += ledger.odd
    found += list(look(ledger, world, 0 if whole else max(0, head().act - 500)))
    return found


def _drain(county: County) -> list[str]:
    """Let the outbox empty itself, then compare it with what came."""
    from liren.clock import now
    from liren.notices.actions import deliver
    from liren.notices.models import Job, Line

    for tick in county.ticks:
        tick.kill()
    # Whose worker was killed holds its lease for minutes: the drain comes when it has run out.
    from datetime import timedelta

    for later in (0, 10, 20, 30):
        deliver(now() + timedelta(minutes=later), most=5000)
    found = list(outbox(county.sink, URL))
    left = Job.objects.filter(done__isnull=True, died__isnull=True).count()
    if left or Line.objects.exists():
        found.append(f"outbox: {left} jobs and {Line.objects.count()} lines are left")
    return found


def _photo() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((240, 180), 80).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def _tell(
    database: str, rounds: int, killed: Counter, ledger: Ledger, sink: Sink, findings, seconds: float
) -> None:
    from liren.notices.models import Job
    from liren.records.models import Act, Record

    acked = sum(1 for deed in ledger.deeds if deed.acked)
    again = sum(1 for deed in ledger.deeds if deed.tries > 1)
    times = sorted(ledger.times) or [0.0]
    twice = sum(count - 1 for count in sink.seen.values())
    print(
        f"{database}: {rounds} rounds in {seconds:.0f} s; killed: "
        + ", ".join(f"{k} {n}" for k, n in sorted(killed.items()))
    )
    print(
        f"  {acked} writes acknowledged of {len(ledger.deeds)}, {again} sent more than once; "
        f"{Record.objects.count()} records, {Act.objects.count()} acts; p50 {times[len(times) // 2] * 1000:.0f} ms, "
        f"p99 {times[len(times) * 99 // 100] * 1000:.0f} ms"
    )
    print(f"  outbox: {Job.objects.count()} jobs, {len(sink.seen)} mails came, {twice} of them once more")
    for one in findings[:30]:
        print(f"  ✗ {one}")
    print(f"  {len(findings)} findings")
