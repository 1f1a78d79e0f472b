"""A table as read from a file, how large it may be, and how its cells and titles are tidied."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from liren.refusals import Refusal

MAX_BYTES = 64 << 20
MAX_ROWS = 200_000
MAX_COLUMNS = 300
MAX_CELL = 100_000
#: Among how many first rows the header is looked for: county tables begin with a title and notes.
HEADER_WITHIN = 15
#: A text that a spreadsheet program would run as a formula; full-width signs count in some of them.
_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
_INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200d\u2060]")


@dataclass
class Sheet:
    """A table as read: the header of each column, then (row number as in the file, cells).

    ``faults`` are cells that hold no usable value, as (row number, column index) → why. ``merged`` are
    the merged ranges of a workbook: top row, left column index, bottom row, right column index.
    """

    file: str
    titles: list[str]
    rows: list[tuple[int, list[str]]]
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def refuse(file: str, reason: str) -> Refusal:
    """The refusal of a file, to be raised."""
    return Refusal("bad_file", file=file, reason=reason)


def letter(index: int) -> str:
    """The name a spreadsheet gives to the column with this index.

    >>> letter(0), letter(25), letter(26), letter(701)
    ('A', 'Z', 'AA', 'ZZ')
    """
    name, rest = "", index + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(65 + digit) + name
    return name


def guarded(text: str) -> str:
    """A text that no spreadsheet program takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if _FORMULA.match(text) else text


def tidy(text: str) -> str:
    """A cell's text without what nobody can see, and without the sign :func:`guarded` put before it."""
    text = _INVISIBLE.sub("", text).strip()
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def plain_title(cell: str) -> str:
    """A header cell as a title: no line breaks, no star of a required column.

    >>> plain_title("联系\\n电话*"), plain_title("类别（必填）"), plain_title("数 量")
    ('联系电话', '类别', '数量')
    """
    text = re.sub(r"\s+", "", tidy(cell)) if not cell.isascii() else tidy(cell)
    return re.sub(r"[（(]必填[）)]", "", text).strip("*＊")


def without_unit(title: str) -> str:
    """``金额（元）`` → ``金额``: a title without what stands in brackets at its end."""
    return re.sub(r"[（(][^（()）]*[）)]$", "", title)


def check_size(file: str, rows: int, columns: int) -> None:
    """Refuse a table beyond what one import takes."""
    if rows > MAX_ROWS + HEADER_WITHIN:
        raise refuse(file, _("超过 %(most)s 行；请分成几个文件") % {"most": MAX_ROWS})
    if columns > MAX_COLUMNS:
        raise refuse(
            file,
            _("第 %(row)s 行有 %(columns)s 列，最多 %(most)s 列")
            % {"row": rows, "columns": columns, "most": MAX_COLUMNS},
        )
