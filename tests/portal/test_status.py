"""The page of a matter: honest, in words, signed; and what the private link allows."""

from __future__ import annotations

import pytest

from liren.clock import now
from liren.notices.models import Notice
from liren.people.actions import post_take
from liren.records.actions import record_extend, record_open, record_step
from liren.records.models import Act
from liren.records.residents import token_for
from tests.cast import moment
from tests.portal.conftest import closed_event, event


def link_of(record) -> str:
    return f"/p/mine/{token_for(record, record.opener)}/"


@pytest.mark.parametrize(
    ("outcome", "words"), [("fixed", "已解决"), ("half", "部分解决"), ("not_fixed", "未能解决")]
)
def test_half_fixed_and_not_fixed_are_shown_as_such(client, county, outcome, words):
    record = closed_event(county, outcome)
    page = client.get(f"/p/record/{record.number}/").content.decode()
    assert f"已办结：<strong>{words}</strong>" in page
    assert words in client.get("/p/matters/").content.decode()


def test_the_reply_is_signed_by_office_and_person_and_sealed(client, county):
    record = closed_event(county, result="换了新灯")
    page = client.get(f"/p/record/{record.number}/").content.decode()
    act = Act.objects.get(record=record, verb="finish")
    assert "换了新灯" in page
    assert "住建局 承办单位 赵工" in page
    assert f"№{act.pk}" in page
    assert act.hash in page
    assert "没有被改动" in page


def test_a_resident_is_not_named_even_where_being_one_is_a_post(client, county):
    """Some packs keep residents as posts: that makes none of them an office."""
    post_take(
        person=county.resident, role="resident", place=county.community, starts=moment("2020-01-01 08:00")
    )
    values = {"title": "灯", "category": "facility", "place": county.community}
    record = record_open("grid_case.event", values, by=county.resident, at=moment("2024-03-04 09:10"))
    page = client.get(f"/p/record/{record.number}/").content.decode()
    assert county.resident.name not in page
    assert "居民" in page


def test_how_residents_rate_it_is_for_all_to_see_and_their_words_are_not(client, county):
    record = closed_event(county, "half")
    record_step(record, "rate", {"rating": "poor"}, by=record.opener, note="我住在三楼")
    public = client.get(f"/p/record/{record.number}/").content.decode()
    assert "<strong>不满意</strong>" in public
    assert "三楼" not in public
    assert "我住在三楼" in client.get(link_of(record)).content.decode()


def test_a_changed_reply_is_found_out(client, county):
    record = closed_event(county)
    Act.objects.filter(record=record, verb="finish").update(changed={"result": "从未修过"})
    assert "留痕核对不符" in client.get(f"/p/record/{record.number}/").content.decode()


def test_who_has_it_and_until_when(client, county):
    at = now()
    record = record_open(
        "grid_case.event",
        {"title": "灯", "category": "facility", "place": county.community},
        by=county.resident,
        at=at,
    )
    page = client.get(f"/p/record/{record.number}/").content.decode()
    assert "还剩 2 工作时" in page or "还剩" in page
    record_step(record, "accept", {"level": "normal", "handler": county.housing}, by=county.dispatcher)
    page = client.get(f"/p/record/{record.number}/").content.decode()
    assert "住建局" in page
    assert "工作日" in page
    assert "周平" not in page, "residents are not named"


def test_an_extension_says_why_and_a_passed_limit_is_not_hidden(client, county):
    record = event(county)
    record_step(
        record, "accept", {"level": "normal", "handler": county.housing}, by=county.dispatcher,
        at=moment("2024-03-05 10:00"),
    )  # fmt: skip
    record_extend(
        record,
        due=moment("2024-03-29 10:00"),
        by=county.handler,
        note="等配件",
        at=moment("2024-03-06 10:00"),
    )
    page = client.get(f"/p/record/{record.number}/").content.decode()
    assert "等配件" in page
    assert "超过时限 1 次" in page
    assert "超过期限" in page, "it is past the later limit as well"


def test_notes_of_the_office_and_levels_stay_inside(client, county):
    record = event(county)
    record_step(
        record,
        "accept",
        {"level": "urgent", "handler": county.housing},
        by=county.dispatcher,
        note="内部备注",
    )
    page = client.get(f"/p/record/{record.number}/").content.decode()
    assert "内部备注" not in page
    assert "紧急" not in page


def test_not_fixed_goes_back_to_the_office_which_is_told(client, county):
    record = closed_event(county)
    link = link_of(record)
    page = client.get(link).content.decode()
    assert f"{link}reopen/" in page
    form = client.get(f"{link}reopen/").content.decode()
    key = form.split('name="key" value="')[1].split('"')[0]
    Notice.objects.all().delete()
    for _ in range(2):  # double click
        sent = client.post(f"{link}reopen/", {"key": key, "note": "还是不亮"})
        assert sent.status_code == 302
    record.refresh_from_db()
    assert (record.state, record.closed) == ("handling", None)
    assert Act.objects.filter(record=record, verb="reopen").count() == 1
    assert county.dispatcher.pk in Notice.objects.values_list("person", flat=True)
    assert "还是不亮" in client.get(link).content.decode()
    assert "还是不亮" not in client.get(f"/p/record/{record.number}/").content.decode()


def test_rating_by_the_private_link_alone(client, county):
    record = closed_event(county)
    link = link_of(record)
    page = client.get(f"{link}rate/").content.decode()
    assert "满意" in page
    key = page.split('name="key" value="')[1].split('"')[0]
    wrong = client.post(f"{link}rate/", {"key": key, "note": "写了很多"})
    assert wrong.status_code == 422
    assert "写了很多" in wrong.content.decode(), "what was typed stays"
    assert client.post(f"{link}rate/", {"key": key, "rating": "poor"}).status_code == 302
    record.refresh_from_db()
    assert record.data["rating"] == "poor"


@pytest.mark.parametrize("verb", ["accept", "confirm", "finish", "nothing", "reopen"])
def test_the_private_link_takes_no_step_of_the_office(client, county, verb):
    record = event(county)
    link = link_of(record)
    assert client.get(f"{link}{verb}/").status_code == 404
    sent = client.post(f"{link}{verb}/", {"key": "k" * 32, "note": "x"})
    assert sent.status_code in (404, 422)
    record.refresh_from_db()
    assert record.state == "reported"


def test_a_forged_link_is_no_link(client, county):
    record = closed_event(county)
    token = token_for(record, record.opener)
    other = event(county)
    head, _, tail = token.rpartition(":")
    forged = token_for(other, other.opener).rpartition(":")[0] + ":" + tail
    for wrong in (token[:-1], head, forged, "x", "1:2"):
        assert client.get(f"/p/mine/{wrong}/").status_code == 404
        assert client.post(f"/p/mine/{wrong}/reopen/", {"key": "k"}).status_code == 404
    record.refresh_from_db()
    assert record.state == "closed"


def test_a_number_leads_to_its_page(client, county):
    record = event(county)
    found = client.get("/p/track/", {"number": f" {record.number.lower()} "})
    assert found["Location"] == f"/p/record/{record.number}/"
    assert client.get("/p/track/", {"number": "WG1999-1"}).status_code == 404
    assert client.get("/p/track/").status_code == 302


def test_a_void_matter_is_gone_from_the_portal_but_not_from_its_link(client, county):
    from liren.records.actions import record_void

    record = event(county)
    record_void(record, by=county.dispatcher, note="重复登记")
    assert client.get(f"/p/record/{record.number}/").status_code == 404
    page = client.get(link_of(record)).content.decode()
    assert "已作废" in page
    assert "重复登记" in page
