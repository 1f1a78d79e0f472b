"""Digest instead of noise: what goes out, when, to whom, in which words; once."""

import pytest
from django.core import mail

from liren.clock import at_time
from liren.notices import actions
from liren.notices.actions import notices_send, notices_settle, preference_set
from liren.notices.models import Job, Line
from liren.notices.queries import waiting
from liren.people.actions import post_leave
from liren.records.actions import record_open, tick
from tests.cast import moment
from tests.matters import accept, event
from tests.notices.conftest import delivered, mails

MONDAY = "2024-03-04"
DIGEST = ("hanmei", "里仁：1 件事有变动")
URGENT = ("hanmei", "里仁：急，1 件事")


def tell(record, *persons, at=f"{MONDAY} 10:00", **more):
    with at_time(moment(at)):
        notices_send(record=record, persons=persons, text=f"{record.number} 请看", at=moment(at), **more)


# (what the person chose, urgent, told at, a worker's rounds → whether a mail goes out in each)
ROUNDS = [
    (
        {},
        False,
        "10:00",
        {"10:01": 0, "20:00": 0, "+1 08:29": 0, "+1 08:30": 1, "+1 08:31": 0, "+2 08:30": 0},
    ),
    ({}, True, "10:00", {"10:00": 0, "10:01": 1, "10:02": 0, "+1 08:30": 0}),
    ({"digest": "now"}, False, "10:00", {"10:01": 1, "+1 08:30": 0}),
    ({"mail": False}, True, "10:00", {"10:01": 0, "+1 08:30": 0}),
    ({}, True, "22:00", {"22:01": 0, "23:59": 0, "+1 07:29": 0, "+1 07:30": 1, "+1 08:30": 0}),
    ({"urgent_passes": True}, True, "22:00", {"22:01": 1, "+1 07:30": 0}),
    ({"urgent_passes": True}, False, "22:00", {"22:01": 0, "+1 08:30": 1}),
    # the worker did not run when it was due: not in the quiet hours either, and not a week later
    ({}, True, "20:00", {"21:30": 0, "+1 07:29": 0, "+1 07:30": 1}),
    ({"digest": "now", "urgent_passes": True}, True, "20:00", {"21:30": 1}),
    ({}, False, "10:00", {"+3 21:30": 0, "+4 07:30": 1}),
    ({}, False, "10:00", {"+9 09:00": 0, "+10 08:30": 0}),
]


@pytest.mark.parametrize(("chosen", "urgent", "told", "rounds"), ROUNDS)
def test_when_a_mail_goes_out(mailed, chosen, urgent, told, rounds):
    preference_set(by=mailed.dispatcher, **chosen)
    tell(event(mailed), mailed.dispatcher, at=f"{MONDAY} {told}", urgent=urgent)
    for when, expected in rounds.items():
        days, _, clock = when.rpartition(" ")
        delivered(f"2024-03-{4 + int(days or 0):02} {clock}")
        assert mails() == [URGENT if urgent else DIGEST] * expected, when
    assert waiting(moment("2024-03-29 09:00")) == {"lines": 0, "jobs": 0, "dead": 0}


def test_a_day_becomes_one_mail_and_a_record_one_line(mailed):
    lamp, pipe = event(mailed), event(mailed, title="水管漏水")
    for minute in range(5):
        tell(lamp, mailed.dispatcher, at=f"{MONDAY} 10:0{minute}")
    tell(pipe, mailed.dispatcher, mailed.deputy, at=f"{MONDAY} 11:00")
    told = delivered("2024-03-05 08:30")
    assert (told.messages, told.done, told.failed, told.died, told.fault) == (2, 2, 0, 0, "")
    by_person = {message.to[0]: message for message in mail.outbox}
    message = by_person["hanmei@example.org"]
    assert message.subject == "里仁：2 件事有变动"
    assert message.body == (
        "SJ2024-00001 网格事项：待受理，已过期限 03-04 11:10（5 次变动）\n"
        "http://127.0.0.1:8000/records/SJ2024-00001/\n"
        "SJ2024-00002 网格事项：待受理，已过期限 03-04 11:10\n"
        "http://127.0.0.1:8000/records/SJ2024-00002/"
    )
    assert by_person["lintao@example.org"].subject == "里仁：1 件事有变动"


def test_titles_go_out_only_of_what_anybody_may_read(mailed, shelf, monkeypatch):
    spec = shelf.kinds["street.shop"].spec
    shop = record_open(
        "street.shop", {"title": "老王面馆"}, by=mailed.dispatcher, at=moment(f"{MONDAY} 09:00")
    )
    for day, visible, expected in ((4, "staff", "沿街店铺：在册"), (5, "public", "老王面馆请看")):
        monkeypatch.setitem(spec.__dict__, "visible", visible)
        at = moment(f"2024-03-0{day} 10:00")
        with at_time(at):
            notices_send(record=shop, persons=[mailed.dispatcher], text="SP0001 老王面馆请看", at=at)
        delivered(f"2024-03-0{day + 1} 08:30")
        assert mail.outbox[-1].body.startswith(f"SP0001 {expected}\n")


