"""An issued report is shown as it went out, and what moved since is said with its reason."""

from __future__ import annotations

import pytest

from liren.records.actions import record_open, record_void
from liren.reports.models import Issue
from tests.cast import moment
from tests.console.markup import Page
from tests.console.reading import hrefs, words
from tests.console.test_cast import issue_of


@pytest.fixture
def issued(town) -> str:
    """The address of the issued report of March."""
    return f"/issues/{issue_of(town)}/"


def numbers(page: Page) -> list[str]:
    return [one.text for one in page.all("a") if "num" in one.classes and "article" in one.path]


def test_it_reads_as_it_was_issued_with_every_number_a_link(town, issued, opened):
    page = opened(issued, as_=town.cast.dispatcher)
    assert numbers(page) == ["1块", "1块", "100%", "3块", "2.5平方米", "12人", "1件", "1块", "1人次"]
    said = words(page)
    for wanted in (
        "清溪街道公告栏月报",
        "清溪街道办事处",
        "一、公告栏",
        "（一）巡看",
        "已签发",
        "吴县",
        "与签发时一致",
    ):
        assert wanted in said, wanted
    ways = [one.attrs["href"] for one in page.all("a") if "num" in one.classes and "article" in one.path]
    assert all(way.startswith("/figures/gazette.") and "period=2024-03" in way for way in ways)
    assert page.all("h3"), "the second level of headings is kept"
    assert [one.text.strip() for one in page.all("td") if "article" in one.path][:2] == ["内部检查", "1件"]
    assert hrefs(page, "/reports/gazette.month/"), "the same report today"
    assert opened(issued, as_=town.cast.dispatcher, lang="en").chinese_outside() == []


def test_a_record_entered_late_moves_the_number_and_is_named(town, issued, opened):
    late = record_open(
        "gazette.board", {"title": "补登", "place": town.cast.street},
        by=town.cast.dispatcher, at=moment("2024-03-20 09:00"),
    )  # fmt: skip
    page = opened(issued, as_=town.cast.dispatcher)
    moved = [one.text for one in page.all("a") if "num-moved" in one.classes and "article" in one.path]
    assert "1块（原为 1，现为 2）" in moved
    said = words(page)
    assert late.number in said
    assert "与签发时一致" not in said
    assert numbers(page)[0].startswith("1块"), "the text itself stays as it was"


def test_a_record_that_was_voided_leaves_the_number(town, issued, opened):
    record_void(town.check, by=town.cast.dispatcher, note="登记错了")
    said = words(opened(issued, as_=town.cast.dispatcher))
    assert "现为 0" in said
    assert town.check.number in said


def test_a_text_that_was_changed_in_the_database_is_noticed(town, issued, opened):
    Issue.objects.update(text=Issue.objects.get().text.replace("总体情况", "总体很好"))
    assert "文本与签发时的指纹不符" in words(opened(issued, as_=town.cast.dispatcher))


def test_a_small_number_stays_withheld_from_the_public(town, issued, opened):
    page = opened(issued)
    assert numbers(page)[1] == "不公开"
    assert numbers(page)[0] == "1块"


def test_a_figure_that_has_gone_since_does_not_break_the_page(town, issued, opened):
    Issue.objects.get().numbers.filter(name="fans").update(figure="gazette.gone")
    said = words(opened(issued, as_=town.cast.dispatcher))
    assert "12人" in said
    assert "没有核对全部数字" in said


def test_the_first_page_lists_it_and_the_figure_quotes_it(town, issued, opened):
    home = opened("/", as_=town.cast.dispatcher)
    assert issued in hrefs(home)
    assert "2024年3月" in words(home)
    figure = opened("/figures/gazette.boards/?place=990009001&period=2024-03", as_=town.cast.dispatcher)
    assert issued in hrefs(figure)
    assert issued not in hrefs(opened("/figures/gazette.boards/?place=990009001&period=2024-04"))
