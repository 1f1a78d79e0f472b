"""Points and boundaries: who lies in what, how far away, and what is left of a boundary that is cut or thinned."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from liren.places import geometry
from liren.places.geometry import Box

SQUARE = [[[0, 0, 1000, 0, 1000, 1000, 0, 1000]]]
#: A square with a hole, and a second piece beside it.
HOLED = [[*SQUARE[0], [400, 400, 600, 400, 600, 600, 400, 600]], [[2000, 0, 2100, 0, 2100, 100]]]
whole = st.integers(-2000, 4000)


@given(whole, whole)
def test_a_point_lies_inside_or_outside_as_its_numbers_say(x, y):
    if x not in (0, 1000) and y not in (0, 1000):
        assert geometry.inside(SQUARE, x, y) == (0 < x < 1000 and 0 < y < 1000)


def test_a_hole_is_outside_and_a_second_piece_is_inside():
    assert not geometry.inside(HOLED, 500, 500)
    assert geometry.inside(HOLED, 300, 500)
    assert geometry.inside(HOLED, 2090, 50)
    assert not geometry.inside(HOLED, 1500, 50)


def test_the_name_stands_inside_whatever_the_shape():
    horseshoe = [[[0, 0, 900, 0, 900, 900, 700, 900, 700, 200, 200, 200, 200, 900, 0, 900]]]
    for rings in (SQUARE, HOLED, horseshoe):
        assert geometry.inside(rings, *geometry.within(rings))


@given(st.lists(st.tuples(whole, whole), min_size=3, max_size=12))
def test_what_is_cut_out_of_a_box_lies_in_it(points):
    box = Box(100, 100, 900, 800)
    assert all(box.holds(x, y) for x, y in geometry.clipped(points, box))


def test_a_ring_that_lies_in_the_box_is_left_alone_and_one_beside_it_is_gone():
    points = list(geometry.corners(SQUARE[0][0]))
    assert sorted(geometry.clipped(points, Box(-5, -5, 2000, 2000))) == sorted(points)
    assert geometry.clipped(points, Box(3000, 3000, 4000, 4000)) == []


def test_thinning_keeps_corners_and_drops_what_nobody_sees():
    ring = [0, 0, 500, 3, 1000, 0, 1000, 1000, 480, 1004, 0, 1000]
    assert geometry.thinned(ring, 10) == SQUARE[0][0]
    assert geometry.thinned(ring, 1) == ring


def test_metres_are_metres_at_the_latitude():
    here = (117_000_000, 36_000_000)
    assert round(geometry.distance(here, (117_000_000, 36_009_000))) == 1002
    assert 808 < geometry.distance(here, (117_009_000, 36_000_000)) < 812
    wide, high = geometry.around(here, 500).metres
    assert round(wide) == round(high) == 1000
