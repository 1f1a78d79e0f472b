"""What waits for a person: one question over all kinds, ordered by when it is due.

A record waits where a step that leads on stands open to the person, by a post of theirs over it or as the
one who opened it or whom it is about. What merely stands (a register's line, a published piece, a state that
waits for somebody outside) waits for nobody. A step open to any resident is nobody's duty.

Every row is one that ``people.visibility`` shows to the person: the duties name only roles that see the kind,
over the reaches by which they see it (tests/records/test_waiting.py holds the two equal). Asked both ways, the
question of somebody with many posts would be twice as long.

Duties and reaches travel as rows of values and are joined to what is open (`record_waiting`, an index of open records
alone, which holds all that is asked here): no row is read that is not shown, and ten years of ended ones are not even
passed over. As conditions of one query they were read by the thousand, since no database reads alternatives from an
index alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from liren.database.prepared import ByKeys, kept
from liren.database.statements import rows_by_key, table_of
from liren.inforce import catalogue
from liren.people.standing import Standing
from liren.people.visibility import Viewer, reach_of

from .duties import FREE, Duties, State, duties_of
from .models import Record

#: Sorts behind every deadline: what has none.
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
#: Of one kind no more are counted.
BOUND = 1000
#: What is asked of each record that waits stands in the index, and `closed` says that it is the index of open ones.
#: The sign before a column keeps SQLite from an index of all that ever was of a unit or a person.
_OPEN = "r.kind = d.kind AND r.state = d.state AND r.closed IS NULL AND {within}"
_FOUND = (
    "SELECT r.id, d.kind, coalesce(r.due, %s) AS ranked "
    "FROM {duty} d CROSS JOIN {reach} CROSS JOIN records_record r WHERE "
)
_CUT = "SELECT * FROM (SELECT f.id, f.ranked FROM ({part}) f {after}ORDER BY f.ranked, f.id LIMIT %s) g"
_MERGED = "SELECT id FROM ({}) f ORDER BY ranked, id LIMIT %s"
_GROUPED = "SELECT f.kind, count(*) FROM ({}) f GROUP BY f.kind"
_PLAIN = ("place p", "p.reach = d.reach AND r.place_id >= p.low AND r.place_id < p.high")
_PLACED = (_PLAIN[0], _PLAIN[1] + " AND (p.alone = 0 OR (r.unit_id IS NULL AND r.handler_id IS NULL))")
_NAMED = "u.reach = d.reach AND +r.{column} = u.unit"
_OWN = "o.reach = d.reach AND o.relation = '{relation}' AND +r.{column} = %s"
#: Some step of the bar is none of whose verbs the person took.
_BARRED = (
    " AND (d.bar = -1 OR EXISTS (SELECT 1 FROM bar b WHERE b.bar = d.bar AND NOT EXISTS (SELECT 1 FROM records_act a "
    "JOIN bar v ON v.verb = a.verb WHERE v.bar = b.bar AND v.step = b.step AND a.record_id = r.id AND a.by_id = %s)))"
)
_COUNTED = (
    "SELECT d.kind, (SELECT count(*) FROM (SELECT 1 FROM place p CROSS JOIN records_record r WHERE {open} LIMIT %s) c) "
    "FROM plain d"
)
#: What a card and the steps on it are made of; a page of whole records costs twice as much.
_PAGE = Record.objects.select_related("place").only(
    "number", "kind", "shape", "title", "state", "place__name", "unit_id", "handler_id", "person_id", "opener_id",
    "category", "level", "source", "opened", "closed", "starts", "ends", "due", "data",
)  # fmt: skip
_SHOWN = ByKeys(lambda keys: _PAGE.filter(pk__in=keys))


def waiting(
    viewer: Viewer,
    *,
    most: int = 1_000_000,
    after: tuple[datetime, int] | None = None,
    kinds: Iterable[str] | None = None,
) -> list[int]:
    """Keys of the records that wait for the viewer: due first, then what has no deadline.

    ``after`` the limit (or ``NEVER``) and key of the last one already shown; ``kinds`` only of these.
    """
    asked = _Asked.by(viewer, kinds)
    if asked is None:
        return []
    # Each part is cut where the page ends, so that what is sorted is a page however much waits.
    said = [*((_moment(after[0]), after[1]) if after else ()), most]
    cut = _CUT.format(after="WHERE (f.ranked, f.id) > (%s, %s) " if after else "", part="{part}")
    words = _MERGED.format(" UNION ALL ".join(cut.format(part=part) for part, _ in asked.parts()))
    told = [value for _, values in asked.parts() for value in (*values, *said)]
    return [key for (key,) in asked.rows(words, [*told, most])]


def first_waiting(viewer: Viewer, most: int, **narrowed: Any) -> list[Record]:
    """The first of them (narrowed as in :func:`waiting`), with the names of their places."""
    keys = waiting(viewer, most=most, **narrowed)
    found = {record.pk: record for record in _SHOWN(keys)}
    return [found[key] for key in keys if key in found]


def kinds_waiting(viewer: Viewer) -> dict[str, int]:
    """Kind → how many of its records wait; of one of which more than ``BOUND`` do, one more than that."""
    asked = _Asked.by(viewer)
    if asked is None:
        return {}
    words, told = asked.counts()
    found: dict[str, int] = {}
    for kind, count in asked.rows(words, told):
        if count:
            found[kind] = min(found.get(kind, 0) + count, BOUND + 1)
    return found


@dataclass(frozen=True)
class _Asked:
    """Who asks, and what may wait for them.

    ``plain`` duties are had over places alone, none within another, and by no other way: what they find is found once.
    What ``mixed`` ones find may be found by several ways.
    """

    person: int
    duties: Duties
    plain: list[State]
    mixed: list[State]

    @classmethod
    def by(cls, viewer: Viewer, kinds: Iterable[str] | None = None) -> _Asked | None:
        """None where nothing can wait."""
        if viewer.person is None:
            return None
        duties = _duties(viewer)
        wanted = None if kinds is None else set(kinds)
        plain, mixed = ([one for one in some if wanted is None or one[0] in wanted] for some in duties.apart)
        return cls(viewer.person.pk, duties, plain, mixed) if plain or mixed else None

    def rows(self, words: str, told: Sequence[Any]) -> list[tuple]:
        """The answer to a statement about the duties, which stand before it as tables."""
        tables = [table_of(name, made) for name, made in _tables(self).items()]
        listed, values = ", ".join(text for text, _ in tables), [v for _, held in tables for v in held]
        return rows_by_key(f"WITH {listed} {words}", *values, *told)

    def parts(self) -> list[tuple[str, list[Any]]]:
        """Statements of what waits, no record in two of them, each with its values."""
        found = []
        if self.plain:
            found.append(self._arm("plain", *_PLAIN))
        if self.mixed:
            arms = [self._arm("mixed", *way) for way in self._ways()]
            found.append((" UNION ".join(words for words, _ in arms), [v for _, told in arms for v in told]))
        return found

    def counts(self) -> tuple[str, list[Any]]:
        """A statement of kinds and numbers, some kinds more than once."""
        words, told = [], []
        if self.plain:
            condition, values = self._condition(self.plain, _PLAIN[1])
            words.append(_COUNTED.format(open=condition))
            told += [*values, BOUND + 1]
        if self.mixed:
            part, values = self.parts()[-1]
            words.append(_GROUPED.format(part))
            told += values
        return " UNION ALL ".join(words), told

    def _ways(self) -> list[tuple[str, str]]:
        """By what the reaches of mixed duties are looked for: places, units and handlers, one's own."""
        reaches = [self.duties.reaches[reach] for *_, reach in self.mixed]
        ways = [_PLACED] if any(reach.places for reach in reaches) else []
        if any(reach.units for reach in reaches):
            ways += [("named u", _NAMED.format(column=column)) for column in ("unit_id", "handler_id")]
        for relation, column in (("opener", "opener_id"), ("subject", "person_id")):
            if any(relation in reach.relations for reach in reaches):
                ways.append(("own o", _OWN.format(relation=relation, column=column)))
        return ways

    def _arm(self, duty: str, reach: str, within: str) -> tuple[str, list[Any]]:
        condition, told = self._condition(self.plain if duty == "plain" else self.mixed, within)
        return _FOUND.format(duty=duty, reach=reach) + condition, [_moment(NEVER), *told]

    def _condition(self, states: list[State], within: str) -> tuple[str, list[Any]]:
        barred = any(bar != FREE for _, _, bar, _ in states)
        words = _OPEN.format(within=within) + (_BARRED if barred else "")
        return words, [self.person] * words.count("%s")


