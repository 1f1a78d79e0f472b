"""What waits for whom: one query, ordered by what is due, equal to what the steps themselves offer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.clock import at_time
from liren.forms.steps import offered_on, offered_steps
from liren.inforce import catalogue
from liren.people.actions import post_take
from liren.people.visibility import PUBLIC, Viewer, viewer_of, visible
from liren.places.actions import unit_add
from liren.records.actions import record_open, record_step
from liren.records.models import Record
from liren.records.waiting import NEVER, first_waiting, kinds_waiting, waiting
from tests.cast import LONG_AGO, Cast, moment
from tests.matters import accept, confirm, event, finish

NOW = "2024-03-06 12:00"


def seen(person) -> Viewer:
    return viewer_of(person, moment(NOW))


def numbers(person) -> list[str]:
    return [record.number for record in first_waiting(seen(person), 50)]


def test_a_matter_waits_for_whoever_can_lead_it_on(cast: Cast):
    record = event(cast)
    assert numbers(cast.dispatcher) == [record.number]
    assert numbers(cast.handler) == []
    accept(cast, record)
    assert numbers(cast.handler) == [record.number]
    assert numbers(cast.dispatcher) == [], "a note may be added, but nothing leads on"
    assert numbers(cast.other_handler) == []


def test_another_street_and_nobody_have_nothing_to_do(cast: Cast):
    event(cast)
    assert numbers(cast.stranger) == []
    assert not waiting(PUBLIC)


def test_a_list_without_anything_can_be_paged_like_any_other(cast: Cast):
    for viewer in (PUBLIC, seen(cast.resident)):
        assert not waiting(viewer, after=(moment(NOW), 1))


def test_the_first_due_stands_first_and_what_has_no_deadline_last(cast: Cast):
    late = event(cast, "2024-03-04 09:10")
    soon = event(cast, "2024-03-06 11:00")
    draft = record_open(
        "street.meeting",
        {"title": "议事", "place": cast.street},
        by=cast.dispatcher,
        at=moment("2024-03-01 09:00"),
    )
    assert numbers(cast.dispatcher) == [late.number, soon.number, draft.number]


def test_what_ended_or_was_voided_waits_for_nobody(cast: Cast):
    record = event(cast)
    confirm(cast, finish(cast, accept(cast, record)))
    assert numbers(cast.dispatcher) == []
    assert numbers(cast.grid_member) == [], "what the opener may still say to it is no duty"


def test_a_register_line_merely_stands(cast: Cast):
    record_open("street.shop", {"title": "面馆", "place": cast.grid}, by=cast.grid_member)
    assert numbers(cast.grid_member) == []


def test_who_took_an_earlier_step_is_not_asked_to_confirm_it(cast: Cast):
    post_take(person=cast.dispatcher, role="handler", starts=LONG_AGO, unit=cast.housing)
    record = accept(cast, event(cast))
    record_step(record, "finish", {"result": "换了灯"}, by=cast.dispatcher, at=moment("2024-03-05 16:00"))
    with_bar = {step.verb for step in offered_steps(record, cast.dispatcher, moment(NOW))}
    assert "confirm" not in with_bar
    assert "rework" in with_bar
    assert numbers(cast.dispatcher) == [record.number], "sending it back is still open"
    assert "confirm" in {step.verb for step in offered_steps(record, cast.deputy, moment(NOW))}


def test_barred_from_the_only_step_it_waits_for_others(cast: Cast):
    post_take(person=cast.handler, role="handler", starts=LONG_AGO, unit=cast.housing)
    record = finish(cast, accept(cast, event(cast)))
    assert numbers(cast.handler) == [], "handlers may confirm, but not who reported it done"
    colleague = cast.other_handler
    post_take(person=colleague, role="handler", starts=LONG_AGO, unit=cast.housing)
    assert numbers(colleague) == [record.number]


def test_a_part_of_a_unit_is_reached_from_above(cast: Cast):
    team = unit_add(code="T09", name="维修队", kind="team", place=cast.county, parent=cast.housing)
    record = accept(cast, event(cast), handler=team)
    assert numbers(cast.handler) == [record.number]
    assert numbers(cast.other_handler) == []


@pytest.mark.parametrize(
    "who", ["grid_member", "dispatcher", "deputy", "stranger", "handler", "leader", "resident"]
)
def test_the_list_says_what_the_steps_say_and_nothing_that_may_not_be_seen(cast: Cast, who: str):
    """One query must find what asking every record about every step finds."""
    first = event(cast)
    finish(cast, accept(cast, event(cast, "2024-03-04 09:20")))
    accept(cast, event(cast, "2024-03-04 09:30"))
    record_step(accept(cast, first), "follow", by=cast.dispatcher, at=moment("2024-03-05 09:00"))
    record_open("street.notice", {"title": "公告", "place": cast.street}, by=cast.dispatcher)
    person = getattr(cast, who)
    viewer = seen(person)
    found = set(waiting(viewer))
    assert found <= set(visible(Record.objects.all(), to=viewer).values_list("pk", flat=True))
    records = list(Record.objects.exclude(shape="entry"))
    offered = offered_on(records, person, moment(NOW))
    for record in records:
        spec = catalogue().kinds[record.kind].spec
        leads = [
            step for step in offered.get(record.pk, []) if step.leads_on and not _for_anybody(spec, step)
        ]
        assert (record.pk in found) == bool(leads and not spec.states[record.state].end), (
            record.kind,
            record.state,
        )


def _for_anybody(spec, step) -> bool:
    return set(spec.steps[step.verb].by) <= {"resident"}


def test_sixty_posts_ask_one_question_and_find_each_record_once(cast: Cast):
    """Posts over one another, at places and at a unit: what several of them reach waits once."""
    records = [event(cast, f"2024-03-04 09:1{minute}") for minute in range(3)]
    accept(cast, records[2])
    for n in range(20):
        for role in ("dispatcher", "leader"):
            post_take(person=cast.deputy, role=role, starts=LONG_AGO, place=(cast.street, cast.grid)[n % 2])
        post_take(person=cast.deputy, role="handler", starts=LONG_AGO, unit=cast.housing)
    viewer = seen(cast.deputy)
    assert len(viewer.posts) > 60
    with CaptureQueriesContext(connection) as caught:
        found = waiting(viewer)
    assert sorted(found) == sorted(record.pk for record in records)
    assert len([one for one in caught if "records_record" in one["sql"]]) == 1
    assert kinds_waiting(viewer) == {"street.event": 3}


def test_pages_follow_one_another_and_kinds_are_counted(cast: Cast):
    for minute in range(7):
        event(cast, f"2024-03-04 09:1{minute}")
    meeting = {"title": "议事", "place": cast.street}
    for _ in range(3):
        record_open("street.meeting", meeting, by=cast.dispatcher, at=moment("2024-03-01 09:00"))
    viewer = seen(cast.dispatcher)
    whole = waiting(viewer)
    assert kinds_waiting(viewer) == {"street.event": 7, "street.meeting": 3}
    pages, after = [], None
    while page := first_waiting(viewer, 4, after=after):
        pages += [record.pk for record in page]
        after = (page[-1].due or NEVER, page[-1].pk)
    assert pages == whole
    assert len(set(whole)) == 10
    assert len(waiting(viewer, kinds=["street.meeting"])) == 3
    assert waiting(viewer, kinds=[]) == []


def test_nothing_is_counted_beyond_the_bound(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("liren.records.waiting.BOUND", 2)
    for minute in range(5):
        event(cast, f"2024-03-04 09:1{minute}")
    assert kinds_waiting(seen(cast.dispatcher)) == {"street.event": 3}, "more than two"


def test_a_page_of_records_is_asked_in_a_fixed_number_of_queries(cast: Cast):
    counts = []
    for minute in range(3):
        accept(cast, event(cast, f"2024-03-04 09:1{minute}"))
        finish(cast, Record.objects.order_by("-pk").first())
        records = list(Record.objects.all())
        with CaptureQueriesContext(connection) as caught, at_time(moment(NOW)):
            offered = offered_on(records, cast.dispatcher, moment(NOW))
        assert len(offered) == len(records)
        counts.append(len(caught))
    assert counts == [2, 2, 2], "posts, and who took the steps that bar"
