"""Whose turn it is: the kinds and states in which a step leads on, and the reaches over which a viewer may take it.

Nothing is asked of the database here but the tree of units. What is found holds for everybody with the same posts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from liren.inforce import catalogue
from liren.packs import language
from liren.packs.language import Kind, Step
from liren.people.models import Post
from liren.people.standing import Standing
from liren.places.codes import after

#: Somebody's own records: whoever opened them, and whom they are about.
RELATIONS = ("opener", "subject")
#: The bar of a duty that has none.
FREE = -1


@dataclass(frozen=True)
class Reach:
    """Where a duty is had: places (``low`` ≤ code < ``high``; ``alone``: only what names no unit), units, or a relation
    to the record."""

    places: frozenset[tuple[str, str, int]] = frozenset()
    units: frozenset[int] = frozenset()
    relations: frozenset[str] = frozenset()

    def __or__(self, other: Reach) -> Reach:
        places = self.places | other.places
        return Reach(
            frozenset(one for one in places if not any(_holds(each, one) for each in places)),
            self.units | other.units,
            self.relations | other.relations,
        )


def _holds(outer: tuple[str, str, int], inner: tuple[str, str, int]) -> bool:
    """Whether one place lies within another and adds nothing to it."""
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1] and outer[2] <= inner[2]


#: A kind, a state, the number of a bar (or FREE), the number of a reach.
State = tuple[str, str, int, int]
#: Of each step that leads on from a state, the verbs whose taker may not take it.
Bars = frozenset[frozenset[str]]


@dataclass
class Duties:
    """Rows for the question what waits: ``states`` (kind, state, bar, reach), ``reaches`` and ``bars`` by their number.

    A record waits by a duty with a bar where the person took none of the verbs of one of its steps.
    """

    states: list[State] = field(default_factory=list)
    reaches: list[Reach] = field(default_factory=list)
    bars: list[Bars] = field(default_factory=list)

    @cached_property
    def apart(self) -> tuple[list[State], list[State]]:
        """Those that find a record only once (over places alone, and the state stands once), and the rest."""
        times = Counter((kind, state) for kind, state, _, _ in self.states)
        plain: list[State] = []
        mixed: list[State] = []
        for one in self.states:
            reach = self.reaches[one[-1]]
            single = times[one[:2]] == 1 and not (reach.units or reach.relations)
            (plain if single and not any(alone for *_, alone in reach.places) else mixed).append(one)
        return plain, mixed


def duties_of(posts: Iterable[Post], standing: Standing) -> Duties:
    """What may wait for somebody who holds these posts."""
    reaches = _reaches(posts, standing)
    steps: dict[tuple[str, str, Reach], set[frozenset[str]]] = {}
    for kind, state, step in _moves():
        for role in step.by:
            for reach in reaches.get(role, ()) if _sees(kind, role) else ():
                steps.setdefault((kind, state, reach), set()).add(frozenset(step.not_by))
            if role in RELATIONS and _concerns(kind, state, step):
                own = Reach(relations=frozenset({role}))
                steps.setdefault((kind, state, own), set()).add(frozenset(step.not_by))
    return _numbered(steps)


def _numbered(steps: dict[tuple[str, str, Reach], set[frozenset[str]]]) -> Duties:
    """The reaches of one state with the same bar are one: a person with fifty posts has fifty places, not fifty times
    as many duties."""
    joined: dict[tuple[str, str, Bars], Reach] = {}
    for (kind, state, reach), barred in steps.items():
        bars = frozenset() if frozenset() in barred else frozenset(barred)
        key = (kind, state, bars)
        joined[key] = joined.get(key, Reach()) | reach
    reaches = {reach: at for at, reach in enumerate(dict.fromkeys(joined.values()))}
    bars_at = {bars: at for at, bars in enumerate(dict.fromkeys(bars for _, _, bars in joined if bars))}
    states = [
        (kind, state, bars_at.get(bars, FREE), reaches[reach])
        for (kind, state, bars), reach in joined.items()
    ]
    return Duties(states, list(reaches), list(bars_at))


def _reaches(posts: Iterable[Post], standing: Standing) -> dict[str, set[Reach]]:
    """Role → the reaches over which it is held, as in ``people.standing``."""
    found: dict[str, set[Reach]] = {}
    for post in posts:
        places = {(post.place_id, after(post.place_id), 0)} if post.place_id else set()
        units: set[int] = set()
        if post.unit_id:
            units = standing.below(post.unit_id)
            places.add((post.place_code, after(post.place_code), 1))
        found.setdefault(post.role, set()).add(Reach(frozenset(places), frozenset(units)))
    return found


def _moves() -> Iterator[tuple[str, str, Step]]:
    """Kind, state and step: every step that leads on from a state that waits for somebody."""
    for entry in catalogue().kinds.values():
        for step in entry.spec.steps.values():
            for state in step.from_:
                told = entry.spec.states.get(state)
                if told and step.to and step.to != state and _waits(entry.spec, state, told):
                    yield entry.id, state, step


def _waits(kind: Kind, key: str, state: language.State) -> bool:
    """Whether a state waits for somebody of the house, or merely stands."""
    if state.end or state.waits:
        return False
    if state.within:
        return True
    if kind.shape == "entry" or key == "standing":
        return False
    return kind.shape != "piece" or key == kind.first_state or _leads_on(kind, key)


def _leads_on(kind: Kind, state: str) -> bool:
    return any(
        state in step.from_ and step.to and step.to != state and not kind.states[step.to].end
        for step in kind.steps.values()
    )


def _sees(kind: str, role: str) -> bool:
    """Whether holders of the role see records of the kind (``people.visibility``); who acts by it may still not."""
    spec = catalogue().kinds[kind].spec
    return spec.visible != "roles" or role in spec.seen_by


def _concerns(kind: str, state: str, step: Step) -> bool:
    """A record waits for its opener or subject where they carry it on, or where it waits for nobody else.

    While it is with an office, that they could take it back does not put it on their list.
    """
    spec = catalogue().kinds[kind].spec
    if step.to and not spec.states[step.to].end:
        return True
    others = (one for one in spec.steps.values() if state in one.from_ and one.to and one.to != state)
    return all(set(one.by) <= {*RELATIONS, "resident"} for one in others)
