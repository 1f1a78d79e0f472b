"""A resident reports, follows and is answered: without an account, without a script, through all three faces."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.chromium import FOURFOLD, PHONE

FORM = "/p/report/grid_case.event/?place=990121001001"
NUMBER = re.compile(r"WG\d{4}-\d{5}")


def fill(page: Page, title: str) -> None:
    page.get_by_label("标题").fill(title)
    page.get_by_label("公共设施", exact=True).check()


def submit(page: Page) -> None:
    page.locator("form.filing button[type=submit]").click()
    page.wait_for_load_state()


def number_on(page: Page) -> str:
    found = NUMBER.search(page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def photograph() -> bytes:
    """A picture that says where it was taken, as phones write it."""
    picture, notes = Image.new("RGB", (320, 240), "green"), Image.Exif()
    notes.get_ifd(0x8825).update({1: "N", 2: (28.0, 12.0, 5.0), 3: "E", 4: (112.0, 58.0, 9.0)})
    held = io.BytesIO()
    picture.save(held, "JPEG", exif=notes)
    return held.getvalue()


@pytest.mark.parametrize("dress", ["phone", "phone-without-scripts", "fourfold-dark"])
def test_a_resident_reports_and_finds_it_again(reader, dress):
    wishes = {"phone": {}, "phone-without-scripts": {"scripts": False}, "fourfold-dark": {"dark": True}}[
        dress
    ]
    somebody = reader(FOURFOLD if "fourfold" in dress else PHONE, **wishes)
    page = somebody.open(FORM)
    fill(page, f"路牌歪了（{dress}）")
    submit(page)
    somebody.check()
    number, private = number_on(page), page.url
    assert "/p/mine/" in private
    somebody.open("/p/track/?q=" + number)
    assert number in page.locator("main").inner_text()
    stranger = reader(PHONE)
    page = stranger.open(f"/p/record/{number}/")
    assert "路牌歪了" in page.locator("h1").inner_text()
    assert private.rsplit("/", 2)[-2] not in page.content(), (
        "the private link stays with whom it was given to"
    )


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(reader):
    somebody = reader(PHONE)
    page = somebody.open(FORM)
    page.get_by_label("标题").fill("路牌歪了")
    page.get_by_label("联系电话").fill("不是号码")
    submit(page)
    somebody.check()
    assert page.get_by_label("标题").input_value() == "路牌歪了"
    assert page.get_by_label("联系电话").input_value() == "不是号码"
    for wrong in page.locator("p.wrong").all():
        told = page.locator(f"[aria-describedby~='{wrong.get_attribute('id')}']")
        assert told.count(), "a screen reader hears it at the field"
    assert page.locator("[role=alert]").count()


def test_a_report_sent_twice_is_one(reader):
    page = reader(PHONE).open(FORM)
    fill(page, "井盖响")
    submit(page)
    first = number_on(page)
    page.go_back()
    fill(page, "井盖响")
    submit(page)
    assert number_on(page) == first


def test_a_photo_is_shown_without_where_it_was_taken(reader):
    somebody = reader(PHONE)
    page = somebody.open(FORM)
    fill(page, "墙皮脱落")
    page.get_by_label("照片").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    submit(page)
    somebody.check()
    shown = page.locator("main img").first.get_attribute("src")
    answer = page.request.get(shown)
    assert answer.ok
    picture = Image.open(io.BytesIO(answer.body()))
    assert picture.size == (320, 240)
    assert not picture.getexif().get_ifd(0x8825)
    assert b"Exif" not in answer.body()


def test_from_a_report_to_the_answer_through_all_hands(reader):
    """Reported on the portal, accepted, done and confirmed on the workbench, read in the console, not fixed after all."""
    resident = reader(PHONE)
    page = resident.open(FORM)
    fill(page, "配电箱门开着")
    submit(page)
    number, private = number_on(page), page.url

    def step(person: str, verb: str, said: dict[str, str]) -> None:
        worker = reader(PHONE, person=person)
        work = worker.open(f"/w/records/{number}/")
        worker.click(work.locator(f"a[href*='/step/{verb}/'], button[name=verb][value={verb}]").first)
        for name, value in said.items():
            field = work.locator(f"[name={name}]").first
            kind = field.evaluate("one => one.type")
            if kind == "radio":
                work.locator(f"[name={name}][value={value}]").locator("xpath=..").click()
            elif field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        if "/step/" in work.url:
            worker.click(work.locator("main form button[type=submit]").last)

    step("cast-dispatcher", "accept", {"handler": "清和县城市管理局"})
    step("cast-handler", "finish", {"outcome": "fixed", "result": "已派人关好并上锁"})
    step("cast-dispatcher", "confirm", {})
    page.goto(private)
    resident.check()
    assert "已派人关好并上锁" in page.locator("main").inner_text()
    office = reader(person="cast-dispatcher")
    console = office.open(f"/records/{number}/")
    assert console.locator(".acts li").count() >= 4
    resident.click(page.locator("a.button", has_text="没").first)
    if page.locator("main form textarea").count():
        page.locator("main form textarea").first.fill("门又开了")
    resident.click(page.locator("main form button[type=submit]").last)
    assert "门又开了" in office.open(f"/records/{number}/").locator("main").inner_text()
