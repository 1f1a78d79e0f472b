"""The county that is tortured: the tests' cast with accounts, mail addresses and signed-in browsers.

Everything of Django is imported inside: the home and the database are named first, by :func:`settle`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path

UNITS, VISITORS = 6, 12


@dataclass
class World:
    """Cookies of who works, names of the units that handle, numbers of the activities."""

    cookies: dict[str, str] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    seats: dict[str, int] = field(default_factory=dict)


def settings_of(home: Path, database: str, mail: int) -> dict[str, str]:
    """What the tortured processes run with; the clean environment of an operator otherwise."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_")}
    root = Path(__file__).resolve().parents[2]
    return kept | {
        "LIREN_HOME": str(home), "LIREN_DATABASE_URL": database, "LIREN_PROXY": "1",
        "LIREN_PACKS": str(root / "tests" / "torture" / "packs"), "LIREN_SECOND_FACTOR": "nobody",
        "LIREN_MAIL_URL": f"smtp://127.0.0.1:{mail}/?from=liren@example.org&tls=none",
        "DJANGO_SETTINGS_MODULE": "liren.settings", "PYTHONPATH": f"{root / 'src'}:{root}",
        "LIREN_HOSTS": "127.0.0.1,localhost,testserver",
    }  # fmt: skip


def settle(env: dict[str, str]) -> None:
    """Django in this process, on the same home and database as the tortured ones."""
    for name in [name for name in os.environ if name.startswith("LIREN_")]:
        del os.environ[name]
    os.environ.update(env)
    import django

    django.setup()
    from liren.database.migrating import migrate

    migrate()


def build() -> World:
    """The cast, with an account each; six units whose handlers are mailed at once, at any hour."""
    from liren.notices.actions import preference_set
    from liren.people.actions import person_add, post_take
    from liren.places.actions import unit_add
    from tests.cast import LONG_AGO, make_cast

    cast, world = make_cast(), World()
    for number in range(UNITS):
        unit = unit_add(code=f"Z{number}", name=f"第{number}所", kind="department", place=cast.county)
        worker = person_add(name=f"办事员{number}", place=cast.county)
        post_take(person=worker, role="handler", starts=LONG_AGO, unit=unit)
        _account(world, f"handler{number}", worker)
        midnight = time(0)
        preference_set(by=worker, digest="now", quiet_from=midnight, quiet_to=midnight, urgent_passes=True)
        world.units.append(unit.name)
    captain = person_add(name="队长", place=cast.street)
    post_take(person=captain, role="squad_leader", starts=LONG_AGO, place=cast.street)
    for name, person in (("member", cast.grid_member), ("dispatcher", cast.dispatcher), ("captain", captain)):
        _account(world, name, person)
    for number in range(VISITORS):
        world.persons[f"visitor{number}"] = person_add(name=f"来客{number}", place=cast.community).pk
    return world


def _account(world: World, name: str, person) -> None:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from liren.people.actions import person_link

    user = get_user_model().objects.create(username=name, email=f"{name}@example.org")
    person_link(person, user=user)
    client = Client()
    client.force_login(user)
    world.persons[name] = person.pk
    world.cookies[name] = (
        f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    )


def activity(world: World, seats: int) -> str:
    """An activity of today that takes sign-ups; its number."""
    from liren.activities.actions import signup_make
    from liren.clock import now
    from liren.packs.fields import CHINA
    from liren.people.models import Person
    from liren.places.models import Place
    from liren.records.actions import record_open, record_step

    captain = Person.objects.get(pk=world.persons["captain"])
    starts = (now() + timedelta(hours=2)).astimezone(CHINA)
    said = {
        "title": "清洁日", "category": "environment", "place": Place.objects.get(code="990009001"),
        "starts": f"{starts:%Y-%m-%d %H:%M}", "ends": f"{starts + timedelta(hours=2):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    record = record_open("volunteer_service.service", said, by=captain)
    record = record_step(record, "publish", {"risk": "注意交通", "places_wanted": str(seats)}, by=captain)
    world.seats[record.number] = seats
    for name, key in world.persons.items():
        if name.startswith("visitor"):
            signup_make(record, by=Person.objects.get(pk=key))
    return record.number
