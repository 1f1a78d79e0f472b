"""The cast at work: shipped packs of the workbench's journeys beside the tests' own, and everybody signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from liren import inforce
from liren.packs.catalogue import Catalogue, load
from liren.people.actions import person_link, post_take
from liren.people.models import Person
from tests.cast import LONG_AGO, SHELF, Cast, make_cast

SHIPPED = ("volunteer_service", "law_exam", "grid_case")


@pytest.fixture(scope="session")
def read_packs(repository: Path) -> Catalogue:
    """The tests' packs and the shipped ones that the journeys of this face need, read once."""
    return load([SHELF, *(repository / "packs" / name for name in SHIPPED)])


@pytest.fixture
def desk_packs(monkeypatch: pytest.MonkeyPatch, read_packs: Catalogue) -> Iterator[Catalogue]:
    """These packs in force."""
    monkeypatch.setattr(inforce, "load", lambda *_: read_packs)
    inforce.catalogue.cache_clear()
    yield inforce.catalogue()
    inforce.catalogue.cache_clear()


@pytest.fixture
def cast(db: None, desk_packs: Catalogue) -> Cast:
    return make_cast()


@pytest.fixture
def signed(settings) -> Callable[..., Client]:
    """``signed(person)``: a browser in which the person has signed in."""
    settings.LIREN_DEMO = False

    def sign(person: Person | None, **more) -> Client:
        client = Client(**more)
        if person is not None:
            user = person.user
            if user is None:
                user = get_user_model().objects.create_user(username=f"p{person.pk}")
                person_link(person, user=user)
            client.force_login(user)
        return client

    return sign


@pytest.fixture
def hold() -> Callable[..., Person]:
    """``hold(person, role, place=…)``: one more post for somebody of the cast."""

    def take(person: Person, role: str, *, place=None, unit=None) -> Person:
        post_take(person=person, role=role, starts=LONG_AGO, place=place, unit=unit)
        return person

    return take
