"""Reads a table from a file somebody made in Excel or WPS, and finds its header row.

Nothing here knows what the columns mean; the registers do. Every cell comes out as plain text in one
canonical form (dates ``2024-03-04``, whole numbers without ``.0``), so that one table saved as CSV
and as XLSX is the same table. Whatever cannot be read for certain is refused, never guessed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from .delimited import read_delimited
from .sheets import HEADER_WITHIN, MAX_BYTES, Sheet, letter, plain_title, refuse
from .workbooks import read_workbook


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
        found = read_workbook(path, sheet)
    elif sheet:
        raise refuse(path.name, _("CSV 没有工作表；--sheet 只用于 .xlsx"))
    else:
        rows = read_delimited(path, known)
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
        raise refuse(str(path), _("打不开：%(fault)s。请检查路径") % {"fault": fault.strerror}) from None
    if suffix not in (".csv", ".xlsx"):
        raise refuse(
            file,
            _("不读「%(suffix)s」文件；请在 Excel 或 WPS 里另存为 .xlsx 或 .csv")
            % {"suffix": suffix or _("没有扩展名")},
        )
    if size > MAX_BYTES:
        raise refuse(
            file,
            _("有 %(size)s MB，最多 %(most)s MB。请分成几个文件")
            % {"size": size >> 20, "most": MAX_BYTES >> 20},
        )
    if not data:
        raise refuse(file, _("文件是空的"))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(file, _("是旧版 .xls 或加了密码的文件；请去掉密码，另存为 .xlsx"))
    packed = data.startswith(b"PK\x03\x04")
    if packed and suffix == ".csv":
        raise refuse(file, _("扩展名是 .csv，内容却是 Excel 工作簿；请把扩展名改为 .xlsx"))
    if not packed and suffix == ".xlsx":
        raise refuse(file, _("扩展名是 .xlsx，内容却不是 Excel 工作簿；若是文字表格，请把扩展名改为 .csv"))


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
        raise refuse(
            sheet.file,
            _("前 %(count)s 行里没有找到表头。可用的列：%(columns)s")
            % {"count": HEADER_WITHIN, "columns": columns},
        )
    sheet.titles, sheet.rows = titles, [row for row in sheet.rows[last + 1 :] if any(row[1])]
    _merges_to_faults(sheet)
    return sheet


def _merges_to_faults(sheet: Sheet) -> None:
    """Every cell but the first of a merge looks empty; below the header that is a fault, not a gap."""
    numbers = [number for number, _ in sheet.rows]
    for top, left, bottom, right in sheet.merged:
        reason = _("与 %(cell)s 合并了；请取消合并，每一行都填上") % {"cell": f"{letter(left)}{top}"}
        for number in numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]:
            for index in range(left, min(right, len(sheet.titles) - 1) + 1):
                if (number, index) != (top, left):
                    sheet.faults[number, index] = reason


def _laid_over(rows: Sequence[Sequence[str]]) -> list[str]:
    """The cells of the last row, and above its gaps those of the rows before."""
    width = max(len(row) for row in rows)
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    return [next((cell for cell in reversed(column) if cell), "") for column in zip(*padded, strict=True)]
