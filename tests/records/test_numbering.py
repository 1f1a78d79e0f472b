"""Numbers: without gaps, a series of its own for each kind and year."""

from hypothesis import given
from hypothesis import strategies as st

from liren.packs.language import Kind
from liren.records.actions import History, record_open, records_enter
from tests.cast import moment
from tests.matters import event, refused


def test_numbers_follow_one_another_without_gaps(cast):
    numbers = [event(cast).number]
    with refused("bad_value"):
        event(cast, level="x")
    with refused("already"):
        for _ in range(2):
            record_open("street.shop", {"title": "铺"}, by=cast.grid_member, at=moment("2024-03-04 09:00"))
    histories = [History({"title": "甲"}, cast.grid_member, moment("2024-03-04 09:00")) for _ in range(3)]
    numbers += [record.number for record in records_enter("street.event", histories)]
    numbers.append(event(cast).number)
    assert numbers == [f"SJ2024-{n:05}" for n in range(1, 6)]


def test_each_year_begins_anew_by_the_day_it_happened(cast):
    assert event(cast, at="2024-12-31 23:59").number == "SJ2024-00001"
    assert event(cast, at="2025-01-01 00:00").number == "SJ2025-00001"
    assert event(cast, at="2025-06-01 09:00", opened="2024-06-01").number == "SJ2024-00002"


def test_each_kind_counts_for_itself(cast):
    event(cast)
    assert (
        record_open("street.task", {"title": "甲"}, by=cast.leader, at=moment("2024-03-04 09:00")).number
        == "SR2024-001"
    )


def test_a_number_that_names_no_year_counts_on_from_year_to_year(cast):
    years = [moment(f"{year}-03-04 09:00") for year in (2023, 2024, 2025)]
    shops = [
        record_open("street.shop", {"title": f"铺{at.year}"}, by=cast.grid_member, at=at) for at in years
    ]
    assert [shop.number for shop in shops] == ["SP0001", "SP0002", "SP0003"]


def test_a_bulk_run_over_several_years_keeps_each_series(cast):
    days = ["2023-05-01 09:00", "2024-05-01 09:00", "2023-06-01 09:00"]
    histories = [History({"title": day}, cast.grid_member, moment(day)) for day in days]
    assert [r.number for r in records_enter("street.event", histories)] == [
        "SJ2023-00001",
        "SJ2024-00001",
        "SJ2023-00002",
    ]


@given(
    st.integers(1, 10**7),
    st.integers(1990, 2100),
    st.sampled_from(["WG{year}-{seq:05}", "A{seq}", "第{seq:03}号"]),
)
def test_a_pattern_gives_every_record_of_a_year_its_own_number(seq, year, pattern):
    kind = Kind.model_validate({"title": "甲", "shape": "entry", "opened by": "resident", "number": pattern})
    said = kind.number_pattern("k")
    assert said.format(year=year, seq=seq) != said.format(year=year, seq=seq + 1)
    assert str(seq) in said.format(year=year, seq=seq)
