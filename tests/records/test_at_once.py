"""Two clerks at the very same time, in two threads with a connection each, on the database configured."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from liren.notices.models import Notice
from liren.records.actions import record_open, record_step, tick
from liren.records.models import Act, Counter, Record
from liren.refusals import Refusal
from liren.trail.queries import breaks
from tests.cast import Cast, make_cast, moment
from tests.matters import accept, event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db, shelf) -> Cast:
    return make_cast()


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Every deed in a thread of its own, begun together; what each returned or was refused with."""
    gate, outcomes = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(number: int, deed: Callable[[], object]) -> None:
        gate.wait(timeout=30)
        try:
            outcomes[number] = deed()
        except Exception as fault:  # told to the test, which says what it may be
            outcomes[number] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def won(outcomes: list[object]) -> list[object]:
    faults = [
        outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, Refusal)
    ]
    assert not faults, faults
    return [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]


def copy_of(record: Record) -> Record:
    return Record.objects.get(pk=record.pk)


def test_of_two_clerks_one_wins(cast):
    record = event(cast)
    clerks = [(copy_of(record), cast.dispatcher, cast.housing), (copy_of(record), cast.deputy, cast.water)]
    outcomes = at_once(*(
        lambda copy=copy, by=by, to=to: record_step(copy, "accept", {"handler": to}, by=by, at=moment("2024-03-04 10:00"))
        for copy, by, to in clerks
    ))  # fmt: skip
    assert len(won(outcomes)) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} <= {"wrong_state", "changed_meanwhile"}
    act = Act.objects.get(verb="accept")
    record.refresh_from_db()
    assert record.handler == (cast.housing if act.by == cast.dispatcher else cast.water)


def test_of_two_notes_none_is_lost(cast):
    """The state stays, so only the revision tells one clerk of the other."""
    record = accept(cast, event(cast))
    outcomes = at_once(
        lambda: record_step(
            copy_of(record), "note", {"result": "已派人"}, by=cast.dispatcher, at=moment("2024-03-04 12:00")
        ),
        lambda: record_step(
            copy_of(record), "note", {"cost": "30"}, by=cast.deputy, at=moment("2024-03-04 12:00")
        ),
    )
    record.refresh_from_db()
    written = {name for act in Act.objects.filter(verb="note") for name in act.changed}
    assert len(won(outcomes)) == len(written) >= 1
    assert ("result" in written, "cost" in written) == ("result" in record.data, record.money is not None)


def test_one_key_sent_twice_at_once_is_one_write(cast):
    outcomes = at_once(*[
        lambda: record_open("street.event", {"title": "甲"}, by=cast.grid_member, at=moment("2024-03-04 09:00"), key="k")
    ] * 4)  # fmt: skip
    assert {o.pk for o in won(outcomes)} == {Record.objects.get().pk}
    assert len(won(outcomes)) == 4
    record = Record.objects.get()
    outcomes = at_once(*[
        lambda: record_step(copy_of(record), "accept", {"handler": cast.housing}, by=cast.dispatcher,
                            at=moment("2024-03-04 10:00"), key="s")
    ] * 4)  # fmt: skip
    assert len(won(outcomes)) == 4, outcomes
    assert Act.objects.filter(verb="accept").count() == 1


def test_one_shop_entered_by_two_is_one_shop(cast):
    said = {"title": "早点铺", "place": cast.grid}
    outcomes = at_once(*[
        lambda by=by: record_open("street.shop", dict(said), by=by, at=moment("2024-03-04 09:00"))
        for by in (cast.grid_member, cast.dispatcher, cast.deputy)
    ])  # fmt: skip
    assert len(won(outcomes)) == 1
    assert {o.code for o in outcomes if isinstance(o, Refusal)} == {"already"}
    assert Record.objects.count() == 1


def test_numbers_have_no_gaps_and_the_chain_holds(cast):
    def ten() -> int:
        return len([event(cast) for _ in range(10)])

    assert won(at_once(ten, ten, ten, ten)) == [10] * 4
    assert sorted(Record.objects.values_list("number", flat=True)) == [f"SJ2024-{n:05}" for n in range(1, 41)]
    assert Counter.objects.get().last == 40
    assert list(breaks()) == []


def test_two_loops_note_each_limit_once(cast):
    for _ in range(5):
        event(cast)
    noted = at_once(*[lambda: tick(moment("2024-03-05 09:00"))] * 3)
    assert sum(won(noted)) == 5
    assert set(Record.objects.values_list("late_count", flat=True)) == {1}
    assert Act.objects.filter(verb="late").count() == 5
    assert Notice.objects.count() == 5 * 2  # both dispatchers, once each
    assert list(breaks()) == []
