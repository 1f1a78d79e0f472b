"""The trail: it holds over everything a house does, and shows every way of changing it afterwards."""

from datetime import UTC, date, datetime

import pytest

from liren.activities.actions import attendance_take
from liren.packs.fields import CHINA
from liren.records.actions import (
    file_attach,
    record_extend,
    record_merge,
    record_open,
    record_step,
    record_transfer,
    record_void,
    tick,
)  # fmt: skip
from liren.records.models import Act, Record
from liren.search.models import Entry
from liren.trail.actions import anchor_set
from liren.trail.chain import START, canonical, link
from liren.trail.models import Anchor, Head
from liren.trail.queries import Break, breaks, holds
from tests.cast import moment
from tests.matters import accept, closed_event, event


@pytest.fixture
def history(cast) -> Record:
    """A house in which everything that can happen has happened. Returns the first matter."""
    first = closed_event(cast, phone="13800000000", cost="12.50")
    record_step(first, "rate", {"rating": "good"}, by=cast.grid_member)
    late = event(cast)
    tick(moment("2024-03-05 09:00"))
    accept(cast, late, at="2024-03-05 10:00", level="major")
    at = moment("2024-03-05 11:00")
    record_extend(late, due=moment("2024-03-20 18:00"), by=cast.dispatcher, note="等配件", at=at)
    record_transfer(late, to=cast.water, by=cast.dispatcher, at=at)
    file_attach(late, name="图.txt", content=b"x", media_type="text/plain", by=cast.dispatcher, at=at)
    record_void(event(cast), by=cast.dispatcher, note="误报", at=at)
    record_merge(event(cast), into=late, by=cast.dispatcher, at=at)
    meeting = record_open(
        "street.meeting", {"title": "楼道", "starts": "2024-03-06"}, by=cast.dispatcher, at=at
    )
    attendance_take(meeting, [{"person": cast.resident, "present": True}], by=cast.dispatcher, at=at)
    record_open("street.shop", {"title": "面馆", "quantity": 3}, by=cast.grid_member, at=at)
    return first


def told() -> list[str]:
    return [found.what for found in breaks()]


def test_it_holds_over_everything_that_happened(history):
    assert told() == []
    assert Act.objects.count() == Head.objects.get().act == 20
    assert {act.verb for act in Act.objects.all()} >= {
        "open", "late", "accept", "rate", "extend", "transfer", "attach", "void", "merge", "attend",
    }  # fmt: skip


def test_it_holds_when_nothing_has_happened(db):
    assert told() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "finish"), ("from_state", "handling"), ("to_state", "handling"), ("by", None), ("note", "改过"),
        ("at", datetime(2024, 3, 4, 1, 10, 0, 1, tzinfo=UTC)), ("entered", datetime(2024, 3, 4, tzinfo=UTC)),
        ("changed", {"title": "另一盏灯"}), ("key", "k"), ("hash", "0" * 64),
    ],
)  # fmt: skip
def test_a_changed_column_of_an_act_is_found(history, column, value):
    act = Act.objects.order_by("id")[3]
    assert getattr(act, column) != value
    Act.objects.filter(pk=act.pk).update(**{column: value})
    found = list(breaks())
    assert found[0] == Break(act.id, str(act.record_id), "内容或次序与链上的摘要不符")


def test_an_act_hung_on_another_record_is_found(history):
    act = history.acts.last()
    other = Record.objects.exclude(pk=history.pk).first()
    Act.objects.filter(pk=act.pk).update(record=other)
    assert next(breaks()).act == act.id


def test_a_deleted_act_is_found(history):
    Act.objects.filter(pk=3).delete()
    assert told()[0] == "第 3 至 3 号记录不见了"


def test_deleted_acts_closed_up_again_are_found(history):
    Act.objects.filter(pk=3).delete()
    for act in Act.objects.filter(pk__gt=3).order_by("id"):
        Act.objects.filter(pk=act.pk).update(id=act.pk - 1)
    assert "内容或次序与链上的摘要不符" in told()


def test_acts_in_another_order_are_found(history):
    one, two = Act.objects.order_by("id")[2:4]
    for act, number in ((one, 1000), (two, one.id), (one, two.id)):
        Act.objects.filter(hash=act.hash).update(id=number)
    assert told().count("内容或次序与链上的摘要不符") >= 2


