"""Clerks at work in the console: a list ticked and done together without scripts, and two on one record."""

import re

import pytest

from tests.browser.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser

TASKS = "/lists/city_task_board.task/?state=open&at=990103"
WHO = "cast-inspector"


@pytest.mark.parametrize(("screen", "lang"), [(DESKTOP, "zh"), (PHONE, "en")])
def test_ticked_records_are_done_together_without_scripts(reader, own_site, screen, lang):
    somebody = reader(screen, at=own_site.url, person=WHO, scripts=False, lang=lang)
    page = somebody.open(TASKS)
    boxes = page.locator("input[name=pick]")
    numbers = [boxes.nth(n).get_attribute("value") for n in range(2)]
    for n in range(2):
        boxes.nth(n).check()
    somebody.click("form#bulk button")
    somebody.click("nav.work a.button >> nth=0")
    page.locator("form#do textarea[name=note]").fill("合并办理")
    for box in page.locator("form#do input[type=text]:visible, form#do textarea:visible").all():
        if not box.input_value():
            box.fill("另有安排")
    somebody.click("form#do button[type=submit]")
    assert re.search(r"2", page.locator("#summary").inner_text())
    assert page.locator(".results .chip-ok").count() == 2
    for number in numbers:
        assert number in page.locator(".results").inner_text()
    again = somebody.open(TASKS)
    listed = again.locator("tbody").inner_text()
    assert not [number for number in numbers if number in listed]


def test_the_second_of_two_clerks_reads_what_the_first_did(reader, own_site):
    one, two = (reader(at=own_site.url, person=WHO) for _ in range(2))
    page = one.open(TASKS)
    number = page.locator("tbody th a").first.inner_text()
    for clerk, reason in ((one, "第一位写的"), (two, "第二位写的")):
        clerk.open(f"/records/{number}/?do=extend")
        clerk.page.locator("#id_due").fill("2031-05-06T17:00")
        clerk.page.locator("form#do textarea[name=note]").fill(reason)
    one.click("form#do button[type=submit]")
    assert "第一位写的" in one.page.locator(".acts").inner_text()
    two.click("form#do button[type=submit]")
    told = two.page.locator("form#do").inner_text()
    assert "有人先办了这条记录" in told
    assert two.page.locator("form#do textarea[name=note]").input_value() == "第二位写的"
    assert "第二位写的" not in two.page.locator(".acts").inner_text()
