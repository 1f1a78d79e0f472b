"""A server whose clock is set back: acts never go back in order, work goes on, and doctor says it."""

from liren.activities.actions import check_in, check_out
from liren.cli.looking.running import clock_back
from liren.clock import at_time
from liren.records.actions import record_open, record_step, record_void, tick
from tests.cast import moment
from tests.matters import accept, event, refused

NOON, MORNING = moment("2024-03-04 12:00"), moment("2024-03-04 09:00")


def test_steps_after_the_clock_was_set_back_follow_the_acts_before_them(cast):
    with at_time(NOON):
        record = record_open("street.event", {"title": "路灯不亮"}, by=cast.grid_member)
    with at_time(MORNING):
        record = record_step(record, "accept", {"handler": cast.housing}, by=cast.dispatcher)
        record_void(record, by=cast.dispatcher, note="重复")
        said = list(clock_back())
    moments = [act.at for act in record.acts.order_by("id")]
    assert moments == sorted(moments) == [NOON, NOON, NOON]
    assert record.closed == NOON
    assert [sign.mark for sign in said] == ["✓"]  # the newest act was typed in at nine, and it is nine


def test_a_time_that_somebody_wrote_is_still_refused(cast):
    record = event(cast, at="2024-03-04 12:00")
    with refused("too_early", "2024-03-04 09:00"):
        accept(cast, record, at="2024-03-04 09:00")


def test_doctor_tells_of_a_clock_behind_the_newest_act(cast):
    with at_time(NOON):
        record_open("street.event", {"title": "路灯不亮"}, by=cast.grid_member)
        assert [sign.mark for sign in clock_back()] == ["✓"]
    with at_time(MORNING):
        (told,) = clock_back()
    assert (told.mark, "180 分钟" in told.found, "timedatectl" in told.mend) == ("✗", True, True)


def test_limits_are_noted_once_and_as_of_when_they_passed_whatever_the_clock_does(cast):
    with at_time(moment("2024-03-04 09:00")):
        record = record_open("street.event", {"title": "路灯不亮"}, by=cast.grid_member)
    with at_time(moment("2024-03-04 16:00")):
        assert tick() == 1
    with at_time(moment("2024-03-04 08:00")):
        assert tick() == 0
    with at_time(moment("2024-03-04 17:00")):
        assert tick() == 0
    record.refresh_from_db()
    assert (record.late_count, record.acts.get(verb="late").at) == (1, record.due)


def test_nobody_leaves_before_they_came(cast):
    with at_time(NOON):
        meeting = record_open(
            "street.meeting", {"title": "例会", "starts": "2024-03-04 12:00"}, by=cast.dispatcher
        )
        check_in(meeting, person=cast.grid_member, by=cast.dispatcher)
    with at_time(MORNING):
        row = check_out(meeting, person=cast.grid_member, by=cast.dispatcher)
    assert (row.minutes, row.arrived, row.departed) == (0, NOON, NOON)
