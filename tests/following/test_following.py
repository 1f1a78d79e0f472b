"""News of a matter by phone or mail: ticked by whoever holds the private link, stopped with one click, in quiet hours never."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.clock import at_time, now
from liren.following.actions import MOST, follow_confirm, follow_start, follow_stop, follows_expire
from liren.following.models import Follow
from liren.following.queries import confirm_token, follow_to_stop, follows_of, stop_token
from liren.notices.actions import deliver
from liren.notices.models import Job
from liren.records.actions import record_step
from liren.records.residents import token_for
from tests.cast import moment
from tests.following.stage import PHONE, form_of, told
from tests.matters import refused
from tests.portal.conftest import county, resident  # noqa: F401


def accept(cast, record, at):
    with at_time(moment(at)):
        return record_step(record, "accept", {"handler": cast.housing}, by=cast.dispatcher, at=moment(at))


def delivered(at):
    with at_time(moment(at)):
        return deliver(moment(at))


def test_a_step_is_told_once_without_title_or_name(county, matter, gateway):  # noqa: F811
    told(matter, address="138 0000 1234", by=matter.opener, at=moment("2024-03-04 09:20"))
    accept(county, matter, "2024-03-04 09:30")
    assert not gateway.sent, "nothing leaves within the transaction of the step"
    delivered("2024-03-04 09:31")
    delivered("2024-03-04 09:40")
    ((phone, text),) = gateway.sent
    assert phone == PHONE
    assert matter.number in text and "/p/stop/" in text and f"/p/record/{matter.number}/" in text
    assert matter.title not in text


def test_the_address_stands_sealed(matter, gateway):
    follow_start(matter, address=PHONE, by=matter.opener)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        row = Follow.objects.values_list("sealed", "print").get()
    assert asked and PHONE not in str(row)
    assert [one.address for one in follows_of(matter, matter.opener, at=now())] == ["138****1234"]
    assert follows_of(matter, None, at=now()) == []


def test_in_the_night_it_waits_for_the_morning_and_two_steps_are_one_message(county, matter, gateway):  # noqa: F811
    told(matter, address=PHONE, by=matter.opener)
    accept(county, matter, "2024-03-04 21:30")
    with at_time(moment("2024-03-04 22:00")):
        record_step(matter, "finish", {"result": "修好了", "outcome": "fixed"}, by=county.handler,
                    at=moment("2024-03-04 22:00"))  # fmt: skip
    delivered("2024-03-04 23:00")
    assert not gateway.sent
    delivered("2024-03-05 07:30")
    assert len(gateway.sent) == 1


def test_a_daily_one_comes_with_the_digest(county, matter, gateway):  # noqa: F811
    told(matter, address=PHONE, by=matter.opener, digest="daily")
    accept(county, matter, "2024-03-04 09:30")
    delivered("2024-03-04 18:00")
    assert not gateway.sent
    delivered("2024-03-05 08:30")
    assert len(gateway.sent) == 1


def test_mail_goes_out_with_a_way_to_stop_it_in_the_mail_program(county, matter, gateway):  # noqa: F811
    follow = follow_start(matter, address="zhang@example.cn", by=matter.opener)
    assert follow_confirm(confirm_token(follow, now()))
    Job.objects.all().delete()
    accept(county, matter, "2024-03-04 09:30")
    delivered("2024-03-04 09:31")
    (message,) = mail.outbox
    assert message.to == ["zhang@example.cn"]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/p/stop/" in message.extra_headers["List-Unsubscribe"]


LETTER = re.compile(r"/p/confirm/[^/\s]+/")


def link_of(message) -> str:
    return LETTER.search(message.body)[0]


def test_a_mail_address_hears_nothing_but_one_question_before_it_says_yes(client, county, matter, gateway):  # noqa: F811
    follow_start(matter, address="zhang@example.cn", by=matter.opener, at=moment("2024-03-04 09:20"))
    for again in ("zhang@example.cn", " zhang@example.cn "):
        follow_start(matter, address=again, by=county.dispatcher, at=moment("2024-03-04 09:21"))
    accept(county, matter, "2024-03-04 09:30")
    delivered("2024-03-04 09:31")
    (question,) = mail.outbox
    assert matter.number in question.subject and "不用理会" in question.body
    assert matter.title not in question.body and "/p/record/" not in question.body
    with at_time(moment("2024-03-04 10:00")):
        assert client.get(link_of(question)).status_code == 200
        assert not Follow.objects.filter(confirmed__isnull=False).exists(), (
            "looking at a link confirms nothing"
        )
        assert "每有一步进展就发" in client.post(link_of(question)).content.decode()
        assert "每有一步进展就发" in client.get(link_of(question)).content.decode()
    assert Follow.objects.get(confirmed__isnull=False).person == matter.opener, (
        "one for whom the letter was written"
    )
    with at_time(moment("2024-03-04 11:00")):
        record_step(matter, "finish", {"result": "修好了", "outcome": "fixed"}, by=county.handler,
                    at=moment("2024-03-04 11:00"))  # fmt: skip
    delivered("2024-03-04 11:01")
    assert [one.to for one in mail.outbox[1:]] == [["zhang@example.cn"]]


def test_the_link_ends_and_an_address_nobody_confirmed_is_forgotten(client, matter, gateway):
    at = moment("2024-03-04 09:20")
    follow = follow_start(matter, address="zhang@example.cn", by=matter.opener, at=at)
    link = f"/p/confirm/{confirm_token(follow, at)}/"
    for when, status in (("2024-03-07 09:19", 200), ("2024-03-07 09:21", 404)):
        with at_time(moment(when)):
            assert client.get(link).status_code == status
    assert not follow_confirm(confirm_token(follow, at), at=moment("2024-03-07 09:21"))
    assert not follow_confirm("x") and not follow_confirm(stop_token(follow))
    assert client.get("/p/confirm/nothing/").status_code == 404
    assert follows_expire(moment("2024-03-07 09:19")) == 0
    assert follows_expire(moment("2024-03-07 09:21")) == 1


def test_the_page_says_the_same_whether_an_address_is_known_or_not(client, county, matter, gateway):  # noqa: F811
    """Nobody learns at a form whether somebody's address follows the matter."""
    known = follow_start(matter, address="zhang@example.cn", by=county.dispatcher)
    follow_confirm(confirm_token(known, now()))
    link = f"/p/mine/{token_for(matter, matter.opener)}/"
    said = []
    for address in ("zhang@example.cn", "zhong@example.cn"):
        page = client.post(f"{link}follow/", {"address": address}, follow=True).content.decode()
        assert "等您在信里确认" in page and "打开信里的链接确认" in page
        said.append(re.sub(r"[A-Za-z0-9_:-]{30,}", "", page).count("z***@example.cn"))
        Follow.objects.filter(person=matter.opener).delete()
    assert said == [1, 1]
    known.refresh_from_db()
    assert known.confirmed and known.digest == "now"


