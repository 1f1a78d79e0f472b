"""A demo site of one's own: a home that is built once and copied, and a server that can be stopped and started."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.browser.frozen import MOMENT

REPOSITORY = Path(__file__).resolve().parents[2]
#: What the browser tests make for themselves; `make clean` removes it with the rest of out/.
MADE = REPOSITORY / "out" / "browser"


def _environment(home: Path) -> dict[str, str]:
    """As an operator would start it: none of your own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIREN_", "DJANGO_"))}
    paths = f"{REPOSITORY / 'src'}{os.pathsep}{REPOSITORY}"
    return kept | {"LIREN_HOME": str(home), "LIREN_DEMO": "1", "PYTHONPATH": paths}


def demo_home() -> Path:
    """A home with the whole demo in it: the one LIREN_BROWSER_HOME names, or one built here.

    `liren demo` builds anew only when a pack changed; nobody writes into this home, tests copy it.
    """
    if given := os.environ.get("LIREN_BROWSER_HOME"):
        return Path(given).resolve()
    home = MADE / "demo"
    home.mkdir(parents=True, exist_ok=True)
    code = "import sys; from liren.cli.main import main; sys.exit(main())"
    words = [
        sys.executable,
        "-c",
        code,
        "demo",
        "--no-serve",
        "--day",
        str(MOMENT.date()),
        "--out",
        str(home / "out"),
    ]
    subprocess.run(words, env=_environment(home), cwd=REPOSITORY, check=True)
    return home


def copy_of(home: Path, into: Path) -> Path:
    """The home's `var` once more, to write into."""
    shutil.copytree(home / "var", into / "var", copy_function=_clone)
    return into


def _clone(source: str, target: str) -> None:
    """Copy a file; on file systems that can, without copying its blocks."""
    subprocess.run(["cp", "--reflink=auto", "--preserve=mode", source, target], check=True)


class Site:
    """The server of one home, on a free port that stays its own over stops and starts."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Site:
        """Start the server and wait until it answers; what it said is in the error when it does not."""
        words = [sys.executable, "-m", "tests.browser.frozen", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                words,
                env=_environment(self.home),
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ends = time.monotonic() + 90
        while time.monotonic() < ends and self._process.poll() is None:
            if self.answers():
                return self
            time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"the site did not start:\n{self.log.read_text(encoding='utf-8')[-4000:]}")

    def answers(self) -> bool:
        """Whether somebody answers at the address."""
        try:
            with urllib.request.urlopen(f"{self.url}/about/", timeout=20) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        """Stop the server and everything it started; harmless when it has stopped already."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> Site:
        return self.start()

    def __exit__(self, *_fault: object) -> None:
        self.stop()
