"""Bulk entry of an old ledger: the same checks, all or nothing, nobody told today about last year."""

import pytest

from liren.notices.models import Notice
from liren.points.models import Account
from liren.records.actions import History, record_open, record_step, records_enter
from liren.records.models import Act, Link, Record
from liren.trail.queries import breaks
from tests.cast import moment
from tests.matters import closed_event, refused


def history(cast, n: int = 0, *steps, **values) -> History:
    said = {"title": f"事{n}", **values}
    return History(said, cast.grid_member, moment("2023-03-06 09:10"), steps=steps)


def whole(cast, n: int = 0, **values) -> History:
    """From report to end, as in ``closed_event``."""
    return history(
        cast, n,
        ("accept", {"handler": cast.housing}, cast.dispatcher, moment("2023-03-06 10:30")),
        ("finish", {"result": "换了灯"}, cast.handler, moment("2023-03-07 16:00")),
        ("confirm", {}, cast.dispatcher, moment("2023-03-08 09:00")),
        **values,
    )  # fmt: skip


def test_what_is_entered_in_bulk_is_what_single_steps_would_have_made(cast):
    one = closed_event(cast, phone="13800000000")
    two = records_enter("street.event", [whole(cast, phone="13800000000")])[0]
    two.refresh_from_db()
    skip = {"id", "number", "title", "opened", "closed", "secret", "revision"}
    names = [f.attname for f in Record._meta.concrete_fields if f.name not in skip]
    assert {n: getattr(one, n) for n in names} == {n: getattr(two, n) for n in names}
    assert [a.verb for a in one.acts.all()] == [a.verb for a in two.acts.all()]
    assert [a.changed for a in one.acts.all()][1:] == [a.changed for a in two.acts.all()][1:]
    assert list(breaks()) == []


def test_a_late_history_is_late_as_a_late_matter_is(cast):
    late = history(
        cast, 0, ("accept", {"handler": cast.housing}, cast.dispatcher, moment("2023-03-07 10:30"))
    )
    record = records_enter("street.event", [late])[0]
    assert (record.late_count, [a.verb for a in record.acts.all()]) == (1, ["open", "late", "accept"])


@pytest.mark.parametrize(
    ("code", "steps", "values"),
    [
        ("wrong_state", [("confirm", {}, "dispatcher", "2023-03-06 10:00")], {}),
        ("not_yours", [("accept", {"承办": "住建局"}, "stranger", "2023-03-06 10:00")], {}),
        ("missing", [("accept", {}, "dispatcher", "2023-03-06 10:00")], {}),
        ("too_early", [("accept", {"承办": "住建局"}, "dispatcher", "2023-03-05 10:00")], {}),
        ("bad_value", [], {"level": "x"}),
        ("unknown_field", [], {"x": "y"}),
    ],
)
def test_one_fault_and_nothing_is_entered(cast, code, steps, values):
    took = [(verb, said, getattr(cast, who), moment(at)) for verb, said, who, at in steps]
    with refused(code):
        records_enter("street.event", [whole(cast), history(cast, 1, *took, **values), whole(cast, 2)])
    assert Record.objects.count() == Act.objects.count() == 0
    assert records_enter("street.event", [whole(cast)])[0].number == "SJ2023-00001"


def test_doubles_in_the_run_and_against_what_stands_are_refused(cast):
    def shop(name: str) -> History:
        return History({"title": name}, cast.grid_member, moment("2023-03-06 09:00"))

    with refused("already", "早点铺", "同一批"):
        records_enter("street.shop", [shop("早点铺"), shop("早点铺")])
    standing = record_open(
        "street.shop", {"title": "面馆"}, by=cast.grid_member, at=moment("2023-03-05 09:00")
    )
    with refused("already", "面馆", standing.number):
        records_enter("street.shop", [shop("早点铺"), shop("面馆")])
    assert Record.objects.count() == 1


def test_the_same_keys_again_enter_only_what_is_new(cast):
    def keyed(n: int) -> History:
        entry = whole(cast, n)
        entry.key = f"ledger:{n}"
        return entry

    assert len(records_enter("street.event", [keyed(1), keyed(2)])) == 2
    assert [r.title for r in records_enter("street.event", [keyed(1), keyed(2), keyed(3)])] == ["事3"]
    assert records_enter("street.event", [keyed(1)]) == []
    assert Record.objects.count() == 3


def test_nobody_is_told_but_points_are_paid_and_tasks_opened(cast):
    follow = ("follow", {}, cast.dispatcher, moment("2023-03-09 09:00"))
    entry = whole(cast)
    entry.steps = (*entry.steps, follow)
    records_enter("street.event", [entry])
    assert Notice.objects.filter(record__kind="street.event").count() == 0
    assert Account.objects.get(person=cast.grid_member).balance == 5
    task = Record.objects.get(kind="street.task")
    assert (task.opener, task.acts.get().by) == (cast.dispatcher, cast.dispatcher)
    assert Link.objects.get().other.kind == "street.event"
    records_enter("street.event", [whole(cast, 1)], quiet=False)
    assert Notice.objects.filter(record__kind="street.event", person=cast.handler).count() == 1


def test_steps_go_on_from_where_a_history_ends(cast):
    record = records_enter("street.event", [history(cast)])[0]
    record_step(
        record, "accept", {"handler": cast.housing}, by=cast.dispatcher, at=moment("2024-03-06 10:30")
    )
    assert (record.state, record.late_count, record.revision) == ("handling", 1, 1)
