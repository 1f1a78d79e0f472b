"""Every verb of a figure against plain Python, on random things, places and periods; value and evidence."""

from collections import Counter
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liren.figures.breakdown import grouped
from liren.figures.cube.choosing import live_line as series
from liren.figures.periods import Period
from liren.figures.queries import compute, figure_entry
from liren.figures.scope import Result, Scope
from tests.figures import reckoning as by_hand
from tests.figures.things import DAYS, PLACES, enter, thing

TODAY = date(2024, 12, 31)
SPANS = [
    "2024",
    "2024H1",
    "2024Q1",
    "2024Q2",
    "2024-02",
    "2024-06",
    "2024W07",
    "since:2024-02-10",
    "ytd:2024-04-15",
]
PERIODS = st.sampled_from(SPANS) | st.tuples(DAYS, DAYS).map(lambda pair: f"{min(pair)}..{max(pair)}")
POINTS = DAYS.map(lambda day: f"asof:{day}")


def scope(place: str, period: str) -> Scope:
    return Scope(place, Period.parse(period, TODAY))


def figure(name: str, within: Scope) -> Result:
    return compute(f"plain.{name}", within)


def rounded(value: Decimal | None) -> Decimal | None:
    """To six places: an average comes back as a binary number from SQLite."""
    return None if value is None else Decimal(value).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def same(result: Result, expected) -> bool:
    return rounded(result.value) == rounded(expected)


def expected_of(things: list[dict], within: Scope) -> dict[str, Decimal | None]:
    """Every counting figure of the plain pack, reckoned by hand."""
    found = by_hand.happened(things, within.place, within.period)
    a, quantity, fee = by_hand.of_a(found), by_hand.numbers(found, "quantity"), by_hand.numbers(found, "fee")
    spans = by_hand.spans(found)
    days = [by_hand.days_between(*span) for span in spans]
    ended = [t for t in found if t["ended"] is not None]
    stock = by_hand.standing(things, within.place, within.period)
    return {
        "n": Decimal(len(found)),
        "a": Decimal(len(a)),
        "quantity": sum(quantity, Decimal(0)),
        "fee": sum(fee, Decimal(0)),
        "mean": by_hand.average(quantity),
        "mean_weight": by_hand.average(by_hand.numbers(found, "weight")),
        "most": max(by_hand.numbers(found, "money"), default=None),
        "least": min(quantity, default=None),
        "places": Decimal(len({t["place"] for t in found})),
        "titles": by_hand.distinct(found, "title"),
        "notes": by_hand.distinct(found, "note"),
        "grades": by_hand.distinct(found, "grade"),
        "days": by_hand.average(days),
        "longest": max((one + 1 for one in days), default=None),
        "hours": sum(by_hand.hours(*span) for span in spans) if spans else None,
        "workdays": min((by_hand.working_days(*span) for span in spans), default=None),
        "lasted": by_hand.average([Decimal(t["ended"]) for t in ended]),
        "share": by_hand.ratio(len(a), len(found), 100),
        "per": by_hand.ratio(sum(quantity, Decimal(0)), len(found)),
        "stock": Decimal(len(stock)),
        "stock_a": Decimal(len(by_hand.of_a(stock))),
    }


