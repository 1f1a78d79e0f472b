"""The fixed cast and the world it acts in (house §9.5), and the tests' own packs in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liren import inforce
from liren.packs.catalogue import Catalogue
from liren.packs.fields import CHINA
from liren.people.actions import person_add, post_take
from liren.people.models import Person
from liren.places.actions import place_add, unit_add
from liren.places.models import Place, Unit

SHELF = Path(__file__).parent / "shelf"
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


def moment(text: str) -> datetime:
    """``2024-03-04 09:10`` in China."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


@dataclass
class Cast:
    """李雷 sees his grid, 韩梅 her street, 王芳 another street and therefore nothing of theirs."""

    county: Place
    street: Place
    community: Place
    grid: Place
    other_street: Place
    other_village: Place
    housing: Unit
    water: Unit
    office: Unit
    grid_member: Person
    dispatcher: Person
    deputy: Person
    stranger: Person
    handler: Person
    other_handler: Person
    resident: Person
    inspector: Person
    leader: Person


def make_cast() -> Cast:
    """Places, units, persons and posts of the tests."""
    county = place_add(code="990009", name="青禾县", kind="county")
    street = place_add(code="990009001", name="清溪街道", kind="street")
    community = place_add(code="990009001001", name="明月里", kind="community")
    grid = place_add(code="990009001001003", name="第3网格", kind="grid")
    other_street = place_add(code="990009002", name="东风街道", kind="street")
    other_village = place_add(code="990009002001", name="柳林村", kind="village")
    housing = unit_add(code="T01", name="住建局", kind="department", place=county)
    water = unit_add(code="T02", name="水务局", kind="department", place=county)
    office = unit_add(code="T03", name="县委办公室", kind="department", place=county)
    return Cast(
        county, street, community, grid, other_street, other_village, housing, water, office,
        grid_member=_holder("李雷", "grid_member", place=grid),
        dispatcher=_holder("韩梅", "dispatcher", place=street),
        deputy=_holder("林涛", "dispatcher", place=street),
        stranger=_holder("王芳", "dispatcher", place=other_street),
        handler=_holder("赵工", "handler", unit=housing),
        other_handler=_holder("钱工", "handler", unit=water),
        resident=person_add(name="周平", household="H1", place=community),
        inspector=_holder("陈明", "inspector", place=county),
        leader=_holder("吴县", "leader", place=county),
    )  # fmt: skip


def _holder(name: str, role: str, *, place: Place | None = None, unit: Unit | None = None) -> Person:
    person = person_add(name=name, place=place or (unit.place if unit else None))
    post_take(person=person, role=role, starts=LONG_AGO, place=place, unit=unit)
    return person


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalogue]:
    """Only the tests' own packs are in force, whatever is shipped."""
    monkeypatch.setattr(inforce, "pack_roots", lambda: [SHELF])
    inforce.catalogue.cache_clear()
    yield inforce.catalogue()
    inforce.catalogue.cache_clear()


@pytest.fixture
def cast(db: None, shelf: Catalogue) -> Cast:
    """The cast, with the tests' own packs in force."""
    return make_cast()
