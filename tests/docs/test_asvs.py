"""The security table names tests that are there, leaves no requirement out in silence, and counts itself rightly."""

import re
from functools import cache

from tests.docs.pages import DOCS, REPOSITORY, text

PAGE = DOCS / "security" / "asvs.md"
#: Requirements of levels 1 and 2 in each chapter of ASVS 5.0.0.
CHAPTERS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}


def rows() -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text(PAGE).splitlines()
        if re.match(r"\| \d+\.\d+\.\d+ \|", line)
    ]


@cache
def names(path: str) -> set[str]:
    file = REPOSITORY / "tests" / path
    return (
        set(re.findall(r"(?m)^\s*(?:async )?def (test_\w+)", file.read_text(encoding="utf-8")))
        if file.is_file()
        else set()
    )


def test_every_test_that_is_named_is_there():
    lost = [
        f"{row[0]}: {one}"
        for row in rows()
        for one in re.findall(r"`([\w/]+\.py::test_\w+)`", row[3])
        if one.partition("::")[2] not in names(one.partition("::")[0])
    ]
    assert not lost


def test_every_requirement_is_shown_or_says_that_it_is_not():
    for row in rows():
        assert len(row) == 4, row
        shown = "::test_" in row[3] or row[3].startswith("**not yet**") or row[3] == "not applicable"
        assert shown, row
        assert row[1] and row[2], row


def test_no_requirement_of_the_two_levels_is_left_out():
    counted: dict[int, int] = {}
    for row in rows():
        chapter = int(row[0].partition(".")[0])
        counted[chapter] = counted.get(chapter, 0) + 1
    assert counted == CHAPTERS
    numbers = [tuple(map(int, row[0].split("."))) for row in rows()]
    assert numbers == sorted(set(numbers))


def test_the_counts_in_its_head_are_those_of_its_rows():
    found = rows()
    not_yet = sum(row[3].startswith("**not yet**") for row in found)
    applies_not = sum(row[3] == "not applicable" for row in found)
    counts = re.search(
        r"Of (\d+) requirements (\d+) are shown .*?, (\d+) are not met .*?, (\d+) do not apply",
        text(PAGE),
        re.S,
    )
    assert counts
    assert [int(one) for one in counts.groups()] == [
        len(found),
        len(found) - not_yet - applies_not,
        not_yet,
        applies_not,
    ]
