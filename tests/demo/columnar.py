"""Every figure of every shipped pack on a demo, by the live engine and by the columnar one: python -m tests.demo.columnar PERIOD…

Works in the home that LIREN_HOME names; exits with 1 and names what differs. ``--every N`` takes each N-th figure.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path


def main() -> int:
    words = argparse.ArgumentParser()
    words.add_argument("periods", nargs="+")
    words.add_argument("--every", type=int, default=1)
    asked = words.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
    import django

    django.setup()
    from liren.figures.cube.refreshing import refresh
    from liren.figures.cube.shapes import shapes
    from liren.figures.cube.storing import DuckEngine, Store, all_shapes

    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        done = refresh(store, whole=True)
        assert done is not None
        found = compared(DuckEngine(store, done.state, all_shapes(shapes())), asked.periods, asked.every)
    print(f"{done.records} records: " + ", ".join(f"{count} {what}" for what, count in found.items()))
    return 1 if found["different"] or not found["same"] else 0


def compared(engine, periods: list[str], every: int) -> Counter:
    """How many figures were the same, were readings, were refused by both, differ."""
    from liren.figures.cube.asking import NotColumnar, value
    from liren.figures.queries import compute, read_period
    from liren.figures.scope import Scope
    from liren.inforce import catalogue
    from liren.places.queries import tops
    from liren.refusals import Refusal

    found: Counter = Counter()
    entries = [one for one in catalogue().figures.values() if not one.spec.reading]
    for place in tops():
        for text in periods:
            for entry in entries[::every]:
                scope = Scope(place.code, read_period(text))
                try:
                    live = compute(entry, scope).value
                except Refusal:
                    found["refused"] += 1
                    continue
                try:
                    told = value(engine, entry, scope)
                except NotColumnar:  # a reading, or made of one: no record proves it, and it stays live
                    found["readings"] += 1
                    continue
                alike = live == told or (live is not None and told is not None and abs(live - told) < 1e-6)
                found["same" if alike else "different"] += 1
                found["above nought"] += bool(live)
                if not alike:
                    print(f"{entry.id} {place.code} {text}: live {live}, columnar {told}", file=sys.stderr)
    return found


if __name__ == "__main__":
    sys.exit(main())
