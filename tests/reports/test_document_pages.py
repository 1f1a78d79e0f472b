"""The report as HTML and as Markdown: links, escaping, one file without script or outside parts."""

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from liren.reports import html_writer, markdown_writer
from liren.reports.document import (
    Bullets,
    DocumentRefused,
    Heading,
    Number,
    Paragraph,
    Table,
    Text,
    cited_numbers,
)
from tests.reports.document_sample import citations, sample

GOLDEN = Path(__file__).parent / "golden"
VOID = {"meta", "br"}
links = pytest.mark.parametrize("link", html_writer.LINKS)


class Page(HTMLParser):
    """Tags opened and closed, attributes, text; fails on a tag closed out of turn."""

    def __init__(self, text: str):
        super().__init__()
        self.stack, self.tags, self.links, self.words, self.open_link = [], [], [], [], None
        self.feed(text)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.stack.append(tag)
        if tag == "a":
            self.open_link = (dict(attrs), [])

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag
        if tag == "a":
            self.links.append((self.open_link[0], "".join(self.open_link[1])))

    def handle_data(self, data):
        self.words.append(data)
        if self.open_link:
            self.open_link[1].append(data)

    def numbers(self):
        return [(attrs, words) for attrs, words in self.links if attrs.get("class") == "number"]

    def ids(self):
        return [attrs["id"] for _, attrs in self.tags if "id" in attrs]


@links
def test_every_number_is_a_link(link):
    document = sample()
    page = Page(html_writer.write(document, link))
    by_key = {c.key: c for c in document.citations}
    shown = [(words, attrs["href"]) for attrs, words in page.numbers()]
    expected = [(n.text, by_key[n.cite]) for n in cited_numbers(document)]
    if link == "site":
        assert shown == [(text, c.url) for text, c in expected]
    else:
        assert shown == [(text, f"#cite-{c.no}") for text, c in expected]
        assert [attrs["data-url"] for attrs, _ in page.numbers()] == [c.url for _, c in expected]


@links
def test_every_anchor_exists_once_and_every_row_links_to_the_site(link):
    page = Page(html_writer.write(sample(), link))
    ids = page.ids()
    assert len(ids) == len(set(ids))
    for attrs, _ in page.links:
        if attrs["href"].startswith("#"):
            assert attrs["href"][1:] in ids
    hrefs = {attrs["href"] for attrs, _ in page.links}
    assert hrefs >= {c.url for c in citations()}
    assert {f"cite-{c.no}" for c in citations()} <= set(ids)


def test_the_page_stands_alone_and_says_its_language():
    text = html_writer.write(sample())
    page = Page(text)
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"url\(|@import|<[^>]+\son\w+=|\sstyle=", text)
    assert '<html lang="zh-CN">' in text
    assert '<html lang="en">' in html_writer.write(sample(lang="en"))
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert [tag for tag, _ in page.tags if re.fullmatch(r"h\d", tag)] == ["h1", "h2", "h3", "h4", "h2"]


def test_the_article_is_the_page_without_its_frame():
    document = sample()
    assert html_writer.article(document, "site") in html_writer.write(document, "site")
    assert html_writer.article(document).startswith('<article class="report"')


HOSTILE = '<script>alert("1")</script>&amp;\'"'


def hostile():
    citation = replace(
        citations()[0], title=HOSTILE, value_text=HOSTILE, unit=HOSTILE, definition=HOSTILE, version=HOSTILE,
        place=HOSTILE, period=HOSTILE, digest=HOSTILE, numerator_text=HOSTILE, denominator_text=HOSTILE,
        url="http://x/?a=1&b='2'",
    )  # fmt: skip
    runs = [Text(HOSTILE), Number(HOSTILE, "closed")]
    return sample(
        title=HOSTILE, issuer=HOSTILE, number=HOSTILE, addressee=HOSTILE, attachments=[HOSTILE], notes=[HOSTILE],
        body=[Heading(1, runs), Paragraph(runs), Bullets([runs]), Table([HOSTILE], [[runs]])],
        citations=[citation],
    )  # fmt: skip


