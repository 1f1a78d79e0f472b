"""Charts and flows: well-formed, named, escaped, and drawn where the numbers say."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations, pairwise
from xml.etree import ElementTree

import pytest
from django.utils.html import conditional_escape
from hypothesis import given
from hypothesis import strategies as st

from liren.look.charts import State, Step, Svg, bars, described, flow, share, trend
from liren.look.svg import clip, number_text, steps_up, width_of

NS = "{http://www.w3.org/2000/svg}"
# Everything XML may hold: no control characters, no lone surrogates.
LABELS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=12)
VALUES = st.none() | st.integers(-(10**7), 10**7) | st.decimals(-1000, 1000, places=2)
POINTS = st.lists(st.tuples(LABELS, VALUES), max_size=30)


def parsed(picture: Svg) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def found(picture: Svg, tag: str, kind: str = "") -> list[ElementTree.Element]:
    return [
        one for one in parsed(picture).iter(NS + tag) if not kind or kind in (one.get("class") or "").split()
    ]


def told(picture: Svg, tag: str) -> str:
    return parsed(picture).find(NS + tag).text or ""


# What every picture keeps


@given(POINTS, LABELS, LABELS)
def test_every_picture_is_well_formed_named_and_without_style(points, title, unit):
    rows = [(label, value, label or None) for label, value in points]
    steps = [Step(title, None, "a"), Step(unit, "a", "b"), Step(title, "b", "a"), Step(unit, "a", "a")]
    states = [State("a", title, unit), State("b", unit, end=True)]
    for picture in (
        trend(points, title, unit, unit),
        bars(rows, title, unit, unit),
        share(3, 4, title or "t", unit),
        flow(states, steps, title, unit),
    ):
        root = parsed(picture)
        assert told(picture, "title") == (title or told(picture, "title"))
        assert root.get("role") in ("img", "group")
        assert root[0].tag == NS + "title", "the name must be the first child"
        for element in root.iter():
            assert element.tag.removeprefix(NS) in {
                "svg", "title", "desc", "g", "a", "line", "path", "rect", "circle", "text", "tspan",
            }  # fmt: skip
            assert not {name for name in element.attrib if name == "style" or name.startswith("on")}


def test_foreign_text_cannot_leave_its_place():
    evil = "</title><script>alert('1')</script>\"&"
    for picture in (
        trend([(evil, 1)], evil, evil, evil, target=1, target_title=evil),
        bars([(evil, 1, evil)], evil, evil, evil),
        share(1, 2, evil, evil),
        flow([State("a", evil, evil)], [Step(evil, None, "a"), Step(evil, "a", "a")], evil),
    ):
        assert "<script" not in picture
        assert told(picture, "title") == evil


def test_templates_print_a_picture_as_it_is_and_escape_what_was_done_to_it():
    picture = share(1, 2)
    assert conditional_escape(picture) is picture
    assert (
        conditional_escape(picture + "<b>")
        == picture.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
        + "&lt;b&gt;"
    )
    assert not hasattr(picture.strip(), "__html__")


def test_a_picture_with_links_is_a_group_because_an_image_hides_what_is_in_it():
    assert parsed(bars([("清溪", 1, None)], "t")).get("role") == "img"
    linked = bars([("清溪", 1, "/a?b=1&c=2"), ("石桥", 2, None)], "t")
    assert parsed(linked).get("role") == "group"
    assert [one.get("href") for one in found(linked, "a")] == ["/a?b=1&c=2"]


# trend


def dots(picture: Svg) -> list[tuple[float, int]]:
    every = found(picture, "circle", "dot")
    return [
        (float(one.get("cx").rstrip("%")), int(one.get("cy"))) for one in every if one.get("class") == "dot"
    ]


def test_a_gap_breaks_the_line_and_has_no_dot():
    picture = trend([("1月", 3), ("2月", 4), ("3月", None), ("4月", 5)], "t")
    line = found(picture, "path", "line")[0].get("d")
    assert line.count("M") == 2
    assert len(dots(picture)) == 3


def test_the_line_goes_through_its_dots():
    picture = trend([("1月", 3), ("2月", 9), ("3月", 6)], "t")
    inner = found(picture, "svg", "plot")[0]
    line = re.findall(r"[ML](\S+) (\S+?)(?=[L\b]|$)", found(picture, "path", "line")[0].get("d"))
    assert [(float(x), int(y) + int(inner.get("y"))) for x, y in line] == dots(picture)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=24))
def test_higher_values_stand_higher_and_zero_is_on_the_axis(values):
    picture = trend([(str(at), value) for at, value in enumerate(values)], "t")
    spots = dots(picture)
    zero = int(found(picture, "line", "axis")[0].get("y1"))
    for value, (_, y) in zip(values, spots, strict=True):
        assert (y - zero) * value <= 0
    for (a, (_, ya)), (b, (_, yb)) in combinations(zip(values, spots, strict=True), 2):
        assert (ya - yb) * (a - b) <= 0
    assert [x for x, _ in spots] == sorted(x for x, _ in spots)


def test_without_zero_the_axis_starts_near_the_values_and_no_area_is_drawn():
    rates = [("1月", 91.2), ("2月", 96.4)]
    assert found(trend(rates, "t"), "path", "area")[0].get("d")
    near = trend(rates, "t", unit="%", from_zero=False)
    assert not found(near, "path", "area")[0].get("d")
    assert not found(near, "line", "axis")
    ticks = [one.text for one in found(near, "text", "tick")]
    assert ticks == ["90%", "92%", "94%", "96%", "98%"]


def test_a_target_is_a_level_line_at_its_own_height():
    picture = trend([("1月", 80), ("2月", 95)], "t", target=95, target_title="计划")
    assert int(found(picture, "line", "target")[0].get("y1")) == dots(picture)[1][1]
    assert found(picture, "text", "target-name")[0].text == "计划 95"


def test_the_stressed_point_is_the_last_unless_named():
    points = [("1月", 80), ("2月", 95), ("3月", 90)]
    assert found(trend(points, "t", unit="件"), "text", "value")[0].text == "90件"
    assert found(trend(points, "t", current="2月"), "text", "value")[0].text == "95"
    assert not found(trend([*points, ("4月", None)], "t"), "text", "value")
    with pytest.raises(ValueError, match="current='5月' is none of its 3 labels"):
        trend(points, "t", current="5月")


@given(st.integers(1, 60), st.sampled_from(["1月", "2024年10月", "2024", "2024年第4季度"]))
def test_names_under_the_axis_leave_each_other_room(count, label):
    picture = trend([(label, at) for at in range(count)], "t")
    shown = found(picture, "text", "name")
    for kept, width in ((shown, 520), ([one for one in shown if "wide" not in one.get("class")], 296)):
        ends = []
        for one in kept:
            middle, wide = float(one.get("x").rstrip("%")) / 100 * width, width_of(label, 12)
            shift = {"end": -wide, "middle": -wide / 2, None: 0.0}[one.get("text-anchor")]
            ends.append((middle + shift, middle + shift + wide))
        assert all(left[1] <= right[0] for left, right in pairwise(ends))
    assert float(shown[-1].get("x").rstrip("%")) == max(x for x, _ in dots(picture)), (
        "the last is always named"
    )


def test_nothing_at_all_still_draws_an_axis():
    picture = trend([], "没有")
    assert not dots(picture)
    assert found(picture, "line", "axis")


# bars and share


def test_bars_are_as_long_as_their_values_and_say_them():
    picture = bars([("清溪", 50, None), ("石桥", 100, None), ("云雾", None, None)], "t", unit="件")
    widths = [float(one.get("width").rstrip("%")) for one in found(picture, "rect", "band")]
    assert widths[1] == 2 * widths[0] > 0
    assert widths[2] == 0
    said = ["".join(one.itertext()) for one in found(picture, "text", "value")]
    assert said == ["50 件", "100 件", "无"]


def test_negative_bars_run_to_the_left_of_zero():
    picture = bars([("清溪", -25, None), ("石桥", 75, None)], "t")
    (low, high) = (
        (float(one.get("x")[:-1]), float(one.get("width")[:-1])) for one in found(picture, "rect", "band")
    )
    assert sum(low) == pytest.approx(high[0])
    assert high[1] == pytest.approx(3 * low[1], abs=0.1)
    assert "\u221225" in picture


def test_a_long_name_is_cut_and_kept_whole_for_pointing():
    name = "一个名字特别特别特别长的社区居民委员会"
    picture = bars([(name, 1, None)], "t")
    assert found(picture, "text", "name")[0].text.endswith("…")
    assert [one.text for one in found(picture, "title")] == ["t", name]


def test_a_share_of_nothing_is_empty_and_never_zero():
    for nothing in (share(3, 0), share(0, 0), share(None, 4), share(3, None)):
        assert found(nothing, "rect", "none")
        assert not found(nothing, "rect", "part")
    assert found(share(0, 4), "rect", "part")[0].get("width") == "0.00%"


def test_a_share_above_the_whole_is_full_with_a_notch_at_the_whole():
    picture = share(125, 100)
    assert found(picture, "rect", "part")[0].get("width") == "100.00%"
    assert found(picture, "rect", "notch")[0].get("x") == "80.00%"
    assert not found(share(100, 100), "rect", "notch")
    assert found(share(1, 3), "rect", "part")[0].get("width") == "33.33%"


# flow

KEYS = "abcdefgh"
PAIRS = st.lists(
    st.tuples(LABELS, st.none() | st.sampled_from(KEYS), st.sampled_from(KEYS)), min_size=1, max_size=18
)
WAY = re.compile(r"M([\d.-]+) ([\d.-]+)V[\d.-]+Q[\d.-]+ ([\d.-]+) [\d.-]+ [\d.-]+H[\d.-]+Q([\d.-]+) ")


def arcs(picture: Svg, *, back: bool) -> list[tuple[float, float, float, float]]:
    """Bent arrows as (left, right, edge of the boxes, level)."""
    out = []
    for group in found(picture, "g", "step"):
        met = WAY.match(group.find(NS + "path").get("d"))
        if met and ("back" in group.get("class").split()) == back:
            leave, edge, level, land = map(float, met.groups())
            out.append((min(leave, land), max(leave, land), edge, level))
    return out


@given(PAIRS)
def test_arrows_that_can_avoid_each_other_do(pairs):
    picture = flow([State(key, key * 3) for key in KEYS], [Step(*one) for one in pairs], "t")
    for back in (False, True):
        for one, other in combinations(arcs(picture, back=back), 2):
            inner, outer = sorted((one, other), key=lambda arc: arc[1] - arc[0])
            nested = outer[0] <= inner[0] and inner[1] <= outer[1]
            apart = inner[1] < outer[0] or outer[1] < inner[0]
            if nested:
                assert abs(outer[3] - outer[2]) > abs(inner[3] - inner[2]), "the wider one runs further out"
            elif not apart and one[3] == other[3]:
                pytest.fail(f"two arrows lie on each other: {one} {other}")


@given(PAIRS)
def test_every_step_and_state_is_on_the_picture_and_inside_it(pairs):
    steps = [Step(*one) for one in pairs]
    picture = flow([State(key, f"状态{key}", "2 工作日") for key in KEYS], steps, "t")
    drawn = [one.text or "" for one in found(picture, "text")]
    assert all(any(step.title in text for text in drawn) for step in steps)
    assert len(found(picture, "g", "state")) == len(KEYS)
    left, top, wide, high = map(float, parsed(picture).get("viewBox").split())
    for one in found(picture, "text"):
        assert left <= float(one.get("x")) <= left + wide
        assert top <= float(one.get("y")) <= top + high
    for box in found(picture, "rect"):
        assert left <= float(box.get("x"))
        assert float(box.get("x")) + float(box.get("width")) <= left + wide


def test_a_flow_says_where_a_record_is_and_was():
    states = [State("a", "待受理"), State("b", "办理中"), State("c", "已办结", end=True)]
    steps = [Step("上报", None, "a"), Step("受理", "a", "b"), Step("办结", "b", "c"), Step("延期", "b", "b")]
    picture = flow(states, steps, "t", current="b", passed=["a"])
    assert [one.get("class") for one in found(picture, "g", "state")] == [
        "state been",
        "state now",
        "state end",
    ]
    assert "↻ 延期" in picture
    assert told(picture, "desc").startswith("● → 上报 → 待受理；待受理 → 受理 → 办理中")


def test_steps_between_the_same_states_share_an_arrow():
    steps = [Step("通过", "a", "b"), Step("直接通过", "a", "b"), Step("通过", "a", "b")]
    picture = flow([State("a", "一审"), State("b", "二审")], steps, "t", "d")
    assert [one.find(NS + "text").text for one in found(picture, "g", "step")] == ["通过 / 直接通过"]


@pytest.mark.parametrize(
    ("steps", "more", "words"),
    [
        ([Step("受理", "a", "z")], {}, "step '受理' names state 'z'; states are a"),
        ([], {"current": "z"}, "current or passed names state 'z'"),
        ([], {"passed": ["z"]}, "current or passed names state 'z'"),
    ],
)
def test_a_flow_refuses_states_it_does_not_know(steps, more, words):
    with pytest.raises(ValueError, match=words):
        flow([State("a", "待受理")], steps, "t", **more)


# numbers and axes


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (51000, None, "51,000"), (0, None, "0"), (None, None, "无"), (None, 1, "无"), (-1234, None, "\u22121,234"),
        (0.5, None, "0.5"), (96.0, None, "96"), (Decimal("96.40"), 1, "96.4"), (12.345, None, "12.35"),
        (-0.001, None, "0"), (Decimal("-0.04"), 1, "0.0"), (1234567.5, 0, "1,234,568"), (100, None, "100"),
    ],
)  # fmt: skip
def test_numbers_are_said_in_one_way(value, places, said):
    assert number_text(value, places) == said


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.booleans(), st.booleans())
def test_an_axis_holds_its_values_in_a_few_even_steps(one, other, whole, from_zero):
    low, high = min(one, other), max(one, other)
    ticks = steps_up(low, high, whole=whole, from_zero=from_zero)
    assert 2 <= len(ticks) <= 8
    slack = 1e-6 * (abs(low) + abs(high) + 1)
    assert ticks[0] <= low + slack
    assert high - slack <= ticks[-1]
    assert not from_zero or 0 in ticks
    assert not whole or all(tick == int(tick) for tick in ticks)


def test_clipping_counts_chinese_letters_double():
    assert clip("清溪街道", 4) == "清溪街道"
    assert clip("清溪街道办", 4) == "清溪街…"
    assert clip("abcdefg", 4.1) == "abcdefg"


def test_the_numbers_of_a_chart_in_words():
    assert described([("1月", 1200), ("2月", None)], "件") == "1月 1,200件，2月 无"
