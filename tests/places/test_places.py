"""Places: codes as ranges, names and paths, mergers, the calendar; units near by."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liren.places.actions import calendar_import, place_add, place_merge, places_add, unit_add
from liren.places.codes import after, contains, level_of, parents, within
from liren.places.models import Place, Succession, Unit
from liren.places.queries import children, find_place, find_unit, path_of, work_calendar
from tests.cast import moment
from tests.matters import refused

# Grid codes may end in letters (GB/T 47678 allows them); divisions are digits.
DIGITS = st.text("0123456789", min_size=3, max_size=3)
GRID = st.text("0129AGZ", min_size=3, max_size=3)
COUNTY = st.sampled_from(["990009", "990010", "990099", "999999"])
CODES = st.builds(
    lambda county, parts, grid: (county + "".join(parts) + (grid if len(parts) == 2 else "")),
    COUNTY, st.lists(DIGITS, max_size=2), st.one_of(st.just(""), GRID),
)  # fmt: skip


@given(CODES, CODES)
def test_a_range_holds_just_the_codes_that_begin_with_it(outer, inner):
    assert (outer <= inner < after(outer)) == inner.startswith(outer) == contains(outer, inner)


@given(CODES)
def test_parents_are_the_codes_it_begins_with(code):
    above = parents(code)
    assert all(code.startswith(one) and one != code for one in above)
    assert [level_of(one) for one in [*above, code]] == ["county", "town", "village", "grid"][
        : len(above) + 1
    ]


class Ranges(TestCase):
    """The database orders codes as Python does, whatever its collation."""

    @given(st.sets(CODES, min_size=1, max_size=12), CODES)
    def test_within(self, codes, asked):
        places_add({"code": code, "name": code, "kind": "village"} for code in sorted(codes))
        found = set(Place.objects.filter(within(asked, "code")).values_list("code", flat=True))
        assert found == {code for code in codes if code.startswith(asked)}


def test_a_range_is_read_from_the_index_not_by_scanning(cast):
    plan = Place.objects.filter(within(cast.street.code, "code")).values("code").explain()
    if re.search("SEARCH|SCAN", plan):  # SQLite says so; PostgreSQL scans so small a table whatever the query
        assert "SEARCH" in plan


@pytest.mark.parametrize("code", ["", "99", "9900091", "9900090010011", "9900090010010031"])
def test_a_code_of_a_wrong_length_is_refused(db, code):
    with pytest.raises(ValueError, match="应为 6、9、12 或 15 位"):
        place_add(code=code, name="x", kind="village")


def test_a_place_keeps_its_row_when_it_is_added_again(cast):
    places_add([{"code": cast.grid.code, "name": "别名", "kind": "grid"}])
    assert Place.objects.get(code=cast.grid.code).name == "第3网格"


def test_a_place_by_code_path_or_name(cast):
    assert find_place(cast.grid.code) == cast.grid
    assert find_place("清溪街道/明月里/第3网格") == cast.grid
    assert find_place("第3网格", "990009") == cast.grid
    assert path_of(cast.grid) == "清溪街道/明月里/第3网格"
    assert path_of(cast.county) == "青禾县"


def test_a_name_that_two_places_have(cast):
    twin = place_add(code="990009002001003", name="第3网格", kind="grid")
    with refused("ambiguous", "第3网格", cast.grid.code, twin.code):
        find_place("第3网格", "990009")
    assert find_place("第3网格", cast.street.code) == cast.grid
    assert find_place("东风街道/第3网格") == twin


@pytest.mark.parametrize("text", ["", "无此地", "清溪街道/柳林村", "990009999", "清溪街道//第3网格"])
def test_a_place_that_is_not_there_is_refused(cast, text):
    with refused("not_found", "地点"):
        find_place(text, "990009")


def test_children_are_one_level_down(cast):
    assert children(cast.county.code) == [cast.street, cast.other_street]
    assert children(cast.grid.code) == []


def test_a_unit_is_found_by_its_code_among_many_that_are_called_so(cast):
    """However many have the code as their name."""
    for number in range(4):
        Unit.objects.create(code=f"A{number}", name="T01", kind="department", place=cast.street)
    assert find_unit("T01") == cast.housing


def test_the_nearer_unit_of_a_name_wins(cast):
    other = place_add(code="990010", name="邻县", kind="county")
    theirs = unit_add(code="U1", name="住建局", kind="department", place=other)
    station = unit_add(code="U2", name="住建局", kind="station", place=cast.street)
    assert find_unit("住建局", "990009002") == cast.housing
    assert find_unit("住建局", "990010") == theirs
    assert find_unit("住建局", cast.community.code) == station
    assert find_unit("U1", "990009") == theirs
    with refused("ambiguous", "住建局", "T01", "U1"):
        find_unit("住建局")
    with refused("not_found", "单位", "住建居"):
        find_unit("住建居", "990009")


def test_the_county_s_own_office_wins_over_those_of_its_streets(cast):
    for number, place in enumerate((cast.street, cast.other_street), start=1):
        unit_add(code=f"U{number}", name="水务局", kind="station", place=place)
        unit_add(code=f"V{number}", name="司法所", kind="station", place=place)
    assert find_unit("水务局", "990009") == cast.water
    with refused("ambiguous", "V1", "V2"):
        find_unit("司法所", "990009")


def test_merged_places_end_and_name_their_successor(cast):
    at = moment("2024-07-01 00:00")
    new = place_add(code="990009001009", name="新明月里", kind="community", valid_from=at)
    place_merge(before=[cast.community], after=new, on=date(2024, 7, 1), at=at)
    cast.community.refresh_from_db()
    assert (cast.community.valid_to, new.valid_to) == (at, None)
    succession = Succession.objects.get()
    assert (succession.before, succession.after, succession.on) == (cast.community, new, date(2024, 7, 1))
    before, after_ = moment("2024-06-30 23:59"), moment("2024-07-01 00:01")
    assert (cast.community.stands(before), cast.community.stands(after_)) == (True, False)
    assert (new.stands(before), new.stands(after_)) == (False, True)


def test_an_imported_calendar_is_in_force_at_once_and_again_changes_nothing(db):
    day = date(2027, 10, 8)  # beyond the published years
    plain = work_calendar().is_workday(day)
    rows = [(day, not plain, "调休")]
    try:
        assert calendar_import(rows, source="通知") == 1
        assert work_calendar().is_workday(day) is not plain
        calendar_import(rows, source="通知")
        assert work_calendar().is_workday(day) is not plain
        calendar_import([(day, plain, "更正")], source="更正通知")
        assert work_calendar().is_workday(day) is plain
    finally:
        work_calendar.cache_clear()
