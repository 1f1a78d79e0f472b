"""Builds the places, units and persons of the demo bodies, and hands out officers and pools."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from liren.people.actions import persons_add, post_take
from liren.people.models import Person
from liren.places.actions import places_add, units_add
from liren.places.codes import within
from liren.places.models import Place, Unit

from .bodies import (
    ASSOCIATIONS,
    BODIES,
    DEPARTMENTS,
    Body,
    community_name,
    person_name,
    village_name,
)

BEGINNING = datetime(2010, 1, 1, tzinfo=UTC)
POOLS = {"staff": 120, "members": 30, "residents": 200, "inspectors": 24}


@dataclass
class World:
    """What one body has: its places by level, its units by kind, its officers and pools."""

    body: Body
    place: Place
    unit: Unit | None
    places: dict[str, list[Place]] = field(default_factory=dict)
    units: dict[str, list[Unit]] = field(default_factory=dict)
    pools: dict[str, list[Person]] = field(default_factory=dict)
    officers: dict[tuple[str, int], Person] = field(default_factory=dict)

    def officer(self, role: str, index: int = 0) -> Person:
        """The ``index``-th holder of a role at the body; appointed when first asked for."""
        key = (role, index)
        if key not in self.officers:
            person = new_persons(1, self.place)[0]
            place = None if self.unit else self.place
            post_take(person=person, role=role, starts=BEGINNING, place=place, unit=self.unit)
            self.officers[key] = person
        return self.officers[key]

    def pool(self, name: str) -> list[Person]:
        """A pool of persons; the standing ones are made when first asked for."""
        if name not in self.pools:
            if name not in POOLS:
                known = "、".join([*POOLS, *self.pools])
                raise ValueError(
                    f"{self.body.key} 没有人员池「{name}」；有：{known}，或先用 {{new: {name}}} 建"
                )
            self.pools[name] = new_persons(POOLS[name], self.place)
        return self.pools[name]

    def where(self, name: str) -> list[Place]:
        """Places by the words a demo file uses."""
        if name in ("", "body"):
            return [self.place]
        if name == "neighbourhoods":
            return sorted([*self.places["villages"], *self.places["communities"]], key=lambda p: p.code)
        if name not in self.places:
            raise ValueError(f"{self.body.key} 没有地点组「{name}」；可写 body {' '.join(self.places)}")
        return self.places[name]


_serial = count(1)


def new_persons(number: int, place: Place) -> list[Person]:
    """So many new fictional persons living in a place."""
    rows = []
    for _ in range(number):
        serial = next(_serial)
        rows.append(
            {
                "name": person_name(serial),
                "code": f"D{serial:06}",
                "place": place,
                "household": f"H{serial // 3:06}",
            }
        )
    return persons_add(rows)


def build_worlds() -> dict[str, World]:
    """All bodies with their places and units."""
    for body in BODIES.values():
        if body.inside is None:
            _add_places(body)
            _add_units(body)
    return {body.key: _world(body) for body in BODIES.values()}


def _add_places(body: Body) -> None:
    rows = [_place(body.code, body.name, body.kind)]
    village = community = 0
    for index, (name, kind, communities, villages) in enumerate(body.towns):
        code = f"{body.code}{(1 if kind == 'street' else 100) + index:03}"
        rows.append(_place(code, name, kind))
        for number in range(communities):
            below = f"{code}{number + 1:03}"
            rows.append(_place(below, community_name(community), "community"))
            rows += [_place(f"{below}{g + 1:03}", f"第{g + 1}网格", "grid") for g in range(body.grids)]
            community += 1
        for number in range(villages):
            rows.append(_place(f"{code}{200 + number:03}", village_name(village), "village"))
            village += 1
    places_add(rows)


def _place(code: str, name: str, kind: str) -> dict:
    return {"code": code, "name": name, "kind": kind, "valid_from": BEGINNING}


def _add_units(body: Body) -> None:
    top = Place.objects.get(code=body.code)
    short = body.name[-1]
    rows = [
        _unit(f"{body.code}-d{i:02}", f"{short}{name}", "department", top)
        for i, name in enumerate(DEPARTMENTS, start=1)
    ]
    rows.append(
        _unit(f"{body.code}-office", f"{body.name}县委办公室".replace("区县委", "区委"), "office", top)
    )
    rows.append(_unit(f"{body.code}-committee", f"{body.name}理论学习中心组", "committee", top))
    rows += [_unit(f"{body.code}-a{i}", name, "association", top) for i, name in enumerate(ASSOCIATIONS, 1)]
    for place in Place.objects.filter(within(body.code, "code")).order_by("code"):
        if place.level == "town":
            kind = "street_office" if place.kind == "street" else "town_government"
            title = "街道办事处" if place.kind == "street" else "人民政府"
            rows.append(_unit(f"{place.code}-g", f"{place.name.removesuffix('街道')}{title}", kind, place))
            for kind_, title in (("school", "中心小学"), ("school", "初级中学"), ("school", "中心幼儿园")):
                serial = len(rows)
                rows.append(_unit(f"{place.code}-s{serial}", f"{place.name[:2]}{title}", kind_, place))
        elif place.level == "village":
            kind = "village_committee" if place.kind == "village" else "community_committee"
            title = "村民委员会" if place.kind == "village" else "居民委员会"
            rows.append(_unit(f"{place.code}-c", place.name.removesuffix("村") + title, kind, place))
    units_add(rows)


def _unit(code: str, name: str, kind: str, place: Place) -> dict:
    return {"code": code, "name": name, "kind": kind, "place": place, "valid_from": BEGINNING}


_LEVELS = {"towns": "town", "villages": "village", "communities": "community", "grids": "grid"}


def _world(body: Body) -> World:
    top = Place.objects.get(code=body.code)
    unit = Unit.objects.get(code=body.unit) if body.unit else None
    world = World(body, top, unit)
    places = list(Place.objects.filter(within(body.code, "code")).order_by("code"))
    world.places = {
        "towns": [p for p in places if p.level == "town"],
        "villages": [p for p in places if p.kind == "village"],
        "communities": [p for p in places if p.kind == "community"],
        "grids": [p for p in places if p.kind == "grid"],
    }
    for one in Unit.objects.filter(within(body.code)).order_by("code"):
        world.units.setdefault(one.kind, []).append(one)
    world.units["town_government"] = sorted(
        world.units.get("town_government", []) + world.units.get("street_office", []), key=lambda u: u.code
    )
    world.units["village_committee"] = sorted(
        world.units.get("village_committee", []) + world.units.get("community_committee", []),
        key=lambda u: u.code,
    )
    return world
