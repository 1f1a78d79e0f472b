"""One matter through all hands: a resident, the street, the department, the street again, and the console."""

import io
import re

from PIL import Image
from playwright.sync_api import Page

from tests.browser.chromium import PHONE
from tests.browser.reader import Reader

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


def step(worker: Reader, number: str, verb: str, said: dict[str, str]) -> None:
    """Take a step on the workbench: open it from the record, say what it asks, send it."""
    work = worker.open(f"/w/records/{number}/")
    worker.click(f"a[href*='/step/{verb}/'], button[name=verb][value={verb}]")
    for name, value in said.items():
        field = work.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            work.locator(f"[name={name}][value={value}]").check()
        else:
            field.fill(value)
    if "/step/" in work.url:
        work.locator("main form button[type=submit]").last.click()
        work.wait_for_url(lambda address: "/step/" not in address)
    worker.check()


def test_from_a_report_to_the_answer_through_all_hands(reader):
    """Reported on the portal, accepted, done and confirmed on the workbench, read in the console, not fixed after all."""
    resident = reader(PHONE)
    page = resident.open(FORM)
    fill(page, "配电箱门开着")
    submit(page)
    number, private = number_on(page), page.url
    step(reader(PHONE, person="cast-dispatcher"), number, "accept", {"handler": "县城市管理局"})
    step(
        reader(PHONE, person="cast-handler"),
        number,
        "finish",
        {"outcome": "fixed", "result": "已派人关好并上锁"},
    )
    step(reader(PHONE, person="cast-dispatcher"), number, "confirm", {})
    page.goto(private)
    resident.check()
    assert "已派人关好并上锁" in page.locator("main").inner_text()
    office = reader(person="cast-dispatcher")
    console = office.open(f"/records/{number}/")
    told = console.locator(".acts li").count()
    assert told >= 4
    resident.click("a.button[href*='/reopen/'], a.button:has-text('没')")
    for box in page.locator("main form [required]").all():
        if box.get_attribute("type") not in ("radio", "hidden"):
            box.fill("门又开了")
    resident.click(page.locator("main form button[type=submit]").last)
    office.open(f"/records/{number}/")
    assert console.locator(".acts li").count() == told + 1, "the office sees that it is not fixed"