@links
def test_words_are_never_markup(link):
    text = html_writer.write(hostile(), link)
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "<script" not in text
    assert page.numbers()[0][1] == HOSTILE
    assert page.numbers()[0][0].get("data-url", "http://x/?a=1&b='2'") == "http://x/?a=1&b='2'"


def test_a_wrong_link_or_document_is_refused():
    with pytest.raises(ValueError, match="site、annex"):
        html_writer.write(sample(), "web")
    for write in (html_writer.write, markdown_writer.write):
        with pytest.raises(DocumentRefused, match="引用清单"):
            write(sample(citations=[]))


def test_a_citation_not_used_in_the_text_has_no_way_back():
    page = Page(html_writer.write(sample(body=[])))
    assert not [attrs for attrs, _ in page.links if attrs["href"].startswith("#ref-")]
    assert "cite-1" in page.ids()


# --- Markdown ------------------------------------------------------------------------------


def rendered(text: str) -> tuple[list[tuple[str, str]], str]:
    """(words, address) of every link, and all words."""
    found, everything, address = [], [], None
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for child in token.children or []:
            if child.type == "link_open":
                address, words = child.attrGet("href"), []
            elif child.type == "link_close":
                found.append(("".join(words), address))
                address = None
            elif child.type in ("text", "code_inline"):
                everything.append(child.content)
                if address is not None:
                    words.append(child.content)
    return found, "".join(everything)


def test_numbers_link_to_the_list_and_the_list_to_the_site():
    document = sample()
    text = markdown_writer.write(document)
    found, _ = rendered(text)
    no = {c.key: c.no for c in document.citations}
    numbers = [(n.text, f"#cite-{no[n.cite]}") for n in cited_numbers(document)]
    assert found[: len(numbers)] == numbers
    assert [address for _, address in found[len(numbers) :]] == [c.url for c in document.citations]
    assert re.findall(r'<a id="cite-(\d+)"></a>', text) == ["1", "2", "3", "4"]


def test_bold_is_bold_beside_chinese_punctuation():
    text = markdown_writer.write(sample())
    html = MarkdownIt("commonmark").render(text)
    assert "<strong>一是抓排查</strong>。对账" in html
    assert "**" not in html


@given(
    st.lists(
        st.tuples(
            st.text(alphabet="甲1。“*_#-+|<>[](){}\\`&;=~! .)a", min_size=1, max_size=8), st.booleans()
        ),
        min_size=1,
        max_size=4,
    )
)
def test_markdown_shows_the_very_words(pieces):
    runs = [Text(words, bold) for words, bold in pieces]
    document = sample(body=[Paragraph(runs)], citations=[], attachments=[], notes=[], number="", addressee="")
    _, shown = rendered(markdown_writer.write(document))
    expected = "".join(words for words, _ in pieces)
    squeeze = re.compile(r"\s+")
    inner = shown.removeprefix(document.title).removesuffix(f"{document.issuer}2023年4月7日")
    # Emphasis beside spaces stays as it stands in CommonMark; no other mark may appear or vanish.
    assert squeeze.sub("", inner).replace("*", "") == squeeze.sub("", expected).replace("*", "")


def test_markdown_of_hostile_words_makes_no_markup():
    text = markdown_writer.write(hostile())
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script" not in html
    assert html.count("<h") == 3
    assert "<table>" in html


# --- golden --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("sample.annex.html", lambda: html_writer.write(sample(), "annex")),
        ("sample.article.html", lambda: html_writer.article(sample(), "site") + "\n"),
        ("sample.md", lambda: markdown_writer.write(sample())),
    ],
)
def test_pages_are_the_golden_ones(name, write):
    """After a wanted change: LIREN_GOLDEN=write pytest tests/reports, then read the difference."""
    text = write()
    if os.environ.get("LIREN_GOLDEN") == "write":
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")
