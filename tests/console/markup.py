"""HTML read the strict way: what is opened is closed, and every text knows the language it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# Attributes that are read out or shown.
SPOKEN = ("title", "aria-label", "alt", "placeholder", "data-label")
CHINESE = re.compile(r"[\u2e80-\u9fff]")


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    lang: str
    line: int
    path: tuple[str, ...]
    text: str = ""

    @property
    def classes(self) -> set[str]:
        return set(self.attrs.get("class", "").split())


@dataclass
class Page:
    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)  # (language, text or spoken attribute)

    def all(self, *tags: str) -> list[Element]:
        return [one for one in self.elements if one.tag in tags]

    @property
    def ids(self) -> list[str]:
        return [one.attrs["id"] for one in self.elements if "id" in one.attrs]

    def chinese_outside(self) -> list[str]:
        """Chinese in text that does not stand in an element marked as Chinese.

        The <title> is left out: it joins both languages and cannot mark a part of itself.
        """
        return [text for lang, text in self.texts if not lang.startswith("zh") and CHINESE.search(text)]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.page.faults.append(f"line {self.getpos()[0]}: <{tag}> says an attribute twice")
        found = {name: value or "" for name, value in attrs}
        lang = found.get("lang") or (self.open[-1].lang if self.open else "")
        path = tuple(one.tag for one in self.open)
        element = Element(tag, found, lang, self.getpos()[0], path)
        self.page.elements.append(element)
        self.page.texts += [(lang, found[name]) for name in SPOKEN if name in found]
        if tag == "p" and "p" in path:
            self.page.faults.append(f"line {element.line}: <p> in <p>")
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1].tag != tag:
            inside = self.open[-1].tag if self.open else "nothing"
            self.page.faults.append(f"line {self.getpos()[0]}: </{tag}> closes <{inside}>")
            return
        closed = self.open.pop()
        if self.open:
            self.open[-1].text += closed.text

    def handle_data(self, data: str) -> None:
        if not self.open:
            return
        self.open[-1].text += data
        if self.open[-1].tag != "title" or "head" not in self.open[-1].path:
            self.page.texts.append((self.open[-1].lang, data.strip()))


def read(html: str) -> Page:
    """Read a whole page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.faults += [f"<{one.tag}> of line {one.line} is never closed" for one in reader.open]
    return reader.page
