"""Figures of a house: parts, stocks, ratios, versions, readings, comparisons, refusals, and their cost in queries."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from liren.activities.actions import attendance_take
from liren.clock import at_time
from liren.content.actions import edition_publish
from liren.exams.actions import attempts_enter
from liren.figures.actions import Given, reading_enter, readings_enter
from liren.figures.breakdown import can_break
from liren.figures.browsing import beside
from liren.figures.cube.choosing import live_line as series
from liren.figures.models import Reading
from liren.figures.queries import compare, compute, figure_entry, growth, read_period
from liren.figures.scope import Result, Scope
from liren.figures.telling import as_json, evidence_lines, text
from liren.figures.together import computed
from liren.packs.figure_language import Figure
from liren.records.actions import record_merge, record_open, record_step, record_void
from liren.records.models import Act
from tests.cast import Cast, moment
from tests.matters import accept, closed_event, event, finish, refused


def figure(name: str, period: str = "2024", place: str = "990009", unit: int | None = None) -> Result:
    return compute(f"street.{name}", Scope(place, read_period(period), unit))


@pytest.fixture
def year(cast) -> Cast:
    """Two matters in time, one late, one open, one void, one merged; a shop here and one over there."""
    closed_event(cast, cost="100.50")
    closed_event(cast, cost="0.25")
    late = finish(cast, accept(cast, event(cast), at="2024-03-06 10:00"), at="2024-03-07 10:00")
    record_step(late, "rework", by=cast.dispatcher, at=moment("2024-03-08 10:00"))
    finish(cast, late, at="2024-03-11 10:00")
    record_step(late, "confirm", by=cast.dispatcher, at=moment("2024-03-12 10:00"))
    standing = event(cast, at="2024-04-01 09:00")
    record_void(event(cast), by=cast.dispatcher, note="误报", at=moment("2024-03-04 10:00"))
    record_merge(event(cast), into=standing, by=cast.dispatcher, at=moment("2024-04-01 10:00"))
    for name, place, people, at in (
        ("面馆", cast.grid, 3, "2024-02-01 09:00"),
        ("粮店", cast.other_village, 2, "2024-05-01 09:00"),
    ):
        clerk = cast.grid_member if place == cast.grid else cast.stranger
        record_open(
            "street.shop", {"title": name, "place": place, "quantity": people}, by=clerk, at=moment(at)
        )
    return cast


def test_void_and_merged_records_are_in_no_figure(year):
    assert figure("reported").value == 4
    assert figure("closed").value == 3
    assert figure("on_time").value == 2


def test_a_rate_opens_both_its_parts(year):
    rate = figure("on_time_rate")
    assert rate.value == Decimal(2) / 3 * 100
    assert text(rate) == "66.7%"
    assert (rate.numerator.value, rate.denominator.value) == (2, 3)
    assert rate.evidence.count == 2
    assert [line["value"] for line in evidence_lines(figure("cost"))] == [100.5, 0.25, None, None]


def test_a_ratio_of_nothing_is_none_and_says_so(year):
    rate = figure("on_time_rate", "2023")
    assert rate.value is None
    assert text(rate) == "无"
    assert as_json(rate)["value"] is None
    assert (rate.numerator.value, rate.denominator.value) == (0, 0)


def test_more_than_a_hundred_per_cent_is_printed_and_warned_of(year):
    rate = figure("per_closed")
    assert text(rate) == "133%"
    assert rate.warnings == ["比率超过 100%，请核对分子分母的口径"]
    assert as_json(rate)["warnings"] == rate.warnings
    assert figure("on_time_rate").warnings == []
    exact = figure("on_time_rate", "2024-03-01..2024-03-10")
    assert (exact.value, exact.warnings) == (100, [])


def test_places_narrow_a_figure(year):
    assert [figure("shops", "asof:2024-12-31", p).value for p in ("990009", "990009001", "990009002001")] == [
        2,
        1,
        1,
    ]
    assert figure("streets").value == 2


def test_units_narrow_a_figure(year):
    record = event(year, unit=year.housing)
    assert list(figure("reported", unit=year.housing.pk).evidence.ids()) == [record.pk]
    assert as_json(figure("reported", unit=year.housing.pk))["unit_code"] == "T01"


def test_a_stock_is_what_stood_at_the_end(year):
    assert figure("shops", "asof:2024-04-30").value == 1
    assert figure("staff", "2024-05").value == 5
    shop = figure("shops").evidence.rows.first()
    record_step(shop, "end", by=year.grid_member, at=moment("2024-06-30 12:00"))
    assert [figure("shops", p).value for p in ("asof:2024-06-29", "2024-06", "asof:2024-06-30")] == [2, 1, 1]


def test_parts_of_records(year):
    assert figure("reworked").value == 1
    assert figure("reworked", "2024-04").value == 0
    assert figure("paid").value == 15
    meeting = record_open(
        "street.meeting",
        {"title": "楼道", "starts": "2024-03-08"},
        by=year.dispatcher,
        at=moment("2024-03-07 09:00"),
    )
    rows = [{"person": p, "present": True} for p in (year.resident, year.leader)]
    attendance_take(
        meeting, [*rows, {"person": year.handler, "present": False, "reason": "出差"}], by=year.dispatcher
    )
    again = record_open(
        "street.meeting",
        {"title": "车棚", "starts": "2024-04-08"},
        by=year.dispatcher,
        at=moment("2024-03-07 09:00"),
    )
    attendance_take(again, rows[:1], by=year.dispatcher)
    # persons and person-times are two figures
    assert (figure("present").value, figure("persons").value) == (3, 2)
    assert figure("present", "2024-03").value == 2  # by the day the meeting began
    assert {line["value"] for line in evidence_lines(figure("persons"))} == {year.resident.pk, year.leader.pk}


def test_attempts_and_editions(cast):
    at = moment("2024-03-05 09:00")
    exam = record_open("street.exam", {}, by=cast.dispatcher, at=at)
    said = {"started": at, "submitted": at}
    attempts_enter(exam, [
        {"person": cast.resident, "mark": 80, "passed": True, **said}, {"person": cast.leader, "mark": 40, "passed": False, **said},
    ])  # fmt: skip
    piece = record_open("street.notice", {"title": "停水"}, by=cast.dispatcher, at=at)
    record_step(piece, "approve", by=cast.leader, at=at)
    edition_publish(piece, channel="县广播", at=moment("2024-04-01 09:00"))
    assert figure("passed").value == 1
    assert (figure("editions", "2024-03").value, figure("editions", "2024-04").value) == (0, 1)


def test_durations_between_steps(year):
    days = figure("days")
    assert days.value == Decimal(1)  # 1, 1 and 1 day: the first finish counts
    assert days.evidence.count == 3  # the one never finished is no evidence


# -- definitions change ------------------------------------------------------------------------------


@pytest.fixture
def levels(cast) -> Cast:
    for month in (3, 4, 5, 6):
        for level in ("normal", "major", "urgent"):
            event(cast, at=f"2024-0{month}-06 09:00", level=level)
    return cast


def test_a_definition_changed_in_may_does_not_rewrite_april(levels):
    told = {p: figure("serious", p) for p in ("2024-04", "2024-05", "2024-06", "asof:2024-04-30", "2024H1")}
    assert {p: (int(r.value), r.version) for p, r in told.items()} == {
        "2024-04": (1, "1"), "2024-05": (2, "2"), "2024-06": (2, "2"), "asof:2024-04-30": (2, "1"), "2024H1": (8, "2"),
    }  # fmt: skip
    words = {p: as_json(r)["definition"] for p, r in told.items()}
    assert words["2024-04"] != words["2024-05"]
    assert "较大" in words["2024-05"] and "较大" not in words["2024-04"]


def test_a_trend_keeps_to_the_definition_of_each_month(levels):
    entry = figure_entry("street.serious")
    points = series(entry, Scope("990009", read_period("2024-06")))[-6:]
    assert [(p.text, int(v)) for p, v in points] == [
        ("2024-01", 0), ("2024-02", 0), ("2024-03", 1), ("2024-04", 1), ("2024-05", 2), ("2024-06", 2),
    ]  # fmt: skip
    shares = series(figure_entry("street.serious_rate"), Scope("990009", read_period("2024-06")))[-4:]
    assert [round(v) for _, v in shares] == [33, 33, 67, 67]


def test_a_trend_ends_with_its_scope(levels):
    points = series(figure_entry("street.reported"), Scope("990009", read_period("2024-05-01..2024-06-05")))[
        -2:
    ]
    assert [int(v) for _, v in points] == [3, 0]  # those of 6 June are not in the scope


def test_what_cannot_be_drawn_is_left_out(year):
    assert not can_break(figure_entry("street.days"))
    assert series(figure_entry("street.days"), Scope("990009", read_period("2024"))) == []


def test_a_stock_is_drawn_as_it_stood_at_the_end_of_each_month(levels):
    line = series(figure_entry("street.shops"), Scope("990009", read_period("2024-06")))
    for slot, value in line[-3:]:
        assert value == figure("shops", slot.at_end().text).value


# -- compared ----------------------------------------------------------------------------------------


def test_against_the_period_before_and_the_year_before(year):
    april = figure("reported", "2024-04")
    difference, earlier, label, english = compare(april, "previous")
    assert (difference, earlier.value, label, english) == (-2, 3, "环比", "on the previous period")
    assert growth(april, earlier) == Decimal(-2) / 3 * 100
    difference, earlier, label, _ = compare(april, "year_ago")
    assert (difference, earlier.value, label) == (1, 0, "同比")
    assert growth(april, earlier) is None


def test_against_nothing_there_is_no_difference(year):
    difference, earlier, _, _ = compare(figure("on_time_rate"), "previous")
    assert (difference, earlier.value) == (None, None)


def test_a_point_in_time_has_no_period_before_it(year):
    with refused("cannot_compute", "时点"):
        compare(figure("shops", "asof:2024-06-30"), "previous")
    assert compare(figure("shops", "asof:2024-06-30"), "year_ago")[0] == 2


# -- readings ----------------------------------------------------------------------------------------


def given(value: str, start: str = "2024-01-01", end: str = "2024-12-31", subject: str = "", **more) -> Given:
    said = {"source": "平台后台", "source_date": date(2025, 1, 3), "subject": subject, **more}
    return Given(Decimal(value), date.fromisoformat(start), date.fromisoformat(end), **said)


def enter(cast: Cast, name: str, *numbers: Given, at: str = "2025-01-05 09:00", **more) -> list[Reading]:
    said = {"place": cast.street, "by": cast.dispatcher, "at": moment(at), **more}
    return readings_enter(f"street.{name}", numbers, **said)


def test_readings_of_several_subjects_add_up(cast):
    enter(cast, "followers", given("1200", subject="甲号"), given("300.5", subject="乙号"))
    result = figure("followers")
    assert (result.value, result.evidence.count) == (Decimal("1500.5"), 2)
    assert figure("followers", "2023").value is None
    assert text(figure("followers", "2023")) == "无"


def test_a_correction_replaces_and_both_stay_on_file(cast):
    first = enter(cast, "followers", given("1200"))[0]
    second = enter(cast, "followers", given("1250"), at="2025-02-01 09:00")[0]
    assert figure("followers").value == 1250
    assert (second.replaces, Reading.objects.count()) == (first, 2)
    third = enter(cast, "followers", given("1240"), at="2025-03-01 09:00")[0]
    assert (figure("followers").value, third.replaces) == (1240, second)


def test_the_last_reading(cast):
    enter(cast, "rank", given("5", end="2024-06-30", start="2024-06-30"), given("3", start="2024-12-31"))
    assert figure("rank").value == 3
    assert figure("rank", "asof:2024-06-30").value == 5
    assert figure("rank").value == 3


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (given("1", source=" "), "missing", "来源"),
        (given("1", "2024-12-31", "2024-01-01"), "bad_value", "早于"),
        (given("1.0005"), "bad_value", "三位小数"),
    ],
)
def test_a_bad_reading_is_refused(cast, number, code, words):
    with refused(code, words):
        enter(cast, "followers", number)
    assert Reading.objects.count() == 0


def test_two_readings_of_one_thing_in_one_run_are_refused(cast):
    with refused("already"):
        enter(cast, "followers", given("1"), given("2"))


def test_an_external_number_stands_beside_a_counted_figure_and_changes_nothing(cast):
    scope = Scope(cast.county.code, read_period("2024"))
    before = compute("street.reported", scope)
    enter(cast, "reported", given("7"))
    after = compute("street.reported", scope)
    assert (after.value, after.evidence.digest) == (before.value, before.evidence.digest)
    assert beside(after.figure, scope).value == 7000


@pytest.mark.parametrize("who", ["stranger", "resident"])
def test_outsiders_enter_no_reading(cast, who):
    with refused("not_yours", "关注人数"):
        reading_enter("street.followers", given("1"), place=cast.street, by=getattr(cast, who))


# -- refused -----------------------------------------------------------------------------------------


def test_an_unknown_figure_is_refused_with_a_near_one(cast):
    with refused("not_found", "street.reportd", "street.reported"):
        figure("reportd")


@pytest.mark.parametrize(
    "period", ["", "gestern", "2024-13", "2024Q5", "2024-02-30", "2024-03-01..2024-02-01", "asof:2024"]
)
def test_a_bad_period_is_refused_with_the_forms_there_are(db, period):
    with refused("bad_period", "；"):
        read_period(period)


def test_a_cadence_at_a_point_in_time_is_refused(cast):
    with refused("cannot_compute", "每月议事", "时点"):
        figure("monthly", "asof:2024-06-30")


# -- cost --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("reported", 1), ("closed", 1), ("cost", 1), ("days", 1), ("shops", 1), ("staff", 1), ("streets", 1), ("reworked", 1),
        ("present", 1), ("paid", 1), ("on_time_rate", 1), ("monthly", 1), ("villages", 2), ("busiest", 2), ("followers", 1),
    ],
)  # fmt: skip
def test_a_figure_is_one_query_for_each_count_and_its_evidence_one_more(
    year, django_assert_num_queries, name, queries
):
    scope = Scope("990009", read_period("2024"))
    enter(year, "followers", given("1200"))
    with at_time(moment("2025-01-01 09:00")):
        with django_assert_num_queries(queries):
            result = compute(f"street.{name}", scope)
        with django_assert_num_queries(0 if name in ("monthly", "villages", "busiest") else 1):
            counted = result.evidence.count
        with django_assert_num_queries(0):
            assert result.evidence.count == counted  # kept


def test_the_cost_does_not_grow_with_the_rows(year, django_assert_num_queries):
    for _ in range(30):
        event(year)
    with django_assert_num_queries(3):  # both parts at once, the count of the evidence and its digest
        as_json(figure("on_time_rate"))
    with django_assert_num_queries(1):
        series(figure_entry("street.reported"), Scope("990009", read_period("2024")))


NAMED = {
    "both": ["finish", "rework"],
    "some": ["accept", "never", "nor this"],
    "none": ["never"],
}


@pytest.mark.parametrize("period", ["2024", "2024Q1", "2024-03-08", "2025"])
def test_which_of_named_values_there_are_is_what_counting_them_all_says(year, period):
    """The search ends with the last of the named values; alone or with others, it finds what a count finds."""
    like, scope = figure_entry("street.reworked"), Scope("990009", read_period(period))
    entries = [
        replace(
            like,
            key=key,
            spec=Figure(title=key, unit="次", distinct="verb", of="event.acts", where=f"verb in {verbs}"),
        )
        for key, verbs in NAMED.items()
    ]
    together = computed(entries, [scope])
    start, end = scope.period.bounds()
    for entry in entries:
        acts = Act.objects.filter(
            verb__in=NAMED[entry.key], record__kind="street.event", at__gte=start, at__lt=end
        )
        acts = acts.exclude(record__state="void").order_by("pk")
        for found in (compute(entry, scope), together[entry.id, scope]):
            assert found.value == acts.values("verb").distinct().count()
            assert list(found.evidence.ids()) == list(acts.values_list("pk", flat=True))
            assert found.evidence.count == found.value
