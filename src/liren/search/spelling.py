"""How text is spelt for searching: pure functions, the same for what is kept and for what is asked.

Chinese has no spaces, and a list of words never holds the ones that are looked for (志愿服务队, 路). So
every Han character is a token of its own and what is asked is a phrase of such tokens: that finds exactly
what ``asked in text`` finds. Latin letters and digits keep together as words, and the last word of what is
asked may go on (``WG2024-007`` finds WG2024-00731). Between letters and digits a new token begins.

Punctuation and blanks become one break token, so nothing is found across them: 路灯 is not in 道路，灯光.

Spelt text is written so that both databases can use it: characters stand side by side, ``|`` is the edge
of a word, ``/`` a break: 明月里/路灯|12|号楼. Full width, case and compatibility forms are folded (NFKC).
"""

import unicodedata
from collections.abc import Sequence
from functools import cache

BREAK, EDGE = "/", "|"
#: Between two fields: no phrase holds two breaks, so none reaches from one field into the next.
FIELDS = f"{EDGE}{BREAK}{BREAK}{EDGE}"
_ONE_BREAK, _TWO_BREAKS = f"{EDGE}{BREAK}{EDGE}", f"{EDGE}{BREAK}{EDGE}{EDGE}{BREAK}{EDGE}"
LONGEST, MOST_PHRASES = 200, 12
#: Another number whenever texts are spelt otherwise than before: entries are then made anew.
SPELLING = 1

_WORD = {"Ll", "Lu", "Lt"}
_ALONE = {"Lo", "Lm", "Nl", "No", "Mn", "Mc", "Me"}
_DIGIT = "\x1f"  # stands around digits only: a written one is a break like every control character

#: A piece of a text as shown: its characters, and whether they are what was asked for.
Segment = tuple[str, bool]


@cache
def _tokens_of(sign: str) -> tuple[tuple[str, bool], ...]:
    """What one character is in the index: (token, whether it joins its neighbours into a word)."""
    found: list[tuple[str, bool]] = []
    for folded in unicodedata.normalize("NFKC", sign).casefold():
        category = unicodedata.category(folded)
        if category == "Cf" or "\ufe00" <= folded <= "\ufe0f" or "\U000e0100" <= folded <= "\U000e01ef":
            continue  # zero-width signs and variants of a glyph come along when text is pasted
        if category in _WORD:
            found.append((folded, True))
        elif category == "Nd":
            found.append((str(unicodedata.decimal(folded)), True))
        else:
            found.append((folded if category in _ALONE else BREAK, False))
    return tuple(found)


class _Table(dict):
    """For ``str.translate``: code point → text, worked out when a character is met for the first time."""

    def __init__(self, spelt):
        super().__init__()
        self._spelt = spelt

    def __missing__(self, code: int) -> str:
        self[code] = text = self._spelt(chr(code))
        return text


def _marked(sign: str) -> str:
    """A character with its edges: around digits their own, so that they part from letters."""
    marks = ((_DIGIT if token.isdigit() else "") if joining else EDGE for token, joining in _tokens_of(sign))
    return "".join(f"{mark}{token}{mark}" for mark, (token, _) in zip(marks, _tokens_of(sign), strict=True))


_SPELT = _Table(_marked)
_APART = _Table(lambda sign: " " if sign == EDGE else sign if joins(sign) else f" {sign} ")


def spell(text: str) -> str:
    """A text as it is kept for searching; empty when there is nothing to find in it."""
    spelt = unicodedata.normalize("NFC", text).translate(_SPELT)
    # Plain replacements one after another take a third of the time of a regular expression.
    if _DIGIT in spelt:
        spelt = spelt.replace(_DIGIT + _DIGIT, "").replace(EDGE + _DIGIT, EDGE).replace(_DIGIT + EDGE, EDGE)
        spelt = spelt.replace(_DIGIT, EDGE)
    while _TWO_BREAKS in spelt:
        spelt = spelt.replace(_TWO_BREAKS, _ONE_BREAK)
    spelt = spelt.replace(EDGE + EDGE, "").strip(EDGE + BREAK)
    return f"{EDGE}{spelt}{EDGE}" if spelt else ""


