"""Issuing freezes every number; what moves afterwards is said with its reason (house §6)."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from liren.figures.queries import read_period
from liren.records.actions import record_open, record_step, record_void
from liren.refusals import Refusal
from liren.reports.binding import bind
from liren.reports.checking import check_docx, moved
from liren.reports.models import Issue
from liren.reports.writing import write_report
from tests.cast import Cast, make_cast, moment

QUARTER = "2024Q1"
REPORT = "grid_case.quarter"


@pytest.fixture
def people(db) -> Cast:
    """The cast, with the shipped packs in force."""
    return make_cast()


def lamp(people: Cast, at: str, *, done: bool = True, entered: datetime | None = None, title="路灯不亮"):
    when = moment(at)
    said = {"title": title, "category": "facility"}
    record = record_open("grid_case.event", said, by=people.grid_member, at=when, entered=entered or when)
    if done:
        steps = (
            ("accept", people.dispatcher, {"handler": people.housing}),
            ("finish", people.handler, {"outcome": "fixed", "result": "换了灯"}),
            ("confirm", people.dispatcher, {}),
        )
        for verb, by, values in steps:
            record_step(record, verb, values, by=by, at=when, entered=entered or when)
    return record


def issued(people: Cast, out):
    return write_report(
        REPORT, place=people.county, period=read_period(QUARTER), out=out, issue=True, by=people.leader
    )


def test_an_issued_report_agrees_with_the_system(people, tmp_path):
    lamp(people, "2024-03-04 10:00")
    _, docx, _ = issued(people, tmp_path)
    checked = check_docx(docx)
    assert checked.numbers >= 7
    assert checked.edited == []
    assert checked.moved == []


def test_a_late_record_is_named_as_the_reason(people, tmp_path):
    lamp(people, "2024-03-04 10:00")
    _, docx, _ = issued(people, tmp_path)
    late = lamp(people, "2024-03-28 10:00", entered=timezone.now(), title="补录的一件")
    found = {difference.name: difference for difference in check_docx(docx).moved}
    assert (found["reported"].then, found["reported"].now) == ("1", "2")
    assert late.number in found["reported"].why
    assert "印发后才登记" in found["reported"].why
    assert (found["on_time_rate"].then, found["on_time_rate"].now) == ("100", "100")
    assert late.number in found["on_time_rate"].why, "the value stands, but it rests on other records"


def test_a_voided_record_is_named_as_the_reason(people, tmp_path):
    kept, gone = lamp(people, "2024-03-04 10:00", done=False), lamp(people, "2024-03-05 10:00", done=False)
    _, docx, _ = issued(people, tmp_path)
    record_void(gone, by=people.dispatcher, note="重复登记")
    found = {difference.name: difference for difference in check_docx(docx).moved}
    assert (found["reported"].then, found["reported"].now) == ("2", "1")
    assert gone.number in found["reported"].why
    assert kept.number not in found["reported"].why


def test_a_number_changed_in_the_file_is_found(people, tmp_path):
    from docx import Document

    lamp(people, "2024-03-04 10:00")
    _, docx, _ = issued(people, tmp_path)
    document = Document(str(docx))
    texts = [t for t in document.element.body.iter() if t.tag.endswith("}t") and t.text == "1件"]
    texts[0].text = "9件"
    document.save(str(docx))
    edited = check_docx(docx).edited
    assert [(d.then, d.now) for d in edited] == [("1件", "9件")]


def test_an_unissued_report_is_checked_against_live_numbers(people, tmp_path):
    lamp(people, "2024-03-04 10:00")
    _, docx, _ = write_report(REPORT, place=people.county, period=read_period(QUARTER), out=tmp_path)
    assert check_docx(docx).edited == []
    lamp(people, "2024-03-06 10:00")
    assert {d.name for d in check_docx(docx).edited} >= {"reported", "closed"}


def test_an_unknown_report_is_refused_with_a_near_name(people):
    with pytest.raises(Refusal, match="没有找到报告") as caught:
        bind("grid_cases.quarter", place=people.county, period=read_period(QUARTER))
    assert "grid_case.quarter" in str(caught.value)


def test_a_ratio_of_nothing_prints_as_nothing(people):
    bound, _ = bind(REPORT, place=people.county, period=read_period("2019Q1"))
    assert bound.printed["on_time_rate"] == "无"
    assert bound.printed["reported"] == "0件"


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=st.lists(st.booleans(), max_size=4),
    after=st.lists(st.sampled_from(["in", "out"]), max_size=3),
)
def test_freeze_then_check_tells_exactly_what_moved(people, tmp_path, before, after):
    """Whatever stands when a report is issued, only records dated inside its period move its numbers."""
    Issue.objects.all().delete()
    for done in before:
        lamp(people, "2024-02-20 10:00", done=done)
    issued(people, tmp_path)
    issue = Issue.objects.get()
    assert list(moved(issue)) == []
    for where in after:
        day = "2024-03-15 10:00" if where == "in" else "2025-03-14 10:00"
        lamp(
            people,
            day,
            done=False,
            entered=datetime(2026, 1, 1, tzinfo=UTC) if where == "out" else timezone.now(),
        )
    names = {difference.name for difference in moved(issue)}
    assert ("reported" in names) == ("in" in after)
    assert "closed" not in names
