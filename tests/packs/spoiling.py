"""Ways to spoil the sound pack: what is wrong, and the finding that must come of it."""

from typing import NamedTuple

from tests.packs.writing import first_difference, spoilt


class Mistake(NamedTuple):
    """``text`` has one fault at ``line`` and ``path``; ``words`` and ``mend`` stand in its finding."""

    name: str
    text: str
    line: int
    path: str
    words: str
    mend: str


def mistake(
    name: str, path: str, words: str, mend: str, *passages: tuple[str, str], below: int = 0
) -> Mistake:
    """The fault stands in the first line that differs from the sound pack, or ``below`` lines further down."""
    text = spoilt(*passages)
    return Mistake(name, text, first_difference(text) + below, path, words, mend)


def figure(name: str, path: str, words: str, mend: str, said: str) -> Mistake:
    """A figure ``x`` with a fault, before the sound ones."""
    return mistake(
        name, f"figures.x{path}", words, mend, ("figures:", f"figures:\n  x: {{title: 丙, {said}}}")
    )


def condition(name: str, words: str, mend: str, said: str) -> Mistake:
    return mistake(name, "figures.done.where", words, mend, ("where: state == 'done'", f"where: {said}"))


def field(name: str, path: str, words: str, mend: str, said: str) -> Mistake:
    """A further field of the kind."""
    return mistake(name, f"{ITEM}.fields.{path}", words, mend, ("    fields:", f"    fields:\n      {said}"))


def of_kind(name: str, path: str, words: str, mend: str, said: str, **more) -> Mistake:
    """A further line of the kind."""
    return mistake(
        name, f"{ITEM}.{path}", words, mend, ("by: clerk\n    f", f"by: clerk\n    {said}\n    f"), **more
    )


def waiting(name: str, path: str, words: str, mend: str, said: str) -> Mistake:
    """The first state, said otherwise."""
    old = "{title: 待办, within: 5wd, late: [tell chief]}"
    return mistake(name, f"{ITEM}.states.waiting{path}", words, mend, (old, f"{{title: 待办, {said}}}"))


def finish(name: str, path: str, words: str, mend: str, said: str) -> Mistake:
    """The only step, with something more."""
    return mistake(name, f"{ITEM}.steps.finish{path}", words, mend, ("to: done}", f"to: done, {said}}}"))


ITEM = "kinds.item"
NOTE = "note: {title: 说明, type: long}"
LISTED = "x: {title: 丙, unit: 个, listed: y, by: place, top: 3}"
SPANS = "y: {title: 丁, unit: 天, between: [opened, closed], of: item}"
DONE = "done: {title: 已办, end: true}"
