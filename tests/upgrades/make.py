"""Makes the county of a release, as its own `liren backup` keeps it: run once with the code of each release.

    LIREN_HOME=$(mktemp -d) PYTHONPATH=src:. .venv/bin/python tests/upgrades/make.py tests/data/upgrades/0.1.0.sqlite.zip

With LIREN_DATABASE_URL=postgresql://… (tests/postgres/run) it makes the other one. The key is in the backup: it opens
nothing but this.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")


def main(target: Path) -> None:
    import django

    django.setup()
    from liren.cli.backup import backup
    from liren.database.migrating import migrate

    migrate()
    build()
    print(backup(target, with_keys=True))


def build() -> None:
    """One of everything that a later version must still read: words, private values, files, points of the flow."""
    from liren.activities.actions import check_in, signup_make
    from liren.clock import at_time
    from liren.people.actions import person_add
    from liren.records.actions import file_attach, record_open, record_step
    from liren.trail.actions import anchor_set
    from tests.cast import make_cast, moment

    cast = make_cast()
    with at_time(moment("2024-03-04 09:10")):
        said = {"title": "路灯不亮", "category": "facility", "place": cast.grid, "phone": "13800001234"}
        event = record_open("grid_case.event", said, by=cast.grid_member, key="upgrade:1")
        file_attach(
            event,
            name="现场.txt",
            content=b"what it looked like",
            media_type="text/plain",
            by=cast.grid_member,
        )
    with at_time(moment("2024-03-04 10:30")):
        event = record_step(event, "accept", {"level": "normal", "handler": cast.housing}, by=cast.dispatcher)
    with at_time(moment("2024-03-05 16:00")):
        event = record_step(event, "finish", {"outcome": "fixed", "result": "换了灯"}, by=cast.handler)
        other = {"title": "井盖松动", "category": "safety", "place": cast.grid}
        record_open("grid_case.event", other, by=cast.grid_member)
    with at_time(moment("2024-03-06 09:00")):
        event = record_step(event, "confirm", by=cast.dispatcher)
        anchor_set(moment("2024-03-06 09:00").date())
        captain = person_add(name="队长", code="C1", place=cast.street)
        from liren.people.actions import post_take
        from tests.cast import LONG_AGO

        post_take(person=captain, role="squad_leader", starts=LONG_AGO, place=cast.street)
        said = {"title": "清洁日", "category": "environment", "place": cast.street,
                "starts": "2024-03-09 09:00", "ends": "2024-03-09 11:00"}  # fmt: skip
        service = record_open("volunteer_service.service", said, by=captain)
        service = record_step(service, "publish", {"risk": "注意交通", "places_wanted": "10"}, by=captain)
        signup_make(service, by=cast.resident, name="周平")
    with at_time(moment("2024-03-09 09:05")):
        check_in(service, person=cast.resident, by=captain)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
