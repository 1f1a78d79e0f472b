"""``python -m liren.demo``: build the demo in the database of LIREN_DATABASE_URL (used by ``liren demo``)."""

import os
import sys
from datetime import date


def run() -> int:
    """Exit status 0 when built; 1 with plain words otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
    import django

    django.setup()
    from liren.database.migrating import migrate
    from liren.packs.findings import PackRefused
    from liren.refusals import Refusal

    from .building import build
    from .values import DemoFault

    migrate()
    days = [word.partition("=")[2] for word in sys.argv[1:] if word.startswith("--day=")]
    packs = {word for word in sys.argv[1:] if not word.startswith("--")}
    try:
        build(packs or None, day=date.fromisoformat(days[0]) if days else None)
    except (DemoFault, Refusal, PackRefused) as fault:
        print(f"liren: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run())
