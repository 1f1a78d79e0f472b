"""Nothing is undocumented: every command, option, setting, refusal, verb, key and word has its place."""

import argparse
import re
from functools import cache

import pytest

from liren.cli.main import parser
from liren.packs.fields import COLUMNS, TYPES
from liren.packs.figure_language import VERBS, Figure, Version
from liren.packs.language import Said
from liren.packs.linting import RELATIONS, RESERVED_STEPS
from liren.packs.reading import read_file
from liren.packs.sources import HOUSE, PARTS
from liren.places.limits import NAMES as LIMITS
from liren.refusals import WORDINGS
from liren.stories.deeds import DEEDS
from liren.stories.playing import REASONS
from tests.docs.pages import READMES, REPOSITORY, code, fenced, handbook, says, text

#: Every part a pack is made of.
MODELS = (*(m for m in Said.__subclasses__() if m.__module__.startswith("liren.packs")), Figure, Version)


@cache
def authors() -> str:
    return code(handbook("pack-authors.md"))


#: How code asks for a setting: of the environment, as a flag, or by a constant that names it.
ASKED = re.compile(r"""(?:environ[^"'\n]{0,20}|_flag\(|_whole\(|SETTING = )["'](LIREN_[A-Z_]+)["']""")


def settings(folder: str) -> set[str]:
    """Every LIREN_… setting that code below a folder asks for."""
    files = (REPOSITORY / folder).rglob("*.py")
    return {name for path in files for name in ASKED.findall(path.read_text(encoding="utf-8"))}


def test_settings_are_found_where_they_are_asked_for():
    known = {
        "LIREN_HOME",
        "LIREN_DATABASE_URL",
        "LIREN_KEY_FILE",
        "LIREN_PACKS",
        "LIREN_HOSTS",
        "LIREN_HTTPS",
    }
    assert known | {"LIREN_PROXY", "LIREN_DEBUG", "LIREN_URL", "LIREN_DEMO"} <= settings("src")
    assert {"LIREN_TEST_ROOT", "LIREN_GOLDEN"} <= settings("tests")


# -- command line ---------------------------------------------------------------------------------------


def commands(words: argparse.ArgumentParser, name: str = "liren"):
    """(command, its parser) for every command and every command below one."""
    for action in words._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, below in action.choices.items():
                yield f"{name} {word}", below
                yield from commands(below, f"{name} {word}")


def test_every_command_and_option_is_in_the_handbook():
    page = handbook("cli.md")
    missing = []
    for name, command in commands(parser()):
        heading = re.search(rf"(?m)^##+ {name}$", page)
        part = page[heading.end() :] if heading else ""
        part = re.split(r"(?m)^##", part)[0]
        for action in command._actions:
            if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
                continue
            for option in action.option_strings or [str(action.metavar or action.dest.upper())]:
                choices = action.choices and not action.option_strings
                words = [*map(str, action.choices)] if choices else [option]
                missing += [f"{name} {word}" for word in words if not says(part, word)]
        if not heading:
            missing.append(name)
    assert not missing


def test_every_option_says_what_it_means():
    empty = re.findall(r"(?m)^\| (`[^|]+`) \|\s*\|$", handbook("cli.md"))
    assert not empty, "give the option a help text"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_command_is_in_the_readme(readme):
    page = code(text(REPOSITORY / readme))
    names = {name.split()[1] for name, _ in commands(parser())}
    assert {name for name in names if not re.search(rf"\bliren {name}\b", page)} == set()


# -- settings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["operators.md", "operators.en.md"])
def test_every_setting_is_in_the_operators_table(page):
    rows = set(re.findall(r"(?m)^\| `(LIREN_[A-Z_]+)` \|", handbook(page)))
    assert rows == settings("src")


@pytest.mark.parametrize("readme", READMES[:2])
def test_every_setting_is_in_the_readme(readme):
    page = code(text(REPOSITORY / readme))
    assert {name for name in settings("src") if not says(page, name)} == set()


def test_every_setting_of_the_tests_is_in_the_developers_page():
    page = code(handbook("developers.md"))
    assert {name for name in settings("tests") - settings("src") if not says(page, name)} == set()


# -- refusals and the vocabulary of packs ---------------------------------------------------------------


def test_every_refusal_is_in_the_handbook_in_both_languages():
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (.*) \|$", handbook("refusals.md")))
    assert rows.keys() == WORDINGS.keys()
    for refusal, wording in WORDINGS.items():
        for sentence in (wording.zh, wording.en):
            assert sentence.replace("\n", " ").replace("|", "\\|") in rows[refusal]


def test_every_reason_a_story_may_give_is_in_the_handbook():
    page = handbook("refusals.md")
    assert [word for word in REASONS if f"| {word} |" not in page] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_figure_verb_has_its_words_and_an_example(verb):
    assert re.search(rf"(?m)^\| `{verb}` \| {VERBS[verb]} \|", handbook("figures.md"))
    examples = re.findall(r"\{title: [^`]*\}", handbook("pack-authors.md"))
    one = "average" if verb in ("maximum", "minimum") else verb
    assert [example for example in examples if f" {one}: " in example]
    assert says(authors(), verb)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_of_a_pack_is_in_the_handbook(model):
    keys = [field.alias or name for name, field in model.model_fields.items()]
    assert [key for key in keys if not says(authors(), key)] == []


def test_every_word_of_the_pack_language_is_in_the_handbook():
    words = {*TYPES, *COLUMNS, *PARTS, *HOUSE, *RELATIONS, *RESERVED_STEPS}
    assert {word for word in words if not says(authors(), word)} == set()
    assert [unit for unit in LIMITS if not re.search(rf"`\d+{unit}`", handbook("pack-authors.md"))] == []


def test_every_deed_of_a_story_is_in_the_handbook():
    story = "\n".join(fenced(handbook("pack-authors.md"), "story"))
    assert [word for word in DEEDS if f" {word}" not in story] == []


def demo_keys(tree) -> set[str]:
    """Every key that stands in the demo files outside of values, where fields and choices stand."""
    if isinstance(tree, list):
        return set().union(*map(demo_keys, tree)) if tree else set()
    found: set[str] = set()
    for key, value in (tree or {}).items() if isinstance(tree, dict) else ():
        found.add(key)
        if key == "steps":
            steps = [step for step in value if isinstance(step, dict)]
            found |= set().union(*(demo_keys(list(step.values())) for step in steps)) if steps else set()
        elif key == "values" and isinstance(value, dict):
            forms = [set(one) for one in value.values() if isinstance(one, dict)]
            found |= set().union(*forms) if forms else set()
        else:
            found |= demo_keys(value)
    return found


def test_every_key_of_the_demo_files_is_in_the_handbook():
    used: set[str] = set()
    for path in sorted(REPOSITORY.glob("packs/*/demo.yaml")):
        used |= demo_keys(read_file(path)[0])
    assert {"for", "only", "counts", "pool"} <= used
    page = authors()
    assert {key for key in used if not says(page, key)} == set()
