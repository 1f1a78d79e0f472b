"""The written pages as the docs tests read them: files, code, links, headings."""

import re
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
READMES = ("README.md", "README.zh-CN.md", "CHANGELOG.md")
#: Pages in two languages: Chinese first, English complete.
TWINS = (
    ("county-staff.md", "county-staff.en.md"),
    ("operators.md", "operators.en.md"),
    ("databases.md", "databases.en.md"),
    ("hardening.md", "hardening.en.md"),
    ("api.md", "api.en.md"),
)


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def handbook(name: str) -> str:
    return text(DOCS / "handbook" / name)


def every_page() -> list[Path]:
    """Every Markdown page of the repository that readers are meant to find."""
    return [*(REPOSITORY / name for name in READMES), *sorted(DOCS.rglob("*.md"))]


def fenced(markdown: str, language: str | None = None) -> list[str]:
    """The fenced blocks of a page; of one language, or all."""
    found = re.findall(r"(?ms)^```([a-z]*)\n(.*?)^```$", markdown)
    return [body for named, body in found if language is None or named == language]


def prose(markdown: str) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"(?ms)^```.*?^```$", "", markdown)


def spans(markdown: str) -> list[str]:
    """Inline code of a page."""
    return re.findall(r"`([^`\n]+)`", prose(markdown))


def code(markdown: str) -> str:
    """All code of a page, inline and fenced."""
    return "\n".join([*fenced(markdown), *spans(markdown)])


def says(code_of_page: str, word: str) -> bool:
    """Whether code has the word on its own: `at` is not in `dated`, `unit` not in `at units`."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", code_of_page) is not None


def headings(markdown: str) -> list[tuple[int, str]]:
    """(depth, words) of every heading."""
    return [(len(marks), words) for marks, words in re.findall(r"(?m)^(#+) (.+)$", prose(markdown))]


def anchors(markdown: str) -> set[str]:
    """The anchors that forges give to headings: lower case, no punctuation, hyphens for spaces."""
    found: dict[str, int] = {}
    for _, words in headings(markdown):
        plain = re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")
        found[plain] = found.get(plain, -1) + 1
        if found[plain]:
            found[f"{plain}-{found[plain]}"] = 0
    return set(found)


def links(markdown: str) -> list[str]:
    """Targets of all links and pictures outside of code."""
    bare = re.sub(r"`[^`\n]+`", "", prose(markdown))
    return re.findall(r"\]\(([^)\s]+)\)", bare)