def spell_fields(texts: Sequence[str]) -> str:
    """Several fields as one spelt text; no phrase is found across two of them."""
    spelt = FIELDS.join(part.strip(EDGE) for part in map(spell, texts) if part)
    return f"{EDGE}{spelt}{EDGE}" if spelt else ""


def apart(spelt: str) -> str:
    """Spelt text with a blank between all tokens, as SQLite's tokenizer wants it."""
    return spelt.translate(_APART)


def phrases(asked: str) -> list[str]:
    """What is asked for, as spelt phrases that all must be found; blanks separate them.

    Longer questions are cut (:data:`LONGEST` characters, :data:`MOST_PHRASES` phrases).
    """
    found = (spell(word).strip(EDGE) for word in asked[:LONGEST].split())
    return list(dict.fromkeys(phrase for phrase in found if phrase))[:MOST_PHRASES]


def open_ended(phrase: str) -> bool:
    """Whether the phrase ends in a word of letters or digits, which may go on in what is found."""
    return joins(phrase[-1])


def joins(sign: str) -> bool:
    """Whether a spelt character belongs to a word of letters or digits."""
    return unicodedata.category(sign) in {*_WORD, "Nd"}


def pattern(phrase: str) -> str:
    """The text that spelt text contains where the phrase is found."""
    return EDGE + phrase if joins(phrase[0]) else phrase


# -- showing what was found ---------------------------------------------------------------------------


def segments(text: str, asked: Sequence[str]) -> list[Segment]:
    """The text in pieces, hits marked: ``[("换了", False), ("路灯", True)]``. Joined, they are the text (NFC).

    ``asked`` are :func:`phrases`.
    """
    text = unicodedata.normalize("NFC", text)
    marked = bytearray(len(text))
    for start, end in hits(text, asked):
        marked[start:end] = b"\1" * (end - start)
    found: list[Segment] = []
    begin = 0
    for here in range(1, len(text) + 1):
        if here == len(text) or marked[here] != marked[begin]:
            found.append((text[begin:here], bool(marked[begin])))
            begin = here
    return found


def excerpt(text: str, asked: Sequence[str], around: int = 30) -> list[Segment]:
    """As :func:`segments`, cut to the surroundings of the first hit; empty when there is none."""
    text = unicodedata.normalize("NFC", text)
    found = hits(text, asked)
    if not found:
        return []
    start, end = min(found)
    begin, stop = max(0, start - around), min(len(text), end + around)
    head = "…" if begin else ""
    tail = "…" if stop < len(text) else ""
    return segments(f"{head}{text[begin:stop]}{tail}", asked)


def hits(text: str, asked: Sequence[str]) -> list[tuple[int, int]]:
    """Where the phrases stand in a text in NFC: (start, end), in the order of the phrases."""
    tokens = _located(text)
    found: list[tuple[int, int]] = []
    for phrase in asked:
        wanted, goes_on = apart(phrase).split(), open_ended(phrase)
        spans = (_span(tokens, index, wanted, goes_on) for index in range(len(tokens) - len(wanted) + 1))
        found += [span for span in spans if span]
    return found


def _span(tokens, index: int, wanted: list[str], goes_on: bool) -> tuple[int, int] | None:
    for offset, token in enumerate(wanted[:-1]):
        if tokens[index + offset][0] != token:
            return None
    token, start, end = tokens[index + len(wanted) - 1]
    if token != wanted[-1] and not (goes_on and token.startswith(wanted[-1])):
        return None
    if len(token) == end - start:  # one sign, one letter: mark only the part that was asked for
        end = start + len(wanted[-1])
    return tokens[index][1], end


def _located(text: str) -> list[tuple[str, int, int]]:
    """The tokens of a text in NFC, each with the part of the text it stands for."""
    found: list[tuple[str, int, int]] = []
    before = ""  # letter, digit, break, or empty: what the next sign could join
    for at, sign in enumerate(text):
        for token, joining in _tokens_of(sign):
            what = ("digit" if token.isdigit() else "letter") if joining else BREAK if token == BREAK else ""
            if what and what == before:
                last, start, _ = found[-1]
                found[-1] = (last if what == BREAK else last + token, start, at + 1)
            else:
                found.append((token, at, at + 1))
            before = what
    return found
