"""Elder mode against the figures of the norm for ageing readers (工信部 2021), on the pages that residents and workers use:
letters 18 px and more, lines 1.3 and more apart, what is tapped 60 px high (44 elsewhere), nothing that pops up or moves,
a way in that is seen at once. Contrast is axe-core's, in test_every_page."""

import pytest
from playwright.sync_api import Dialog

from tests.browser.chromium import PHONE
from tests.browser.measures import moving, small_targets
from tests.browser.pages import visited

PORTAL = (
    "portal", "portal-report", "portal-kinds", "portal-matters", "portal-matter", "portal-map", "portal-activity",
    "portal-search", "portal-mine", "portal-open", "portal-figure", "portal-privacy", "signin", "phone",
)  # fmt: skip
DESK = (
    "todo", "workbench-step", "workbench-report", "workbench-activity", "workbench-hours", "desk-points", "desk-mine",
    "desk-study", "desk-step",
)  # fmt: skip
#: What a thumb is to hit; links within sentences are read, not hit (WCAG 2.2, 2.5.8).
CONTROLS = ".button, button, .tiles a, .taps label, nav a, select, input:not([type=hidden]):not([type=file]), textarea, summary"

#: Text that is smaller than so many pixels, or whose lines are nearer than 1.3 times that: what is said to screen readers
#: alone and what stands in a drawing are left out; marks beside the text (numbers, states, moments) may be a tenth smaller.
LETTERS = """(least) => {
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), told = [];
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement, words = walk.currentNode.data.trim();
    if (!words || one.closest("svg, .said, script, option, [hidden]") || !one.checkVisibility()) continue;
    const style = getComputedStyle(one), size = parseFloat(style.fontSize), line = parseFloat(style.lineHeight);
    const beside = one.closest("small, .small, .quiet, .tiny, .chip, code, .hint, dt, time, .meta, .digest, th");
    if (size < least * (beside ? 0.9 : 1) - 0.01 || line && line / size < 1.29)
      told.push(`${size} / ${line}: ${words.slice(0, 20)}  ${one.outerHTML.slice(0, 90)}`);
  }
  return told.slice(0, 8);
}"""

#: What covers the page or asks for attention by itself: an open dialog, a frame of somebody else, something fixed that is
#: higher than a fifth of the window.
POPPED = """() => [...document.querySelectorAll("dialog[open], iframe, object, embed, marquee, audio, video, body *")]
  .filter(one => /^(DIALOG|IFRAME|OBJECT|EMBED|MARQUEE|AUDIO|VIDEO)$/.test(one.tagName)
    || getComputedStyle(one).position === "fixed" && one.getBoundingClientRect().height > innerHeight / 5)
  .map(one => one.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("person", sorted({visited()[name].get("person", "") for name in PORTAL + DESK}))
def test_the_pages_people_use_have_the_sizes_of_the_norm(reader, person):
    pages = {name: visited()[name] for name in PORTAL + DESK if visited()[name].get("person", "") == person}
    told: list[str] = []

    def popped(box: Dialog) -> None:
        told.append(f"a box pops up: {box.message}")
        box.dismiss()

    for elder, target in ((True, 60), (False, 44)):
        somebody = reader(PHONE, person=person, elder=elder, reduced_motion="reduce")
        page = somebody.page
        page.on("dialog", popped)
        for name, wanted in pages.items():
            page.goto(wanted["path"])
            somebody.fits()
            told += [f"{name}: {one}" for one in page.evaluate(LETTERS, 18) if elder]
            told += [f"{name}, elder {elder}: {one}" for one in small_targets(page, CONTROLS, target)]
            told += [f"{name} covers itself: {one}" for one in page.evaluate(POPPED)]
            told += [f"{name} moves: {one}" for one in moving(page)]
    assert not told, "\n".join(told)


@pytest.mark.parametrize(("path", "person"), [("/p/", ""), ("/w/mine/", "cast-volunteer"), ("/", "")])
def test_the_way_in_is_seen_and_leads_there_and_back(reader, path, person):
    """In the frame of the portal and the console, among one's own settings on the workbench."""
    somebody = reader(PHONE, person=person)
    page = somebody.open(path)
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)")
    entry = page.locator("a[href*='size=large']").first
    assert entry.is_visible()
    if not person:
        assert entry.bounding_box()["y"] < PHONE.height, "without scrolling"
    somebody.click(entry)
    assert page.locator("html").get_attribute("data-size") == "large"
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('main')).fontSize)") > before
    somebody.click(page.locator("a[href*='size=normal']").first)
    assert page.locator("html").get_attribute("data-size") != "large"
