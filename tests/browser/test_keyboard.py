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
#: Pages that came later, walked through in one width; what is in LIKELY is walked through at fourfold size too.
NEWER = (
    "keys", "key-new", "own-data", "email", "portal-privacy", "portal-map", "portal-report",
    "portal-half-fixed", "desk-points", "list-ticked", "many-at-once", "studio", "admin-lost", "admin-change",
)  # fmt: skip
MOST = 90  # stops that are walked; long lists go on in the same way


@pytest.mark.parametrize(
    ("name", "screen"),
    [(name, screen) for name in LIKELY for screen in (DESKTOP, FOURFOLD)]
    + [(name, DESKTOP) for name in NEWER],
)
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


#: A form left empty → what in it is sent, and where the cursor is to stand when it comes back.
WRONG = {
    "/p/report/grid_case.event/?place=990121001001": ("form.filing button[type=submit]", "[role=alert]"),
    "/account/email/": ("main form button[type=submit]", "#email"),
    "/account/keys/new/": ("main form button.button-main", "#id_name"),
    "/lists/city_task_board.task/bulk/?pick=CJRW2023-0059&pick=CJRW2023-0058&step=drop": (
        "form#do button[type=submit]", "form#do [aria-invalid=true], form#do [role=alert]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", WRONG)
def test_after_an_error_the_cursor_is_at_what_is_wrong(reader, path):
    person = "" if path.startswith("/p/") else "cast-inspector"
    somebody = reader(person=person)
    page = somebody.open(path)
    send, wrong = WRONG[path]
    page.locator("form").evaluate_all("all => all.forEach(one => one.noValidate = true)")
    page.locator(send).first.focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    page.locator("[autofocus]").wait_for()
    somebody.check()
    assert page.locator(wrong).first.evaluate("one => one === document.activeElement")
    here = focused(page)
    assert here["ringed"], "and it is seen"
    assert here["seen"]
