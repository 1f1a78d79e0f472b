"""Builds the demo in an empty database: worlds first, then every pack's own work."""

import sys
import time
from datetime import date, datetime
from datetime import time as hour

from django.db import transaction

from liren.clock import at_time, now
from liren.packs.fields import CHINA
from liren.progress import bar
from liren.search.actions import keep_up, names_update
from liren.trail.actions import anchor_set

from .cast import add_cast
from .desk import add_desk
from .ground import add_ground
from .making import Maker, demo_files, items
from .world import build_worlds

#: When somebody comes to the day that was asked for.
MORNING = hour(9, 30)


def total_of(files: list[tuple[str, dict]]) -> int:
    """A rough number of things to make, for the progress bar."""
    counts = [str(item.get("count", 1)) for pack, file in files for _, item in items(pack, file)]
    return sum(int(c) if c.isdigit() else 50 for c in counts)


def build(
    only: set[str] | None = None, *, day: date | None = None, say=lambda text: print(text, file=sys.stderr)
) -> int:
    """Make everything; returns how many records and readings. ``only`` names packs (for tests).

    ``day``: the day of those who work in the field and of what residents find going on, today where nobody says.
    """
    at = datetime.combine(day, MORNING, CHINA) if day else now()
    today = at.astimezone(CHINA).date()
    files = [(p, f) for p, f in demo_files() if only is None or p in only]
    made, began = 0, time.perf_counter()
    keep_up()
    with bar("建示范县", total_of(files)) as progress:
        worlds = build_worlds()
        add_ground([world.place for world in worlds.values() if world.body.inside is None])
        add_cast(worlds)
        for pack, file in files:
            maker = Maker(pack, worlds, progress.advance, today)
            started = time.perf_counter()
            # One transaction a pack: thousands of small commits would cost minutes.
            with transaction.atomic():
                for index, item in items(pack, file):
                    made += maker.make(index, item)
            spent = time.perf_counter() - started
            if spent > 3:
                say(f"  {pack}：{spent:.1f} 秒")
    names_update(people=False)  # 55,000 persons of pools cost five seconds; the first tick brings them
    anchor_set(date(2023, 12, 31))
    if only is None:
        with transaction.atomic(), at_time(at):
            made += add_desk(worlds["qinghe"])
    say(f"建成：{made} 条记录与上报数，{time.perf_counter() - began:.0f} 秒")
    return made
