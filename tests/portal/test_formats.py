"""Calendars (RFC 5545) and feeds (RFC 4287), read back by small strict parsers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from liren.portal import ics
from liren.records.actions import record_open, record_step
from tests.activities.test_signups import activity
from tests.cast import moment
from tests.portal.conftest import closed_event, event

ATOM = "{http://www.w3.org/2005/Atom}"


def parsed(text: str) -> dict[str, str]:
    """The properties of the one VEVENT of an iCalendar stream; whatever is not RFC 5545 fails."""
    assert text.endswith("\r\n")
    lines = text[:-2].split("\r\n")
    for line in lines:
        assert "\n" not in line
        assert "\r" not in line
        assert len(line.encode()) <= 75, line
    whole: list[str] = []
    for line in lines:
        if line.startswith((" ", "\t")):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    stack: list[str] = []
    found: dict[str, str] = {}
    for line in whole:
        name, colon, value = line.partition(":")
        assert colon
        assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[^;:]+)*", name), line
        if name == "BEGIN":
            stack.append(value)
        elif name == "END":
            assert stack.pop() == value
        elif stack == ["VCALENDAR", "VEVENT"]:
            assert name not in found, f"{name} twice"
            found[name] = _unescaped(value)
        else:
            assert name in ("VERSION", "PRODID", "CALSCALE", "METHOD")
    assert stack == []
    for needed in ("UID", "DTSTAMP", "DTSTART"):
        assert found[needed]
    for at in ("DTSTAMP", "DTSTART", "DTEND"):
        datetime.strptime(found[at], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return found


def _unescaped(value: str) -> str:
    out, signs = "", iter(value)
    for sign in signs:
        if sign == "\\":
            after = next(signs)
            assert after in ";,\\nN", "only these are escaped"
            out += "\n" if after in "nN" else after
        else:
            out += sign
    return out


@pytest.mark.parametrize(
    "title", ["包粽子", "一；二;三,四\\五", "长" * 60, "行\n行", "emoji 🎉" * 20, "制\x07表\t符", "a:b;c=d"]
)
def test_every_title_comes_back_as_it_was(title):
    made = ics.event(
        uid="tag:x,2024:1", title=title, starts=moment("2024-03-09 09:00"), ends=None, where="明月里",
        url="https://example.test/1", stamp=moment("2024-03-04 09:00"),
    )  # fmt: skip
    found = parsed(made)
    assert found["SUMMARY"] == "".join(sign for sign in title if sign == "\n" or sign.isprintable())
    assert (found["DTSTART"], found["DTEND"]) == ("20240309T010000Z", "20240309T030000Z")


def test_the_calendar_of_an_activity(client, county):
    record = activity(county)
    answer = client.get(f"/p/record/{record.number}/calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    found = parsed(answer.content.decode())
    assert (found["SUMMARY"], found["LOCATION"], found["STATUS"]) == (
        "包粽子",
        "清溪街道/明月里",
        "CONFIRMED",
    )
    again = parsed(client.get(f"/p/record/{record.number}/calendar.ics").content.decode())
    assert again["UID"] == found["UID"]
    keeper = record.opener
    record_step(record, "cancel", {"reason": "下雨"}, by=keeper)
    found = parsed(client.get(f"/p/record/{record.number}/calendar.ics").content.decode())
    assert found["STATUS"] == "CANCELLED"
    assert int(found["SEQUENCE"]) > int(again["SEQUENCE"])
    other = event(county)
    assert client.get(f"/p/record/{other.number}/calendar.ics").status_code == 404


def feed(client, shelf: str, **asked) -> ElementTree.Element:
    """A feed, checked against what RFC 4287 asks of every feed and entry."""
    answer = client.get(f"/p/feeds/{shelf}.atom", asked)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(answer.content)
    assert root.tag == f"{ATOM}feed"
    for part in [root, *root.iter(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{name}")) == 1, name
        at = part.findtext(f"{ATOM}updated") or ""
        assert datetime.fromisoformat(at).tzinfo is not None
        assert (part.findtext(f"{ATOM}id") or "").startswith("tag:")
        links = part.findall(f"{ATOM}link")
        assert all(link.get("href", "").startswith("http") for link in links)
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    return root


def titles(root: ElementTree.Element) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]


def test_a_feed_of_a_place_and_kind(client, county):
    here = event(county, title="此地 <b>&amp;\x0b 的事")
    event(county, title="别处的事", place=county.other_village)
    root = feed(client, "matters", place=county.community.code)
    assert titles(root) == ["此地 <b>&amp; 的事"]
    assert "别处的事" in titles(feed(client, "matters"))
    first = root.find(f"{ATOM}entry/{ATOM}id").text
    record_step(here, "decline", {"result": "不归本地"}, by=county.dispatcher)
    again = feed(client, "matters", place=county.community.code)
    assert again.find(f"{ATOM}entry/{ATOM}id").text == first, "ids stay"
    assert again.find(f"{ATOM}entry/{ATOM}updated").text != root.find(f"{ATOM}entry/{ATOM}updated").text


@pytest.mark.parametrize(
    "shelf",
    ["matters", "disclosure", "articles", "notices", "activities", "venues", "praised", "mending", "echoes"],
)
def test_every_shelf_has_a_feed_even_an_empty_one(client, county, shelf):
    assert feed(client, shelf) is not None


def test_no_feed_of_what_is_no_shelf(client, county):
    closed_event(county)
    assert client.get("/p/feeds/people.atom").status_code == 404


def test_what_is_for_staff_is_in_no_feed(client, county):
    from tests.portal.test_shelves import article

    article(county, until="third_proof")
    assert titles(feed(client, "articles")) == []
    assert record_open is not None
