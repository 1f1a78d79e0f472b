"""What is offered is what is accepted: every step of every record, tried by every member of the cast."""

from dataclasses import fields
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from liren.clock import at_time
from liren.forms.steps import offered_on, offered_steps
from liren.inforce import catalogue
from liren.packs.language import Kind
from liren.people.models import Person
from liren.records.actions import record_open, record_step, record_void
from liren.records.models import Record
from liren.records.values import field_type
from liren.refusals import Refusal
from tests.cast import Cast, moment
from tests.matters import accept, confirm, event, finish

NOW = moment("2024-03-06 12:00")
#: Who may do it in which state is asked beforehand; what the record itself says against it is said in words.
OF_THE_RECORD = {"condition", "too_soon", "no_balance", "already"}


@pytest.fixture
def records(cast: Cast) -> list[Record]:
    """One of everything in every state of its life that the cast can bring about."""
    made = [event(cast), accept(cast, event(cast)), finish(cast, accept(cast, event(cast)))]
    made += [confirm(cast, finish(cast, accept(cast, event(cast))))]
    made += [finish(cast, accept(cast, event(cast)), cost="2000")]
    made += [record_step(made.pop(), "spend", by=cast.dispatcher, at=moment("2024-03-06 09:00"))]
    made += [
        record_step(accept(cast, event(cast)), "follow", by=cast.dispatcher, at=moment("2024-03-05 09:00"))
    ]
    gone = event(cast, title="作废的")
    record_void(gone, note="重复", by=cast.dispatcher, at=moment("2024-03-05 09:00"))
    with at_time(moment("2024-03-05 09:00")):
        made += [record_open("street.shop", {"title": "面馆", "place": cast.grid}, by=cast.grid_member)]
        for kind in ("meeting", "visit", "exam", "notice"):
            values = {"title": "一件", "place": cast.street} if kind != "exam" else {"place": cast.street}
            made.append(record_open(f"street.{kind}", values, by=cast.dispatcher))
    return list(Record.objects.order_by("pk"))


def members(cast: Cast) -> list[Person]:
    found = [getattr(cast, one.name) for one in fields(cast)]
    return [one for one in found if isinstance(one, Person)]


def said(cast: Cast, kind: Kind, verb: str) -> dict[str, Any]:
    """Something right for every box of a step."""
    told = {}
    for name in (asked.rstrip("?") for asked in kind.steps[verb].ask):
        spec, type_ = kind.fields.get(name), field_type(kind, name)
        right = {
            "unit": "住建局",
            "place": cast.grid.code,
            "money": "5",
            "integer": "1",
            "datetime": "2024-03-05 10:00",
        }
        told[name] = next(iter(spec.choices)) if spec and spec.choices else right.get(type_ or "", "有")
    return told


def refusal_of(cast: Cast, record: Record, verb: str, person: Person) -> str:
    """The code by which the kernel refuses, empty where it accepts; nothing of it stays."""
    kind = catalogue().kinds[record.kind].spec
    code = ""
    with transaction.atomic():
        try:
            record_step(
                Record.objects.get(pk=record.pk), verb, said(cast, kind, verb), by=person, at=NOW, entered=NOW
            )
        except Refusal as refusal:
            code = refusal.code
        transaction.set_rollback(True)
    return code


def test_what_is_offered_is_what_is_accepted(cast: Cast, records: list[Record]):
    assert len({(record.kind, record.state) for record in records}) >= 11
    tried = accepted = 0
    for person in members(cast):
        for record in records:
            offered = {step.verb for step in offered_steps(record, person, NOW)}
            for verb in catalogue().kinds[record.kind].spec.steps:
                code = refusal_of(cast, record, verb, person)
                tried, accepted = tried + 1, accepted + (not code)
                told = (person.name, record.kind, record.state, verb, code)
                assert (code == "" or code in OF_THE_RECORD) == (verb in offered), told
    assert accepted > 20, "or this would prove nothing"
    assert tried > 4 * accepted


def test_a_page_of_records_is_offered_what_each_is_offered_alone(cast: Cast, records: list[Record]):
    for person in members(cast):
        together = offered_on(records, person, NOW)
        alone = {record.pk: steps for record in records if (steps := offered_steps(record, person, NOW))}
        assert together == alone


def test_one_query_for_who_took_earlier_steps_however_many_records(cast: Cast, records: list[Record]):
    with CaptureQueriesContext(connection) as few:
        offered_on(records[:3], cast.dispatcher, NOW)
    with CaptureQueriesContext(connection) as many:
        offered_on(records * 4, cast.dispatcher, NOW)
    assert len(few) == len(many) <= 2


def test_nobody_is_offered_anything_without_signing_in(cast: Cast, records: list[Record]):
    assert offered_on(records, None, NOW) == {}


def test_a_step_says_what_it_must_and_what_it_may_ask_and_where_it_leads(cast: Cast):
    record = accept(cast, event(cast))
    steps = {step.verb: step for step in offered_steps(record, cast.handler, NOW)}
    assert (steps["finish"].asks, steps["finish"].may_ask) == (("result",), ("cost",))
    assert (steps["finish"].one_tap, steps["finish"].leads_on, steps["finish"].ends) == (False, True, False)
    assert (steps["note"].one_tap, steps["note"].leads_on) == (True, False)
    done = finish(cast, record)
    confirm_ = {step.verb: step for step in offered_steps(done, cast.dispatcher, NOW)}["confirm"]
    assert confirm_.ends
    assert confirm_.one_tap
