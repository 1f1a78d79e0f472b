"""Where on the map: tapped, chosen by one's own location, or not at all; and what is open around it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from liren.people.models import Person
from liren.places.models import Outline
from liren.records.actions import record_open, record_void
from liren.records.models import Record
from tests.cast import moment
from tests.console.markup import read
from tests.portal.conftest import closed_event, draw, event

ADDRESS = "/p/report/grid_case.event/"
HERE = "117.100000,36.100000"


@pytest.fixture
def drawn(county):
    draw(county)
    return county


def tap(client, page: str, across: float, down: float) -> str:
    """Tap the picture of a page so far across and down, as a browser without a script sends it; where it leads."""
    form = page.partition('class="pick"')[2]
    told = dict(re.findall(r'<input type="hidden" name="(next|box|w|h)" value="([^"]*)"', form))
    told |= {"at.x": str(float(told["w"]) * across), "at.y": str(float(told["h"]) * down)}
    answer = client.get("/p/map/spot/", told)
    assert answer.status_code == 302
    return answer["Location"]


def test_a_tap_finds_the_point_and_the_place_and_the_report_keeps_both(drawn, resident):
    resident.settle("990009001")
    page = resident.get(ADDRESS).content.decode()
    assert "data:image/svg+xml," in page
    onward = tap(resident, page, 0.2, 0.8)
    told = parse_qs(urlsplit(onward).query)
    assert told["place"] == ["990009001001"], "a tap in the corner of 明月里"
    sent = resident.form(onward) | {"title": "坑", "category": "facility", "location": told["point"][0]}
    assert f'name="location" value="{told["point"][0]}"' in resident.get(onward).content.decode()
    assert resident.post(onward, sent).status_code == 302
    record = Record.objects.get()
    assert record.place == drawn.community
    lon, lat = (float(one) for one in told["point"][0].split(","))
    assert (record.longitude, record.latitude) == (round(lon * 1e6), round(lat * 1e6))
    assert 117.1 < lon < 117.3
    assert 36.0 < lat < 36.2


def test_each_tap_looks_nearer_and_the_way_back_is_there(drawn, resident):
    page = resident.get(tap(resident, resident.get(ADDRESS).content.decode(), 0.5, 0.5)).content.decode()
    assert "每点一次放大一些" in page
    assert "看大一点范围" in page
    assert "不标位置" in page
    wide = [float(one) for one in re.findall(r"wide=(\d+)", tap(resident, page, 0.4, 0.4))]
    assert wide == [pytest.approx(wide[0])]
    assert wide[0] < 5000


def test_pressed_by_keyboard_or_far_outside_nothing_is_chosen(drawn, resident):
    page = resident.get(ADDRESS).content.decode()
    assert "point=" not in tap(resident, page, 0, 0), "browsers tell 0, 0 of a press by keyboard"
    onward = resident.get("/p/map/spot/", {"next": ADDRESS, "point": "100,20"})["Location"]
    assert onward == f"{ADDRESS}?outside=1#where"
    assert "不在本地范围内" in resident.get(onward).content.decode()


@pytest.mark.parametrize(
    "told",
    [
        {"box": "1,2,3"}, {"box": "a,b,c,d"}, {"box": "0,0,10,10", "at.x": "5", "at.y": "5", "w": "nan", "h": "4"},
        {"box": "0,0,10,10", "at.x": "50", "at.y": "5", "w": "9", "h": "9"}, {"point": "x"}, {"point": "36,117"},
        {"box": "10,10,0,0", "at.x": "5", "at.y": "5", "w": "9", "h": "9"}, {},
    ],
)  # fmt: skip
def test_what_no_browser_sends_leads_back_without_a_point(drawn, resident, told):
    answer = resident.get("/p/map/spot/", {"next": "//evil.example/"} | told)
    assert answer["Location"] == "/p/#where"


def test_the_place_follows_the_point_that_was_sent(drawn, resident):
    resident.settle("990009002001")
    resident.report(location=HERE)
    assert Record.objects.get().place == drawn.community
    page = resident.report(title="别处", location="桥头")
    assert page.status_code == 422
    assert "位置没有读懂" in page.content.decode()


def test_before_filing_the_nearest_open_ones_are_shown_and_can_be_joined(drawn, resident):
    for title, y in (("远的", "36.108"), ("近的", "36.1003"), ("太远的", "36.3")):
        event(drawn, title=title, location=f"117.1,{y}")
    record_void(event(drawn, title="作废的", location=HERE), by=drawn.dispatcher, note="重复")
    page = read(resident.get(f"{ADDRESS}?place=990009001001&point={HERE}").content.decode())
    told = [one.text for one in page.all("li") if one.text.count("就是这件") == 1]
    assert ["近的" in told[0], "远的" in told[1], len(told)] == [True, True, 2]
    assert "30 米" in told[0]
    assert "890 米" in told[1]


def test_without_any_boundary_all_is_as_before(county, resident):
    assert not Outline.objects.exists()
    page = resident.get(ADDRESS).content.decode()
    assert "data:image" not in page
    assert 'class="pick-map"' not in page
    assert resident.report().status_code == 200
    record = Record.objects.get()
    assert (record.place, record.longitude) == (county.community, None)
    assert "这里还没有地图" in resident.get("/p/map/").content.decode()


def test_without_a_boundary_ones_own_location_still_counts(county, resident):
    onward = resident.get("/p/map/spot/", {"next": ADDRESS, "point": HERE})["Location"]
    resident.report(location=HERE)
    assert Record.objects.get().place == county.community
    page = resident.get(onward).content.decode()
    assert "河边路灯不亮" in page
    assert "10 米" in page


def test_the_map_shows_what_is_open_and_public_and_nothing_else(drawn, resident):
    shown = event(drawn, title="看得到", location=HERE)
    ended = closed_event(drawn)
    Record.objects.filter(pk=ended.pk).update(longitude=117_100_000, latitude=36_100_000)
    hidden = event(drawn, title="不公开的事", location=HERE)
    Record.objects.filter(pk=hidden.pk).update(kind="opinion_cases.case")
    for address in ("/p/map/?place=990009", "/p/map/?place=990009001001", f"/p/map/?point={HERE}&wide=300"):
        page = resident.get(address).content.decode()
        assert shown.number in page, address
        assert ended.number not in page, address
        assert "不公开的事" not in page, address
        assert '<svg class="chart chart-map"' in page, address


def test_a_matter_shows_where_it_is_and_one_without_a_point_no_map(drawn, resident):
    there, nowhere = event(drawn, location=HERE), event(drawn, title="没有位置的")
    page = resident.get(f"/p/record/{there.number}/").content.decode()
    assert HERE in page
    assert 'class="map-here"' in page
    assert "chart-map" not in resident.get(f"/p/record/{nowhere.number}/").content.decode()


def test_what_people_wrote_is_printed_on_the_map_and_never_run(drawn, resident):
    event(drawn, title="<script>alert(1)</script>", location=HERE)
    drawn.community.__class__.objects.filter(pk=drawn.community.pk).update(name='明"月<b>')
    for address in (f"/p/map/?point={HERE}", f"{ADDRESS}?point={HERE}"):
        page = resident.get(address).content.decode()
        assert "<script>alert" not in page
        assert "月<b>" not in page


def test_many_are_listed_in_part_and_drawn_as_dots(drawn, resident):
    by = Person.objects.get(pk=event(drawn).opener_id)
    for n in range(30):
        values = {
            "title": f"第{n}件",
            "category": "facility",
            "place": drawn.community,
            "location": f"117.1,36.1{n:03}",
        }
        record_open("grid_case.event", values, by=by, at=moment("2024-03-05 09:10"))
    page = resident.get("/p/map/?place=990009001001").content.decode()
    assert page.count('class="map-spot') == 30
    assert page.count("<code>WG2024-") == 20
    assert "这里只列出一部分" in page
