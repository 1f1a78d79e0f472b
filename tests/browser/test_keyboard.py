"""Without a mouse: every control is reached in the order of the page, and one always sees where one is."""

import pytest

from tests.browser.chromium import DESKTOP, FOURFOLD
from tests.browser.measures import focused, reachable
from tests.browser.pages import visited

LIKELY = (
    "home",
    "report",
    "figure",
    "evidence",
    "record",
    "definitions",
    "pack",
    "signin",
    "cast",
    "account",
)
MOST = 90  # stops that are walked; long lists go on in the same way


@pytest.mark.parametrize("screen", [DESKTOP, FOURFOLD], ids=["desktop", "fourfold"])
@pytest.mark.parametrize("name", LIKELY)
def test_tab_walks_through_the_page_in_order(reader, name, screen):
    wanted = visited()[name]
    page = reader(screen, person=wanted.get("person", "")).open(wanted["path"])
    told, orders = [], []
    for _ in range(min(reachable(page), MOST)):
        page.keyboard.press("Tab")
        here = focused(page)
        if not here:
            break
        orders.append(here["order"])
        if not here["ringed"]:
            told.append(f"no ring: {here['markup']}")
        if not here["seen"]:
            told.append(f"out of sight: {here['markup']}")
    assert not told, "\n".join(told)
    assert orders == sorted(set(orders)), "in the order of the page, each once"
    assert len(orders) == min(reachable(page), MOST), "and none left out"


def test_the_first_stop_skips_to_the_content(reader):
    page = reader().open("/")
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert skip.evaluate("one => one === document.activeElement")
    assert skip.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_choice_opens_and_closes_by_keyboard(reader):
    somebody = reader()
    page = somebody.open("/figures/city_inspection.mended_rate/?place=990103&period=2023H1")
    summary = page.locator(".picker summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".picker-sheet").first.is_visible()
    somebody.check()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('.picker-sheet').contains(document.activeElement)")
    summary.focus()
    page.keyboard.press("Space")
    assert not page.locator(".picker-sheet").first.is_visible()
