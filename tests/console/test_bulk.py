"""One step on many records: each its own write; what is refused for one leaves the others as they are."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.records.actions import record_step
from liren.records.models import Act, Record
from tests.console.markup import read
from tests.console.reading import hrefs, row_heads, words
from tests.console.test_doing import fields, signed_in
from tests.matters import accept, event, finish

EVENTS = "/lists/street.event/"


@pytest.fixture
def matters(town) -> list[Record]:
    """Four reported, one of them handled already."""
    found = [event(town.cast, title=f"路灯{n}") for n in range(4)]
    accept(town.cast, found[3])
    return found


def chosen(records, **more) -> str:
    return f"{EVENTS}bulk/?{urlencode([('pick', one.number) for one in records] + list(more.items()))}"


def send(client, records, step: str, **said):
    page = client.get(chosen(records, step=step))
    form = fields(page.content) | said
    form["pick"] = [
        one.attrs["value"]
        for one in read(page.content.decode()).all("input")
        if one.attrs.get("name") == "pick"
    ]
    return form, client.post(f"{EVENTS}bulk/", form)


def body(answer) -> str:
    return b"".join(answer.streaming_content).decode()


def test_boxes_stand_before_rows_for_who_could_take_a_step(town, matters, opened):
    page = opened(EVENTS, as_=town.cast.dispatcher)
    boxes = [one for one in page.all("input") if one.attrs.get("name") == "pick"]
    assert {one.attrs["value"] for one in boxes} == {one.number for one in matters}
    assert {one.attrs["form"] for one in boxes} == {"bulk"}
    assert not [one for one in boxes if "checked" in one.attrs]
    every = next(way for way in hrefs(page, EVENTS) if "tick=all" in way)
    ticked = [one for one in opened(every, as_=town.cast.dispatcher).all("input") if "checked" in one.attrs]
    assert len([one for one in ticked if one.attrs["name"] == "pick"]) == 4
    public = opened("/lists/gazette.board/")
    assert not [one for one in public.all("input") if one.attrs.get("name") == "pick"]


def test_steps_that_all_allow_are_offered_and_others_for_those_that_do(town, matters, opened):
    page = opened(chosen(matters), as_=town.cast.dispatcher)
    ways = {way.rpartition("step=")[2]: way for way in hrefs(page, f"{EVENTS}bulk/")}
    assert set(ways) >= {"accept", "note"}
    assert ways["accept"].count("pick=") == 3
    assert ways["note"].count("pick=") == 1
    assert "只对其中 3 条" in words(page)
    all_of_them = opened(chosen(matters[:3]), as_=town.cast.dispatcher)
    assert "只对其中" not in words(all_of_them)
    assert "没有一条现在有您能办的步骤" in words(opened(chosen(matters), as_=town.cast.inspector))


def test_one_form_does_each_record_as_its_own_write(town, matters, reader):
    client = reader(town.cast.dispatcher)
    _form, answer = send(client, matters[:3], "accept", level="normal", handler="住建局", note="一批")
    told = body(answer)
    assert "办成 3 条，没办成 0 条" in words(read(told))
    acts = Act.objects.filter(verb="accept", note="一批")
    assert {act.record_id for act in acts} == {one.pk for one in matters[:3]}
    assert len({act.key for act in acts}) == 3
    assert set(
        Record.objects.filter(pk__in=[one.pk for one in matters[:3]]).values_list("state", "handler")
    ) == {("handling", town.cast.housing.pk)}


def test_what_somebody_else_did_meanwhile_is_refused_alone_with_its_reason(town, matters, reader):
    client = reader(town.cast.dispatcher)
    page = client.get(chosen(matters[:3], step="accept"))
    form = fields(page.content) | {"level": "major", "handler": "住建局"}
    form["pick"] = [f"{one.number}~{one.revision}" for one in matters[:3]]
    record_step(
        Record.objects.get(pk=matters[1].pk), "accept", {"handler": town.cast.water}, by=town.cast.deputy
    )
    told = read(body(client.post(f"{EVENTS}bulk/", form)))
    assert "办成 2 条，没办成 1 条" in words(told)
    assert f"{matters[1].number} 刚刚被别人办理过，现在是「办理中」" in words(told)
    assert Record.objects.get(pk=matters[1].pk).handler == town.cast.water
    (again,) = hrefs(told, f"{EVENTS}bulk/")
    assert again == f"{EVENTS}bulk/?pick={matters[1].number}"


def test_the_same_form_sent_again_does_nothing_twice(town, matters, reader):
    client = reader(town.cast.dispatcher)
    form, first = send(client, matters[:2], "accept", level="normal", handler="住建局")
    body(first)
    again = body(client.post(f"{EVENTS}bulk/", form))
    assert "办成 2 条，没办成 0 条" in words(read(again))
    assert Act.objects.filter(verb="accept", record__in=matters[:2]).count() == 2


def test_a_form_broken_off_in_the_middle_goes_on_where_it_stopped(town, matters, reader):
    client = reader(town.cast.dispatcher)
    form, answer = send(client, matters[:3], "accept", level="normal", handler="住建局")
    pieces = iter(answer.streaming_content)
    next(pieces)
    assert matters[0].number in next(pieces).decode(), "each line comes when its record is done"
    assert Act.objects.filter(verb="accept", record__in=matters[:3]).count() == 1
    del pieces, answer  # the browser has gone
    assert "办成 3 条" in words(read(body(client.post(f"{EVENTS}bulk/", form))))
    assert Act.objects.filter(verb="accept", record__in=matters[:3]).count() == 3


def test_what_is_wrong_comes_back_beside_its_field_before_anything_is_done(town, matters, reader):
    client = reader(town.cast.dispatcher)
    _form, answer = send(client, matters[:2], "accept", level="normal", handler="", note="写好的")
    assert answer.status_code == 422
    assert fields(answer.content)["note"] == "写好的"
    assert "id_handler_error" in {one.attrs.get("id") for one in read(answer.content.decode()).elements}
    assert not Act.objects.filter(verb="accept", record__in=matters[:2]).exists()


def test_records_one_may_not_see_are_not_among_them(town, matters, reader):
    assert reader(town.cast.stranger).get(chosen(matters)).status_code == 404
    client = reader(town.cast.dispatcher)
    page = client.get(f"{EVENTS}bulk/?pick={matters[0].number}&pick={town.tip.number}&pick=SJ2099-1")
    assert row_heads(read(page.content.decode())) == []
    assert "另有 2 条不在您能看的范围内" in words(read(page.content.decode()))
    assert "钟楼线索" not in page.content.decode()


def test_who_may_not_take_the_step_is_refused_for_each(town, matters, reader):
    finish(town.cast, matters[3])
    client = reader(town.cast.leader)
    said = {"step": "confirm", "key": "k", "pick": [f"{matters[3].number}~9"]}
    told = read(body(client.post(f"{EVENTS}bulk/", said)))
    assert "办成 0 条，没办成 1 条" in words(told)
    assert not Act.objects.filter(verb="confirm").exists()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_its_pages_are_whole_in_both_languages(town, matters, opened, reader, lang):
    page = opened(chosen(matters, step="accept"), as_=town.cast.dispatcher, lang=lang)
    client = reader(town.cast.dispatcher)
    _form, answer = send(client, matters[:2], "accept", level="normal", handler="住建局")
    done = read(body(answer))
    assert not done.faults
    if lang == "en":
        assert page.chinese_outside() == []
        assert done.chinese_outside() == []


def test_the_page_asks_as_often_for_fifty_records_as_for_two(town, reader):
    records = [event(town.cast, title=f"灯{n}") for n in range(50)]
    client = reader(town.cast.dispatcher)
    counts = []
    for some in (records[:2], records):
        client.get(chosen(some, step="accept"))
        with CaptureQueriesContext(connection) as asked:
            client.get(chosen(some, step="accept"))
            counts.append(len(asked.captured_queries))
    assert counts[0] == counts[1] <= 9


def test_an_expired_session_keeps_the_ticks_and_what_was_typed(town, matters, reader):
    client = reader(town.cast.dispatcher)
    form = fields(client.get(chosen(matters[:2], step="accept")).content)
    form |= {
        "handler": "住建局",
        "note": "写了一段",
        "pick": [f"{one.number}~{one.revision}" for one in matters[:2]],
    }
    client.cookies.pop("liren_session")
    answer = client.post(f"{EVENTS}bulk/", form)
    assert answer["Location"].startswith("/account/login/?next=%2Flists%2Fstreet.event%2Fbulk%2F")
    assert not Act.objects.filter(verb="accept", record=matters[0]).exists()
    signed_in(client, town.cast.dispatcher)
    back = client.get(parse_qs(urlsplit(answer["Location"]).query)["next"][0])
    kept = fields(back.content)
    assert (kept["handler"], kept["note"], kept["key"]) == ("住建局", "写了一段", form["key"])
    picks = [
        one.attrs["value"]
        for one in read(back.content.decode()).all("input")
        if one.attrs.get("name") == "pick"
    ]
    assert picks == form["pick"]


# -- everything the filters leave ---------------------------------------------------------------------


@pytest.fixture
def many(town) -> list[Record]:
    """More than a page of one word, three of them handled already, and one of another word."""
    found = [event(town.cast, title=f"井盖{n:02}") for n in range(54)]
    for one in found[:3]:
        accept(town.cast, one)
    event(town.cast, title="树枝")
    return found


def test_a_step_on_everything_the_filters_leave(town, many, reader):
    client = reader(town.cast.dispatcher)
    page = read(client.get(EVENTS, {"q": "井盖"}).content.decode())
    (way,) = [one for one in hrefs(page, f"{EVENTS}bulk/") if "all=1" in one]
    assert "筛选出的全部 54 条一起办理" in words(page)
    offered = read(client.get(way).content.decode())
    assert "筛选出的全部 54 条" in words(offered)
    step = next(one for one in hrefs(offered, f"{EVENTS}bulk/") if "step=accept" in one)
    answer = client.get(step)
    assert "筛选出的全部 51 条" in words(read(answer.content.decode())), "those that allow it"
    form = fields(answer.content) | {"level": "normal", "handler": "住建局"}
    unsure = client.post(f"{EVENTS}bulk/", form)
    assert unsure.status_code == 422
    assert "我核对过：对这 51 条都办" in words(read(unsure.content.decode()))
    assert Act.objects.filter(verb="accept").count() == 3, "nothing before it is confirmed"
    late = event(town.cast, title="井盖 来晚了")
    record_step(
        Record.objects.get(pk=many[10].pk), "accept", {"handler": town.cast.water}, by=town.cast.deputy
    )
    told = read(body(client.post(f"{EVENTS}bulk/", form | {"sure": "on"})))
    assert "办成 50 条，没办成 1 条" in words(told)
    assert "办到第 50 条，共 51 条" in words(told)
    assert row_heads(told) == []
    assert many[10].number in words(told)
    assert many[20].number not in words(told), "of so many, what was refused is listed"
    late.refresh_from_db()
    assert late.state == "reported", "only what was told and confirmed"


def test_more_than_can_be_done_at_once_is_to_be_narrowed(town, many, reader, monkeypatch):
    monkeypatch.setattr("liren.console.presenting.bulk.MOST", 20)
    answer = reader(town.cast.dispatcher).get(f"{EVENTS}bulk/", {"all": "1", "q": "井盖"})
    assert answer.status_code == 422
    assert "请先收窄筛选" in answer.content.decode()


def test_filters_that_cannot_be_read_do_nothing(town, many, reader):
    answer = reader(town.cast.dispatcher).get(f"{EVENTS}bulk/", {"all": "1", "since": "tomorrow"})
    assert answer.status_code == 422
    assert reader(town.cast.stranger).get(f"{EVENTS}bulk/", {"all": "1"}).status_code == 404
