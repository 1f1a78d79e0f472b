"""Files as they are, by the server and the library that serve the site's own: the floor of everything that is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .serving import Ask, Site, _free_port

ASKED = 1000


class Plain(Site):
    """A folder's files under granian and WhiteNoise, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port, self.database = _free_port(), None
        said = f"from benchmarks.plain import serve; serve({self.port})"
        self.process = subprocess.Popen(
            [sys.executable, "-c", said],
            env=os.environ | {"BENCH_FILES": str(folder)},
            stdout=subprocess.DEVNULL,
        )
        self._until_it_answers()


def floors(home: Path, sizes: dict[str, int]) -> dict[str, float]:
    """Name → CPU milliseconds to serve a file of so many bytes."""
    folder = home / "var" / "bench-files"
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in sizes.items():
        (folder / f"{name}.html").write_bytes(b"x" * size)
    site = Plain(folder)
    try:
        found = {}
        for name in sizes:
            spent = site.measure((Ask(f"/{name}.html") for _ in range(ASKED + Site.WARM)), warm=Site.WARM)
            assert spent.ok == ASKED, f"{ASKED - spent.ok} of {ASKED} files were not served"
            found[name] = spent.cpu
        return found
    finally:
        site.stop()
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def application():
    """WSGI: the files of BENCH_FILES, and nothing else."""
    from whitenoise import WhiteNoise

    def nothing(_environ, start):
        start("404 Not Found", [])
        return [b""]

    return WhiteNoise(nothing, root=os.environ["BENCH_FILES"])


def serve(port: int) -> None:
    """As `liren serve` starts the site."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "benchmarks.plain:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=2,
        websockets=False,
        factory=True,
        log_level=LogLevels.warning,
    ).serve()
