"""The pages hang together: links lead somewhere, twins are equal, decisions are numbered, nothing foreign."""

import re
from itertools import pairwise

import pytest

from tests.docs.pages import (
    DOCS,
    REPOSITORY,
    TWINS,
    anchors,
    every_page,
    fenced,
    handbook,
    headings,
    links,
    prose,
    text,
)

ADRS = sorted((DOCS / "adr").glob("*.md"))
#: Hosts that pages may name besides examples: this machine, and standards that are cited.
HOSTS = {"127.0.0.1", "localhost", "semver.org", "json-schema.org"}


@pytest.mark.parametrize("page", every_page(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_relative_link_leads_to_a_file_and_a_heading(page):
    lost = []
    for link in links(text(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        known = target.suffix != ".md" or not anchor or anchor in anchors(text(target))
        if not target.exists() or not target.is_relative_to(REPOSITORY) or not known:
            lost.append(link)
    assert not lost


def test_anchors_are_made_as_forges_make_them():
    page = "# 一、总体 情况\n## `liren docs` make\n## story.md\n## story.md\n```\n# not a heading\n```\n"
    assert anchors(page) == {"一总体-情况", "liren-docs-make", "storymd", "storymd-1"}


def test_every_page_is_reached_from_the_index():
    found, waiting = set(), [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in found:
            continue
        found.add(page)
        for link in links(text(page)):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_relative_to(DOCS) and target.is_file():
                waiting.append(target)
    assert set(DOCS.rglob("*.md")) - found == set()


@pytest.mark.parametrize(("chinese", "english"), TWINS)
def test_twins_are_built_alike(chinese, english):
    """Same headings in depth and order, as many rows of tables, the same commands, a link to one another."""
    one, other = handbook(chinese), handbook(english)
    assert [depth for depth, _ in headings(one)] == [depth for depth, _ in headings(other)]
    assert one.count("\n|") == other.count("\n|")
    assert len(fenced(one)) == len(fenced(other))
    tools = re.compile(r"(?m)^(?:\$ )?(?:\.venv/bin/)?((?:liren|make) [a-z]+)")
    assert [tools.findall(b) for b in fenced(one)] == [tools.findall(b) for b in fenced(other)]
    assert english in links(one)
    assert chinese in links(other)


# -- decision records -----------------------------------------------------------------------------------


def test_decisions_are_numbered_without_gaps():
    assert [path.name[:4] for path in ADRS] == [f"{number:04}" for number in range(1, len(ADRS) + 1)]
    assert len(ADRS) >= 13


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.name[:4])
def test_a_decision_has_its_form_and_fits_a_page(path):
    words = text(path)
    assert words.startswith(f"# {path.name[:4]} ")
    assert re.search(r"(?m)^Status: (accepted|superseded by \d{4})", words)
    titles = [title for _, title in headings(words)][1:]
    if path.name.startswith("0003"):  # a table that a test holds to pyproject.toml
        return
    assert titles[0] == "The question"
    assert titles[1] == "The decision"
    assert titles[-2:] == ["What else was weighed", "What follows"]
    assert len(words.split()) <= 480, "one page: say less, or decide two things apart"


def test_the_index_names_every_decision_by_its_title():
    index = text(DOCS / "README.md")
    for path in ADRS:
        title = text(path).splitlines()[0].removeprefix(f"# {path.name[:4]} ")
        assert f"| [{path.name[:4]}](adr/{path.name}) | {title} |" in index


# -- nothing foreign ------------------------------------------------------------------------------------


def hosts(words: str) -> set[str]:
    """Names of machines on the network, with or without a scheme."""
    schemed = re.findall(r"https?://([^/\s)\"'`<>:，。、；]+)", words)
    bare = re.findall(
        r"(?<![\w./@-])((?:[a-z0-9-]+\.)+(?:org|com|net|io|cn|dev|edu|gov))(?![\w.-]*\w)", words
    )
    found = (name.partition(":")[0] for name in (*schemed, *bare))
    return {name for name in found if "example" not in name.split(".")[-3:]}


@pytest.mark.parametrize("page", every_page(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_pages_name_no_machine_but_those_of_examples(page):
    assert hosts(text(page)) - HOSTS == set()


def test_the_schema_names_no_machine_either():
    assert hosts(text(DOCS / "pack.schema.json")) - HOSTS == set()


def test_hosts_are_seen():
    seen = hosts(
        "from https://files.somewhere.net:8443/x, mirror.elsewhere.com; not story.md, not www.example.org"
    )
    assert seen == {"files.somewhere.net", "mirror.elsewhere.com"}


# Brackets keep this file from finding itself.
FOREIGN = re.compile(
    r"\b(?:[Aa]g[e]nts?|A[I]|L[L]Ms?|[Cc]hat[b]ots?|[Pp]rom[p]ts?|[Tt]ok[e]ns?|this s[e]ssion|s[e]ssion logs?)\b"
    r"|人工智[能]|大模[型]|/w[o]rk/|/r[o]ot/"
)


@pytest.mark.parametrize("page", every_page(), ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_pages_speak_of_the_house_alone(page):
    assert [found[0] for found in FOREIGN.finditer(text(page))] == []


def test_pages_have_one_title_and_no_skipped_depth():
    for page in every_page():
        depths = [depth for depth, _ in headings(text(page))]
        assert depths.count(1) == 1, page
        assert depths[0] == 1, page
        assert all(after <= before + 1 for before, after in pairwise(depths)), page


def test_tables_are_rectangular():
    """A row with a cell too many loses it on the page."""
    for page in every_page():
        for block in re.findall(r"(?m)(?:^\|.*\n)+", prose(text(page))):
            widths = {
                len(re.findall(r"(?<!\\)\|", re.sub(r"`[^`]*`", "", row))) for row in block.splitlines()
            }
            assert len(widths) == 1, f"{page.name}: {block.splitlines()[0]}"
