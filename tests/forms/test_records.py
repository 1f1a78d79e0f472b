"""Forms made from packs: refused as the kernel refuses, beside the box, with what was typed; written once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liren.clock import at_time
from liren.forms.records import KEY, open_by_form, opening_form, opening_names, step_by_form, step_form
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.people.private import unseal
from liren.places.actions import unit_add
from liren.records.actions import record_open, record_step
from liren.records.models import Act, Record
from liren.records.values import field_type
from liren.refusals import Refusal
from tests.cast import LONG_AGO, Cast, moment
from tests.matters import accept, event

KINDS = ("street.event", "street.shop", "street.meeting", "street.visit", "street.notice")
#: Who may open each, where.
OPENERS = {"street.event": "grid_member", "street.shop": "grid_member"}
#: Words that somebody may write in any box, right in some and wrong in others.
WORDS = (
    "", " ", "路灯不亮", "住建局", "水晶局", "990009001001003", "990009002", "第3网格", "13800000000", "一万", "12", "-3",
    "1.5", "2024-03-04", "2024-02-30", "2024-03-04 09:10", "2024-03-04T09:10", "normal", "一般", "nonsense", "是", "李雷",
    "<b>粗</b>", "“引号”&", "字" * 250, "字" * 301,
)  # fmt: skip
MANY = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


def entry(kind: str) -> KindEntry:
    return catalogue().kind_entry(kind)


def opener(cast: Cast, kind: str):
    return getattr(cast, OPENERS.get(kind, "dispatcher"))


def kernel(kind: str, values: dict[str, Any], by) -> Refusal | None:
    """What the kernel says to these values; nothing of it stays."""
    with transaction.atomic():
        try:
            record_open(kind, values, by=by)
        except Refusal as refusal:
            return refusal
        finally:
            transaction.set_rollback(True)
    return None


typed = st.one_of(
    st.sampled_from(WORDS), st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
)


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data())
def test_what_the_kernel_refuses_stands_beside_its_box_and_what_was_typed_stays(cast: Cast, kind: str, data):
    names = opening_names(entry(kind))
    said = {name: data.draw(typed, label=name) for name in names} | {KEY: "a" * 32}
    form = opening_form(entry(kind), said)
    by = opener(cast, kind)
    with transaction.atomic():
        record = open_by_form(form, by=by)
        transaction.set_rollback(True)
    if record is not None:
        assert not form.errors
        return
    assert form.errors
    for name in names:
        assert form[name].value() == said[name], "what was typed stays"
        if field_type(entry(kind).spec, name) in (
            "text",
            "phone",
            "unit",
            "place",
            "person",
            "datetime",
            None,
        ):
            assert escape(said[name]) in str(form[name]) or not said[name]
    if not [one for one in form.errors if one != "__all__"]:  # said above the form: it names no box of it
        refusal = kernel(kind, form.values(), by)
        assert refusal is not None, "a form refuses nothing that the kernel takes"
        titles = {str(field.label) for field in form.fields.values()}
        assert not titles & set(
            str(refusal.facts.get("field") or refusal.facts.get("fields") or "").split("、")
        )


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(data=st.data())
def test_every_box_that_the_kernel_names_is_named_by_the_form(cast: Cast, kind: str, data):
    """One box is written wrongly, the others rightly: the fault stands at that box and at no other."""
    by = opener(cast, kind)
    right = {"title": "一件", "place": cast.grid.code if by == cast.grid_member else cast.street.code}
    name = data.draw(st.sampled_from(opening_names(entry(kind))))
    said = right | {name: data.draw(typed)}
    refusal = kernel(kind, {key: value.strip() for key, value in said.items() if value.strip()}, by)
    form = opening_form(entry(kind), said | {KEY: "b" * 32})
    with transaction.atomic():
        record = open_by_form(form, by=by)
        transaction.set_rollback(True)
    if refusal is not None:
        assert record is None
        if refusal.code in ("bad_value", "missing", "not_found", "ambiguous"):
            assert set(form.errors) == {name}, (refusal, form.errors)


def test_the_same_form_twice_writes_once(cast: Cast):
    said = {"title": "井盖", "place": cast.grid.code, KEY: "k" * 32}
    first, second = (
        open_by_form(opening_form(entry("street.event"), said), by=cast.grid_member) for _ in range(2)
    )
    assert first == second
    assert Record.objects.count() == Act.objects.count() == 1
    third = open_by_form(opening_form(entry("street.event"), said | {KEY: "m" * 32}), by=cast.grid_member)
    assert third != first


def test_the_same_step_twice_is_one_act(cast: Cast):
    record = event(cast)
    said = {"level": "major", "handler": "住建局", "note": "请尽快", KEY: "s" * 32}
    for _ in range(2):
        fresh = Record.objects.get(pk=record.pk)
        assert step_by_form(step_form(fresh, "accept", said), fresh, "accept", by=cast.dispatcher)
    assert Act.objects.get(verb="accept").note == "请尽快"


def test_every_form_has_a_key_of_its_own(cast: Cast):
    one, other = (opening_form(entry("street.event")) for _ in range(2))
    assert one[KEY].value() != other[KEY].value()
    without = opening_form(entry("street.event"), {"title": "井盖"})
    assert open_by_form(without, by=cast.grid_member) is None, (
        "without a key a double click would write twice"
    )


def test_of_two_who_send_the_same_step_the_second_is_told_above_the_form(cast: Cast):
    record, stale = event(cast), None
    stale = Record.objects.get(pk=record.pk)
    accept(cast, record)
    form = step_form(stale, "accept", {"level": "normal", "handler": "住建局", "note": "我来", KEY: "t" * 32})
    assert step_by_form(form, stale, "accept", by=cast.deputy) is None
    assert "现在是「办理中」" in form.non_field_errors()[0]
    assert form["note"].value() == "我来"


def test_a_name_that_is_not_there_or_there_twice_is_said_at_its_box(cast: Cast):
    unit_add(code="T09", name="住建局", kind="department", place=cast.county, valid_from=LONG_AGO)
    record = event(cast)
    for name, word in (("水晶局", "没有找到"), ("住建局", "不止一个")):
        form = step_form(record, "accept", {"level": "normal", "handler": name, KEY: "u" * 32})
        assert step_by_form(form, record, "accept", by=cast.dispatcher) is None
        assert word in form.errors["handler"][0]
        assert not form.non_field_errors()


def test_what_is_known_stands_in_the_boxes_of_a_step_and_private_values_do_not(cast: Cast):
    record = accept(cast, event(cast, level="urgent", phone="13800000000"))
    finish = step_form(record, "finish")
    assert finish["cost"].value() is None
    rating = step_form(event(cast, level="urgent"), "accept")
    assert rating["level"].value() == "urgent"
    assert unseal(record.secret, record.number)["phone"] == "13800000000"
    assert "13800000000" not in str(finish)


def test_what_a_later_step_asks_is_not_asked_when_opening(cast: Cast):
    assert opening_names(entry("street.event")) == ["title", "phone", "contact", "location", "place"]
    assert opening_names(entry("street.meeting")) == ["title", "starts", "ends", "place"]


def test_moments_are_typed_and_shown_in_china_time(cast: Cast):
    said = {"title": "议事", "place": cast.street.code, "starts": "2024-03-09T08:00", KEY: "v" * 32}
    with at_time(moment("2024-03-01 09:00")):
        record = open_by_form(opening_form(entry("street.visit"), said), by=cast.dispatcher)
    assert record is not None
    assert record.starts == datetime(2024, 3, 9, 0, 0, tzinfo=UTC)
    assert step_form(record, "hold")["starts"].value() == "2024-03-09T08:00"


def test_an_empty_box_leaves_what_was_there(cast: Cast):
    record = accept(cast, event(cast))
    record_step(record, "note", {"cost": "12"}, by=cast.dispatcher, at=moment("2024-03-04 12:00"))
    form = step_form(record, "note", {"result": "", "cost": "", KEY: "w" * 32})
    assert step_by_form(form, record, "note", by=cast.dispatcher)
    assert Record.objects.get(pk=record.pk).money == record.money
