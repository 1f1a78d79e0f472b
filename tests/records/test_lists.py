"""Lists: keyset pages in every order, both ways, stable while records come in; only what one may see."""

from datetime import date, timedelta
from itertools import product

import pytest

from liren.clock import at_time, now
from liren.inforce import catalogue
from liren.people.visibility import PUBLIC, viewer_of, visible
from liren.records import lists
from liren.records.actions import History, record_void, records_enter
from liren.records.lists import Asked, Listing, Mark, Order, counted, listed, open_counts, orders, page_of
from liren.records.models import Record
from tests.cast import moment
from tests.matters import accept, closed_event, event, finish

START = moment("2024-03-04 09:00")
PATHS = ("pk", "opened", "due", "quantity", "title", "place_id", "starts")


@pytest.fixture
def entry(shelf):
    return catalogue().kinds["street.shop"]


@pytest.fixture
def shops(cast):
    """130 shops: ten opened in the same minute each, every third without a number of people."""
    rows = [
        History(
            {"title": f"店{n}", "place": cast.grid if n % 2 else cast.street}
            | ({"quantity": n % 7} if n % 3 else {}),
            cast.dispatcher,
            START + timedelta(minutes=n // 10),
        )
        for n in range(130)
    ]
    return records_enter("street.shop", rows)


def walked(rows, order: Order, few: bool = False) -> list[int]:
    """Every key of a list, page by page forwards; at each page the way back is tried too."""
    found: list[int] = []
    mark, more, before = None, True, []
    while more:
        page, more = page_of(rows, order, PATHS, after=mark, few=few)
        if mark is not None:
            first = _mark(page[0], order)
            back, _ = page_of(rows, order, PATHS, before=first, few=few)
            assert [one[0] for one in back] == before
        before = [one[0] for one in page]
        found += before
        mark = _mark(page[-1], order)
    return found


def _mark(row, order: Order) -> Mark:
    name = "place_id" if order.column == "place" else order.column
    return Mark(row[PATHS.index(name)], row[0])


@pytest.mark.parametrize("column", ["opened", "quantity", "title", "place"])
@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("few", [True, False])
def test_every_row_comes_once_in_every_order_and_pages_lead_back(cast, shops, entry, column, down, few):
    rows = listed(entry, Asked(), to=viewer_of(cast.dispatcher, START))
    found = walked(rows, Order(column, down), few)
    assert sorted(found) == sorted(shop.pk for shop in shops)
    name = "place_id" if column == "place" else column
    values = [getattr(Record.objects.get(pk=pk), name) for pk in found[::13]]
    there = [value for value in values if value is not None]
    assert there == sorted(there, reverse=down)
    assert values[len(there) :] == [None] * (len(values) - len(there)), "what has no value comes last"


def test_a_record_entered_meanwhile_moves_no_row(cast, shops, entry):
    rows = listed(entry, Asked(), to=viewer_of(cast.dispatcher, START))
    first, _ = page_of(rows, Order("opened"), PATHS)
    records_enter(
        "street.shop",
        [
            History({"title": f"新{n}", "place": cast.street}, cast.dispatcher, START + timedelta(days=1))
            for n in range(7)
        ],
    )
    second, _ = page_of(rows, Order("opened"), PATHS, after=_mark(first[-1], Order("opened")))
    assert len({row[0] for row in first + second}) == 100


def test_one_sees_in_a_list_what_one_may_see_anywhere(cast, shops, entry):
    accept(cast, event(cast))
    event(cast, place=cast.street)
    for kind in ("street.shop", "street.event", "street.task"):
        told = catalogue().kinds[kind]
        for who in (
            cast.grid_member,
            cast.dispatcher,
            cast.stranger,
            cast.handler,
            cast.resident,
            cast.leader,
        ):
            viewer = viewer_of(who, START + timedelta(hours=5))
            every = visible(Record.objects.filter(kind=kind).exclude(state="void"), to=viewer)
            assert set(listed(told, Asked(), to=viewer)) == set(every), (kind, who.name)
        assert set(listed(told, Asked(), to=PUBLIC)) == set()


def test_a_list_is_narrowed_by_what_the_kind_has(cast):
    entry = catalogue().kinds["street.event"]
    viewer = viewer_of(cast.leader, START)
    done, waiting = closed_event(cast, title="井盖"), event(cast, title="路灯 东侧", level="urgent")
    handled, voided = accept(cast, event(cast, title="路灯 西侧")), event(cast)
    record_void(voided, by=cast.dispatcher, note="误报", at=moment("2024-03-04 11:00"))

    def found(**asked) -> list[Record]:
        return sorted(listed(entry, Asked(**asked), to=viewer), key=lambda one: one.pk)

    assert found() == [done, waiting, handled]
    assert found(state="open") == [waiting, handled]
    assert found(state="ended") == [done]
    assert found(state="void") == [voided]
    assert found(state="handling") == [handled]
    assert found(level="urgent") == [waiting]
    assert found(handler=cast.housing.pk) == [done, handled]
    assert found(place=cast.other_street.code) == []
    assert found(place=cast.community.code) == [done, waiting, handled]
    assert found(words="路灯 东") == [waiting]
    assert found(words=handled.number.lower()) == [handled]
    assert found(words="%") == []
    assert found(since=date(2024, 3, 4), until=date(2024, 3, 4)) == [done, waiting, handled]
    assert found(until=date(2024, 3, 3)) == []
    assert found(closed_since=date(2024, 3, 6), closed_until=date(2024, 3, 6)) == [done]
    with at_time(moment("2024-03-04 18:00")):
        assert found(late="now") == [waiting], "two working hours have passed; handling takes five days"
        assert found(late="ever") == [waiting]


def test_nothing_is_counted_beyond_the_bound(cast, shops, entry, monkeypatch):
    monkeypatch.setattr(lists, "BOUND", 100)
    assert counted(listed(entry, Asked(), to=viewer_of(cast.dispatcher, START))) == 101
    assert counted(listed(entry, Asked(place=cast.grid.code), to=viewer_of(cast.dispatcher, START))) == 65


def test_words_that_are_kept_answer_each_for_whom_they_ask(cast, shops, entry):
    """What is kept is the statement: who asks and what came in meanwhile still decide."""
    kinds = [entry, catalogue().kinds["street.event"]]
    people = [cast.dispatcher, cast.stranger, cast.resident, cast.handler, cast.grid_member, None]
    asked = (Asked(), Asked(state="reported"), Asked(place=cast.grid.code))
    for _ in range(2):
        event(cast)
        for kind, person, wanted in product(kinds, people, asked):
            viewer = viewer_of(person, now())
            rows, listing, order = (
                listed(kind, wanted, to=viewer),
                Listing(kind, wanted, viewer),
                Order("opened"),
            )
            assert listing.counted() == counted(rows), (kind.id, person)
            page = page_of(rows, order, PATHS)
            assert listing.page(order, PATHS, after=None, before=None, few=False) == page, (kind.id, person)
            mark = _mark(page[0][0], order) if page[0] else None
            following = page_of(rows, order, PATHS, after=mark)
            assert listing.page(order, PATHS, after=mark, before=None, few=False) == following


def test_open_work_is_counted_by_kind_without_registers(cast, shops):
    event(cast)
    closed_event(cast)
    assert open_counts(to=viewer_of(cast.dispatcher, START)) == {"street.event": 1}
    assert open_counts(to=viewer_of(cast.stranger, START)) == {}


def test_orders_come_from_what_a_kind_declares(shelf):
    assert orders(catalogue().kinds["street.shop"].spec) == ["title", "opened", "quantity", "place"]
    assert "due" in orders(catalogue().kinds["street.event"].spec)
    assert "starts" in orders(catalogue().kinds["street.meeting"].spec)


def test_chinese_words_are_found_in_every_public_field_and_numbers_in_their_middle(cast):
    lamp = event(cast, title="路灯不亮", phone="13912345678")
    other = finish(cast, accept(cast, event(cast, title="井盖松动")), result="更换了路灯旁的井盖")
    entry = catalogue().kind_entry("street.event")
    viewer = viewer_of(cast.dispatcher, now())

    def found(words: str) -> set[str]:
        return set(listed(entry, Asked(words=words), to=viewer).values_list("number", flat=True))

    assert found("路灯") == {lamp.number, other.number}
    assert found("路灯 井盖") == {other.number}
    assert found("灯") == {lamp.number, other.number}, "one character, too"
    assert found(f"{lamp.number[-3:]} 路灯") == {lamp.number}
    assert found("没有这个词") == set()
    assert found("1391234") == set(), "a private value is in no index"


def test_a_word_that_nearly_all_hold_is_looked_for_in_titles(cast, monkeypatch):
    monkeypatch.setattr("liren.search.narrowing.MOST", 1)
    for n in range(3):
        event(cast, title=f"路灯{n}")
    entry = catalogue().kind_entry("street.event")
    rows = listed(entry, Asked(words="路灯"), to=viewer_of(cast.dispatcher, now()))
    assert rows.count() == 3
