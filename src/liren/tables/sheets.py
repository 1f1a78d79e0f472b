"""Reads a table from a file somebody made in Excel or WPS: encodings, delimiters, the header row.

Nothing here knows what the columns mean; ``tables`` does. Every cell comes out as plain text in one
canonical form (dates ``2024-03-04``, whole numbers without ``.0``), so that one table saved as CSV
and as XLSX is the same table. Whatever cannot be read for certain is refused, never guessed.
"""

import csv
import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

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


def read_sheet(
    path: Path, *, known: Callable[[str], bool], expected: Sequence[str], sheet: str | None = None
) -> Sheet:
    """Read a CSV or XLSX file. ``known`` says whether a title is one of the columns looked for.

    ``expected`` are those titles, for the refusal when no header is found; ``sheet`` names a worksheet.
    Raises :class:`Refusal` naming the file and what to do.
    """
    suffix = path.suffix.lower()
    _check_file(path, suffix)
    if suffix == ".xlsx":
        from .workbooks import read_workbook

        found = read_workbook(path, sheet)
    elif sheet:
        raise refuse(path.name, "CSV 没有工作表；--sheet 只用于 .xlsx")
    else:
        rows = _csv_rows(path.name, decode(path.name, path.read_bytes()), known)
        found = Sheet(path.name, [], list(enumerate(rows, 1)))
    return _with_header(found, known, expected)


def _check_file(path: Path, suffix: str) -> None:
    """There is such a file, small enough, of a kind we read, and its suffix does not lie about it."""
    file = path.name
    try:
        size = path.stat().st_size
        with path.open("rb") as opened:
            data = opened.read(8)
    except OSError as fault:
        raise refuse(str(path), f"打不开：{fault.strerror}。请检查路径") from None
    if suffix not in (".csv", ".xlsx"):
        raise refuse(file, f"不读「{suffix or '没有扩展名'}」文件；请在 Excel 或 WPS 里另存为 .xlsx 或 .csv")
    if size > MAX_BYTES:
        raise refuse(file, f"有 {size >> 20} MB，最多 {MAX_BYTES >> 20} MB。请分成几个文件")
    if not data:
        raise refuse(file, "文件是空的")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(file, "是旧版 .xls 或加了密码的文件；请去掉密码，另存为 .xlsx")
    packed = data.startswith(b"PK\x03\x04")
    if packed and suffix == ".csv":
        raise refuse(file, "扩展名是 .csv，内容却是 Excel 工作簿；请把扩展名改为 .xlsx")
    if not packed and suffix == ".xlsx":
        raise refuse(file, "扩展名是 .xlsx，内容却不是 Excel 工作簿；若是文字表格，请把扩展名改为 .csv")


# -- text ---------------------------------------------------------------------------------------------


def decode(file: str, data: bytes) -> str:
    """Text of a CSV file: UTF-8 (with or without BOM), UTF-16 with BOM, else GB18030 (GBK). Strict.

    Raises Refusal naming the line at which no encoding fits.
    """
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _no_nul(file, _strictly(file, data[len(mark) :], codec))
    if b"\0" in data:
        raise refuse(file, "里面有空字节，像是没有 BOM 的 UTF-16 或不是文字文件；请另存为 UTF-8 编码的 CSV")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        _refuse_damaged(file, data, fault)
    return _strictly(file, data, "gb18030")


