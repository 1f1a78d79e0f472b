"""Nothing lost: kill -9 of the site, its worker, the tick loop and the database at random moments under load.

    python -m tests.torture [--rounds 200] [--seed N] [--on sqlite postgresql] [--short]

Everything is sent through HTTP as browsers and phones send it. After each round what was not acknowledged is sent
again with the same key, and everything that was promised is counted. Exit status 0 only when nothing was lost,
doubled, or left in half. Then the disk is filled, made read-only, and cut off in mid-write (see disk.py).
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from .site import postgres_is_here


def main() -> int:
    asked = _asked()
    if asked.inside:
        from .rounds import run

        return run(asked, Path(asked.inside))
    print(f"seed {asked.seed}")
    failed = []
    for database in asked.on:
        if database == "postgresql" and not postgres_is_here():
            print("postgresql: SKIPPED, no server is installed here")
            continue
        # Django is set up for one database in a process: each in its own.
        with tempfile.TemporaryDirectory(prefix="liren-torture-") as folder:
            Path(folder).chmod(0o755)  # the server's own user passes through
            words = [sys.executable, "-m", "tests.torture", *sys.argv[1:], "--on", database,
                     "--seed", str(asked.seed), "--inside", folder]  # fmt: skip
            failed += [database] if subprocess.run(words, check=False).returncode else []
    print("FAILED: " + ", ".join(failed) if failed else "nothing lost")
    return 1 if failed else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument(
        "--seconds", type=float, help="as many rounds as fit into so many seconds, on each database"
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--on", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    parser.add_argument("--browsers", type=int, default=4)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
