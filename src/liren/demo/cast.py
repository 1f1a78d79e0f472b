"""The cast with whose eyes the demo site can be read: a resident, a leader of each body, an inspector, the three
administrators."""

from liren.inforce import catalogue
from liren.people.actions import person_add, post_take
from liren.people.apart import ADMINISTRATORS

from .world import BEGINNING, World

INSPECTOR = "cast-inspector"


def leader_code(body: str) -> str:
    return f"cast-leader-{body}"


def add_cast(worlds: dict[str, World]) -> None:
    """One inspector who may see every kind at every body, one leader per body, and the administrators of all."""
    inspector = person_add(name="督查员", code=INSPECTOR)
    roles = {role for e in catalogue().kinds.values() for role in e.spec.seen_by} | {"inspector"}
    for world in worlds.values():
        if world.body.inside is not None:
            continue
        for role in sorted(roles):
            post_take(person=inspector, role=role, starts=BEGINNING, place=world.place)
    for key, world in worlds.items():
        leader = person_add(name=f"{world.body.name}领导", code=leader_code(key), place=world.place)
        place = None if world.unit else world.place
        post_take(person=leader, role="leader", starts=BEGINNING, place=place, unit=world.unit)
    for role, title in ADMINISTRATORS.items():
        keeper = person_add(name=title, code=f"cast-{role.replace('_', '-')}")
        for world in worlds.values():
            if world.body.inside is None:
                post_take(person=keeper, role=role, starts=BEGINNING, place=world.place)
