"""Words the house does not use, because they blur what a thing is or name what it must not do (§9.10)."""

import re

from tests.house.source import REPOSITORY, ROOT, listing, modules, words

UNUSED = {
    "opinion", "opinions", "sentiment", "sentiments", "surveillance",
    "manager", "managers", "helper", "helpers", "util", "utils", "misc",
    "score", "scores",
}  # fmt: skip
# Names that come from the source reports' own lists of systems and figures: a pack must lead from them.
GIVEN = {
    name.replace(".", "_")
    for name in re.findall(
        r"^(?:f\d{3}\.)?([a-z_.]+)\t",
        "".join(
            p.read_text(encoding="utf-8") for p in sorted((REPOSITORY / "tests/data").glob("mission_*.tsv"))
        ),
        re.MULTILINE,
    )
}
# (file, word): why it may
EXCEPTIONS: dict[tuple[str, str], str] = {}


def test_no_identifier_uses_a_word_the_house_does_not_use():
    wrong = [
        f"{module.where(node)} {name}"
        for module in modules()
        for node, name in module.definitions()
        if any((module.name, word) not in EXCEPTIONS for word in UNUSED.intersection(words(name)))
    ]
    assert not wrong, listing(wrong, f"identifiers with one of: {', '.join(sorted(UNUSED))}")


def test_no_file_or_folder_uses_such_a_word():
    paths = [path.relative_to(ROOT) for path in ROOT.rglob("*") if "__pycache__" not in path.parts]
    wrong = [str(path) for path in paths if UNUSED.intersection(words(path.name))]
    assert not wrong, listing(wrong, "named with a word the house does not use:")


def test_no_key_of_a_pack_uses_such_a_word():
    persons = UNUSED - {"score", "scores"}  # places and units do get scores from outside
    wrong = [
        f"{path.relative_to(REPOSITORY)}:{number} {key}"
        for path in sorted(REPOSITORY.glob("packs/*/*.yaml"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for key in re.findall(r"([A-Za-z_]+):(?:\s|$)", line)
        if key not in GIVEN and persons.intersection(words(key))
    ]
    assert not wrong, listing(wrong, "keys of packs with a word the house does not use:")


def test_every_exception_is_still_needed():
    used = {
        (module.name, word)
        for module in modules()
        for _, name in module.definitions()
        for word in words(name)
    }
    assert set(EXCEPTIONS) <= used
