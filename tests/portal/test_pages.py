"""Every page of the portal: for every member of the cast, whole, in both languages, light, and asking no more
of the database when there are more rows."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from liren.clock import at_time
from liren.people.visibility import viewer_of
from liren.places.queries import work_calendar
from liren.portal import keeping, urls
from liren.records.residents import token_for
from tests.activities.test_signups import activity
from tests.cast import moment
from tests.console.markup import Page, read
from tests.portal.conftest import Resident, closed_event, draw, event, photo
from tests.portal.test_shelves import article

ROOT = Path(__file__).resolve().parents[2] / "src" / "liren"
GOLDEN = Path(__file__).with_name("golden") / "queries.yaml"
FIRST_VISIT = 100_000  # bytes over the wire, uncompressed here


@pytest.fixture
def stocked(county):
    """A county with something on every page, and a private link."""
    draw(county)
    record, ended, out = event(county, location="117.1,36.1"), closed_event(county, "half"), article(county)
    coming = activity(county)
    return {
        "matter": record.number, "ended": ended.number, "article": out.number, "activity": coming.number,
        "token": token_for(ended, ended.opener),
    }  # fmt: skip


def addresses(stocked) -> dict[str, str]:
    """A concrete address for every pattern of the portal, by its name."""
    return {
        "home": "/p/", "places": "/p/place/", "places_in": "/p/place/990009/", "report_kinds": "/p/report/",
        "report": "/p/report/grid_case.event/", "matters": "/p/matters/", "track": f"/p/track/?number={stocked['matter']}",
        "mine": "/p/mine/", "forget": "/p/mine/forget/", "private": f"/p/mine/{stocked['token']}/",
        "step": f"/p/mine/{stocked['token']}/rate/", "follow": f"/p/mine/{stocked['token']}/follow/",
        "prove": f"/p/mine/{stocked['token']}/follow/1/",
        "stop": "/p/stop/nothing/", "confirm": "/p/confirm/nothing/", "record_feed": f"/p/record/{stocked['matter']}/feed.atom",
        "shelf": "/p/shelf/articles/", "venues": "/p/open/",
        "lists": "/p/lists/", "figures": "/p/figures/", "figure": "/p/figures/grid_case.reported/?period=2024",
        "map": "/p/map/?place=990009", "spot": "/p/map/spot/?next=/p/map/&point=117.1,36.1",
        "search": "/p/search/?q=路灯", "about": "/p/about/", "feed": "/p/feeds/matters.atom",
        "photo": "/p/photo/" + "0" * 64 + "/", "join": f"/p/record/{stocked['matter']}/join/",
        "own_data": "/p/mine/data/", "ask_erasure": f"/p/mine/{stocked['token']}/erase/", "privacy": "/p/privacy/",
        "sign_up": f"/p/record/{stocked['activity']}/sign-up/", "leave": f"/p/record/{stocked['activity']}/leave/",
        "calendar": f"/p/record/{stocked['activity']}/calendar.ics", "record": f"/p/record/{stocked['matter']}/",
    }  # fmt: skip


#: What a GET of each answers to anybody: pages 200, leads on 302, only to be posted 405, nothing there 404.
STATUS = {
    "track": 302,
    "spot": 302,
    "forget": 405,
    "follow": 405,
    "prove": 405,
    "own_data": 405,
    "ask_erasure": 405,
    "join": 405,
    "sign_up": 405,
    "leave": 405,
    "photo": 404,
    "confirm": 404,
}
CAST = ("nobody", "resident", "grid_member", "dispatcher", "stranger", "handler", "inspector", "leader")


def test_the_list_of_addresses_is_the_resolvers(stocked):
    assert set(addresses(stocked)) == {pattern.name for pattern in urls.urlpatterns}
    assert get_resolver().resolve("/p/").namespace == "portal"


@pytest.mark.parametrize("who", CAST)
def test_every_address_answers_everybody_the_same(stocked, county, who, monkeypatch):
    """The portal is for residents: a post opens nothing here and shuts nothing."""
    person = None if who == "nobody" else getattr(county, who)
    reader = viewer_of(person, moment("2024-03-08 09:00"))
    monkeypatch.setattr("liren.portal.resident.viewer", lambda request: reader)
    client = Client()
    for name, address in addresses(stocked).items():
        assert client.get(address).status_code == STATUS.get(name, 200), (who, name)


def test_nothing_is_written_by_a_get_or_without_a_token_of_the_form(stocked):
    strict = Client(enforce_csrf_checks=True)
    for name in (
        "join",
        "sign_up",
        "leave",
        "forget",
        "report",
        "step",
        "own_data",
        "ask_erasure",
        "follow",
        "prove",
    ):
        answer = strict.post(addresses(stocked)[name], {"name": "张"})
        assert answer.status_code == 403, name
        assert "请退回上一页" in answer.content.decode(), name


def pages(stocked) -> dict[str, str]:
    told = {name: address for name, address in addresses(stocked).items() if name not in STATUS}
    told |= {
        "home_here": "/p/?place=990009001001", "ended": f"/p/record/{stocked['ended']}/",
        "article": f"/p/record/{stocked['article']}/", "activity": f"/p/record/{stocked['activity']}/",
        "activities": "/p/shelf/activities/?past=1", "new": f"/p/mine/{stocked['token']}/?new=1",
        "reopen": f"/p/mine/{stocked['token']}/reopen/", "none": "/p/record/nothing/",
        "map_of_point": "/p/map/?point=117.1,36.1&wide=600",
    }  # fmt: skip
    return {
        name: address for name, address in told.items() if name not in ("feed", "calendar", "record_feed")
    }


def read_page(client: Client, address: str) -> Page:
    return read(client.get(address).content.decode())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_is_whole_and_can_be_walked(stocked, lang):
    client = Resident().settle()
    client.get("/p/", {"lang": lang})
    for name, address in pages(stocked).items():
        found = read_page(client, address)
        assert not found.faults, (name, found.faults)
        assert len(set(found.ids)) == len(found.ids), name
        assert found.all("html")[0].attrs["lang"] == {"zh": "zh-Hans", "en": "en"}[lang]
        levels = [int(one.tag[1]) for one in found.all("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1, name
        assert all(deeper - level <= 1 for level, deeper in pairwise(levels)), (name, levels)
        assert found.all("a")[0].attrs["href"] == "#main"
        for one in found.elements:
            _check_element(found, one, name)
        if lang == "en":
            assert found.chinese_outside() == [], name


def _check_element(found: Page, one, name: str) -> None:
    assert one.tag not in ("style", "iframe", "object"), (name, one)
    # The one script makes the map more comfortable; what it does can be done without it.
    assert one.tag != "script" or one.attrs["src"] == "/static/portal/map.js", (name, one)
    assert "style" not in one.attrs, (name, one)
    assert not [key for key in one.attrs if key.startswith("on")], (name, one)
    for key in ("src", "action"):
        drawn = one.attrs.get(key, "").startswith("data:image/svg+xml,")
        assert drawn or not re.match(r"\w+:|//", one.attrs.get(key, "")), (name, one)
    for key in ("aria-labelledby", "for", "aria-describedby"):
        for id_ in one.attrs.get(key, "").split():
            assert id_ in found.ids, (name, f"{key}={id_}")
    assert one.attrs.get("type") != "image" or one.attrs["alt"], (name, one)
    if one.tag in ("a", "button", "summary", "h1", "h2", "h3", "label", "legend"):
        assert one.text.strip() or one.attrs.get("aria-label"), (name, one)
    if one.tag in ("input", "select", "textarea") and one.attrs.get("type") not in (
        "hidden",
        "image",
        "radio",
        "checkbox",
    ):
        assert [label for label in found.all("label") if label.attrs.get("for") == one.attrs["id"]], (
            name,
            one,
        )


def test_pages_with_faults_are_whole_too(resident):
    page = read(resident.report(title="", category="").content.decode())
    assert not page.faults
    for one in page.elements:
        _check_element(page, one, "report with faults")
    leads = [one.attrs["href"] for one in page.all("a") if one.attrs.get("href", "").startswith("#")]
    assert leads == ["#main", "#id_title", "#category_box"]
    assert {lead[1:] for lead in leads} <= set(page.ids)


def test_golden_query_counts(stocked):
    """What each page asks of the database; `LIREN_GOLDEN=write` notes the counts anew."""
    client, told = Resident().settle(), {}
    work_calendar()  # what a process looks up once is not a page's
    for name, address in pages(stocked).items():
        keeping._kept.clear()
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        told[name] = len(asked)
    if os.environ.get("LIREN_GOLDEN") == "write":
        lines = "".join(f"{name}: {count}\n" for name, count in told.items())
        GOLDEN.write_text(
            f"# Queries a page of the portal asks. See tests/portal/test_pages.py.\n{lines}", "utf-8"
        )
    golden = yaml.safe_load(GOLDEN.read_text("utf-8"))
    if connection.vendor == "postgresql":
        golden["search"] -= 1  # SQLite asks its full-text table first, and for the rows by their keys
    assert told == golden


def test_no_page_grows_with_the_table(stocked, county):
    client = Resident().settle()
    work_calendar()
    wanted = {
        name: pages(stocked)[name]
        for name in ("home_here", "matters", "report", "shelf", "activities", "mine", "map", "map_of_point")
    }

    def asked() -> dict[str, int]:
        counts = {}
        for name, address in wanted.items():
            keeping._kept.clear()
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts[name] = len(queries)
        return counts

    few = asked()
    for n in range(25):
        event(county, title=f"第{n}件")
        activity(county)
    many = asked()
    assert many == few
    text = client.get("/p/matters/").content.decode()
    assert text.count('class="tags"') == 20
    second = client.get("/p/matters/", {"page": "2"}).content.decode()
    assert second.count('class="tags"') == 7


def test_the_first_page_is_kept_until_something_is_written(stocked, county):
    """Kept by place and language, and never longer than a minute; with the clock standing, only a write renews it."""
    client = Resident().settle()
    with at_time(moment("2024-03-08 09:00")):
        first = client.get("/p/")
        with CaptureQueriesContext(connection) as asked:
            again = client.get("/p/")
        assert len(asked) == 2  # the place, the head of the trail
        assert again.content == first.content
        closed_event(county)
        assert client.get("/p/").content != first.content
        assert 'lang="en"' in client.get("/p/", {"lang": "en"}).content.decode()
        assert "Just settled" in client.get("/p/").content.decode()
        assert "Just settled" not in client.get("/p/", {"lang": "zh"}).content.decode()
        other = Resident().settle("990009002")
        assert "刚有结果的事" not in other.get("/p/").content.decode()


def test_a_first_visit_is_light(stocked, county):
    """Page, style sheets and icon, uncompressed; no script, no font."""
    client = Client()
    page = client.get("/p/?place=990009001001").content.decode()
    styles = re.findall(r'<link rel="(?:stylesheet|icon)" href="/static/([^"]+)"', page)
    assert len(styles) >= 5
    weight = len(page.encode())
    for name in styles:
        found = list(ROOT.glob(f"*/static/{name}"))
        assert len(found) == 1, name
        weight += found[0].stat().st_size
    assert weight < FIRST_VISIT / 2, weight


def test_small_pictures_keep_a_list_light(resident):
    resident.report(photos=[photo()])
    page = resident.get("/p/matters/").content.decode()
    small = re.search(r'src="(/p/photo/[0-9a-f]+/\?small=1)"', page)
    assert small
    assert len(resident.get(small[1]).content) < 15_000
    assert 'loading="lazy"' in page


def test_a_photo_of_what_is_not_public_is_not_there(resident, county):
    from liren.records.actions import record_void
    from liren.records.models import File, Record

    resident.report(photos=[photo()])
    address = f"/p/photo/{File.objects.get().sha256}/"
    assert resident.get(address).status_code == 200
    record_void(Record.objects.get(), by=county.dispatcher, note="误报")
    assert resident.get(address).status_code == 404


@pytest.mark.parametrize(
    "onward", ["https://evil.test/", "//evil.test", "/account/", "javascript:alert(1)", "/p//evil"]
)
def test_choosing_a_place_leads_nowhere_else(client, county, onward):
    page = client.get("/p/place/990009/", {"next": onward}).content.decode()
    page = page[page.index("<main") : page.index("</main>")]
    assert f'href="{onward}' not in page
    assert 'href="/p/?place=990009"' in page


def test_the_place_is_remembered_and_an_unknown_one_is_not(client, county):
    client.get("/p/", {"place": "990009001001"})
    assert "明月里" in client.get("/p/").content.decode()
    client.get("/p/", {"place": "123456"})
    client.get("/p/", {"place": "'; drop"})
    assert "明月里" in client.get("/p/").content.decode()
