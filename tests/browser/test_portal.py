"""A resident with a cheap phone: no account, no script, and the office at the other end."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from tests.browser.chromium import PHONE
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser
HERE = "990121001001"


@pytest.fixture
def resident(browser, own_site):
    """`resident()`: somebody at a portal they may write to."""
    readers: list[Reader] = []

    def sitting_down(**wishes) -> Reader:
        readers.append(Reader(browser, own_site.url, PHONE, **wishes))
        return readers[-1]

    yield sitting_down
    faults = [fault for one in readers for fault in one.leave()]
    assert not faults, "\n".join(faults)


def picture() -> dict:
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(out, "JPEG")
    return {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def report(reader: Reader, title: str) -> str:
    """Fill in the form and send it; the private link."""
    page = reader.open(f"/p/report/grid_case.event/?place={HERE}")
    page.fill("input[name=title]", title)
    page.locator("label", has_text="公共设施").click()
    reader.click("main button:has-text('提交')")
    return page.url.split("?")[0]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_report_from_the_first_page_to_the_private_link(resident, scripts):
    somebody = resident(scripts=scripts)
    page = somebody.open("/p/")
    somebody.click("main a:has-text('清和县')")
    page.fill("#q", "mylsq")
    somebody.click("main button:has-text('找')")
    somebody.click("main a:has-text('明月里社区')")
    somebody.click("a:has-text('反映问题')")
    page.set_input_files("#photos", [picture()])
    page.fill("textarea[name=details]", "晚上走路看不见 13812345678")
    somebody.click("main button:has-text('提交')")
    assert page.locator("[role=alert] a").count() == 2  # the title and the category are missing
    page.fill("input[name=title]", "河边路灯坏了三盏")
    page.locator("label", has_text="公共设施").click()
    somebody.click("main button:has-text('提交')")
    assert "请不要写手机号" in page.locator("[role=alert]").inner_text()
    assert page.input_value("input[name=title]") == "河边路灯坏了三盏"
    assert "已收好 1 张" in page.locator(".kept").inner_text()
    page.fill("textarea[name=details]", "晚上走路看不见")
    somebody.click("main button:has-text('提交')")
    assert re.fullmatch(r"WG\d{4}-\d{5}", page.locator("code.number").inner_text())
    assert page.locator(".pictures img").count() == 1
    private = page.locator("a.private-link").get_attribute("href")
    somebody.open("/p/mine/")
    assert "河边路灯坏了三盏" in page.locator("main").inner_text()
    other = resident(scripts=scripts)
    other.open(private)
    assert "河边路灯坏了三盏" in other.page.locator("h1").inner_text()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_point_is_tapped_on_the_map_and_stands_on_the_matter(resident, scripts):
    somebody = resident(scripts=scripts)
    page = somebody.open("/p/report/grid_case.event/?place=990121001")
    if scripts:
        page.fill("input[name=title]", "井盖松动")
    for _closer in range(2):
        picture_ = page.locator("input[type=image]")
        shown = picture_.bounding_box()
        picture_.click(position={"x": shown["width"] * 0.45, "y": shown["height"] * 0.55})
        page.wait_for_url("**point=**")
        somebody.check()
    there = re.search(r"point=([\d.]+)%2C([\d.]+)", page.url)
    assert len(re.search(r"place=(\d+)", page.url)[1]) == 12
    if scripts:
        assert page.input_value("input[name=title]") == "井盖松动", "what was typed outlives a tap"
    page.fill("input[name=title]", "井盖松动")
    page.locator("label", has_text="公共设施").click()
    somebody.click("main button:has-text('提交')")
    assert f"{there[1]},{there[2]}" in page.locator("main").inner_text()
    assert page.locator("svg.chart-map .map-here").count() == 1
    somebody.click("a:has-text('看附近正在办的事')")
    assert "井盖松动" in page.locator(".matters li").first.inner_text()


def test_a_neighbour_joins_instead_of_filing_again(resident):
    report(resident(), "东桥头路灯坏了")
    neighbour = resident()
    page = neighbour.open(f"/p/report/grid_case.event/?place={HERE}&near=桥头路灯")
    neighbour.click("button:has-text('就是这件')")
    assert "已经一同反映" in page.locator("[role=status]").inner_text()
    number = page.locator("code.number").inner_text()
    stranger = resident(lang="en")
    stranger.open(f"/p/record/{number}/")
    assert "1 other person reports the same" in stranger.page.locator("main").inner_text()


def test_sent_twice_it_is_one(resident):
    """The form sent, gone back, sent again: a lost answer makes no second report."""
    somebody = resident()
    first = report(somebody, "河边路灯坏了三盏")
    somebody.page.go_back()
    somebody.click("main button:has-text('提交')")
    assert somebody.page.url.split("?")[0] == first


def test_signing_up_for_an_activity_and_taking_it_back(resident):
    somebody = resident(elder=True)
    page = somebody.open("/p/record/WMHD2023-0001/")
    somebody.click("main button:has-text('报名')")
    assert "怎么称呼" in page.locator(".box-wrong").inner_text()
    page.fill("#name", "老王")
    somebody.click("main button:has-text('报名')")
    assert "您已报名" in page.locator("main").inner_text()
    somebody.click("button:has-text('让出名额')")
    assert "您已报名" not in page.locator("main").inner_text()


def test_all_of_it_by_the_keyboard(resident):
    """Tab and Enter lead from the first page into the form, and the focus is seen on the way."""
    page = resident().open(f"/p/?place={HERE}")
    for _ in range(30):
        page.keyboard.press("Tab")
        if "反映问题" in page.evaluate("document.activeElement.innerText || ''"):
            break
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring != "none"
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/report/**")