def _duties(viewer: Viewer) -> Duties:
    """Kept under what they depend on: the packs, the posts, and the units below those posts are at."""
    key = ("duties", reach_of(viewer))
    return kept(catalogue().derived, key, lambda: duties_of(viewer.posts, Standing()))


def _tables(asked: _Asked) -> dict[str, list[tuple[str | int, ...]]]:
    """Name and columns of each table of values → its rows. Empty ones are left out."""
    states = [*asked.plain, *asked.mixed]
    used, bars = {reach for *_, reach in states}, {bar for _, _, bar, _ in states}
    reaches = [(at, reach) for at, reach in enumerate(asked.duties.reaches) if at in used]
    filled: dict[str, list[tuple[str | int, ...]]] = {
        "plain(kind, state, bar, reach)": [*asked.plain],
        "mixed(kind, state, bar, reach)": [*asked.mixed],
        "place(reach, low, high, alone)": [
            (at, *one) for at, reach in reaches for one in sorted(reach.places)
        ],
        "named(reach, unit)": [(at, one) for at, reach in reaches for one in sorted(reach.units)],
        "own(reach, relation)": [(at, one) for at, reach in reaches for one in sorted(reach.relations)],
        "bar(bar, step, verb)": [
            (at, step, verb)
            for at, steps in enumerate(asked.duties.bars)
            if at in bars
            for step, verbs in enumerate(sorted(map(sorted, steps)))
            for verb in verbs
        ],
    }
    return {name: made for name, made in filled.items() if made}


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)