def test_what_residents_do_themselves_is_no_news_to_them(county, matter, gateway):  # noqa: F811
    told(matter, address=PHONE, by=county.dispatcher)
    accept(county, matter, "2024-03-04 09:30")
    assert not Job.objects.filter(name="follow").exists()


def test_who_stopped_it_hears_nothing_of_what_was_on_its_way(client, county, matter, gateway):  # noqa: F811
    follow = told(matter, address=PHONE, by=matter.opener)
    accept(county, matter, "2024-03-04 09:30")
    address = f"/p/stop/{stop_token(follow)}/"
    assert client.get(address).status_code == 200
    assert Follow.objects.exists(), "looking at a link stops nothing"
    from django.test import Client

    assert "已经停了" in Client(enforce_csrf_checks=True).post(address).content.decode()
    assert not Follow.objects.exists()
    delivered("2024-03-04 09:31")
    assert not gateway.sent
    assert "已经停了" in client.get(address).content.decode()
    assert follow_stop("x") is False and follow_to_stop("x:y") is None


@pytest.mark.parametrize("address", ["", "12345", "a@b", "010-8888888", "x@y.cn\nBcc: z@y.cn"])
def test_what_is_no_address_is_refused_in_words(matter, gateway, address):
    with refused("bad_value", "手机号"):
        follow_start(matter, address=address, by=matter.opener)


def test_no_more_than_a_few_and_none_where_nothing_is_set_up(matter, gateway, settings):
    for last in range(MOST):
        follow_start(matter, address=f"1380000123{last}", by=matter.opener)
    follow_start(matter, address="13800001230", by=matter.opener, digest="daily")
    assert Follow.objects.count() == MOST
    with refused("bad_value", "最多"):
        follow_start(matter, address="13900001234", by=matter.opener)
    settings.LIREN_MAIL_FROM = ""
    with refused("bad_value", "没有开通"):
        follow_start(matter, address="a@example.cn", by=matter.opener)


def test_two_months_after_the_end_the_address_is_forgotten(matter, gateway):
    follow_start(matter, address=PHONE, by=matter.opener)
    type(matter).objects.filter(pk=matter.pk).update(closed=moment("2024-03-05 10:00"))
    assert follows_expire(moment("2024-05-03 10:00")) == 0
    assert follows_expire(moment("2024-05-05 10:00")) == 1


# -- at the portal ------------------------------------------------------------------------------------


def test_the_private_link_takes_an_address_and_says_what_is_wrong(client, matter, gateway):
    link = f"/p/mine/{token_for(matter, matter.opener)}/"
    page = client.get(link).content.decode()
    assert "有进展告诉我" in page
    wrong = client.post(f"{link}follow/", {"address": "123456"})
    assert wrong.status_code == 422
    assert "123456" in wrong.content.decode()
    done = client.post(f"{link}follow/", {"address": PHONE, "digest": "daily"}, follow=True).content.decode()
    assert "138****1234" in done and PHONE not in done
    assert Follow.objects.get().digest == "daily"
    assert "有进展告诉我" not in client.get(f"/p/record/{matter.number}/").content.decode()


def test_a_tick_in_the_report_and_the_code_of_the_message_are_enough(resident, gateway):  # noqa: F811
    assert "发短信到上面的电话" in resident.get("/p/report/grid_case.event/").content.decode()
    page = resident.report(phone=PHONE, follow_="").content.decode()
    assert not Follow.objects.exists(), "nobody is told who did not ask"
    assert "有进展告诉我" in page
    address = "/p/report/grid_case.event/"
    words = {"title": "井盖坏了", "category": "facility", "phone": PHONE, "follow": "yes"}
    page = resident.post(address, resident.form(address) | words, follow=True).content.decode()
    assert "6 位数字填在下面" in page and Follow.objects.get().confirmed is None
    ((phone, code),) = gateway.codes
    page = resident.post(form_of(page), {"code": code}, follow=True).content.decode()
    assert phone == PHONE and "每有一步进展就发一条" in page
    assert Follow.objects.get().way == "sms"


def test_one_matter_is_a_feed_of_its_public_steps(client, county, matter):  # noqa: F811
    accept(county, matter, "2024-03-04 09:30")
    answer = client.get(f"/p/record/{matter.number}/feed.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    text = answer.content.decode()
    assert text.count("<entry>") == 2
    assert matter.opener.name not in text
    assert (
        f"/p/record/{matter.number}/feed.atom" in client.get(f"/p/record/{matter.number}/").content.decode()
    )
