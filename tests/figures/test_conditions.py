"""A condition asked of the database means what the same condition means for a thing in memory.

The two readings were written apart: ``figures.filters`` makes queries, ``packs.conditions.holds`` looks
at one value after another. Here they meet on random things and random conditions.
"""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liren.activities.actions import attendance_take
from liren.figures.filters import compile_condition
from liren.figures.sources import table
from liren.packs.conditions import holds, parse
from liren.packs.fields import CHINA
from liren.records.actions import record_open
from liren.records.models import Record
from liren.records.values import natural_value, value_of
from tests.cast import moment
from tests.figures.things import (
    DAYS,
    FIELDS,
    HUNDREDTHS,
    LETTERS,
    MOMENTS,
    PLACES,
    THOUSANDTHS,
    WHOLE,
    WORDS,
    enter,
    thing,
)  # fmt: skip

ORDERED = ["==", "!=", "<", "<=", ">", ">="]
EVEN = ["==", "!="]
# More places than are kept, and halves of what is kept: nothing may be rounded on the way.
NUMBERS = (THOUSANDTHS | HUNDREDTHS | WHOLE | st.sampled_from(["0.0005", "2.00049", "-1.995", "0.1"])).map(
    str
)
TIMES = MOMENTS.map(lambda at: at.strftime("%Y-%m-%d %H:%M")) | DAYS.map(str)


def quoted(values: st.SearchStrategy) -> st.SearchStrategy[str]:
    return values.map(lambda value: repr(str(value)))


#: Name → (operators, literals) that the linter would let through.
NAMES: dict[str, tuple[list[str], st.SearchStrategy[str]]] = {
    **{name: (EVEN, quoted(WORDS)) for name in ("title", "source", "note", "range")},
    **{name: (EVEN, quoted(LETTERS)) for name in ("category", "grade")},
    **dict.fromkeys(("quantity", "money", "pieces", "weight", "fee", "late_count"), (ORDERED, NUMBERS)),
    **{name: (ORDERED, quoted(TIMES)) for name in ("starts", "ends", "moment", "opened", "closed")},
    "day": (ORDERED, quoted(DAYS)),
    "ready": (EVEN, st.sampled_from(["true", "False"])),
    "state": (EVEN, st.sampled_from(["'standing'", "'ended'"])),
    "place": (EVEN, st.sampled_from([repr(code) for code in PLACES])),
}


@st.composite
def comparison(draw) -> str:
    name = draw(st.sampled_from(sorted(NAMES)))
    operators, literals = NAMES[name]
    form = draw(st.sampled_from(["op", "op", "op", "in", "none", "flag"]))
    if form == "flag" and name == "ready":
        return name
    if form == "none":
        return f"{name} {draw(st.sampled_from(EVEN))} None"
    if form == "in":
        among = draw(st.lists(literals, min_size=1, max_size=3))
        return f"{name} {draw(st.sampled_from(['in', 'not in']))} [{', '.join(among)}]"
    return f"{name} {draw(st.sampled_from(operators))} {draw(literals)}"


CONDITIONS = st.recursive(
    comparison(),
    lambda part: st.one_of(
        part.map(lambda one: f"not ({one})"),
        st.tuples(part, st.sampled_from(["and", "or"]), part).map(lambda p: f"({p[0]}) {p[1]} ({p[2]})"),
    ),
    max_leaves=6,
)


def meant(text: str, records: list[Record], spec) -> set[str]:
    """The numbers of the things for which the condition holds, read one by one in memory."""
    condition = parse(text)

    def value(record: Record):
        return lambda name: natural_value(spec, value_of(spec, record, name), name)

    return {record.number for record in records if holds(condition, value(record))}


def literal(value) -> str:
    """A kept value as a condition writes it."""
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("'%Y-%m-%d %H:%M'")
    return repr(value) if isinstance(value, str) else str(value)


@pytest.mark.usefixtures("shelf")
class BothReadings(TestCase):
    """Shared columns and data, missing values, choices, numbers, money, flags, words, moments."""

    @settings(max_examples=60)
    @given(st.lists(thing(), min_size=1, max_size=8), st.lists(CONDITIONS, min_size=5, max_size=8))
    def test_they_agree(self, things, conditions):
        enter(things)
        things_table = table("thing", "plain")
        records = list(things_table.rows())
        assert len(records) == len(things)
        for text in conditions:
            asked = set(
                things_table.rows()
                .filter(compile_condition(parse(text), things_table))
                .values_list("number", flat=True)
            )
            assert asked == meant(text, records, things_table.kind), text

    @settings(max_examples=25)
    @given(st.lists(thing(), min_size=1, max_size=6), st.data())
    def test_every_stored_value_equals_itself_and_nothing_else(self, things, data):
        records = enter(things)
        things_table = table("thing", "plain")
        name = data.draw(st.sampled_from(sorted(set(FIELDS) - {"ready"})))
        held = {
            r.number: natural_value(things_table.kind, value_of(things_table.kind, r, name), name)
            for r in records
        }
        for value in {v for v in held.values() if v is not None}:
            query = compile_condition(parse(f"{name} == {literal(value)}"), things_table)
            asked = set(things_table.rows().filter(query).values_list("number", flat=True))
            assert asked == {number for number, other in held.items() if other == value}


def test_names_of_a_record_inside_its_parts(cast):
    """``record.`` before a name of the record, a bare name of the part itself."""
    at = moment("2024-03-04 09:00")
    meeting = record_open("street.meeting", {"title": "楼道"}, by=cast.dispatcher, at=at)
    rows = [
        {"person": cast.resident, "present": True, "minutes": 90, "role": "guest"},
        {"person": cast.leader, "present": False, "reason": "出差"},
    ]
    attendance_take(meeting, rows, by=cast.dispatcher, at=at)
    part = table("meeting.attendance", "street")

    def names(text: str) -> list[str]:
        rows = part.rows().filter(compile_condition(parse(text), part)).order_by("pk")
        return [row.person.name for row in rows]

    assert names("present") == ["周平"]
    assert names("not present") == ["吴县"]
    assert names("role == None") == ["吴县"]
    assert names("role != None and minutes >= 90") == ["周平"]
    assert names("reason == '出差' and record.title == '楼道'") == ["吴县"]
    assert names("record.state == 'held'") == []
    assert names("not (record.state == 'held') and record.closed == None") == ["周平", "吴县"]
