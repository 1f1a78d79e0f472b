"""青禾县 in other signs, with the shipped packs: places, persons, matters, and everybody's browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from liren import inforce
from liren.people.actions import post_take
from liren.people.models import Person
from liren.places.models import Place, Unit
from liren.records.models import Act, Record
from tests.cast import LONG_AGO, Cast, make_cast
from tests.language.abroad import packs_abroad, rows_abroad
from tests.portal.conftest import closed_event, event
from tests.test_permissions import browser


@pytest.fixture(scope="session")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packs_abroad(tmp_path_factory.mktemp("abroad"))


@pytest.fixture
def county(db: None, abroad: Path, monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[Cast]:
    """The county with a closed matter and an open one."""
    monkeypatch.setattr(inforce, "pack_roots", lambda: [abroad])
    settings.LIREN_SECOND_FACTOR = "nobody"
    inforce.catalogue.cache_clear()
    cast = make_cast()
    for role in ("system_admin", "audit_admin"):
        person = Person.objects.create(name=role, place=cast.county)
        post_take(person=person, role=role, starts=LONG_AGO, place=cast.county)
        setattr(cast, role, person)
    closed_event(cast)
    event(cast)
    rows_abroad(Place, Unit, Person, Record, Act)
    for name in vars(cast):
        getattr(cast, name).refresh_from_db()
    yield cast
    inforce.catalogue.cache_clear()


@pytest.fixture
def reader(county: Cast):
    """`reader("dispatcher")`: somebody at a browser who reads English."""

    def sit_down(member: str) -> Client:
        client = browser(county, member)
        client.get("/about/?lang=en")
        return client

    return sit_down
