"""Conditions: what can be said, what is refused, and what they mean for one thing in memory."""

from datetime import datetime
from decimal import Decimal

import pytest

from liren.packs.conditions import BadCondition, holds, parse
from liren.packs.conditions import tests as comparisons
from liren.packs.fields import CHINA

THING = {
    "state": "done", "level": None, "late_count": 0, "ready": True, "quantity": Decimal("2.5"),
    "closed": datetime(2024, 5, 1, 9, tzinfo=CHINA),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("state == 'done'", True),
        ("'done' == state", True),
        ("state != 'done'", False),
        ("state in ['done', 'gone']", True),
        ("state not in ('done',)", False),
        ("state == 'done' and late_count == 0", True),
        ("state == 'gone' or late_count == 0", True),
        ("not (state == 'gone')", True),
        ("0 <= late_count < 1", True),
        ("1 > late_count", True),
        # a flag
        ("ready", True),
        ("not ready", False),
        ("ready == true", True),
        ("ready == False", False),
        # a missing value equals nothing and is neither above nor below anything
        ("level == 'major'", False),
        ("level != 'major'", True),
        ("level in ['major']", False),
        ("level not in ['major']", True),
        ("level == None", True),
        ("level != None", False),
        ("nothing_of_the_kind < 3", False),
        ("not (nothing_of_the_kind < 3)", True),
        # numbers as typed, not as computers round them
        ("quantity == 2.5", True),
        ("quantity > -0.1", True),
        # moments
        ("closed > '2024-04-30'", True),
        ("closed == '2024-05-01 09:00'", True),
        ("closed in ['2024-05-01']", False),
    ],
)
def test_what_a_condition_means(text, wanted):
    assert holds(parse(text), THING.get) is wanted


def test_a_tenth_is_a_tenth():
    assert holds(parse("money == 0.1"), {"money": Decimal("0.1")}.get)


@pytest.mark.parametrize(
    "text",
    [
        "", "state ==", "state = 'done'", "lambda: 1", "open('x')", "state.upper() == 'A'", "[1]", "a if b else c",
        "x := 3", "state == other", "state is None", "state in 'done'", "state in []", "state in x", "a == b'x'",
        "quantity > None", "-state == 3", "quantity == 1 + 1", "x == {}", "note == ''", "quantity == 1e400",
        "quantity < 100000000000000", "f'{x}' == 'a'", "x == ...", "x == 1j", "'a' == 'a'", "not",
        "(" * 3000,
        "x == '" + "a" * 2000 + "'",
    ],
)  # fmt: skip
def test_what_no_condition_may_say(text):
    with pytest.raises(BadCondition):
        parse(text)


def test_every_single_comparison_is_found():
    said = [test.name for test in comparisons(parse("a == 1 and (b < 2 or not c) and 1 < d <= 3"))]
    assert said == ["a", "b", "c", "d", "d"]
