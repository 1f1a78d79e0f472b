"""What a test asks of a page that was read: its links, its words, the links of its tables."""

from __future__ import annotations

import re

from tests.console.markup import Page


def words(page: Page) -> str:
    """All text of the page, blanks made one."""
    return re.sub(r"\s+", " ", " ".join(text for _, text in page.texts))


def hrefs(page: Page, start: str = "") -> list[str]:
    """Addresses of the links that begin with `start`, in the order of the page."""
    return [one.attrs["href"] for one in page.all("a") if one.attrs.get("href", "").startswith(start)]


def value(page: Page) -> str:
    """The number a figure's page is about, with its unit."""
    return next(one.text for one in page.elements if "figure-value" in one.classes)


def row_heads(page: Page) -> list[str]:
    """The first cell of each row of the tables in the content."""
    return [one.text for one in page.all("th") if one.attrs.get("scope") == "row" and "main" in one.path]
