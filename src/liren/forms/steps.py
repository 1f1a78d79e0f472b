"""Which steps a person may take on a record now: the same checks as the step itself, asked beforehand.

`offered_steps` asks about one record, `offered_on` about a page of them: either way one query for the acts
(only where a step must be taken by another person), and what `Standing` looks up once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.language import Step
from liren.people.models import Person
from liren.people.standing import Standing
from liren.records.models import Act, Record

#: Record → verb → who took it.
Takers = dict[int, dict[str, set[int | None]]]


@dataclass(frozen=True)
class Offered:
    """A step that can be taken: its key, title, what it must and may ask, and whether it ends the record."""

    verb: str
    title: str
    asks: tuple[str, ...]
    ends: bool
    may_ask: tuple[str, ...] = ()
    leads_on: bool = True

    @property
    def one_tap(self) -> bool:
        """Nothing has to be filled in: one tap and a confirmation are enough."""
        return not self.asks


def may_open(kind: KindEntry, person: Person | None, at: datetime, standing: Standing | None = None) -> bool:
    """Whether a person may open records of a kind somewhere; where exactly, the opening itself asks."""
    if person is None:
        return False
    roles = set(kind.spec.opened_by)
    if "resident" in roles:
        return True
    return any(post.role in roles for post in (standing or Standing()).posts(person, at))


def offered_steps(
    record: Record, person: Person | None, at: datetime, standing: Standing | None = None
) -> list[Offered]:
    """Steps open to a person: right state, right role or relation, not barred by an earlier step."""
    return offered_on([record], person, at, standing).get(record.pk, [])


def offered_on(
    records: Iterable[Record], person: Person | None, at: datetime, standing: Standing | None = None
) -> dict[int, list[Offered]]:
    """Record → the steps open to a person, for a page of records. Records without any are left out."""
    if person is None:
        return {}
    standing = standing or Standing()
    open_: list[tuple[Record, str, Step]] = []
    for record in records:
        steps = catalogue().kind_entry(record.kind).spec.steps
        open_ += [
            (record, verb, step)
            for verb, step in steps.items()
            if record.state in step.from_ and _may(step, record, person, at, standing)
        ]
    takers = _takers([(record, step) for record, _, step in open_ if step.not_by])
    found: dict[int, list[Offered]] = {}
    for record, verb, step in open_:
        if not _barred(step, takers.get(record.pk, {}), person):
            found.setdefault(record.pk, []).append(_offered(record, verb, step))
    return found


def _offered(record: Record, verb: str, step: Step) -> Offered:
    spec = catalogue().kind_entry(record.kind).spec
    must = tuple(name for name in step.ask if not name.endswith("?"))
    may = tuple(name.rstrip("?") for name in step.ask if name.endswith("?"))
    ends = bool(step.to and spec.states[step.to].end)
    return Offered(verb, step.title, must, ends, may, bool(step.to) and step.to != record.state)


def _takers(pairs: Sequence[tuple[Record, Step]]) -> Takers:
    """Who took the earlier steps that bar somebody from these: one query for all of them."""
    found: Takers = {}
    if pairs:
        verbs = {verb for _, step in pairs for verb in step.not_by}
        acts = Act.objects.filter(record__in={record.pk for record, _ in pairs}, verb__in=verbs)
        for record, verb, by in acts.order_by().values_list("record_id", "verb", "by_id"):
            found.setdefault(record, {}).setdefault(verb, set()).add(by)
    return found


def _may(step: Step, record: Record, person: Person, at: datetime, standing: Standing) -> bool:
    if "resident" in step.by:
        return True
    if "opener" in step.by and record.opener_id == person.pk:
        return True
    if "subject" in step.by and record.person_id == person.pk:
        return True
    units = (record.unit_id, record.handler_id)
    return standing.post_for(person, step.by, record.place_id, units, at) is not None


def _barred(step: Step, takers: dict[str, set[int | None]], person: Person) -> bool:
    return any(person.pk in takers.get(earlier, ()) for earlier in step.not_by)
