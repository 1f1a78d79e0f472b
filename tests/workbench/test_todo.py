"""The to-do list: one for all kinds, in order of time, limits in words, pages by keyset."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.clock import at_time
from liren.people.visibility import viewer_of
from liren.records.actions import record_open
from liren.workbench.presenting.todo import PAGE, Cursor, todo
from tests.cast import Cast, moment
from tests.matters import accept, event

NOW = moment("2024-03-04 10:00")


@pytest.fixture
def now():
    with at_time(NOW):
        yield


def test_limits_are_told_in_words_and_overdue_is_not_only_red(cast: Cast, signed, now):
    event(cast, "2024-03-01 10:00", title="井盖")
    event(cast, "2024-03-04 09:10", title="路灯")
    text = signed(cast.dispatcher).get("/w/").content.decode()
    assert text.index("井盖") < text.index("路灯")
    assert "已逾期" in text
    assert "还剩 1 工作时" in text
    assert 'class="icon icon-late"' in text
    late = text[text.index("井盖") : text.index("路灯")]
    assert "已逾期 " in late, "each overdue card says so itself"


def test_steps_stand_on_the_card_and_lead_to_their_confirmation(cast: Cast, signed, now):
    record = event(cast)
    text = signed(cast.dispatcher).get("/w/").content.decode()
    assert f'href="/w/step/accept/{record.number}/"' in text
    assert "data-one-tap" not in text, "accepting asks for level and handler"


def test_another_street_sees_an_empty_list(cast: Cast, signed, now):
    event(cast)
    text = signed(cast.stranger).get("/w/").content.decode()
    assert "现在没有等您办的事" in text
    assert "路灯" not in text


def test_kinds_narrow_the_list(cast: Cast, signed, now):
    event(cast, title="路灯")
    record_open("street.meeting", {"title": "议事", "place": cast.street}, by=cast.dispatcher)
    client = signed(cast.dispatcher)
    text = client.get("/w/").content.decode()
    assert "?kind=street.event" in text
    narrowed = client.get("/w/?kind=street.meeting").content.decode()
    assert "议事" in narrowed
    assert "路灯" not in narrowed
    assert "路灯" in client.get("/w/?kind=nonsense").content.decode()


def test_pages_follow_one_another_without_gap_or_double(cast: Cast, signed, now):
    for minute in range(PAGE + 5):
        event(cast, f"2024-03-04 09:{minute % 50:02}", title=f"第{minute:03}件")
    client, address, seen = signed(cast.dispatcher), "/w/", []
    while address:
        text = client.get(address).content.decode()
        seen += [
            text[at + 1 : at + 6]
            for at in range(len(text))
            if text.startswith(">第", at) and text[at + 5] == "件"
        ]
        _, _, rest = text.partition('class="onward"><a class="button" href="')
        address = "/w/" + rest.partition('"')[0].replace("&amp;", "&") if rest else ""
    assert len(seen) == len(set(seen)) == PAGE + 5


@pytest.mark.parametrize(
    "text", ["", "x", "1", "1-", "-1", "1-2-3", "９-1", "9" * 30 + "-1", "9" * 18 + "-1"]
)
def test_an_address_that_is_no_cursor_is_the_first_page(cast: Cast, signed, now, text: str):
    event(cast)
    assert "路灯" in signed(cast.dispatcher).get("/w/", {"after": text}).content.decode()


def test_a_cursor_survives_the_address():
    cursor = Cursor(NOW + timedelta(microseconds=7), 42)
    assert Cursor.read(cursor.text) == cursor


def test_the_list_costs_the_same_however_much_waits(cast: Cast, signed, now):
    client, counts = signed(cast.dispatcher), []
    for rows in (1, 8, 40):
        while rows:
            accept(cast, event(cast)) if rows % 3 == 0 else event(cast)
            rows -= 1
        client.get("/w/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/w/")
        counts.append(len(caught))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 10, [query["sql"][:120] for query in caught]


def test_how_many_wait_is_told_up_to_a_bound(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    for module in ("liren.records.waiting", "liren.workbench.presenting.todo"):
        monkeypatch.setattr(f"{module}.BOUND", 2)
    for minute in range(4):
        event(cast, f"2024-03-04 09:1{minute}")
    meeting = {"title": "议事", "place": cast.street}
    record_open("street.meeting", meeting, by=cast.dispatcher, at=moment("2024-03-01 09:00"))
    told = todo(viewer_of(cast.dispatcher, moment("2024-03-05 09:00")), "", "")
    assert [one["count"] for one in told["filters"]] == ["2+", "2+", "1"]
