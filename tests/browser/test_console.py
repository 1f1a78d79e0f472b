"""The console in a browser: from a number to what proves it, in every dress, by mouse, thumb and keyboard."""

import re

import pytest

from tests.browser.chromium import DESKTOP, FOURFOLD, PHONE, Screen
from tests.browser.measures import moving, small_targets, style

REPORT = "/reports/report_rectification.report/?place=990103&period=2023H1"
RATE = "/figures/city_inspection.mended_rate/?place=990103&period=2023H1"
RECORD = "/records/DCWT2023-00066/"
DRESSES = {
    "desktop": (DESKTOP, {}),
    "desktop-dark-english": (DESKTOP, {"dark": True, "lang": "en"}),
    "phone-elder": (PHONE, {"elder": True}),
    "phone-without-scripts": (PHONE, {"scripts": False}),
    "fourfold": (FOURFOLD, {}),
}


def digits(words: str) -> str:
    """`打开 1,234 条支撑记录` → `1234`."""
    return "".join(re.findall(r"\d", words))


@pytest.mark.parametrize("dress", DRESSES)
def test_a_number_of_a_report_leads_to_the_records_that_prove_it(reader, dress):
    screen, wishes = DRESSES[dress]
    somebody = reader(screen, **wishes)
    page = somebody.open("/")
    somebody.click(".report-title a[href*='report_rectification']")
    number = page.locator(".document a.num[href*='rect_ledger.problems/']").first
    printed = digits(number.inner_text())
    somebody.click(number)
    assert digits(page.locator(".figure-value").inner_text()) == printed
    somebody.click("a.button-main")
    assert "/evidence/" in page.url
    assert digits(page.locator("h1 a.num").inner_text()) == printed
    row = page.locator("table a[href^='/records/']").first
    number = row.inner_text()
    somebody.click(row)
    assert number in page.locator("main").inner_text()
    assert page.locator(".acts li").count() >= 2


def test_the_list_of_records_is_as_long_as_the_number(reader):
    page = reader().open("/figures/city_inspection.mended/evidence/?place=990103&period=2023H1")
    said = int(digits(page.locator("h1 a.num").inner_text()))
    listed = page.locator("tbody tr").count()
    while page.locator("a[rel=next]").count():
        page.locator("a[rel=next]").click()
        listed += page.locator("tbody tr").count()
    assert listed == said


def test_a_filter_narrows_the_list_and_is_taken_away_again(reader):
    somebody = reader()
    page = somebody.open(f"{RATE.replace('/?', '/evidence/?')}")
    whole = page.locator("tbody tr").count()
    page.locator("summary", has_text="筛选").click()
    page.get_by_label("编号或标题").fill("00066")
    somebody.click(page.get_by_role("button", name="筛选"))
    assert page.locator("tbody tr").count() == 1 < whole
    assert page.get_by_label("编号或标题").input_value() == "00066"
    somebody.click(page.get_by_role("link", name="清除筛选"))
    assert page.locator("tbody tr").count() == whole


def test_place_and_period_are_chosen_by_plain_links(reader):
    somebody = reader(PHONE)
    page = somebody.open(RATE)
    somebody.click(page.locator("summary.button").nth(0))
    somebody.click(page.get_by_role("link", name="文昌街道").first)
    assert "place=990103004" in page.url or "文昌街道" in page.title()
    somebody.click(page.locator("summary.button").nth(1))
    somebody.click(page.locator(".picker-period .picker-sheet a").nth(1))
    assert "period=2023H1" not in page.url


def test_searching_leads_to_a_record_and_a_miss_says_so(reader):
    somebody = reader()
    page = somebody.open("/")
    page.get_by_role("searchbox").fill("DCWT2023-00066")
    somebody.click("form.search button")
    assert page.url.endswith(RECORD)
    somebody.open("/")
    page.get_by_role("searchbox").fill("没有这样的东西")
    somebody.click("form.search button")
    assert "没有这样的东西" in page.locator("main").inner_html()


