"""Writes a table to CSV or XLSX, row by row, so that a million rows need no more memory than ten.

The file appears whole or not at all. Texts that a spreadsheet program would take for a formula get a
``'`` before them (``sheets.tidy`` takes it away again).
"""

import csv
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _

from liren.packs.fields import CHINA

from .sheets import guarded, refuse

ROWS_OF_A_WORKSHEET = 1_048_576
#: What neither XML nor a CSV reader can hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: How a CSV file may be encoded. Excel and WPS take a file without BOM for GBK, hence the default.
ENCODINGS = {"bom": "utf-8-sig", "utf8": "utf-8", "gbk": "gb18030"}

Value = str | int | Decimal | date | datetime | None


class Table(Protocol):
    """A table being written."""

    def write(self, row: Sequence[Value]) -> None:
        """Append one row."""


@contextmanager
def open_table(path: Path, titles: Sequence[str], *, encoding: str = "bom") -> Iterator[Table]:
    """A table to write to; ``path`` ends in ``.csv`` or ``.xlsx``. On any error the old file stays."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise refuse(path.name, _("只写 .csv 或 .xlsx；请改文件名"))
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=suffix)
    except OSError as fault:
        raise refuse(str(path), _("写不了：%(fault)s。请检查文件夹") % {"fault": fault.strerror}) from None
    os.close(handle)
    try:
        table = _Csv(draft, ENCODINGS[encoding]) if suffix == ".csv" else _Workbook(path.name, draft)
        table.write(titles)
        yield table
        table.close()
        os.chmod(draft, 0o600)  # names and places of persons: for the operator, not for the machine
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


class _Csv:
    def __init__(self, path: str, encoding: str):
        self.file = open(path, "w", encoding=encoding, newline="")  # noqa: SIM115  closed by close()
        self.writer = csv.writer(self.file)

    def write(self, row: Sequence[Value]) -> None:
        self.writer.writerow([cell_text(value) for value in row])

    def close(self) -> None:
        self.file.close()


def kept_text(value: str) -> str:
    """A text as both forms keep it: no control characters, no formula."""
    return guarded(_CONTROL.sub("", value))


def cell_text(value: Value) -> str:
    """A value as a cell of a CSV file."""
    if isinstance(value, str):
        return kept_text(value)
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)


class _Workbook:
    def __init__(self, name: str, path: str):
        import openpyxl

        self.name, self.path, self.rows = name, path, 0
        self.book = openpyxl.Workbook(write_only=True)
        self.sheet = self.book.create_sheet("里仁")
        self.sheet.freeze_panes = "A2"

    def write(self, row: Sequence[Value]) -> None:
        self.rows += 1
        if self.rows > ROWS_OF_A_WORKSHEET:
            raise refuse(
                self.name,
                _("超过 %(most)s 行，一张工作表放不下；请导出 .csv 或缩小范围")
                % {"most": ROWS_OF_A_WORKSHEET},
            )
        self.sheet.append([self._cell(value) for value in row])

    def _cell(self, value: Value) -> Any:
        from openpyxl.cell import WriteOnlyCell

        if isinstance(value, str):
            cell = WriteOnlyCell(self.sheet, kept_text(value))
            cell.data_type = "s"  # openpyxl writes "=…" as a formula; only a text is ever meant here
            return cell
        if isinstance(value, datetime):
            # A worksheet knows no time zones.
            cell = WriteOnlyCell(self.sheet, value.astimezone(CHINA).replace(tzinfo=None, microsecond=0))
            cell.number_format = "yyyy-mm-dd hh:mm:ss"
            return cell
        if isinstance(value, date):
            cell = WriteOnlyCell(self.sheet, datetime(value.year, value.month, value.day))  # noqa: DTZ001
            cell.number_format = "yyyy-mm-dd"
            return cell
        return value

    def close(self) -> None:
        self.book.save(self.path)