@pytest.mark.usefixtures("shelf")
class Counted(TestCase):
    @settings(max_examples=40)
    @given(st.lists(thing(), max_size=10), st.sampled_from(sorted(PLACES)), PERIODS | POINTS)
    def test_every_counting_verb(self, things, place, period):
        enter(things)
        within = scope(place, period)
        for name, expected in expected_of(things, within).items():
            result = figure(name, within)
            assert same(result, expected), (name, result.value, expected)

    @settings(max_examples=20)
    @given(st.lists(thing(), max_size=10), st.sampled_from(sorted(PLACES)), PERIODS)
    def test_dated_by_another_moment(self, things, place, period):
        enter(things)
        within = scope(place, period)
        starts = [t["values"].get("starts") for t in things if by_hand.lies_in(t, place)]
        assert figure("begun", within).value == sum(
            day is not None and within.period.contains(day) for day in starts
        )

    @settings(max_examples=25)
    @given(st.lists(thing(), max_size=12), st.sampled_from(["990009", "990009001", "990009002001"]), PERIODS)
    def test_cadence_and_coverage(self, things, place, period):
        enter(things)
        within = scope(place, period)
        found = by_hand.happened(things, place, within.period)
        months, streets = by_hand.months_of(within.period), by_hand.streets(place)

        def month(one: dict) -> tuple[int, int]:
            return one["opened"].year, one["opened"].month

        def once(_: dict) -> str:
            return "all"

        assert same(figure("monthly", within), by_hand.covered(found, months, month, [place]))
        assert same(figure("twice", within), by_hand.covered(found, months, month, [place], 2))
        assert same(figure("streets", within), by_hand.covered(found, ["all"], once, streets))
        assert same(figure("streets_monthly", within), by_hand.covered(found, months, month, streets))

    @settings(max_examples=40)
    @given(st.lists(thing(), max_size=12), st.sampled_from(["990009", "990009001", "990009002"]), PERIODS)
    def test_ranked_and_listed_with_ties(self, things, place, period):
        enter(things)
        within = scope(place, period)
        found = by_hand.by_place(by_hand.happened(things, place, within.period), place)
        counts = {code: len(those) for code, those in found.items()}
        some = sorted((n for n in counts.values() if n), reverse=True)

        def named(name: str) -> set[str]:
            result = figure(name, within)
            assert result.value == len(result.evidence.groups)
            return {key for _, key, _, _ in result.evidence.groups}

        # shared: 1, 1, 3 …; dense: 1, 1, 2 …; cut: no more than asked for
        assert named("top") == {c for c, n in counts.items() if n and sum(m > n for m in some) < 2}
        assert named("top_dense") == {
            c for c, n in counts.items() if n and len({m for m in some if m > n}) < 2
        }
        assert len(named("top_cut")) == min(2, len(some))
        assert named("top_cut") <= named("top")
        assert named("last") == {c for c, n in counts.items() if sum(m < n for m in counts.values()) < 2}
        assert named("above") == {c for c, n in counts.items() if n > 1}
        assert named("below") == {c for c, n in counts.items() if n < 2}
        shares = {c: Decimal(len(by_hand.of_a(those))) / len(those) for c, those in found.items() if those}
        assert named("best_share") == {
            c for c, s in shares.items() if sum(other > s for other in shares.values()) < 2
        }


@pytest.mark.usefixtures("shelf")
class Evident(TestCase):
    """The number is the size, the sum … of what the click shows."""

    @settings(max_examples=20)
    @given(st.lists(thing(), max_size=10), st.sampled_from(sorted(PLACES)), PERIODS)
    def test_value_and_evidence_are_one(self, things, place, period):
        enter(things)
        within = scope(place, period)
        for name in ("n", "a", "begun", "stock", "places", "titles", "notes"):
            result = figure(name, within)
            assert result.evidence.count == result.value, name
        total = figure("quantity", within)
        kept = [row.quantity or 0 for row in total.evidence.rows]
        assert Decimal(sum(kept)) / 1000 == total.value
        cells = figure("streets_monthly", within).evidence.cells
        value = figure("streets_monthly", within).value
        assert same(
            figure("streets_monthly", within),
            Decimal(100 * sum(c.done > 0 for c in cells)) / len(cells) if cells else None,
        ), value
        share = figure("share", within)
        assert share.evidence.count == share.numerator.value
        assert share.denominator.evidence.count == share.denominator.value

    @settings(max_examples=20)
    @given(st.lists(thing(), min_size=1, max_size=8), st.data())
    def test_the_digest_tells_one_set_of_rows_from_another(self, things, data):
        enter(things)
        two = [scope(place, "2024") for place in data.draw(st.permutations(sorted(PLACES)))[:2]]
        results = [figure("n", one) for one in two]
        ids = [list(result.evidence.ids()) for result in results]
        digests = [result.evidence.digest for result in results]
        assert (digests[0] == digests[1]) == (ids[0] == ids[1])
        assert figure("n", two[0]).evidence.digest == digests[0]

    @settings(max_examples=15)
    @given(st.lists(thing(), max_size=10), st.sampled_from(["990009", "990009001"]), PERIODS | POINTS)
    def test_every_point_of_a_line_is_the_figure_of_its_span(self, things, place, period):
        enter(things)
        within = scope(place, period)
        for name in ("n", "mean", "titles", "share", "stock"):
            for slot, value in series(figure_entry(f"plain.{name}"), within)[-4:]:
                span = Period("range", slot.start, min(slot.end, within.period.end))
                assert rounded(value) == rounded(figure(name, Scope(place, span)).value), (name, slot.text)

    @settings(max_examples=20)
    @given(st.lists(thing(), max_size=12), PERIODS)
    def test_the_parts_of_a_breakdown_add_up(self, things, period):
        enter(things)
        within = scope("990009", period)
        whole = figure("n", within).value
        for by in ("place", "category", "state", "month"):
            groups = grouped(figure_entry("plain.n"), within, by)
            missing = sum(
                "category" not in t["values"] for t in by_hand.happened(things, "990009", within.period)
            )
            assert sum(g.value for g in groups) == whole - (missing if by == "category" else 0), by
        months = Counter(
            t["opened"].strftime("%Y-%m") for t in by_hand.happened(things, "990009", within.period)
        )
        assert {
            g.key.strftime("%Y-%m"): g.value for g in grouped(figure_entry("plain.n"), within, "month")
        } == months