def test_a_private_value_is_in_no_message(mailed):
    record = event(mailed, phone="13800001234", contact=mailed.resident)
    with at_time(moment(f"{MONDAY} 10:30")):
        accept(mailed, record)
    delivered("2024-03-05 08:30")
    (message,) = mail.outbox
    assert message.to == ["zhao@example.org"]
    assert "1380" not in message.body and "周平" not in message.body and "路灯" not in message.body


def test_what_moved_on_is_not_sent(mailed):
    lamp, pipe = event(mailed), event(mailed, title="水管漏水")
    tell(lamp, mailed.dispatcher)
    tell(pipe, mailed.dispatcher)
    notices_settle(lamp, at=moment(f"{MONDAY} 12:00"))
    delivered("2024-03-05 08:30")
    assert mail.outbox[0].body.startswith("SJ2024-00002") and mails() == [DIGEST]


def test_a_person_is_told_only_what_they_may_see_by_then(mailed):
    tell(event(mailed), mailed.dispatcher, mailed.deputy)
    post_leave(mailed.dispatcher.posts.get(), at=moment(f"{MONDAY} 12:00"))
    assert delivered("2024-03-05 08:30").messages == 1
    assert mails() == [("lintao", "里仁：1 件事有变动")]
    assert not Line.objects.exists()


def test_a_limit_that_passed_is_told_at_once(mailed):
    event(mailed)
    with at_time(moment("2024-03-04 11:11")):
        tick(moment("2024-03-04 11:11"))
    delivered("2024-03-04 11:12")
    assert mails() == [URGENT, ("lintao", "里仁：急，1 件事")]


def test_urgent_and_plain_of_one_minute_are_one_mail_urgent_first(mailed):
    preference_set(by=mailed.dispatcher, digest="now")
    tell(event(mailed), mailed.dispatcher)
    tell(event(mailed), mailed.dispatcher, urgent=True)
    delivered(f"{MONDAY} 10:01")
    assert mail.outbox[0].body.startswith("SJ2024-00002")
    assert mails() == [("hanmei", "里仁：急，2 件事")]


def test_one_message_for_each_window_whatever_comes_late(mailed):
    """A line of this window that was committed after its message waits for the next window."""
    tell(event(mailed), mailed.dispatcher)
    (line,) = Line.objects.all()
    delivered("2024-03-05 08:30")
    line.pk = None
    line.save()
    assert delivered("2024-03-05 08:31").messages == 0
    assert [late.due for late in Line.objects.all()] == [moment("2024-03-06 08:30")]
    delivered("2024-03-06 08:30")
    assert mails() == [DIGEST, DIGEST]
    keys = [f"mail:{mailed.dispatcher.pk}:2024-03-0{day}T08:30" for day in (5, 6)]
    assert list(Job.objects.order_by("pk").values_list("key", flat=True)) == keys


def test_a_message_is_emptied_when_it_is_out_and_forgotten_after_a_month(mailed):
    tell(event(mailed), mailed.dispatcher)
    delivered("2024-03-05 08:30")
    assert Job.objects.get().payload == {}
    delivered("2024-04-03 08:30")
    assert Job.objects.count() == 1
    delivered("2024-04-05 08:30")
    assert Job.objects.count() == 0


def test_a_long_digest_says_how_much_it_leaves_out(mailed):
    for number in range(103):
        tell(event(mailed, title=f"第{number}件"), mailed.dispatcher)
    delivered("2024-03-05 08:30")
    (message,) = mail.outbox
    assert message.subject == "里仁：103 件事有变动"
    assert message.body.count("/records/") == 100
    assert message.body.endswith("另有 3 件，请登录查看：http://127.0.0.1:8000/")


def test_somebody_who_lost_the_address_gets_none_and_nothing_fails(mailed, monkeypatch):
    tell(event(mailed), mailed.dispatcher)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "_take", lambda moment: None)
        assert delivered("2024-03-05 08:30").messages == 1
    mailed.dispatcher.user.email = ""
    mailed.dispatcher.user.save()
    assert delivered("2024-03-05 08:31").done == 1
    assert mails() == []


def test_a_message_that_failed_keeps_the_quiet_hours(mailed, monkeypatch):
    sent = []

    def refuse_once(*args, **_):
        if not sent:
            sent.append(args)
            raise OSError("connection refused")

    monkeypatch.setattr(actions, "send_mail", refuse_once)
    tell(event(mailed), mailed.dispatcher, at=f"{MONDAY} 20:58", urgent=True)
    assert delivered(f"{MONDAY} 20:59").failed == 1
    for at, done in (("21:00", 0), ("23:00", 0)):
        assert delivered(f"{MONDAY} {at}").done == done
    assert Job.objects.get().tries == 1
    assert delivered("2024-03-05 07:30").done == 1
