"""The processes that are killed: the site, its tick loop, and a PostgreSQL cluster of its own (durable, unlike the tests')."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

LIREN = [sys.executable, "-c", "import sys; from liren.cli.main import main; sys.exit(main())"]
PATIENCE = (
    300.0  # seconds until a process that was started must answer, on a machine that is busy with other things
)


class Process:
    """A process and its children, in a session of their own, so that all of them die at once."""

    def __init__(self, words: Sequence[str], env: dict[str, str], log: Path, **more) -> None:
        self.words, self.env, self.log, self.more = list(words), env, log, more
        self.running: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.running = subprocess.Popen(
                self.words, env=self.env, stdout=out, stderr=out, start_new_session=True, **self.more
            )

    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def signal(self, number: int) -> None:
        if self.running is not None:
            try:
                os.killpg(self.running.pid, number)
            except ProcessLookupError:
                return

    def kill(self) -> None:
        """kill -9, the whole group."""
        self.signal(signal.SIGKILL)
        if self.running is not None:
            self.running.wait()
            self.running = None

    def children(self) -> list[int]:
        assert self.running is not None
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except (OSError, ValueError):
                    continue
                found += [int(entry.name)] if parent == self.running.pid else []
        return found


class Site(Process):
    """`liren serve` on a port that stays the same over all its lives."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.port = free_port()
        super().__init__([*LIREN, "serve", "--port", str(self.port)], env, log)

    def wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.3).close()
                return
            except OSError:
                time.sleep(0.05)
            if (
                not self.alive()
            ):  # granian gives up when a worker dies twice within six seconds; systemd starts it anew
                time.sleep(2)
                self.start()
        said = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"the site {'lives' if self.alive() else 'is gone'} and does not answer:\n{said}")

    def kill_worker(self) -> None:
        """Only the process that answers, as the kernel does when memory runs out."""
        for pid in self.children():
            os.kill(pid, signal.SIGKILL)


class Cluster(Process):
    """A PostgreSQL server that can be killed: fsync on, as in a county; alone on a free port."""

    def __init__(self, folder: Path) -> None:
        binaries = Path(
            subprocess.run(
                ["tests/postgres/run", "--find"], capture_output=True, text=True, check=True
            ).stdout.strip()
        )
        folder.mkdir()
        owner = _owner()
        as_owner = []
        if owner is not None:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            as_owner = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        self.port, data = free_port(), folder / "data"
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        subprocess.run(
            [*as_owner, str(binaries / "initdb"), "-D", str(data), "-U", "liren", "-A", "trust", "-E", "UTF8"],
            env=env, cwd=folder, check=True, capture_output=True,
        )  # fmt: skip
        words = [*as_owner, str(binaries / "postgres"), "-D", str(data), "-p", str(self.port), "-k", str(folder),
                 "-c", "listen_addresses=127.0.0.1", "-c", "shared_buffers=64MB"]  # fmt: skip
        super().__init__(words, env, folder.parent / "postgres.log", cwd=folder)
        self.url = f"postgresql://liren@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        super().start()
        import psycopg

        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                assert self.running is not None
                if self.running.poll() is not None:  # the memory of the killed one is still held: once more
                    super().start()
                time.sleep(0.1)
        raise RuntimeError(f"PostgreSQL does not come back; see {self.log}")

    def kill(self) -> None:
        super().kill()
        time.sleep(0.1)


def _owner():
    """PostgreSQL refuses to run as root."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("neither postgres nor nobody is a user here")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def postgres_is_here() -> bool:
    found = subprocess.run(["tests/postgres/run", "--find"], capture_output=True, check=False)
    return found.returncode == 0 and shutil.which("setpriv") is not None
