"""The studio: a report's text is looked at, saved as the county's own, issued and compared."""

from __future__ import annotations

import re

import pytest
import yaml

from liren.inforce import catalogue, changes_file
from liren.reports.models import Issue
from tests.console.conftest import enter
from tests.console.markup import read
from tests.console.reading import words

DESK = "/studio/gazette.month/"
ABOUT = "?place=990009001&period=2024-03"
OWN = "# 公告栏\n\n本月{place}有{boards}，见{rare_rate}。\n"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """Changes of packs go into a home of the test's own."""
    settings.LIREN_HOME = tmp_path


@pytest.fixture
def dispatcher(town, reader):
    return reader(town.cast.dispatcher)


def send(client, action: str, **said):
    return client.post(f"{DESK}{action}{ABOUT}", said, follow=False)


def shown(answer):
    page = read(answer.content.decode())
    assert not page.faults, page.faults
    assert len(set(page.ids)) == len(page.ids), sorted(page.ids)
    return page


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_desk_shows_the_text_its_numbers_and_what_may_stand_in_braces(town, opened, lang):
    page = opened(f"{DESK}{ABOUT}", as_=town.cast.dispatcher, lang=lang)
    assert lang == "zh" or not page.chinese_outside(), page.chinese_outside()
    assert "{boards}" in page.all("textarea")[0].text
    assert "公告栏数" in words(page)
    opened("/studio/", as_=town.cast.dispatcher, lang=lang)
    opened(f"{DESK}compare/{ABOUT}", as_=town.cast.dispatcher, lang=lang)


def test_only_who_the_report_is_for_finds_the_studio(town, reader):
    for who in ("grid_member", "handler", "resident", "inspector", "leader", "stranger"):
        client = reader(getattr(town.cast, who))
        for action in ("", "compare/"):
            assert client.get(f"{DESK}{action}{ABOUT}").status_code == 404, (who, action)
        for action in ("", "preview/", "save/", "withdraw/", "issue/"):
            answer = send(client, action, text=OWN, why="改", checked="yes")
            assert answer.status_code == 404, (who, action)
    anonymous = reader(None).get(f"{DESK}{ABOUT}")
    assert anonymous.status_code == 302
    assert "/account/login/" in anonymous["Location"]
    assert not changes_file().exists()
    assert not Issue.objects.exists()


def test_another_street_may_issue_its_own_and_word_nothing(town, reader):
    client = reader(town.cast.stranger)
    page = shown(client.get(f"{DESK}?place=990009002&period=2024-03"))
    assert "readonly" in page.all("textarea")[0].attrs
    assert (
        client.post(f"{DESK}save/?place=990009002&period=2024-03", {"text": OWN, "why": "改"}).status_code
        == 404
    )


def test_a_draft_is_shown_with_its_numbers_and_kept_nowhere(dispatcher):
    page = shown(send(dispatcher, "", text=OWN, why="试试"))
    text = re.sub(r"\s", "", next(one.text for one in page.all("p") if one.text.startswith("本月")))
    assert text == "本月清溪街道有1块，见100%。"
    assert page.all("textarea")[0].text.strip() == OWN.strip()
    part = send(dispatcher, "preview/", text=OWN).content.decode()
    assert "<html" not in part
    assert "公告栏" in part
    assert not changes_file().exists()


def test_faults_stand_beside_their_lines_and_what_was_typed_stays(dispatcher):
    text = "# 公告栏\n\n本月有12块。\n\n见{boardz}和{rare。\n"
    answer = send(dispatcher, "save/", text=text, why="改字")
    page = shown(answer)
    assert answer.status_code == 422
    assert [one.attrs["data-line"] for one in page.elements if "data-line" in one.attrs] == ["3", "5", "5"]
    assert "手写了数字「本月有12块。」" in words(page)
    assert "boardz" in words(page)
    assert page.all("textarea")[0].text.strip() == text.strip()
    assert "改字" in [one.attrs.get("value") for one in page.all("input")]
    assert not changes_file().exists()


def test_a_saved_text_is_the_countys_own_with_who_and_why_and_can_be_withdrawn(dispatcher):
    assert send(dispatcher, "save/", text=OWN, why="").status_code == 422
    assert not changes_file().exists()
    saved = send(dispatcher, "save/", text=OWN.replace("\n", "\r\n"), why="写得短些")
    assert saved.status_code == 302
    (change,) = yaml.safe_load(changes_file().read_text(encoding="utf-8"))
    assert (change["path"], change["by"], change["why"]) == ("gazette.reports.month.body", "韩梅", "写得短些")
    assert catalogue().reports["gazette.month"].spec.body == OWN
    assert "本月清溪街道有" in words(shown(dispatcher.get(f"/reports/gazette.month/{ABOUT}")))
    assert "写得短些" in words(shown(dispatcher.get(f"{DESK}{ABOUT}")))
    assert send(dispatcher, "save/", text=OWN, why="再存一次").status_code == 422, (
        "nothing would be different"
    )
    assert send(dispatcher, "withdraw/", why="还是原来的好").status_code == 302
    assert catalogue().reports["gazette.month"].spec.body is None
    (kept,) = yaml.safe_load(changes_file().read_text(encoding="utf-8"))
    assert kept["withdrawn"]["why"] == "还是原来的好"
    assert send(dispatcher, "withdraw/", why="又一次").status_code == 404, "there is nothing left to withdraw"


def test_issuing_wants_a_check_and_a_second_click_finds_the_first(dispatcher):
    assert send(dispatcher, "issue/").status_code == 422
    first, second = (send(dispatcher, "issue/", checked="yes") for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Issue.objects.get().by.name == "韩梅"
    assert "已印发" in words(shown(dispatcher.get(first["Location"])))


def test_what_moved_since_the_last_issue_is_told_by_number_and_by_line(town, dispatcher, reader):
    assert "还没有印发过" in words(shown(dispatcher.get(f"{DESK}compare/{ABOUT}")))
    send(dispatcher, "issue/", checked="yes")
    assert "没有一个数字变过" in words(shown(dispatcher.get(f"{DESK}compare/{ABOUT}")))
    enter("gazette.board", town.cast.dispatcher, [{"title": "补录的栏", "place": town.cast.street}])
    page = shown(dispatcher.get(f"{DESK}compare/{ABOUT}"))
    assert "公告栏数" in words(page)
    assert page.all("del")
    assert page.all("ins")


def test_a_report_page_leads_its_writers_to_the_studio(town, opened):
    def links(who):
        return [
            one.attrs["href"]
            for one in opened(f"/reports/gazette.month/{ABOUT}", as_=who).all("a")
            if "/studio/" in one.attrs.get("href", "")
        ]

    assert links(town.cast.dispatcher) == [f"{DESK}{ABOUT}"]
    assert links(town.cast.leader) == links(None) == []
