"""How names sound: the first letters people type for them (明月里: myl) and the whole (mingyueli)."""

from functools import lru_cache
from itertools import islice, product
from typing import Any

#: A name with many characters of several readings is kept in at most so many of them.
MOST_READINGS = 8


@lru_cache(maxsize=20_000)  # names of persons come again and again when an old ledger is read
def readings(name: str) -> list[tuple[str, str]]:
    """(first letters, whole sound) of a name, its usual reading first: 单云 → (dy, danyun), (sy, shanyun) ….

    Letters and digits in a name stand for themselves; other signs are left out.
    """
    from pypinyin import Style, pinyin  # a third of a second, and only when names are entered

    usual = pinyin(name, style=Style.NORMAL, heteronym=False, errors=_as_written)
    every = [_sounds(sign) for sign in name]
    if len(usual) != len(every):  # signs that are left out
        every = pinyin(name, style=Style.NORMAL, heteronym=True, errors=_as_written)
    if len(usual) != len(every):  # the dictionary of phrases joined characters differently
        every = usual
    choices = [list(dict.fromkeys([*first, *others])) for first, others in zip(usual, every, strict=True)]
    choices = [[sound for sound in sounds if sound] for sounds in choices]
    sounds = islice(product(*[one for one in choices if one]), MOST_READINGS)
    heard = [("".join(part[0] for part in parts), "".join(parts)) for parts in sounds if parts]
    return list(dict.fromkeys(heard))


@lru_cache(maxsize=8_000)
def _sounds(sign: str) -> list[str]:
    """Every reading of one character."""
    from pypinyin import Style, pinyin

    found = pinyin(sign, style=Style.NORMAL, heteronym=True, errors=_as_written)
    return list(found[0]) if found else [""]


def _as_written(rest: str) -> Any:  # a list is right, whatever its own type says
    return [sign.lower() for sign in rest if sign.isascii() and sign.isalnum()]
