"""How many rows use a part of a pack, and what a change of packs would take from them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from liren.inforce import catalogue, pack_roots
from liren.packs.catalogue import load, read_all
from liren.packs.changes import Change
from liren.records.actions import record_open, record_step
from liren.records.queries import kinds_in_use, uses
from liren.records.removals import losses

AT = datetime(2024, 3, 4, tzinfo=UTC)


@pytest.fixture
def entered(county):
    """Two volunteers and a delivery that has ended."""
    for code, more in (
        ("V1", {"category": "党员", "skills": "唱歌、朗读", "phone": "13800000000"}),
        ("V2", {}),
    ):
        record_open("table_case.volunteer", {"title": "韩梅", "code": code, **more}, by=county.clerk, at=AT)
    ended = record_open("table_case.delivery", {"item": "米"}, by=county.clerk, at=AT)
    record_step(ended, "end", by=county.clerk, at=AT)


@pytest.mark.usefixtures("entered")
def test_uses_of_every_sort_of_part():
    volunteer = "table_case.volunteer"
    assert (uses(volunteer), uses("table_case.walk")) == (2, 0)
    assert (uses(volunteer, "standing"), uses("table_case.delivery", "standing")) == (2, 0)
    assert uses(volunteer, choice=("category", "party")) == 1
    assert uses(volunteer, choice=("skills", "sing")) == 1
    assert uses(volunteer, choice=("skills", "drive")) == 0
    assert uses(volunteer, field="phone") == 1
    assert uses(volunteer, field="hours") == 0
    assert uses("table_case.delivery", step="end") == 1
    assert kinds_in_use() == {volunteer: {"standing"}, "table_case.delivery": {"ended"}}


def lost(*changes: tuple[str, object]) -> list[tuple[str, int]]:
    """What is lost by changes, which may leave packs that do not lint: the count is what matters here."""
    made = [
        Change(
            f"table_case.{path}", by="韩梅", at=date(2024, 3, 4), why="试", set=value, remove=value is None
        )
        for path, value in changes
    ]
    after, _ = read_all(pack_roots(), made)
    return [(loss.what, loss.count) for loss in losses(catalogue(), after)]


@pytest.mark.usefixtures("entered")
@pytest.mark.parametrize(
    ("path", "value", "what", "count"),
    [
        ("kinds.volunteer", None, "类型 志愿者登记", 2),
        ("kinds.volunteer.shape", "matter", "类型 志愿者登记", 2),
        ("kinds.volunteer.fields.phone", None, "志愿者登记的字段 联系电话", 1),
        ("kinds.volunteer.fields.code.column", "source", "志愿者登记的字段 志愿者编号（存法不同了）", 2),
        ("kinds.volunteer.fields.category.choices.party", None, "志愿者登记的字段 类别的选项 党员", 1),
        ("roles.clerk", None, "角色 登记员", 1),
    ],
)
def test_what_rows_use_is_lost(path, value, what, count):
    assert (what, count) in lost((path, value))


@pytest.mark.usefixtures("entered")
def test_states_and_steps_in_use_are_lost():
    states = {"here": {"title": "在册"}, "over": {"title": "结束", "end": "true"}}
    steps = {"stop": {"title": "停", "by": "clerk", "from": "here", "to": "over"}}
    found = lost(("kinds.delivery.states", states), ("kinds.delivery.steps", steps))
    assert set(found) == {("物资发放的状态 已注销", 1), ("物资发放的步骤 注销", 1)}


@pytest.mark.usefixtures("entered")
def test_what_nothing_uses_may_go():
    assert lost(("kinds.walk", None), ("kinds.volunteer.fields.category.choices.other", None))[0][1] == 1
    assert lost(("kinds.walk", None), ("kinds.volunteer.fields.hours", None)) == []
    assert lost(("kinds.volunteer.title", "志愿者")) == []


@pytest.mark.usefixtures("entered")
def test_readings_keep_their_figure(county):
    from decimal import Decimal

    from liren.figures.actions import Given, reading_enter

    given = Given(Decimal(3), AT.date(), AT.date(), "后台", AT.date())
    reading_enter("table_case.followers", given, place=county.town, by=county.clerk)
    assert lost(("figures.followers", None)) == [("指标 关注数", 1)]
    assert lost(("figures.delivered", None)) == []


@pytest.mark.usefixtures("county")
def test_the_same_catalogue_loses_nothing():
    assert losses(catalogue(), replace(load(pack_roots()))) == []
