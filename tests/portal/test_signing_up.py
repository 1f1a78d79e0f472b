"""Signing up for an activity at the portal: a name is enough, a browser signs up once, the last seat goes once."""

import re

from liren.activities.models import Signup
from tests.activities.test_signups import BEGINS, activity
from tests.portal.conftest import Resident


def later(monkeypatch):
    monkeypatch.setattr("liren.clock.timezone.now", lambda: BEGINS.replace(day=5))


def test_a_name_is_enough_and_who_comes_too_late_waits(county, monkeypatch):
    later(monkeypatch)
    record = activity(county, capacity=1)
    address = f"/p/record/{record.number}/"
    first, second = Resident().settle(), Resident().settle()
    assert "还有 1 个名额" in first.get(address).content.decode()
    page = first.post(f"{address}sign-up/", {"name": "张大娘"}, follow=True).content.decode()
    assert "报名成功" in page
    assert "您已报名" in page
    first.post(f"{address}sign-up/", {"name": "张大娘"})
    assert Signup.objects.count() == 1
    page = second.post(f"{address}sign-up/", {"name": "李大爷"}, follow=True).content.decode()
    assert "候补第 1 位" in page
    assert "张大娘" not in page
    first.post(f"{address}leave/")
    assert "您已报名" in second.get(address).content.decode()
    mine = second.get("/p/mine/").content.decode()
    assert record.title in mine
    assert Signup.objects.get().name == "李大爷"


def test_without_a_name_it_says_so_beside_the_box(county, monkeypatch):
    later(monkeypatch)
    record = activity(county)
    resident = Resident().settle()
    page = resident.post(f"/p/record/{record.number}/sign-up/", {"name": " "})
    assert page.status_code == 422
    assert "请写怎么称呼您" in page.content.decode()
    long = resident.post(f"/p/record/{record.number}/sign-up/", {"name": "长" * 41})
    assert "长" * 40 in long.content.decode()
    assert Signup.objects.count() == 0


def test_what_is_over_takes_no_sign_up(county):
    record = activity(county)  # long past by today's clock
    resident = Resident().settle()
    page = resident.get(f"/p/record/{record.number}/").content.decode()
    assert "sign-up" not in page
    sent = resident.post(f"/p/record/{record.number}/sign-up/", {"name": "张"})
    assert sent.status_code == 409
    assert Signup.objects.count() == 0


def test_the_same_form_sent_again_without_the_answer_takes_no_second_place(county, monkeypatch):
    """The answer was lost, and the cookie in it: the browser is nobody again, but its form is the same one."""
    later(monkeypatch)
    record = activity(county, capacity=2)
    address = f"/p/record/{record.number}/"
    key = re.search(r'name="key" value="([0-9a-f]{32})"', Resident().settle().get(address).content.decode())[
        1
    ]
    for _ in range(3):
        Resident().settle().post(f"{address}sign-up/", {"name": "张大娘", "key": key})
    Resident().settle().post(
        f"{address}sign-up/", {"name": "李大爷", "key": key}
    )  # another at the same screen
    assert sorted(Signup.objects.values_list("name", "seat")) == [("张大娘", 1), ("李大爷", 2)]
