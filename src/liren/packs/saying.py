"""Words to the reader in the reader's language.

The pack language runs anywhere and knows no web framework: alone it speaks Chinese. Who stands on it lends it a
translation once (`speak_through`), and a value that is refused in a form, in a spreadsheet or by the command line is
refused in the language in force there.
"""

from collections.abc import Callable

_through: list[Callable[[str], str]] = []


def speak_through(translate: Callable[[str], str]) -> None:
    """Every sentence of the pack language goes through ``translate`` from now on."""
    _through[:] = [translate]


def _(text: str) -> str:
    """The text in the language in force; marked so, the catalogue of translations finds it."""
    return _through[0](text) if _through else text


def gettext_noop(text: str) -> str:
    """Marks a text that is translated where it is shown."""
    return text


def joined(words) -> str:
    """Words one after another, as the language in force writes a list: 甲、乙, in English A, B."""
    return _("、").join(words)
