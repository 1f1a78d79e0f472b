"""Opening a record: who may, where, with what; what is refused leaves nothing behind."""

import pytest

from liren.people.actions import post_leave
from liren.records.actions import record_open
from liren.records.models import Act, Counter, Record
from tests.cast import LONG_AGO, moment
from tests.matters import OPENED, event, refused

AT = moment(OPENED)


def test_a_record_says_where_when_who_and_in_which_state(cast):
    record = event(cast)
    assert (record.kind, record.shape, record.state) == ("street.event", "matter", "reported")
    assert record.place == cast.grid  # the clerk's post says where, unless the form does
    assert record.opener == cast.grid_member
    assert record.opened == AT
    assert record.level == "normal"  # the default
    assert record.due == moment("2024-03-04 11:10")
    act = record.acts.get()
    assert (act.verb, act.from_state, act.to_state, act.by, act.at) == (
        "open",
        "",
        "reported",
        cast.grid_member,
        AT,
    )
    said = {"title": "路灯不亮", "level": "normal", "place": cast.grid.code}
    assert act.changed == said | {"is": f"street.event {record.number}"}


def test_a_resident_needs_no_post_and_stands_where_they_live(cast):
    record = record_open("street.event", {"标题": "井盖松动"}, by=cast.resident, at=AT)
    assert record.place == cast.community
    nobody = record_open("street.event", {"title": "井盖", "place": cast.community}, by=None, at=AT)
    assert nobody.opener is None


def test_titles_and_keys_name_a_field_alike(cast):
    by_title = record_open("street.event", {"标题": "甲", "等级": "较大"}, by=cast.resident, at=AT)
    by_key = record_open("street.event", {"title": "甲", "level": "major"}, by=cast.resident, at=AT)
    assert (by_title.title, by_title.level) == (by_key.title, by_key.level) == ("甲", "major")


def test_the_wrong_role_is_refused(cast):
    with refused("not_yours", "周平", "登记沿街店铺", "网格员、街道指挥员"):
        record_open("street.shop", {"title": "早点铺"}, by=cast.resident, at=AT)


def test_the_wrong_place_is_refused(cast):
    with refused("not_yours", "王芳", cast.grid.code):
        record_open("street.shop", {"title": "早点铺", "place": cast.grid}, by=cast.stranger, at=AT)


def test_a_post_counts_only_while_it_is_held(cast):
    post = cast.grid_member.posts.get()
    with refused("not_yours"):
        record_open(
            "street.shop",
            {"title": "甲", "place": cast.grid},
            by=cast.grid_member,
            at=LONG_AGO.replace(year=1989),
        )
    post_leave(post, at=moment("2024-03-04 09:00"))
    with refused("not_yours"):
        record_open("street.shop", {"title": "甲", "place": cast.grid}, by=cast.grid_member, at=AT)
    record_open("street.shop", {"title": "甲"}, by=cast.grid_member, at=moment("2024-03-04 08:59"))


def test_a_missing_field_is_refused_by_its_title(cast):
    with refused("missing", "标题", "上报网格事项"):
        record_open("street.event", {"level": "major"}, by=cast.grid_member, at=AT)
    with refused("missing", "标题、地点"):
        record_open("street.event", {}, by=None, at=AT)


def test_an_activity_begins_when_it_is_opened_unless_somebody_knows_better(cast):
    """Activities are dated by their start; one without a start would be in no figure."""
    meeting = record_open("street.meeting", {"title": "楼道"}, by=cast.dispatcher, at=AT)
    assert meeting.starts == meeting.opened == AT
    assert meeting.acts.get().changed["starts"] == "2024-03-04T09:10:00+08:00"
    dated = record_open(
        "street.meeting", {"title": "楼道", "starts": "2024-03-08 14:00"}, by=cast.dispatcher, at=AT
    )
    assert dated.starts == moment("2024-03-08 14:00")
    planned = record_open("street.visit", {"title": "走访"}, by=cast.dispatcher, at=AT)
    assert planned.starts is None  # a step asks for it
    assert event(cast).starts is None


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"level": "serious"}, ("等级", "较大")),
        ({"cost": "viel"}, ("花费", "不是数")),
        ({"cost": "1.005"}, ("花费", "分")),
        ({"phone": "abc"}, ("联系电话", "只写数字")),
        ({"title": "长" * 201}, ("标题", "最多 200 字")),
        ({"result": "长" * 20_001}, ("办理结果", "最多 20000 字")),
        ({"title": "空\x00字符"}, ("标题", "不能保存的字符")),
        ({"result": "半个\ud83d字"}, ("办理结果", "不能保存的字符")),
        ({"starts": "gestern"}, ("开始", "2024-03-04 09:10")),
    ],
)
def test_a_bad_value_is_refused_with_what_would_fit(cast, values, words):
    with refused("bad_value", *words):
        event(cast, **values)


def test_an_unknown_field_is_refused_with_a_near_one(cast):
    with refused("unknown_field", "titel", "title"):
        event(cast, titel="甲")
    with refused("unknown_field", "state"):  # the kernel's own columns are no fields
        event(cast, state="closed")


def test_an_unknown_name_is_refused(cast):
    with refused("not_found", "单位", "住建居"):
        event(cast, handler="住建居")
    with refused("not_found", "记录类型", "street.events", "street.event"):
        record_open("street.events", {}, by=cast.grid_member, at=AT)


@pytest.mark.parametrize(
    ("values", "code"),
    [({"level": "x"}, "bad_value"), ({"nonsense": "x"}, "unknown_field"), ({"title": ""}, "missing")],
)
def test_a_refusal_leaves_nothing_behind(cast, values, code):
    event(cast)
    before = (Record.objects.count(), Act.objects.count(), Counter.objects.get().last)
    with refused(code):
        event(cast, **values)
    assert (Record.objects.count(), Act.objects.count(), Counter.objects.get().last) == before


def test_the_same_key_twice_opens_one_record(cast):
    first = record_open("street.event", {"title": "甲"}, by=cast.grid_member, at=AT, key="k1")
    again = record_open("street.event", {"title": "甲"}, by=cast.grid_member, at=AT, key="k1")
    assert again == first
    assert Record.objects.count() == Act.objects.count() == 1


def test_the_same_thing_twice_is_refused(cast):
    shop = record_open("street.shop", {"title": "早点铺"}, by=cast.grid_member, at=AT)
    with refused("already", shop.number):
        record_open("street.shop", {"title": "早点铺", "place": cast.grid}, by=cast.dispatcher, at=AT)
    record_open("street.shop", {"title": "早点铺", "place": cast.community}, by=cast.dispatcher, at=AT)


def test_what_nothing_is_known_of_is_not_the_same_thing(cast):
    for code in ("", "", "B1"):
        record_open("street.visit", {"title": "某户", "code": code}, by=cast.dispatcher, at=AT)
    with refused("already", "B1"):
        record_open("street.visit", {"title": "另一户", "code": "B1"}, by=cast.dispatcher, at=AT)


def test_long_names_with_one_beginning_are_not_the_same_thing(cast):
    start = "很" * 190
    for end in ("甲", "乙"):
        record_open("street.shop", {"title": start + end}, by=cast.grid_member, at=AT)
    assert Record.objects.values("natural_key").distinct().count() == 2