def test_the_language_is_changed_by_one_click_and_kept(reader):
    somebody = reader()
    page = somebody.open(RATE)
    somebody.click(page.get_by_role("link", name="English"))
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("link", name="Figures").count()
    assert "mended_rate" in page.url, "the same page, in the other language"
    somebody.open("/packs/")
    assert page.locator("html").get_attribute("lang") == "en"
    somebody.click(page.get_by_role("link", name="中文"))
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_dark_and_light_are_chosen_by_one_click_and_kept(reader):
    somebody = reader(dark=True)
    page = somebody.open("/")
    night = style(page, "body", "background-color")
    somebody.click(page.get_by_role("link", name="浅色"))
    day = style(page, "body", "background-color")
    assert day != night
    somebody.open(RATE)
    assert style(page, "body", "background-color") == day
    somebody.click(page.get_by_role("link", name="跟随系统"))
    assert style(page, "body", "background-color") == night


#: What a thumb is to hit; links within sentences are read, not hit (WCAG 2.2, 2.5.8).
CONTROLS = ".button, button, .nav a, .wishes a, .tabs a, select, input:not([type=hidden]), summary"


@pytest.mark.parametrize(
    "path", ["/", REPORT, RATE, RECORD, "/figures/", "/account/login/", "/account/demo/"]
)
def test_elder_mode_has_the_sizes_of_the_norm(reader, path):
    """Main text 18 px and more, lines 1.3 and more apart, controls 60 px high; elsewhere 44 px."""
    somebody = reader(PHONE)
    page = somebody.open(path)
    assert small_targets(page, CONTROLS, 44) == []
    somebody.click(page.get_by_role("link", name="大字"))
    assert page.locator("html").get_attribute("data-size") == "large"
    size = float(style(page, "main", "font-size").removesuffix("px"))
    leading = float(style(page, "main", "line-height").removesuffix("px"))
    assert size >= 18
    assert leading / size >= 1.3
    assert small_targets(page, CONTROLS, 60) == []


def test_nothing_moves_for_readers_who_asked_for_rest(reader):
    lively = reader().open("/")
    assert moving(lively), "without the wish something does fade; else this test would see nothing"
    calm = reader(reduced_motion="reduce").open("/")
    assert moving(calm) == []


def test_on_paper_stands_the_report_alone(reader):
    page = reader(dark=True).open(REPORT)
    page.emulate_media(media="print")
    for left_out in (".top", ".foot", ".pickers", ".downloads"):
        assert not page.locator(left_out).first.is_visible(), left_out
    assert page.locator(".document").is_visible()
    assert page.locator(".annex").is_visible()
    assert style(page, "body", "background-color") in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")
    assert style(page, ".document", "color") == "rgb(0, 0, 0)"
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) >= 2, "the annex begins a page of its own"


PRINTED = {
    "figure": RATE,
    "evidence": RATE.replace("/?", "/evidence/?"),
    "board": "/boards/city_inspection/?place=990103&period=2023H1",
    "record": RECORD,
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_other_pages_on_paper_say_of_what_they_are_and_are_cut_nowhere(reader, lang):
    """174 mm lie between the margins; what can only be clicked is left out."""
    somebody = reader(Screen(658, 987), person="cast-inspector", lang=lang)
    for name, path in PRINTED.items():
        page = somebody.open(path)
        page.emulate_media(media="print")
        assert not page.locator("main a.button:visible, main form:visible, .picker-sheet:visible").count(), (
            name
        )
        if page.locator(".pickers").count():
            said = page.locator(".pickers summary:visible").all_inner_texts()
            assert "兰渚区" in said[0], name
            assert "2023" in said[1], name
        somebody.fits()
        page.emulate_media(media="screen")


def test_a_report_is_taken_home_as_a_document(reader):
    page = reader().open(REPORT)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Word").click()
    assert coming.value.suggested_filename.endswith(".docx")
    assert coming.value.path().read_bytes()[:2] == b"PK"


def test_other_eyes_see_what_they_may(reader):
    somebody = reader()
    page = somebody.open("/records/DW2020-0001/")
    assert page.locator(".acts li").count()
    somebody.click("details.faces summary")
    page.locator("details.faces a", has_text="居民").click()
    somebody.check()
    assert "居民" in page.locator("details.faces summary").inner_text()
    assert page.locator(".acts").count() == 0, "what stays inside is not there for a resident"
    somebody.open("/records/DW2020-0001/", status=404)
