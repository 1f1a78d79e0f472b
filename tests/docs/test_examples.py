"""What the handbook shows is true: examples are read by the code they are about, commands by the parser."""

import re
import shlex

import pytest

from liren import inforce
from liren.cli.main import parser
from liren.packs.catalogue import read_all
from liren.packs.changes import read_changes
from liren.packs.conditions import parse
from liren.packs.effects import parse_effect
from liren.packs.figure_language import Figure
from liren.packs.language import LIMIT
from liren.packs.reading import read_yaml
from liren.stories.playing import play
from liren.stories.reading import read_story
from tests.docs.pages import REPOSITORY, every_page, fenced, handbook, text


def part(heading: str) -> str:
    """A section of the page for pack authors."""
    page = handbook("pack-authors.md")
    found = re.search(rf"(?ms)^#+ {re.escape(heading)}$(.*?)(?=^#{{2,3}} [a-zA-Z]|\Z)", page)
    assert found, heading
    return found[1]


@pytest.fixture
def lamp(tmp_path, monkeypatch):
    """The whole example as a folder in force beside the shipped packs."""
    folder = tmp_path / "lamp_post"
    folder.mkdir()
    section = part("A whole example")
    (folder / "pack.yaml").write_text(fenced(section, "yaml")[0], encoding="utf-8")
    (folder / "story.md").write_text(fenced(section, "story")[0], encoding="utf-8")
    monkeypatch.setattr(inforce, "pack_roots", lambda: [inforce.shipped_packs(), folder])
    inforce.catalogue.cache_clear()
    yield folder
    inforce.catalogue.cache_clear()


def test_the_whole_example_lints_without_a_finding(lamp):
    _, findings = read_all(inforce.pack_roots())
    assert [str(finding) for finding in findings if "lamp_post" in finding.file] == []


@pytest.mark.django_db
def test_the_story_of_the_whole_example_plays(lamp):
    story = (lamp / "story.md").read_text(encoding="utf-8")
    assert play(story, file="story.md", pack="lamp_post") == 15


def figure_examples() -> list[str]:
    return re.findall(r"`(\{title: [^`]+\})`", part("figures"))


@pytest.mark.parametrize("example", figure_examples())
def test_examples_of_figures_are_figures(example):
    tree, _, findings = read_yaml(example, "example")
    assert not findings
    figure = Figure.model_validate(tree)
    if figure.where:
        parse(figure.where)


def test_examples_of_figures_were_found():
    assert len(figure_examples()) >= 9


def test_examples_of_conditions_limits_and_effects_are_such():
    conditions = re.findall(r"`([^`]+)`", part("conditions").split("\n\nOnly")[0])
    assert len(conditions) >= 7
    for condition in conditions:
        parse(condition)
    plain = re.findall(r"`([^`{]+)`", part("limits"))
    assert len(plain) >= 6
    assert all(LIMIT.fullmatch(limit) for limit in plain)
    effects = re.findall(r"`([^`]+)`", part("effects").split(". Passing")[0])
    assert len(effects) >= 6
    for effect in effects:
        if effect != "open":
            parse_effect(effect.replace("ROLE", "leader"))


def test_the_grammar_of_stories_is_read_line_by_line():
    lines = list(read_story(fenced(part("story.md"), "story")[0], "pack-authors.md"))
    assert {line.verb for line in lines} == {"declare", "do", "tick", "state", "late", "header", "figure"}
    assert sum(line.again for line in lines) == 1
    assert [line.refused for line in lines if line.refused] == ["无权"]


def test_yaml_of_the_page_is_read_strictly(tmp_path):
    for block in fenced(handbook("pack-authors.md"), "yaml"):
        _, _, findings = read_yaml(block, "pack-authors.md")
        assert not findings, findings
    changes = tmp_path / "changes.yaml"
    changes.write_text(fenced(part("A county's changes"), "yaml")[0], encoding="utf-8")
    read, findings = read_changes(changes)
    assert (len(read), findings) == (1, [])


# -- commands -------------------------------------------------------------------------------------------


def commands(markdown: str) -> list[list[str]]:
    """Every `liren …` of the fenced blocks, as the shell would split it."""
    found = []
    for line in "\n".join(fenced(markdown)).splitlines():
        for piece in re.split(r"&&|;", line.split(" #")[0]):
            words = re.sub(r"^\s*\$ ", "", piece).strip()
            words = re.sub(r"^(?:[A-Z_]+=\S+\s+)*(?:ExecStart=)?(?:[\w.]*/[\w./]*)?(?=liren )", "", words)
            if words.startswith("liren "):
                found.append(shlex.split(words)[1:])
    return found


WRITTEN = [page for page in every_page() if "packs" not in page.parts and page.name != "cli.md"]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_commands_in_the_pages_are_commands(page, capsys):
    for words in commands(text(page)):
        try:
            parser().parse_args(words)
        except SystemExit:
            pytest.fail(f"{page.name}: liren {' '.join(words)}\n{capsys.readouterr().err}")


def test_commands_are_found_where_they_stand():
    page = (
        "```\n$ liren tick   # now\nX=1 liren play a/story.md && .venv/bin/liren doctor\nliren is good\n```\n"
    )
    assert [words[0] for words in commands(page)] == ["tick", "play", "doctor", "is"]
    assert sum(len(commands(text(page))) for page in WRITTEN) > 20


def test_make_targets_in_the_pages_exist():
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", text(REPOSITORY / "Makefile")))
    named = {
        target
        for page in WRITTEN
        for block in fenced(text(page))
        for words in re.findall(r"(?m)^make ([a-z -]+)", block)
        for target in words.split()
    }
    assert {"demo", "setup", "wheel", "docs"} <= named <= targets