def test_a_deleted_tail_is_found_even_with_its_records(history):
    last = Act.objects.order_by("-id").first()
    Act.objects.filter(pk=last.pk).delete()
    Entry.objects.filter(record=last.record_id).delete()
    Record.objects.filter(pk=last.record_id).delete()
    assert told() == ["链尾应为第 20 号，实为第 19 号：有留痕被删去或添上"]


def test_a_deleted_tail_with_the_head_set_back_or_away_is_found(history):
    last = Act.objects.order_by("-id").first()
    before = Act.objects.get(pk=last.id - 1)
    Head.objects.all().delete()
    assert "链尾应为第 0 号" in told()[0]
    Head.objects.create(pk=1, act=before.id, hash=before.hash)
    anchor_day = date(2024, 3, 31)
    Anchor.objects.create(day=anchor_day, act=last.id, hash=last.hash)
    Act.objects.filter(pk=last.pk).delete()
    assert told() == ["2024-03-31 的锚点之后的记录被删去", "有这条记录，却没有任何办理留痕"]


def test_an_act_slipped_in_at_the_end_is_found(history):
    act = Act.objects.order_by("-id").first()
    act.pk, act.hash, act.key = act.pk + 1, "1" * 64, None
    act.save(force_insert=True)
    assert told()[0] == "内容或次序与链上的摘要不符"


def test_a_chain_written_anew_is_found_by_the_anchor(history):
    """Whoever can write the database can rehash it all; a published anchor they cannot change."""
    kept = anchor_set(date(2024, 3, 31))
    Act.objects.filter(pk=5).update(note="改过")
    last = START
    for act in Act.objects.order_by("id"):
        last = link(last, act)
        Act.objects.filter(pk=act.pk).update(hash=last)
    Head.objects.update(hash=last)
    assert told() == [f"与 {kept.day} 的锚点不符"]


def test_the_anchor_of_a_day_is_set_once(history, db):
    first = anchor_set(date(2024, 3, 31))
    event_count = Act.objects.count()
    assert (first.act, anchor_set(date(2024, 3, 31))) == (event_count, first)


def test_no_anchor_where_nothing_happened(db):
    assert anchor_set(date(2024, 3, 31)) is None


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("state", "handling", "状态是 handling，留痕说是 closed"),
        ("late_count", 3, "逾期次数是 3，留痕说是 0"),
        ("title", "另一盏灯", "title 是 另一盏灯，留痕说是 路灯不亮"),
        ("level", "urgent", "level 是 urgent，留痕说是 normal"),
        ("money", 125000, "cost 是 125000，留痕说是 1250"),
        ("data", {"rating": "poor", "result": "换了灯"}, "rating 是 poor，留痕说是 good"),
        ("handler", None, "handler 是 None，留痕说是 T01"),
    ],
)
def test_a_record_changed_behind_the_back_is_found(history, column, value, words):
    Record.objects.filter(pk=history.pk).update(**{column: value})
    assert list(breaks()) == [Break(0, history.number, words)]


def test_a_record_slipped_in_without_an_act_is_found(history):
    copy = Record.objects.get(pk=history.pk)
    copy.pk, copy.number = None, "SJ2024-99999"
    copy.save(force_insert=True)
    assert list(breaks()) == [Break(0, "SJ2024-99999", "有这条记录，却没有任何办理留痕")]


def test_a_record_of_a_pack_that_is_gone_is_still_verified(history, shelf):
    del shelf.kinds["street.event"]
    assert told() == []
    Record.objects.filter(pk=history.pk).update(state="handling")
    assert len(told()) == 1


def test_an_act_still_follows_the_one_before_it(history):
    acts = list(history.acts.order_by("id"))
    assert holds(acts)
    acts[1].note = "改过"
    assert not holds(acts)


def test_moments_hash_alike_in_every_time_zone(history):
    act = Act.objects.first()
    before = canonical(act)
    act.at, act.entered = act.at.astimezone(CHINA), act.entered.astimezone(CHINA)
    assert canonical(act) == before


def test_verify_asks_few_questions_however_much_there_is(history, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert told() == []
