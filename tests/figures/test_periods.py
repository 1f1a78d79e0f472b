"""Periods: every form read and written, neighbours, the year before, slots."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.figures.periods import (
    KINDS,
    SLOTS,
    BadPeriod,
    Period,
    compare_label_en,
    compare_label_zh,
)
from liren.places.calendar import SHANGHAI

TODAY = date(2024, 3, 20)
DAY = timedelta(days=1)
DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@st.composite
def periods(draw, kinds=KINDS):
    kind = draw(st.sampled_from(kinds))
    a, b = sorted((draw(DAYS), draw(DAYS)))
    match kind:
        case "range" | "since":
            return Period(kind, a, b)
        case "asof":
            return Period(kind, None, a)
        case "ytd":
            return Period(kind, a.replace(month=1, day=1), a)
    return Period.holding(kind, a)


def read(text: str) -> Period:
    return Period.parse(text, TODAY)


FORMS = [
    # written, canonical, start, end, Chinese, English
    ("2020", "2020", "2020-01-01", "2020-12-31", "2020年", "2020"),
    ("2024年", "2024", "2024-01-01", "2024-12-31", "2024年", "2024"),
    ("2024年度", "2024", "2024-01-01", "2024-12-31", "2024年", "2024"),
    ("2020H1", "2020H1", "2020-01-01", "2020-06-30", "2020年上半年", "first half of 2020"),
    ("2024年下半年", "2024H2", "2024-07-01", "2024-12-31", "2024年下半年", "second half of 2024"),
    ("2020Q1", "2020Q1", "2020-01-01", "2020-03-31", "2020年第1季度", "Q1 2020"),
    ("2024年第4季度", "2024Q4", "2024-10-01", "2024-12-31", "2024年第4季度", "Q4 2024"),
    ("2024年二季度", "2024Q2", "2024-04-01", "2024-06-30", "2024年第2季度", "Q2 2024"),
    ("2020-02", "2020-02", "2020-02-01", "2020-02-29", "2020年2月", "February 2020"),
    ("2024年3月", "2024-03", "2024-03-01", "2024-03-31", "2024年3月", "March 2024"),
    ("２０２４年０３月", "2024-03", "2024-03-01", "2024-03-31", "2024年3月", "March 2024"),
    ("2020W12", "2020W12", "2020-03-16", "2020-03-22", "2020年第12周", "week 12 of 2020"),
    ("2020-W01", "2020W01", "2019-12-30", "2020-01-05", "2020年第1周", "week 1 of 2020"),
    ("2020W53", "2020W53", "2020-12-28", "2021-01-03", "2020年第53周", "week 53 of 2020"),
    ("2024年第12周", "2024W12", "2024-03-18", "2024-03-24", "2024年第12周", "week 12 of 2024"),
    ("2020-01-05", "2020-01-05", "2020-01-05", "2020-01-05", "2020年1月5日", "5 January 2020"),
    ("2024年3月5日", "2024-03-05", "2024-03-05", "2024-03-05", "2024年3月5日", "5 March 2024"),
    (
        "2020-01-01..2020-06-15", "2020-01-01..2020-06-15", "2020-01-01", "2020-06-15",
        "2020年1月1日至2020年6月15日", "1 January 2020 to 15 June 2020",
    ),
    (
        "2024年1月1日至2024年6月15日", "2024-01-01..2024-06-15", "2024-01-01", "2024-06-15",
        "2024年1月1日至2024年6月15日", "1 January 2024 to 15 June 2024",
    ),
    (
        "2024年1月1日至6月15日", "2024-01-01..2024-06-15", "2024-01-01", "2024-06-15",
        "2024年1月1日至2024年6月15日", "1 January 2024 to 15 June 2024",
    ),
    (
        "since:2021-01-01", "since:2021-01-01", "2021-01-01", "2024-03-20",
        "自2021年1月1日起", "since 1 January 2021",
    ),
    (
        "自2021年1月1日起", "since:2021-01-01", "2021-01-01", "2024-03-20",
        "自2021年1月1日起", "since 1 January 2021",
    ),
    ("asof:2023-06-30", "asof:2023-06-30", None, "2023-06-30", "截至2023年6月30日", "as of 30 June 2023"),
    ("截至2023年6月30日", "asof:2023-06-30", None, "2023-06-30", "截至2023年6月30日", "as of 30 June 2023"),
    ("ytd:2023-06-30", "ytd:2023-06-30", "2023-01-01", "2023-06-30", "2023年初至6月30日", "2023 to 30 June"),
    (
        "2023年初至6月30日", "ytd:2023-06-30", "2023-01-01", "2023-06-30",
        "2023年初至6月30日", "2023 to 30 June",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("written", "text", "start", "end", "zh", "en"), FORMS)
def test_every_form_is_read_and_told(written, text, start, end, zh, en):
    period = read(written)
    assert (period.text, str(period), period.label_zh, period.label_en) == (text, text, zh, en)
    assert period.start == (date.fromisoformat(start) if start else None)
    assert period.end == date.fromisoformat(end)


def test_the_examples_cover_every_kind():
    assert {read(form[0]).kind for form in FORMS} == set(KINDS)


@given(periods())
def test_text_and_chinese_label_read_back(period):
    assert Period.parse(period.text, period.end) == period
    assert Period.parse(period.text, period.end).text == period.text
    assert Period.parse(period.label_zh, period.end) == period


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("", "2020Q1"),
        ("last year", "asof:2023-06-30"),
        ("202", "2020H1"),
        ("2020-1", "2020-03"),
        ("2020H1半年", "2024年上半年"),
        ("2020年1", "2024年"),
        ("0020", "ytd:2023-06-30"),
        ("2020-01-01..", "2020-01-01..2020-06-15"),
        (None, "since:2021-01-01"),
        (2020, "截至2023年6月30日"),
        ("2020H3", "half 3 is not within 1-2"),
        ("2020Q5", "quarter 5 is not within 1-4"),
        ("2020Q0", "quarter 0 is not within 1-4"),
        ("2020-13", "month 13 is not within 1-12"),
        ("2024年0月", "month 0 is not within 1-12"),
        ("2021W53", "2021 has no week 53"),
        ("2020W00", "2020 has no week 0"),
        ("2023-02-29", "there is no day '2023-02-29'"),
        ("asof:2023-06-31", "there is no day '2023-06-31'"),
        ("2023年初至2月30日", "there is no day '2月30日'"),
        ("2020-06-15..2020-01-01", "before its start"),
        ("since:2024-03-21", "before its start 2024-03-21"),
    ],
)
def test_bad_periods_say_what_and_how_to_mend(bad, said):
    with pytest.raises(BadPeriod) as caught:
        Period.parse(bad, TODAY)
    assert said in caught.value.en
    assert str(bad) in caught.value.what
    assert str(caught.value) == f"{caught.value.what}；{caught.value.mend}"


@given(st.text(alphabet="0123456789-.:HQWsinceaofytd年月日第季度周上下半初至自起截 ", max_size=24))
def test_parse_reads_or_refuses_and_nothing_else(text):
    try:
        period = Period.parse(text, TODAY)
    except BadPeriod:
        return
    assert Period.parse(period.text, TODAY) == period


def test_bounds_are_half_open_in_shanghai():
    start, end = read("2020-02").bounds()
    assert start == datetime(2020, 2, 1, tzinfo=SHANGHAI)
    assert end == datetime(2020, 3, 1, tzinfo=SHANGHAI)
    assert start.utcoffset() == timedelta(hours=8)
    assert read("asof:2023-06-30").bounds() == (None, datetime(2023, 7, 1, tzinfo=SHANGHAI))


@given(periods(), DAYS, st.times())
def test_contains_agrees_with_bounds(period, day, clock):
    moment = datetime.combine(day, clock, SHANGHAI)
    start, end = period.bounds()
    assert period.contains(day) == ((start is None or start <= moment) and moment < end)


@given(periods([k for k in KINDS if k != "asof"]))
def test_previous_adjoins(period):
    before = period.previous()
    assert before.end + DAY == period.start
    assert before.start <= before.end
    assert before.kind == (period.kind if period.kind in SLOTS else "range")
    assert before.previous().end + DAY == before.start


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2020", "2019"),
        ("2020H1", "2019H2"),
        ("2020Q1", "2019Q4"),
        ("2020-03", "2020-02"),
        ("2021W01", "2020W53"),
        ("2020-03-01", "2020-02-29"),
        ("2020-01-10..2020-01-19", "2019-12-31..2020-01-09"),
        ("2020-01-01..2020-06-30", "2019-07-01..2019-12-31"),  # six whole months, not 182 days
        ("2020-02-01..2020-02-29", "2020-01-01..2020-01-31"),
        ("ytd:2023-03-31", "2022-10-01..2022-12-31"),
        ("since:2024-03-11", "2024-03-01..2024-03-10"),
    ],
)
def test_the_period_before(text, before):
    assert read(text).previous().text == before


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2020", "2019"),
        ("2020H2", "2019H2"),
        ("2020Q3", "2019Q3"),
        ("2020-02", "2019-02"),
        ("2021W12", "2020W12"),
        ("2020W53", "2019W52"),  # 2019 has no week 53
        ("2020-02-29", "2019-02-28"),
        ("2020-01-10..2020-02-29", "2019-01-10..2019-02-28"),
        ("2021-02-01..2021-02-28", "2020-02-01..2020-02-29"),
        ("2021-02-05..2021-02-28", "2020-02-05..2020-02-28"),
        ("ytd:2021-02-28", "ytd:2020-02-29"),
        ("asof:2021-02-28", "asof:2020-02-29"),
        ("asof:2023-06-30", "asof:2022-06-30"),
        ("since:2024-01-01", "2023-01-01..2023-03-20"),
    ],
)
def test_the_same_period_a_year_ago(text, before):
    assert read(text).year_ago().text == before


@given(periods([k for k in KINDS if k not in ("week", "since")]))
def test_a_year_ago_is_of_the_same_kind_a_year_earlier(period):
    before = period.year_ago()
    assert before.kind == period.kind
    assert 364 <= (period.end - before.end).days <= 366
    assert (before.start is None) == (period.start is None)


@given(periods([k for k in KINDS if k != "asof"]), st.sampled_from(SLOTS[1:]))
def test_slots_tile(period, each):
    slots = period.slots(each)
    for slot in slots:
        assert slot == Period.holding(each, slot.start)
        assert period.contains(slot.start)
    for one, other in pairwise(slots):
        assert one.end + DAY == other.start
    # Nothing that begins inside was left out: the slots around are outside.
    around = Period.holding(each, period.start)
    if around.start < period.start:
        assert around not in slots
    else:
        assert slots[0] == around
    if slots:
        assert not period.contains(slots[-1].end + DAY)


@given(
    periods(["year", "half", "quarter", "month"]),
    st.sampled_from(["day", "month", "quarter", "half", "year"]),
)
def test_shorter_slots_fill_a_calendar_period_exactly(period, each):
    slots = period.slots(each)
    if SLOTS.index(each) <= SLOTS.index(period.kind):
        assert (slots[0].start, slots[-1].end) == (period.start, period.end)
    else:
        assert slots in ([], [Period.holding(each, period.start)])


@given(periods(["year", "quarter", "month", "week", "range"]), st.sampled_from(SLOTS[1:]))
def test_neighbours_share_no_slot_and_lose_none(period, each):
    before = period.previous()
    both = Period("range", before.start, period.end)
    assert before.slots(each) + period.slots(each) == both.slots(each)


def test_a_week_belongs_to_the_period_of_its_monday():
    assert [slot.text for slot in read("2021-01").slots("week")] == [
        "2021W01",
        "2021W02",
        "2021W03",
        "2021W04",
    ]
    assert read("2020-12").slots("week")[-1].text == "2020W53"  # Monday 28 December
    assert len(read("2020").slots("week")) == 52  # 2020W01 began in 2019


def test_slots_begun_before_a_free_span_do_not_count_but_a_begun_last_one_does():
    assert [slot.text for slot in read("2020-01-15..2020-03-10").slots("month")] == ["2020-02", "2020-03"]
    assert [slot.text for slot in read("since:2023-06-01").slots("quarter")] == ["2023Q3", "2023Q4", "2024Q1"]
    assert read("2020-01-15..2020-01-20").slots("month") == []


def test_slots_to_come_are_left_out():
    assert [slot.text for slot in read("2024").slots("month", today=TODAY)] == [
        "2024-01",
        "2024-02",
        "2024-03",
    ]
    assert len(read("2024").slots("month")) == 12
    assert read("2025").slots("month", today=TODAY) == []


def test_a_point_in_time_has_no_slots_no_past_and_no_beginning():
    point = read("asof:2023-06-30")
    for ask in (
        lambda: point.slots("month"),
        point.previous,
        point.at_start,
        lambda: point.cut(date(2023, 1, 1)),
    ):
        with pytest.raises(BadPeriod) as caught:
            ask()
        assert "时点" in caught.value.what
        assert "point in time" in caught.value.en


def test_an_unknown_slot_length_is_refused():
    with pytest.raises(BadPeriod) as caught:
        read("2020").slots("fortnight")
    assert "quarter" in caught.value.en


def test_cut_gives_a_range():
    since = read("since:2021-01-01")
    assert since.cut(date(2023, 6, 30)).text == "2021-01-01..2023-06-30"
    assert since.cut(date(2025, 1, 1)).text == "2021-01-01..2025-01-01"
    assert read("2020").cut(date(2020, 6, 15)).text == "2020-01-01..2020-06-15"
    for text, end in (("since:2021-01-01", date(2020, 12, 31)), ("2020", date(2021, 1, 1))):
        with pytest.raises(BadPeriod) as caught:
            read(text).cut(end)
        assert str(end) in caught.value.en


def test_stock_dates_of_a_period():
    assert read("2020").at_end().text == "asof:2020-12-31"
    assert read("2020").at_start().text == "asof:2019-12-31"
    assert read("asof:2020-05-05").at_end() == read("asof:2020-05-05")


def test_comparison_labels_are_generated():
    assert (compare_label_zh("year_ago"), compare_label_zh("previous")) == ("同比", "环比")
    assert (compare_label_en("year_ago"), compare_label_en("previous")) == (
        "year on year",
        "on the previous period",
    )
    with pytest.raises(BadPeriod) as caught:
        compare_label_zh("last_week")
    assert "year_ago" in caught.value.en
