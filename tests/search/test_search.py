"""Who finds what, in which order, how it is shown; and that the index follows the records."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from liren.clock import now
from liren.people.actions import post_leave
from liren.people.visibility import PUBLIC, viewer_of
from liren.places.actions import place_add
from liren.records.actions import record_open, record_step, record_void
from liren.records.models import Record
from liren.search.actions import index, keep_up, rebuild, records_indexed
from liren.search.models import Entry, Made
from liren.search.queries import names, search
from tests.cast import moment
from tests.matters import accept, event, finish

NOW = moment("2024-03-08 09:00")


@pytest.fixture
def street(cast):
    """Four matters of the street, indexed; `found(text)` is what 韩梅 finds, newest first."""
    lamp = event(cast, at="2024-03-04 09:10", title="路灯不亮")
    road = event(cast, at="2024-03-06 09:10", title="道路，灯光都坏了")
    pipe = event(cast, at="2024-03-05 09:10", title="水管漏水")
    shop = record_open(
        "street.shop",
        {"title": "路灯商店", "category": "food"},
        by=cast.grid_member,
        at=moment("2024-03-01 08:00"),
    )
    records = [lamp, road, pipe, shop]

    class Street:
        viewer = viewer_of(cast.dispatcher, NOW)

        @classmethod
        def found(cls, text, **more):
            return [hit.record.title for hit in search(text, to=more.pop("to", cls.viewer), **more).hits]

    Street.lamp, Street.road, Street.pipe, Street.shop = records
    return Street


def test_newest_first_and_never_across_punctuation(street):
    assert street.found("路灯") == ["路灯不亮", "路灯商店"]
    assert street.found("灯") == ["道路，灯光都坏了", "路灯不亮", "路灯商店"]
    assert street.found("灯 不亮") == ["路灯不亮"]
    assert street.found("桥") == street.found("") == street.found("，。") == []


def test_every_result_is_one_the_viewer_may_see(street, cast):
    everything = ["道路，灯光都坏了", "路灯不亮", "路灯商店"]
    assert street.found("灯", to=viewer_of(cast.leader, NOW)) == everything
    assert street.found("灯", to=viewer_of(cast.stranger, NOW)) == []
    assert street.found("灯", to=PUBLIC) == []
    assert street.found("灯", to=viewer_of(cast.resident, NOW)) == []
    mine = record_open(
        "street.event", {"title": "灯罩破了", "place": cast.community}, by=cast.resident, at=NOW
    )
    index(mine)
    assert street.found("灯", to=viewer_of(cast.resident, NOW)) == ["灯罩破了"]
    post_leave(cast.dispatcher.posts.get(), at=moment("2024-03-07 00:00"))
    assert street.found("灯", to=viewer_of(cast.dispatcher, NOW)) == []


def test_place_and_kind_narrow_it(street, cast):
    assert street.found("灯", kinds=["street.shop"]) == ["路灯商店"]
    assert street.found("灯", kinds=["street.shop", "street.event", "no.such"]) == street.found("灯")
    assert street.found("灯", kinds=[]) == street.found("灯", kinds=["street"]) == []
    for inside in (cast.county, cast.street, cast.community, cast.grid):
        assert street.found("路灯", place=inside.code) == ["路灯不亮", "路灯商店"]
    assert street.found("路灯", place=cast.other_street.code) == []
    assert street.found("路灯", place='990009" OR body : "灯') == []


def test_numbers_are_found_whole_and_from_the_beginning(street):
    number = street.lamp.number
    assert number == "SJ2024-00001"
    for asked in (number, "sj2024-00001", "00001", "ＳＪ２０２４-0000１"):
        assert "路灯不亮" in street.found(asked), asked
    assert len(street.found("SJ")) == 3
    assert street.found("J2024") == []


def test_the_exact_number_comes_first_and_stays_one_hit(street):
    rewrite(street.pipe, title=f"同 {street.lamp.number} 一起办")
    rewrite(street.road, title=f"见 {street.lamp.number}")
    assert street.found(street.lamp.number) == ["路灯不亮", "见 SJ2024-00001", "同 SJ2024-00001 一起办"]
    first = search(street.lamp.number, to=street.viewer, limit=2)
    rest = search(street.lamp.number, to=street.viewer, limit=2, after=first.after)
    titles = [hit.record.title for hit in [*first.hits, *rest.hits]]
    assert titles == ["路灯不亮", "见 SJ2024-00001", "同 SJ2024-00001 一起办"]
    for bad in ("\x00", "\ud800", "1" * 999):
        street.found(bad)


def rewrite(record: Record, **changes) -> None:
    for name, value in changes.items():
        setattr(record, name, value)
    record.save()
    index(record)


def test_private_values_are_never_found(street, cast):
    record = event(cast, title="有事", phone="13800001234")
    index(record)
    assert street.found("有事") == ["有事"]
    assert street.found("13800001234") == street.found("1380") == []
    assert "1380" not in "".join(Entry.objects.values_list("text", flat=True))


def test_a_field_made_private_later_is_not_found_any_more(street, cast, shelf, monkeypatch):
    """What was typed in before still lies in the open data; the pack says now that it is private."""
    finish(cast, accept(cast, street.lamp), result="换了二十瓦的灯泡")
    rebuild()
    assert street.found("灯泡") == ["路灯不亮"]
    fields = shelf.kinds["street.event"].spec.fields
    monkeypatch.setitem(fields, "result", fields["result"].model_copy(update={"private": True}))
    assert all(not hit.excerpt for hit in search("灯泡", to=street.viewer).hits)
    rebuild()
    assert street.found("灯泡") == []


def test_the_index_follows_the_record(street, cast):
    finish(cast, accept(cast, street.lamp), result="换了二十瓦的灯泡")
    assert street.found("灯泡") == ["路灯不亮"]
    rewrite(street.lamp, title="井盖松动")
    assert street.found("路灯") == ["路灯商店"]
    assert street.found("井盖 灯泡") == ["井盖松动"]


def test_an_earlier_date_or_another_place_moves_it(street, cast):
    rewrite(street.lamp, opened=moment("2024-02-01 09:00"))
    assert street.found("路灯") == ["路灯商店", "路灯不亮"]
    rewrite(street.lamp, place=cast.other_village)
    assert street.found("路灯", place=cast.grid.code) == ["路灯商店"]
    assert street.found("路灯", to=viewer_of(cast.leader, NOW), place=cast.other_street.code) == ["路灯不亮"]


def test_a_void_record_leaves_the_index_but_for_its_number(street, cast):
    record_void(street.lamp, by=cast.dispatcher, note="报错了", at=moment("2024-03-04 09:30"))
    assert street.found("路灯") == ["路灯商店"]
    assert street.found("SJ2024-00001") == ["路灯不亮"]
    assert street.found("2024-00001") == []


def test_what_did_not_change_is_not_written(street, cast):
    record_step(
        street.lamp, "accept", {"handler": cast.housing}, by=cast.dispatcher, at=moment("2024-03-04 10:00")
    )
    with CaptureQueriesContext(connection) as asked:
        assert records_indexed([street.lamp, street.lamp, street.pipe]) == 0
    assert sum("search_" in query["sql"] for query in asked) == 1


def test_many_records_cost_few_queries(street, cast):
    records = [Record.objects.get(pk=street.pipe.pk) for _ in range(300)]
    for number, record in enumerate(records):
        record.pk, record.number = None, f"ZZ{number}"
    records = Record.objects.bulk_create(records)
    with CaptureQueriesContext(connection) as asked:
        assert records_indexed(records) == 300
    assert len(asked) < 10
    with CaptureQueriesContext(connection) as asked:
        assert len(street.found("漏水", limit=250)) == 250
    assert len(asked) <= 3


def test_pages_join_without_gap_or_double(street, cast):
    every = [
        event(cast, title=f"第{n}盏灯", at=f"2024-03-07 {n // 60 + 8:02}:{n % 60:02}") for n in range(23)
    ]
    records_indexed(every)
    found, after, pages = [], None, 0
    while True:
        page = search("灯", to=street.viewer, limit=5, after=after)
        found += [hit.record.pk for hit in page.hits]
        after, pages = page.after, pages + 1
        if after is None:
            break
    expected = [street.shop, street.lamp, street.road, *every]
    assert found == [record.pk for record in reversed(expected)]
    assert pages == 6
    assert search("灯", to=street.viewer, limit=26).after is None
    assert search("灯", to=street.viewer, limit=0).hits == []


def test_few_visible_among_many_are_all_found(street, cast, monkeypatch):
    """On SQLite the keys come in portions: those who see little go through many."""
    from liren.search import matching

    monkeypatch.setattr(matching, "_FIRST", 2)
    monkeypatch.setattr(matching, "_MOST", 3)
    theirs = [event(cast, title=f"灯{n}") for n in range(9)]
    for record in theirs[1:-1]:
        rewrite(record, place=cast.other_village)
    records_indexed([theirs[0], theirs[-1]])
    found = street.found("灯")
    assert sorted(found) == sorted(["灯0", "灯8", "路灯不亮", "路灯商店", "道路，灯光都坏了"])


def test_hits_show_where_they_are(street, cast):
    finish(cast, accept(cast, street.lamp), result="路边。换了二十瓦的灯泡，再没有坏")
    street.lamp.refresh_from_db()
    index(street.lamp)
    (hit,) = search("灯泡", to=street.viewer).hits
    assert hit.title == [("路灯不亮", False)]
    assert (hit.field, list(hit.excerpt)) == (
        "办理结果", [("路边。换了二十瓦的", False), ("灯泡", True), ("，再没有坏", False)],
    )  # fmt: skip
    (hit, _) = search("路灯", to=street.viewer).hits
    assert hit.title == [("路灯", True), ("不亮", False)]
    assert (hit.field, list(hit.excerpt)) == ("", [])
    hit = search("sj2024", to=street.viewer).hits[0]
    assert hit.number[0] == ("SJ2024", True)


def test_a_record_of_a_pack_that_is_gone_keeps_its_number(street):
    rewrite(street.lamp, kind="gone.kind")
    assert "路灯" not in Entry.objects.get(record=street.lamp).text
    assert rebuild() == 4


def test_rebuilding_makes_the_same_and_says_how_far_it_is(street, monkeypatch):
    from liren.search import actions

    before = list(Entry.objects.order_by("key").values_list())
    Entry.objects.filter(record=street.lamp).update(text="|坏了|")
    monkeypatch.setattr(actions, "_REBUILD_CHUNK", 3)
    told = []
    assert rebuild(told.append) == 4
    assert told == [3, 4]
    assert list(Entry.objects.order_by("key").values_list()) == before
    assert street.found("路灯") == ["路灯不亮", "路灯商店"]


def test_nothing_is_left_behind_in_the_full_text_table(street):
    """Taken out with other words than it was put in with, a row would stay and be found for ever."""
    if connection.vendor != "sqlite":
        pytest.skip("the full-text table is SQLite's")
    for title in ("甲乙丙", "丁丁", "", "WG12路/灯|1"):
        rewrite(street.lamp, title=title)
    for record in (street.lamp, street.road, street.pipe, street.shop):
        rewrite(record, state="void")
    assert not Entry.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab(main, search_letters, row)")
        cursor.execute("SELECT term FROM temp.search_terms")
        assert cursor.fetchall() == []
        cursor.execute("DROP TABLE temp.search_terms")


def test_no_record_is_deleted_from_under_its_words(street):
    record = Record.objects.create(
        number="X1",
        kind="street.event",
        shape="matter",
        place=street.lamp.place,
        state="reported",
        opened=NOW,
    )
    index(record)
    with pytest.raises(ProtectedError):
        record.delete()


def test_the_tick_makes_all_anew_only_when_packs_search_otherwise(street, shelf, monkeypatch):
    assert keep_up() == 4  # the first time, of whatever stands there
    assert keep_up() == 0
    finish_of = shelf.kinds["street.event"].spec.fields
    private = finish_of["title"].model_copy(update={"private": True})
    monkeypatch.setitem(finish_of, "title", private)
    assert keep_up() == 4
    assert street.found("漏水") == []
    assert keep_up() == 0


def test_of_two_loops_one_makes_all_anew_and_a_dead_one_is_taken_over(street):
    keep_up()
    Made.objects.update(by="again", since=now())
    assert keep_up() == 0
    Made.objects.update(since=now() - timedelta(hours=2))
    assert keep_up() == 4


def test_the_tick_learns_names(street):
    keep_up()
    place_add(code="990009001002", name="望江里", kind="community")
    assert names("wjl", to=PUBLIC) == []
    keep_up()
    assert [hit.key for hit in names("wjl", to=PUBLIC)] == ["990009001002"]
