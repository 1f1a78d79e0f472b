"""Messages: what I was told, how I like to be told; nobody keeps whether I looked."""

from __future__ import annotations

from datetime import time

import pytest
from django.contrib.auth import get_user_model

from liren.notices import county
from liren.notices.actions import notices_send
from liren.notices.models import Notice, Preference
from tests.cast import moment
from tests.console.markup import read
from tests.console.reading import words


@pytest.fixture(autouse=True)
def no_county_file(tmp_path, monkeypatch):
    monkeypatch.setattr(county, "county_file", lambda: tmp_path / "notices.yaml")


@pytest.fixture
def told(town):
    """韩梅 was told of the check twice, urgently once; and of a lead that only inspectors may see."""
    at = moment("2024-03-06 10:00")
    dispatcher = town.cast.dispatcher
    Notice.objects.all().delete()
    notices_send(record=town.check, persons=[dispatcher], text="墙面松动要查", at=at, urgent=False)
    notices_send(record=town.check, persons=[dispatcher], text="墙面松动催办", at=at, urgent=True)
    notices_send(record=town.tip, persons=[dispatcher], text="钟楼的事", at=at, urgent=False)
    return town


def shown(answer):
    page = read(answer.content.decode())
    assert not page.faults, page.faults
    assert len(set(page.ids)) == len(page.ids), sorted(page.ids)
    return page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_stand_whole_in_both_languages(told, opened, lang):
    for path in ("/notices/", "/notices/preferences/"):
        page = opened(path, as_=told.cast.dispatcher, lang=lang)
        assert lang == "zh" or not page.chinese_outside(), page.chinese_outside()


def test_the_last_that_was_said_of_a_record_stands_first_and_what_is_hidden_stays_hidden(told, reader):
    page = shown(reader(told.cast.dispatcher).get("/notices/"))
    assert "墙面松动催办" in words(page)
    assert "2 次" in words(page)
    assert "急" in words(page)
    assert "钟楼" not in words(page)
    assert "墙面松动" not in words(shown(reader(told.cast.deputy).get("/notices/")))


def test_looking_changes_nothing(told, reader):
    before = list(Notice.objects.order_by("pk").values())
    client = reader(told.cast.dispatcher)
    for _ in range(2):
        client.get("/notices/")
    assert list(Notice.objects.order_by("pk").values()) == before
    assert client.post("/notices/").status_code == 405


def test_what_has_moved_on_is_listed_below(told, reader):
    Notice.objects.filter(record=told.check).update(settled=moment("2024-03-07 10:00"))
    page = shown(reader(told.cast.dispatcher).get("/notices/"))
    assert "没有还没办完的消息。" in words(page)
    assert "墙面松动要查" in words(page)


def test_one_says_how_to_be_told_and_wrong_times_stay_in_their_fields(told, reader):
    client = reader(told.cast.dispatcher)
    said = {
        "mail": "yes",
        "digest": "now",
        "quiet_from": "22:15",
        "quiet_to": "06:30",
        "urgent_passes": "yes",
    }
    wrong = client.post("/notices/preferences/", said | {"quiet_to": "早上"})
    assert wrong.status_code == 422
    page = shown(wrong)
    (field,) = [one for one in page.all("input") if one.attrs.get("aria-invalid")]
    assert (field.attrs["name"], field.attrs["value"]) == ("quiet_to", "早上")
    assert not Preference.objects.exists()
    assert client.post("/notices/preferences/", said | {"digest": "hourly"}).status_code == 422
    assert client.post("/notices/preferences/", said).status_code == 302
    chosen = Preference.objects.get(person=told.cast.dispatcher)
    assert (chosen.digest, chosen.quiet_from, chosen.quiet_to, chosen.urgent_passes) == (
        "now",
        time(22, 15),
        time(6, 30),
        True,
    )
    assert (
        client.post("/notices/preferences/", {k: v for k, v in said.items() if k != "mail"}).status_code
        == 302
    )
    chosen.refresh_from_db()
    assert not chosen.mail


def test_the_ways_out_are_said_in_words_and_robots_without_their_addresses(told, reader, settings, tmp_path):
    assert "邮件：本系统没有开通" in words(shown(reader(told.cast.dispatcher).get("/notices/")))
    settings.LIREN_MAIL_FROM = "liren@example.org"
    client = reader(told.cast.dispatcher)
    assert "没有登记邮箱" in words(shown(client.get("/notices/")))
    get_user_model().objects.filter(person=told.cast.dispatcher).update(email="hanmei@example.org")
    (tmp_path / "notices.yaml").write_text(
        'robots:\n  desk: {role: dispatcher, url: "dingtalk://SECRET@TOKEN"}\n', encoding="utf-8"
    )
    text = words(shown(client.get("/notices/")))
    assert "hanmei@example.org" in text
    assert "钉钉群机器人：desk" in text
    assert "SECRET" not in client.get("/notices/").content.decode()


def test_without_signing_in_there_are_no_messages(told, reader):
    for path in ("/notices/", "/notices/preferences/"):
        answer = reader(None).get(path)
        assert answer.status_code == 302
        assert "/account/login/" in answer["Location"]


def test_the_frame_offers_messages_to_who_signed_in_and_administration_to_administrators(told, opened):
    def leads(who) -> set[str]:
        hrefs = {one.attrs.get("href", "") for one in opened("/about/", as_=who).all("a")}
        return {h.partition("?")[0] for h in hrefs} & {"/notices/", "/admin/", "/account/login/", "/account/"}

    assert leads(told.cast.dispatcher) == {"/notices/", "/account/"}
    assert leads(None) == {"/account/login/"}
