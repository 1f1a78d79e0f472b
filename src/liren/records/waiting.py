"""What waits for a person: one query over all kinds, ordered by when it is due.

A record waits where a step that leads on stands open to the person, by a post of theirs over it or as the
one who opened it or whom it is about. What merely stands (a register's line, a published piece, a state that
waits for somebody outside) waits for nobody. A step open to any resident is nobody's duty.

Every row is one that ``people.visibility`` shows to the person: the conditions name only roles that see the kind,
over the reaches by which they see it (tests/records/test_waiting.py holds the two equal). Asked both ways, the
query of somebody with many posts would be twice as long.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from liren.database.prepared import Prepared, kept
from liren.inforce import catalogue
from liren.packs.language import Kind, State, Step
from liren.people.models import Person, Post
from liren.people.standing import Standing
from liren.people.visibility import Viewer
from liren.places.codes import within

from .models import Act, Record

#: Sorts behind every deadline: what has none.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
RELATIONS = {"opener": "opener_id", "subject": "person_id"}
#: Above so many conditions, conditions of one kind are joined: SQLite reads at most 1000 in one chain.
_MOST = 300

Row = TypeVar("Row")
Bars = tuple[tuple[str, ...], ...]


@dataclass
class _Duty:
    """Where one reach (a post's or a relation's) can lead on records of a kind.

    ``free`` states, and states in which each of the steps is barred to who took an earlier one.
    """

    free: set[str] = field(default_factory=set)
    barred: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def add(self, state: str, step: Step) -> None:
        if not step.not_by:
            self.free.add(state)
        else:
            self.barred.setdefault(state, []).append(tuple(step.not_by))


def waiting(viewer: Viewer, standing: Standing | None = None) -> QuerySet[Record]:
    """Records that wait for the viewer, with ``rank`` to order by: due first, then what has no deadline."""
    rows = Record.objects.annotate(rank=Coalesce("due", NEVER)).order_by("rank", "pk")
    terms = _terms(viewer, viewer.person, standing or Standing()) if viewer.person else []
    return rows.filter(_any(terms)) if terms else rows.none()


def first_waiting(viewer: Viewer, most: int) -> list[Record]:
    """The first of them, with place and unit."""
    return _asked(viewer, ("first", most), lambda rows: rows.select_related("place", "unit")[:most])


def kinds_waiting(viewer: Viewer) -> dict[str, int]:
    """Kind → how many of its records wait."""
    # Counted by a column that no index holds: SQLite, which keeps no statistics, would rather count in an index that
    # holds all of it (`record_standing`), with everything that ever was.
    counted = Count("number")
    rows = _asked(viewer, "kinds", lambda rows: rows.order_by().values_list("kind").annotate(n=counted))
    return dict(rows)


def _asked(viewer: Viewer, what: Hashable, of: Callable[[QuerySet[Record]], QuerySet[Any, Row]]) -> list[Row]:
    """An answer about what waits, by a statement kept under what its words depend on: packs, posts, units."""
    if viewer.person is None:
        return []
    standing = Standing()
    reach = {
        (post.role, _name(post), post.place_code, tuple(standing.below(post.unit_id)) if post.unit_id else ())
        for post in viewer.posts
    }

    def write(person: int) -> QuerySet[Any, Row]:
        return of(waiting(Viewer(Person(pk=person), viewer.posts), standing))

    key = ("waiting", what, frozenset(reach))
    return kept(catalogue().derived, key, lambda: Prepared(write, int, may_lack=True))(viewer.person.pk)


def _terms(viewer: Viewer, person: Person, standing: Standing) -> list[Q]:
    """The conditions, one per kind and reach."""
    reaches = _reaches(viewer.posts)
    duties: dict[tuple[str, str], _Duty] = {}  # kind and reach
    for kind, state, step in _moves():
        for role in step.by:
            for name in reaches.get(role, ()) if _sees(kind, role) else ():
                duties.setdefault((kind, name), _Duty()).add(state, step)
            if role in RELATIONS and _concerns(kind, state, step):
                duties.setdefault((kind, role), _Duty()).add(state, step)
    where = _places(viewer.posts, standing)
    where |= {name: Q((column, person.pk)) for name, column in RELATIONS.items()}
    if len(duties) > _MOST:
        return list(_joined(duties, where, person))
    return [_term(kind, duty, person, where[name]) for (kind, name), duty in duties.items()]


def _joined(duties: dict[tuple[str, str], _Duty], where: dict[str, Q], person: Person) -> Iterator[Q]:
    """Kinds with the same duties over the same reaches share a condition: slower to find, but short to say."""
    held: dict[str, dict[str, _Duty]] = {}
    for (kind, name), duty in duties.items():
        held.setdefault(kind, {})[name] = duty
    shared: dict[tuple, list[Q]] = {}
    for kind, named in held.items():
        same = len({repr(duty) for duty in named.values()}) == 1
        for part in [tuple(named)] if same else [(name,) for name in named]:
            shared.setdefault(part, []).append(_term(kind, named[part[0]], person))
    for names, terms in shared.items():
        yield Q(_any([where[name] for name in names]), _any(terms))


def _term(kind: str, duty: _Duty, person: Person, *more: Q) -> Q:
    return Q(("kind", kind), _states(duty, person), *more)


def _any(terms: list[Q]) -> Q:
    return Q(*terms, _connector=Q.OR)


def _moves() -> Iterator[tuple[str, str, Step]]:
    """Kind, state and step: every step that leads on from a state that waits for somebody."""
    for entry in catalogue().kinds.values():
        for step in entry.spec.steps.values():
            for state in step.from_:
                told = entry.spec.states.get(state)
                if told and step.to and step.to != state and _waits(entry.spec, state, told):
                    yield entry.id, state, step


def _waits(kind: Kind, key: str, state: State) -> bool:
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


def _reaches(posts: Iterable[Post]) -> dict[str, list[str]]:
    """Role → the reaches it is held over, each named by its place or unit."""
    found: dict[str, dict[str, None]] = {}
    for post in posts:
        found.setdefault(post.role, {})[_name(post)] = None
    return {role: list(names) for role, names in found.items()}


def _name(post: Post) -> str:
    return f"{post.place_id or ''}/{post.unit_id or ''}"


def _places(posts: Iterable[Post], standing: Standing) -> dict[str, Q]:
    """Reach → its condition, as in ``people.standing``."""
    found = {}
    for post in posts:
        if _name(post) in found:
            continue
        reach = within(post.place_id) if post.place_id else Q(pk__in=[])
        if post.unit_id:
            units = standing.below(post.unit_id)
            unnamed = Q(unit_id__isnull=True, handler_id__isnull=True) & within(post.place_code)
            reach = reach | Q(unit_id__in=units) | Q(handler_id__in=units) | unnamed
        # What waits has not ended: said too, since by kind and end (`record_closed`) ten years of ended records of
        # the place are passed over, a thousand for each that waits.
        found[_name(post)] = Q(("closed__isnull", True), reach)
    return found


def _states(duty: _Duty, person: Person) -> Q:
    """States with an open step: always, or unless the person took what bars them from each of its steps."""
    told = [Q(("state__in", sorted(duty.free)))]
    for state, steps in sorted(duty.barred.items()):
        if state not in duty.free:
            acts = Act.objects.filter(record=OuterRef("pk"), by=person)
            done = [Exists(acts.filter(verb__in=bars)) for bars in steps]
            told.append(Q(("state", state), ~Q(*done)))
    return _any(told)
