"""The site as it runs for a county, and what it spends: server and database processes together."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

#: Parts in which a piece of work is counted: the middle one is told, since a neighbour on the machine can double one.
PARTS = 5


@dataclass(frozen=True)
class Ask:
    """One request."""

    path: str
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Spent:
    """What a piece of work cost: milliseconds; ``cpu`` of server and database per request, ``ok`` answers.

    ``cpu`` is the middle of the parts' (:data:`PARTS`), ``least`` the least of them.
    """

    cpu: float
    p50: float
    p99: float
    per_second: float
    memory: float
    bytes: int
    ok: int
    asked: int
    least: float = 0.0


class Site:
    """`liren serve` in a process of its own, on a free port."""

    #: Requests that are not counted: both threads open their connections, packs and templates are read.
    WARM = 20

    def __init__(self, home: Path, database: str) -> None:
        self.port = _free_port()
        settings = {"LIREN_HOME": str(home), "LIREN_DATABASE_URL": database, "LIREN_PROXY": "1"}
        command = [sys.executable, "-c", "import sys; from liren.cli.main import main; sys.exit(main())"]
        self.process = subprocess.Popen(
            [*command, "serve", "--port", str(self.port)],
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
        )
        self.database = _postmaster(database)
        self._until_it_answers()

    def _until_it_answers(self) -> None:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"{type(self).__name__} does not answer after 30 s")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def cpu(self) -> float:
        """CPU seconds spent so far, user and system, by the site and the database server."""
        return sum(_seconds(pid) for pid in self._processes())

    def memory(self) -> float:
        """The most MiB the site's processes were ever resident with."""
        return sum(_resident(pid) for pid in _tree(self.process.pid)) / 1024

    def _processes(self) -> set[int]:
        found = _tree(self.process.pid)
        return found | _tree(self.database) if self.database else found

    def measure(self, asks: Iterable[Ask], *, warm: int = WARM) -> Spent:
        """Ask one after the other over a kept connection; the first few are not counted."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        asks = list(asks)
        part = max(1, (len(asks) - warm) // PARTS)
        times, ok, size, marks = [], 0, 0, []
        for number, ask in enumerate(asks):
            if number >= warm and (number - warm) % part == 0:
                marks.append((time.perf_counter(), self.cpu()))
            at = time.perf_counter()
            connection.request(ask.method, ask.path, ask.body or None, ask.headers)
            answer = connection.getresponse()
            content = answer.read()
            if number >= warm:
                times.append((time.perf_counter() - at) * 1000)
                ok += answer.status in (200, 302, 303)
                size = len(content)
        if len(times) % part == 0:
            marks.append((time.perf_counter(), self.cpu()))
        costs = sorted((after[1] - before[1]) * 1000 / part for before, after in pairwise(marks))
        elapsed, count = sum(times) / 1000, len(times)
        times.sort()
        return Spent(
            costs[len(costs) // 2], times[count // 2], times[min(count - 1, count * 99 // 100)],
            count / elapsed, self.memory(), size, ok, count, costs[0],
        )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(pid: int) -> float:
    """CPU of a process so far, user and system, of all its threads; 0 when it is gone (clock_getcpuclockid(3))."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def _tree(root: int) -> set[int]:
    """A process and all below it."""
    parents = {
        int(p.name): int(_stat(int(p.name))[1])
        for p in Path("/proc").iterdir()
        if p.name.isdigit() and _stat(int(p.name))
    }
    found, grew = {root}, True
    while grew:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        grew = bool(more)
        found |= more
    return found


def _postmaster(database: str) -> int | None:
    """The database server's first process; None for SQLite, which works inside the site."""
    if not database.startswith("postgres"):
        return None
    import psycopg

    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        return int(_stat(row[0])[1])