def _strictly(file: str, data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as fault:
        line = data[: fault.start].decode(codec, "replace").count("\n") + 1
        what = "既不是 UTF-8 也不是 GBK（GB18030）" if codec == "gb18030" else f"不是 {codec.upper()} "
        raise refuse(file, f"第 {line} 行的文字{what}编码；请另存为 UTF-8 编码的 CSV") from None


def _refuse_damaged(file: str, data: bytes, fault: UnicodeDecodeError) -> None:
    """UTF-8 with a few broken bytes often *is* valid GB18030, of nonsense. Told by how much was sound."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    sound = sum(sign > "\x7f" for sign in lenient) - broken
    if sound >= 10 * broken:
        line = data[: fault.start].count(b"\n") + 1
        raise refuse(file, f"是 UTF-8 编码，但第 {line} 行有损坏的字；请改正后再导入") from None


def _no_nul(file: str, text: str) -> str:
    if "\0" in text:
        raise refuse(file, "里面有空字符；请另存为 UTF-8 编码的 CSV")
    return text


# -- rows ---------------------------------------------------------------------------------------------

_CSV_FAULTS = {
    "unexpected end of data": "引号没有配成对，直到文件末尾",
    "field larger than": f"一格超过 {MAX_CELL} 字，多半是引号没有配成对",
    "expected after": "引号之后还有字；格里的引号要写成两个",
}


def _csv_rows(file: str, text: str, known: Callable[[str], bool]) -> list[list[str]]:
    """All rows; a quoted line break stays inside its row, so rows count as a spreadsheet counts them."""
    named = text[:4].lower() == "sep=" and len(text) > 4  # Excel's own way to say the delimiter
    reader = _reader(text, text[4] if named else _delimiter(text, known))
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append([] if named and not rows else [tidy(cell) for cell in row])
            check_size(file, len(rows), len(row))
    except csv.Error as fault:
        why = next((zh for en, zh in _CSV_FAULTS.items() if en in str(fault)), str(fault))
        raise refuse(file, f"第 {reader.line_num} 行读不下去：{why}") from None
    return rows


def check_size(file: str, rows: int, columns: int) -> None:
    """Refuse a table beyond what one import takes."""
    if rows > MAX_ROWS + HEADER_WITHIN:
        raise refuse(file, f"超过 {MAX_ROWS} 行；请分成几个文件")
    if columns > MAX_COLUMNS:
        raise refuse(file, f"第 {rows} 行有 {columns} 列，最多 {MAX_COLUMNS} 列")


def _delimiter(text: str, known: Callable[[str], bool]) -> str:
    """The delimiter that shows the most known titles in one of the first rows; the comma if none does."""

    def titles(delimiter: str) -> int:
        most = 0
        try:
            for row in islice(_reader(text, delimiter), HEADER_WITHIN):
                most = max(most, sum(known(plain_title(cell)) for cell in row))
        except csv.Error:
            pass  # told about when the file is read with the delimiter chosen
        return most

    return max(",\t;", key=titles)


def _reader(text: str, delimiter: str):
    csv.field_size_limit(MAX_CELL)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


# -- the header ---------------------------------------------------------------------------------------


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


def _with_header(sheet: Sheet, known: Callable[[str], bool], expected: Sequence[str]) -> Sheet:
    """Find the header among the first rows; it may fill two rows (merged cells), the lower one wins."""
    raw = [cells for _, cells in sheet.rows]
    most, last, titles = 0, 0, []
    for rows in (1, 2):  # two rows only where they show more than one does
        for first in range(min(len(raw), HEADER_WITHIN) - rows + 1):
            cells = [plain_title(cell) for cell in _laid_over(raw[first : first + rows])]
            count = sum(known(cell) for cell in cells)
            if count > most:
                most, last, titles = count, first + rows - 1, cells
    if not most:
        columns = "、".join(expected)
        raise refuse(sheet.file, f"前 {HEADER_WITHIN} 行里没有找到表头。可用的列：{columns}")
    sheet.titles, sheet.rows = titles, [row for row in sheet.rows[last + 1 :] if any(row[1])]
    _merges_to_faults(sheet)
    return sheet


def _merges_to_faults(sheet: Sheet) -> None:
    """Every cell but the first of a merge looks empty; below the header that is a fault, not a gap."""
    numbers = [number for number, _ in sheet.rows]
    for top, left, bottom, right in sheet.merged:
        reason = _("与 %(letter)s%(top)s 合并了；请取消合并，每一行都填上") % {
            "letter": letter(left),
            "top": top,
        }
        for number in numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]:
            for index in range(left, min(right, len(sheet.titles) - 1) + 1):
                if (number, index) != (top, left):
                    sheet.faults[number, index] = reason


def _laid_over(rows: Sequence[Sequence[str]]) -> list[str]:
    """The cells of the last row, and above its gaps those of the rows before."""
    width = max(len(row) for row in rows)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return [next((cell for cell in reversed(column) if cell), "") for column in zip(*padded, strict=True)]
