"""With whose eyes a demo site is read: a signed choice among its cast, and nothing of it elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from liren.people.actions import person_add, post_take
from tests.console.markup import read
from tests.console.reading import words

AGO = datetime(2010, 1, 1, tzinfo=UTC)


@pytest.fixture
def demo(town, settings):
    """The town as a demo site, with an inspector and one leader in its cast."""
    settings.LIREN_DEMO = True
    inspector = person_add(name="督查员", code="cast-inspector")
    post_take(person=inspector, role="inspector", starts=AGO, place=town.cast.county)
    leader = person_add(name="青禾县领导", code="cast-leader-qinghe")
    post_take(person=leader, role="leader", starts=AGO, place=town.cast.county)
    return town


def seen(client, town, query: str = "") -> int:
    return client.get(f"/records/{town.tip.number}/{query}").status_code


def test_the_inspector_reads_first_and_every_page_says_so(demo, client):
    assert seen(client, demo) == 200
    page = read(client.get("/").content.decode())
    said = words(page)
    assert "演示站点，内容均为虚构" in said
    assert "督查员" in said
    assert "?as=resident" in [one.attrs.get("href") for one in page.all("a")]
    assert "?as=leader-qinghe" in [one.attrs.get("href") for one in page.all("a")]


def test_a_choice_holds_for_this_request_and_is_kept_in_a_signed_cookie(demo, client):
    assert seen(client, demo, "?as=resident") == 404
    assert seen(client, demo) == 404
    assert seen(client, demo, "?as=leader-qinghe") == 404, "the tip is for the inspector alone"
    assert client.get(f"/records/{demo.check.number}/").status_code == 200
    kept = client.cookies["liren_as"]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert ":" in kept.value, "signed"


@pytest.mark.parametrize("forged", ["inspector", "inspector:abc", "leader-qinghe:1x:zzz", ""])
def test_a_cookie_that_nobody_signed_counts_for_nothing(demo, client, forged):
    client.get("/?as=resident")
    client.cookies["liren_as"] = forged
    assert seen(client, demo) == 200, "as without a cookie"


@pytest.mark.parametrize("asked", ["leader-nowhere", "admin", "../x", "cast-inspector", ""])
def test_only_the_cast_can_be_chosen(demo, client, asked):
    client.get("/?as=resident")
    assert seen(client, demo, f"?as={asked}") == 404, "the choice before stays"


def test_links_to_other_eyes_keep_the_rest_of_the_address(demo, client):
    page = read(client.get("/figures/?q=公告&pack=gazette").content.decode())
    links = [one.attrs["href"] for one in page.all("a") if "as=resident" in one.attrs.get("href", "")]
    assert links == ["?q=%E5%85%AC%E5%91%8A&pack=gazette&as=resident"]


def test_elsewhere_there_is_no_banner_and_no_choice(town, client, settings):
    settings.LIREN_DEMO = False
    assert seen(client, town) == 404
    assert seen(client, town, "?as=inspector") == 404
    page = client.get("/?as=inspector")
    assert "liren_as" not in page.cookies
    assert "as=resident" not in page.content.decode()


def test_pages_are_kept_by_no_shared_cache(town, client):
    answer = client.get("/")
    assert "private" in answer["Cache-Control"]
    assert "Cookie" in answer["Vary"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
