"""Nothing lost: kill -9 of the site, its worker, the tick loop and the database at random moments under load.

    python -m tests.torture [--rounds 200] [--seconds S] [--seed N] [--parts sqlite postgresql scenes]

Everything is sent through HTTP as browsers and phones send it. After each round what was not acknowledged is sent
again with the same key, and everything that was promised is counted. The scenes fill the disk, make it read-only,
cut the current in mid-write, run loops side by side, take a backup under load. Exit status 0 only when nothing was
lost, doubled, or left in half.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from .site import postgres_is_here

PARTS = ("sqlite", "postgresql", "scenes")


def main() -> int:
    asked = _asked()
    if asked.inside:
        from . import rounds, scenes

        return (scenes if asked.parts == ["scenes"] else rounds).run(asked, Path(asked.inside))
    print(f"seed {asked.seed}", flush=True)
    failed = []
    for part in asked.parts:
        if part == "postgresql" and not postgres_is_here():
            print("postgresql: SKIPPED, no server is installed here")
            continue
        # Django is set up for one database in a process: each part in its own.
        with tempfile.TemporaryDirectory(prefix="liren-torture-") as folder:
            Path(folder).chmod(0o755)  # the server's own user passes through
            words = [sys.executable, "-m", "tests.torture", *sys.argv[1:], "--parts", part,
                     "--seed", str(asked.seed), "--inside", folder]  # fmt: skip
            failed += [part] if subprocess.run(words, check=False).returncode else []
    print("FAILED: " + ", ".join(failed) if failed else "nothing lost")
    return 1 if failed else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument(
        "--seconds", type=float, help="as many rounds as fit into so many seconds, on each database"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--browsers", type=int, default=4)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
