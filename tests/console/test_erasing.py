"""Requests to erase personal information: those who decide find them, with the day of the answer; nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.clock import now
from liren.people.private import unseal
from liren.privacy.actions import erasure_ask, erasure_refuse, erasure_suspend
from liren.privacy.lasting import standing_of_erasure
from liren.privacy.models import Erasure
from liren.privacy.queries import PAGE, late_answers
from tests.cast import moment
from tests.console.conftest import MARCH, enter
from tests.console.reading import words
from tests.console.test_telling import shown

WHY = "搬走了，不再联系"


@pytest.fixture
def asked(town):
    """The resident asks that the phone number on their notice board be erased."""
    erasure_ask(town.board, by=town.cast.resident, note=WHY, at=moment(MARCH))
    return town


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_stands_whole_in_both_languages(asked, opened, lang):
    for path in ("/erasures/", "/erasures/?state=suspended"):
        page = opened(path, as_=asked.cast.dispatcher, lang=lang)
        assert lang == "zh" or not page.chinese_outside(), page.chinese_outside()


def test_who_decides_finds_the_request_with_its_reason_and_the_day_of_the_answer(asked, reader):
    client = reader(asked.cast.dispatcher)
    assert "/erasures/" in client.get("/lists/").content.decode()
    text = words(shown(client.get("/erasures/")))
    assert asked.board.number in text and WHY in text
    assert "过了答复的日子" in text and "应在此前答复" in text
    Erasure.objects.update(asked=now())
    assert "过了答复的日子" not in words(shown(client.get("/erasures/")))


@pytest.mark.parametrize(("who", "status"), [("stranger", 200), ("resident", 404), ("leader", 404)])
def test_another_street_sees_nothing_and_who_decides_nothing_finds_no_page(asked, reader, who, status):
    client = reader(getattr(asked.cast, who))
    answer = client.get("/erasures/")
    assert answer.status_code == status
    assert asked.board.number not in answer.content.decode()
    assert ("/erasures/" in client.get("/lists/").content.decode()) == (status == 200)


def test_an_administrator_decides_nothing_and_a_stranger_to_the_house_signs_in(asked, reader):
    from liren.people.actions import person_add, post_take
    from tests.cast import LONG_AGO

    admin = person_add(name="管理", code="adm-system")
    post_take(person=admin, role="system_admin", place=asked.cast.county, starts=LONG_AGO)
    assert reader(admin).get("/erasures/").status_code == 404
    assert "/account/login/" in reader(None).get("/erasures/")["Location"]


def test_it_is_granted_by_the_form_that_the_page_leads_to(asked, reader):
    client = reader(asked.cast.dispatcher)
    page = shown(client.get("/erasures/"))
    led = {one.attrs["href"] for one in page.all("a") if "do=" in one.attrs.get("href", "")}
    start = f"/records/{asked.board.number}/"
    assert led == {f"{start}?do={deed}#do" for deed in ("erase", "refuse_erasure", "suspend_erasure")}
    form = shown(client.get(f"{start}?do=erase"))
    said = {one.attrs["name"]: one.attrs.get("value", "") for one in form.all("input") if "name" in one.attrs}
    assert client.post(f"{start}do/erase/", said | {"note": "准予"}).status_code == 302
    asked.board.refresh_from_db()
    assert unseal(asked.board.secret, asked.board.number) == {}
    assert "没有等您答复的请求" in words(shown(client.get("/erasures/")))


def test_what_is_refused_or_suspended_leaves_the_list_and_can_be_resumed(asked, reader):
    dispatcher = asked.cast.dispatcher
    erasure_suspend(asked.board, by=dispatcher, note="正在审计", at=moment("2024-03-06 09:00"))
    erasure_refuse(asked.board, by=dispatcher, note="审计要用", at=moment("2024-03-06 10:00"))
    stands = standing_of_erasure(asked.board.pk)
    assert (stands.suspended, stands.asked, stands.reason) == (True, None, "审计要用")
    client = reader(dispatcher)
    assert asked.board.number not in words(shown(client.get("/erasures/")))
    text = words(shown(client.get("/erasures/?state=suspended")))
    assert "正在审计" in text and "恢复删除个人信息" in text
    assert "没有暂停删除的" in words(shown(reader(asked.cast.stranger).get("/erasures/?state=suspended")))


def test_who_holds_very_many_posts_asks_no_longer_questions(asked, reader):
    """An inspector of a demo holds a hundred: a question that names each of them is more than SQLite takes."""
    from liren.people.actions import post_take
    from tests.cast import LONG_AGO

    client = reader(asked.cast.dispatcher)

    def longest() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert asked.board.number in client.get("/erasures/").content.decode()
        return max(len(one["sql"]) for one in queries.captured_queries)

    before = longest()
    for number in range(60):
        post_take(
            person=asked.cast.dispatcher, role=f"role{number}", place=asked.cast.street, starts=LONG_AGO
        )
        post_take(person=asked.cast.dispatcher, role="dispatcher", place=asked.cast.street, starts=LONG_AGO)
    assert longest() < before * 1.2


def ask_many(town, rows: int) -> None:
    boards = enter(
        "gazette.board", town.cast.dispatcher,
        [{"title": f"栏{n}", "category": "wall", "keeper": town.cast.resident, "phone": f"138{n:08}",
          "place": town.cast.community} for n in range(rows)],
    )  # fmt: skip
    for number, board in enumerate(boards):
        erasure_ask(board, by=town.cast.resident, note=WHY, at=moment(MARCH) + timedelta(minutes=number))


def test_it_is_cut_into_pages_and_asks_no_more_for_more(asked, reader):
    client = reader(asked.cast.dispatcher)
    client.get("/about/")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/erasures/")
        return len(queries.captured_queries)

    ask_many(asked, 3)
    few = count()
    assert few == 9
    ask_many(asked, PAGE)
    assert count() == few
    first, second = (shown(client.get(f"/erasures/?page={n}")) for n in (1, 2))
    numbers = [
        {a.attrs["href"] for a in page.all("a") if a.attrs.get("class") == "num"} for page in (first, second)
    ]
    assert (len(numbers[0]), len(numbers[1])) == (PAGE, 4)
    assert not numbers[0] & numbers[1]
    assert late_answers(now()) == (PAGE + 4, PAGE + 4)
