"""What anybody finds: what packs say is shown, in those states, with those fields, and nothing else."""

from __future__ import annotations

import pytest

from liren.figures.browsing import withheld
from liren.inforce import catalogue
from liren.people.actions import person_add, post_take
from liren.people.models import Person
from liren.portal.presenting.figures import is_open
from liren.records.actions import record_open, record_step
from liren.records.models import Record
from tests.cast import LONG_AGO, moment
from tests.portal.conftest import event

REVIEWS = ("first_review", "first_proof", "second_review", "second_proof", "third_review", "third_proof")


def holder(role: str, place) -> Person:
    person = person_add(name=f"某{role}"[:40])
    post_take(person=person, role=role, starts=LONG_AGO, place=place)
    return person


def article(county, until: str = "publish", title: str = "春耕") -> Record:
    """An article, through the reviews up to a step."""
    at = moment("2024-03-04 09:00")
    values = {
        "title": title,
        "channel": "web",
        "category": "news",
        "text": "正文<script>",
        "place": county.county,
    }
    record = record_open("media_publish.item", values, by=holder("media_editor", county.county), at=at)
    for verb in REVIEWS:
        role = "media_reviewer" if verb.endswith("review") else "media_proofreader"
        record_step(record, verb, {"remark": "内部审校意见"}, by=holder(role, county.county), at=at)
        if verb == until:
            return record
    record_step(record, "publish", {}, by=holder("media_publisher", county.county), at=at)
    return record


def page(client, record) -> str:
    answer = client.get(f"/p/record/{record.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def gone(client, record) -> bool:
    return client.get(f"/p/record/{record.number}/").status_code == 404


def test_an_article_is_read_once_it_is_out_and_only_its_public_fields(client, county):
    draft, out = article(county, until="third_proof", title="未发的稿"), article(county)
    assert gone(client, draft)
    text = page(client, out)
    assert "正文&lt;script&gt;" in text
    assert "内部审校意见" not in text
    listed = client.get("/p/shelf/articles/").content.decode()
    assert out.title in listed
    assert draft.title not in listed
    record_step(out, "withdraw", {"reason": "撤"}, by=holder("media_publisher", county.county))
    assert gone(client, out)


def test_disclosure_by_catalogue_and_not_before_it_is_reviewed(client, county):
    cadre, supervisor = (
        holder("village_cadre", county.community),
        holder("affairs_supervisor", county.community),
    )
    values = {
        "title": "第一季度收支",
        "category": "finance",
        "content": "结余三万",
        "place": county.community,
    }
    record = record_open("village_disclosure.item", values, by=cadre)
    assert gone(client, record)
    record_step(record, "review", by=supervisor)
    assert gone(client, record)
    record_step(record, "publish", by=cadre)
    assert "结余三万" in page(client, record)
    shelf = "/p/shelf/disclosure/"
    assert record.title in client.get(shelf, {"category": "village_disclosure.item:finance"}).content.decode()
    assert (
        record.title not in client.get(shelf, {"category": "village_disclosure.item:party"}).content.decode()
    )
    assert record.title not in client.get(shelf, {"place": county.other_village.code}).content.decode()


def test_a_notice_says_until_when_and_names_nobody(client, county):
    clerk, approver = holder("notice_clerk", county.county), holder("notice_approver", county.county)
    at = moment("2026-11-16 09:00")
    values = {
        "title": "任前公示",
        "category": "appointment",
        "persons": "王小明",
        "text": "拟任",
        "place": county.county,
    }
    record = record_open("notice_public.notice", values, by=clerk, at=at)
    record_step(record, "approve", {"basis": "条例"}, by=approver, at=at)
    assert gone(client, record)
    record_step(record, "post", {"source": "公示栏"}, by=clerk, at=at)
    text = page(client, record)
    assert "王小明" not in text
    assert "拟任" not in text
    assert "2026年11月23日" in text, "five working days after the day of posting"


def test_a_problem_still_in_its_warning_is_on_no_list(client, county):
    inspector, officer = holder("field_inspector", county.county), holder("city_officer", county.county)
    chief, at = holder("city_chief", county.county), moment("2024-03-04 09:00")
    values = {"title": "后街垃圾", "category": "cleaning", "place": county.community}
    record = record_open("city_redblack.problem", values, by=inspector, at=at)
    record_step(
        record, "verify", {"handler": county.housing, "facts": "属实", "masked": True}, by=officer, at=at
    )
    assert gone(client, record)
    assert "后街垃圾" not in client.get("/p/lists/").content.decode()
    record_step(record, "publish", by=chief, at=moment("2024-03-11 09:00"))
    text = page(client, record)
    assert "住建局" in text
    assert "还没有回音" in text
    assert f"problem_no={record.number}" in text
    assert "后街垃圾" in client.get("/p/lists/").content.decode()


def test_doors_open_now_and_paused_ones_say_why(client, county, monkeypatch):
    keeper, checker = holder("centre_keeper", county.county), holder("centre_checker", county.county)
    values = {"title": "综合文化中心", "level": "community", "place": county.community}
    record = record_open("culture_centres.centre", values, by=keeper)
    assert gone(client, record)
    record_step(record, "hang", {"hours": "每天0点至24点", "sign": "已挂"}, by=checker)
    assert "开着" in page(client, record)
    assert record.title in client.get("/p/open/", {"place": county.community.code}).content.decode()
    record_step(record, "pause", {"reason": "修屋顶"}, by=keeper)
    text = page(client, record)
    assert "修屋顶" in text
    assert "暂停开放" in text


def test_place_above_speaks_to_all_below_and_neighbours_do_not(client, county):
    article(county, title="全县的事")
    listed = client.get("/p/shelf/articles/", {"place": county.community.code}).content.decode()
    assert "全县的事" in listed


def test_open_figures_are_of_public_kinds_and_small_cells_are_hidden(client, county, monkeypatch):
    figures = catalogue().figures
    assert is_open(figures["grid_case.reported"])
    assert not is_open(figures["media_publish.items_county"])
    assert client.get("/p/figures/media_publish.items_county/").status_code == 404
    event(county)
    asked = {"place": county.community.code, "period": "2024"}
    text = client.get("/p/figures/grid_case.reported/", asked).content.decode()
    assert "<strong>1</strong>" in text
    assert "怎么算的" in text
    monkeypatch.setattr("liren.look.presenting.words.withheld", lambda result: True)
    hidden = client.get("/p/figures/grid_case.reported/", asked).content.decode()
    assert "<strong>1</strong>" not in hidden
    assert withheld is not None


def test_every_shelf_of_every_pack_leads_to_public_words_only():
    for key, entry in catalogue().kinds.items():
        if entry.spec.shown:
            for name in entry.spec.shown.fields:
                field = entry.spec.fields.get(name)
                assert field is None or (not field.private and field.type != "person"), (key, name)


@pytest.mark.parametrize("shelf", ["matters", "venues", "nonsense"])
def test_shelves_with_pages_of_their_own_have_no_second_one(client, county, shelf):
    assert client.get(f"/p/shelf/{shelf}/").status_code == 404
