"""Finding things: what was just reported, places by their initials, feeds of one kind, empty shelves."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from liren.people.actions import person_add
from liren.portal.resident import known, selves
from liren.records.models import Record
from liren.search.actions import names_update
from tests.portal.conftest import Resident, closed_event, event
from tests.portal.test_shelves import article


def test_a_report_is_found_at_once_by_any_of_its_words_and_never_by_its_phone(resident):
    resident.report(title="河边路灯不亮", spot="桥头", phone="13800138000")
    for words in ("路灯", "灯 桥头", "wg20", "WG"):
        found = resident.get("/p/search/", {"q": words}).content.decode()
        assert "河边" in found, words
    assert "<mark>路灯</mark>" in resident.get("/p/search/", {"q": "路灯"}).content.decode()
    for words in ("13800138000", "138001"):
        assert "没有找到" in resident.get("/p/search/", {"q": words}).content.decode(), words


def test_what_is_not_out_yet_is_not_found_and_what_is_out_is(resident, county):
    out, draft = article(county), article(county, until="first_review")
    found = resident.get("/p/search/", {"q": "春耕"}).content.decode()
    assert f"/p/record/{out.number}/" in found
    assert f"/p/record/{draft.number}/" not in found


def test_the_remarks_of_the_reviewers_are_not_found_by(resident, county):
    article(county)
    for words in ("内部审校", "春耕 内部"):
        assert "没有找到" in resident.get("/p/search/", {"q": words}).content.decode()


def test_the_own_county_is_searched_and_on_request_the_own_place(resident, county):
    event(county, title="东风路井盖响", place=county.other_street)
    assert "东风路" in resident.get("/p/search/", {"q": "井盖"}).content.decode()
    page = resident.get("/p/search/", {"q": "井盖", "near": "1"}).content.decode()
    assert "没有找到" in page
    assert 'href="?q=%E4%BA%95%E7%9B%96"' in page
    assert "东风路" in Resident().get("/p/search/", {"q": "井盖", "near": "1"}).content.decode()


@pytest.mark.parametrize("words", ["myl", "明月", "mingyue"])
def test_a_place_is_chosen_by_name_initials_or_sound(client, county, words):
    names_update()
    page = client.get("/p/place/", {"q": words, "next": "/p/report/grid_case.event/"}).content.decode()
    assert 'href="/p/report/grid_case.event/?place=990009001001"' in page


def test_grids_are_not_offered_and_an_unknown_name_says_so(client, county):
    names_update()
    assert "990009001001003" not in client.get("/p/place/", {"q": "d3wg"}).content.decode()
    assert "没有这个地名" in client.get("/p/place/", {"q": "zzz"}).content.decode()
    assert "没有这个地名" in client.get("/p/place/990009001/", {"q": "第3"}).content.decode()


def test_a_feed_of_one_kind(client, county):
    event(county, title="路灯不亮")
    whole = client.get("/p/feeds/matters.atom").content.decode()
    one = client.get(
        "/p/feeds/matters.atom", {"kind": "grid_case.event", "place": "990009001"}
    ).content.decode()
    assert "路灯不亮" in whole
    assert "路灯不亮" in one
    assert "网格事项 · 清溪街道" in one
    other = client.get("/p/feeds/matters.atom", {"kind": "estate_smart.repair"}).content.decode()
    assert "路灯不亮" not in other
    assert client.get("/p/feeds/matters.atom", {"kind": "media_publish.item"}).status_code == 404
    assert client.get("/p/feeds/matters.atom", {"kind": "no.such"}).status_code == 404


def test_an_empty_shelf_leads_to_the_place_around(resident, county):
    page = resident.get("/p/matters/").content.decode()
    assert "清溪街道" in page
    assert "?place=990009001" in page
    assert "上一级" not in Client().get("/p/matters/").content.decode()


def test_signing_in_adds_to_what_the_browser_remembers(resident, county):
    """Reported first, signed in later: both are listed, new ones belong to the account."""
    resident.report(title="河边路灯不亮")
    account = person_add(name="周平", place=county.community)
    user = User.objects.create_user("zhouping")
    account.user = user
    account.save()
    resident.force_login(user)
    request = resident.get("/p/mine/").wsgi_request
    assert known(request) == account
    assert len(selves(request)) == 2
    resident.report(title="广场音响太响")
    page = resident.get("/p/mine/").content.decode()
    assert "河边路灯不亮" in page
    assert "广场音响太响" in page
    fresh = Client()
    fresh.force_login(user)
    page = fresh.get("/p/mine/").content.decode()
    assert "广场音响太响" in page
    assert "河边路灯不亮" not in page


def test_who_holds_a_post_reports_as_a_resident_apart_from_it(resident, county):
    user = User.objects.create_user("hanmei")
    county.dispatcher.user = user
    county.dispatcher.save()
    resident.force_login(user)
    resident.report(title="河边路灯不亮")
    assert Record.objects.get(title="河边路灯不亮").opener != county.dispatcher


def test_signing_in_is_offered_where_it_helps(resident, settings):
    settings.LIREN_SMS = "console"
    assert "/account/phone/?next=/p/mine/" in resident.get("/p/mine/").content.decode()
    settings.LIREN_SMS = ""
    assert "/account/phone/" not in resident.get("/p/mine/").content.decode()
    assert "/account/login/?next=/p/mine/" in resident.get("/p/mine/").content.decode()


def test_a_closed_matter_is_found_by_the_words_of_its_answer(client, county):
    closed_event(county, result="换了新灯头")
    assert "换了新<mark>灯头</mark>" in client.get("/p/search/", {"q": "灯头"}).content.decode()
