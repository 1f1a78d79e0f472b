"""The report studio in a browser: a text is worded with figures that braces offer, looked at, saved, issued, compared."""

import pytest

from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.journeys import sign_in

DESK = "/studio/report_rectification.report/?place=990103&period=2023H1"
WHO = "cast-inspector"


@pytest.fixture
def clerk(reader):
    """`clerk(PHONE, lang="en")`: somebody at the desk who saves nothing."""
    return lambda screen=DESKTOP, **wishes: reader(screen, person=WHO, **wishes)


@pytest.fixture
def author(reader, own_site):
    """`author()`: somebody at a desk of their own, to save and to issue at."""
    return lambda: reader(at=own_site.url, person=WHO)


def at_the_end(page) -> None:
    """A new line at the end of the text, as the keyboard makes it."""
    page.locator("#text").focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")


def marked(page) -> str:
    return page.locator("#offer li[aria-selected=true] code").inner_text()


@pytest.mark.parametrize(("screen", "lang"), [(DESKTOP, "zh"), (PHONE, "en")])
def test_a_brace_offers_figures_and_the_preview_follows(clerk, screen, lang):
    somebody = clerk(screen, lang=lang, dark=lang == "en")
    page = somebody.open(DESK)
    at_the_end(page)
    page.keyboard.type("补一句：")
    page.locator("[data-shown]").get_by_text("补一句").wait_for()
    assert page.locator("#offer").is_hidden(), "where no brace is open nothing is offered"
    page.keyboard.type("{")
    assert page.locator("#offer li").count() == 8
    page.keyboard.type("整改")
    line = page.locator("#offer li[aria-selected=true]")
    assert "整改" in line.inner_text()
    assert line.bounding_box()["y"] < screen.height, "in sight, however long the text"
    somebody.check()
    first = marked(page)
    page.keyboard.press("ArrowDown")
    second = marked(page)
    assert second != first
    assert page.locator("#text").get_attribute("aria-activedescendant") == "offer-1"
    assert second in page.locator("[data-found]").inner_text(), "a screen reader is told"
    page.keyboard.press("ArrowUp")
    assert marked(page) == first
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator("#text").input_value().endswith(f"补一句：{second}")
    assert page.locator("#offer").is_hidden()
    sentence = page.locator("[data-shown] p", has_text="补一句")
    sentence.locator("a.num").wait_for()
    somebody.check()
    page.keyboard.type("。{period")
    page.keyboard.press("Tab")
    assert page.locator("#text").input_value().endswith("。{period}")
    page.locator("[data-shown] p", has_text="补一句").filter(has_text="2023").wait_for()


def test_what_is_offered_can_be_put_away_and_tab_leaves_the_text(clerk):
    page = clerk().open(DESK)
    at_the_end(page)
    page.keyboard.type("{place")
    page.keyboard.press("Escape")
    assert page.locator("#offer").is_hidden()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "why", "no trap"
    assert page.locator("#text").input_value().endswith("{place")


def test_a_finger_chooses_too(clerk):
    page = clerk(PHONE).open(DESK)
    at_the_end(page)
    page.keyboard.type("{发文")
    page.locator("#offer li").first.tap()
    assert page.locator("#text").input_value().endswith("{issuer}")


def test_a_figure_that_is_not_there_is_told_with_its_line(clerk):
    somebody = clerk()
    page = somebody.open(DESK)
    at_the_end(page)
    page.keyboard.type("共{no_such}项")
    fault = page.locator("[data-shown] [data-line]")
    fault.wait_for()
    assert "no_such" in fault.inner_text()
    somebody.check()
    fault.locator("a").focus()
    page.keyboard.press("Enter")
    chosen = "(b => b.value.slice(b.selectionStart, b.selectionEnd))(document.querySelector('#text'))"
    assert page.evaluate(chosen) == "共{no_such}项", "the line is marked, ready to be worded anew"
    page.locator("#why").fill("试试")
    somebody.click("button[formaction*='/save/']")
    assert "没有保存" in page.locator("[role=alert]").first.inner_text()
    assert page.locator("#text").input_value().rstrip().endswith("共{no_such}项")
    somebody.open(DESK)
    assert "no_such" not in page.locator("#text").input_value()


def test_saved_issued_and_compared_with_the_last_issue(author):
    somebody = author()
    page = somebody.open(DESK)
    for words in ("第一稿的一句。", "第二稿的一句。"):
        at_the_end(page)
        page.keyboard.type(words)
        page.locator("[data-shown]").get_by_text(words).wait_for()
        page.locator("#why").fill("补一句")
        somebody.click("button[formaction*='/save/']")
        assert page.locator("#text").input_value().rstrip().endswith(words)
        if words.startswith("第一"):
            page.get_by_label("已核对").check()
            somebody.click("form[action*='/issue/'] button")
            assert words in page.locator("main").inner_text()
            somebody.open(DESK)
    somebody.click("a[href*='/compare/']")
    assert "第二稿的一句。" in page.locator(".differences ins").all_inner_texts()[-1]
    assert page.locator(".notice-ok").count() == 1, "words changed, and no number did"


def test_a_lost_line_and_an_ended_session_lose_no_word(author, own_site):
    somebody = author()
    page = somebody.open(DESK)
    own_site.stop()
    at_the_end(page)
    page.keyboard.type("断线时写的。")
    page.locator("[data-told]").filter(has_text="网络不通").wait_for()
    own_site.start()
    page.keyboard.type("接着写。")
    page.locator("[data-shown]").get_by_text("接着写。").wait_for()
    assert page.locator("[data-told]").inner_text() == ""
    somebody.context.clear_cookies(name="liren_session")
    page.keyboard.type("过期后写的。")
    page.locator("[data-told]").filter(has_text="登录已经过期").wait_for()
    assert page.locator("[data-shown] .document").count() == 1, "the preview is no page of signing in"
    page.locator("#why").fill("补一句")
    somebody.click("button[formaction*='/save/']")
    assert "/account/login/" in page.url
    sign_in(page, WHO)
    page = somebody.open(DESK)
    assert page.locator("#text").input_value().rstrip().endswith("断线时写的。接着写。过期后写的。")
    assert page.locator("#why").input_value() == "补一句"
    somebody.click("button[formaction*='/save/']")
    somebody.open(DESK)
    assert page.locator("#text").input_value().rstrip().endswith("过期后写的。")
    somebody.faults = [one for one in somebody.faults if "ERR_CONNECTION_REFUSED" not in one]
