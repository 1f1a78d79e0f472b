"""Reads a CSV file: its encoding, its delimiter, its rows."""

import csv
import io
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .sheets import HEADER_WITHIN, MAX_CELL, check_size, plain_title, refuse, tidy


def read_delimited(path: Path, known: Callable[[str], bool]) -> list[list[str]]:
    """The rows of a CSV file. ``known`` says whether a title is one of the columns looked for. Raises Refusal."""
    return _csv_rows(path.name, decode(path.name, path.read_bytes()), known)


def decode(file: str, data: bytes) -> str:
    """Text of a CSV file: UTF-8 (with or without BOM), UTF-16 with BOM, else GB18030 (GBK). Strict.

    Raises Refusal naming the line at which no encoding fits.
    """
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return _no_nul(file, _strictly(file, data[len(mark) :], codec))
    if b"\0" in data:
        raise refuse(
            file, _("里面有空字节，像是没有 BOM 的 UTF-16 或不是文字文件；请另存为 UTF-8 编码的 CSV")
        )
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
        if codec == "gb18030":
            reason = _(
                "第 %(line)s 行的文字既不是 UTF-8 也不是 GBK（GB18030）编码；请另存为 UTF-8 编码的 CSV"
            )
        else:
            reason = _("第 %(line)s 行的文字不是 %(codec)s 编码；请另存为 UTF-8 编码的 CSV")
        raise refuse(file, reason % {"line": line, "codec": codec.upper()}) from None


def _refuse_damaged(file: str, data: bytes, fault: UnicodeDecodeError) -> None:
    """UTF-8 with a few broken bytes often *is* valid GB18030, of nonsense. Told by how much was sound."""
    lenient = data.decode("utf-8", "replace")
    broken = lenient.count("\ufffd")
    sound = sum(sign > "\x7f" for sign in lenient) - broken
    if sound >= 10 * broken:
        line = data[: fault.start].count(b"\n") + 1
        raise refuse(
            file, _("是 UTF-8 编码，但第 %(line)s 行有损坏的字；请改正后再导入") % {"line": line}
        ) from None


def _no_nul(file: str, text: str) -> str:
    if "\0" in text:
        raise refuse(file, _("里面有空字符；请另存为 UTF-8 编码的 CSV"))
    return text


# -- rows ---------------------------------------------------------------------------------------------

_CSV_FAULTS = {
    "unexpected end of data": gettext_noop("引号没有配成对，直到文件末尾"),
    "field larger than": gettext_noop("一格的字太多，多半是引号没有配成对"),
    "expected after": gettext_noop("引号之后还有字；格里的引号要写成两个"),
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
        why = next((_(zh) for en, zh in _CSV_FAULTS.items() if en in str(fault)), str(fault))
        raise refuse(
            file, _("第 %(line)s 行读不下去：%(why)s") % {"line": reader.line_num, "why": why}
        ) from None
    return rows


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
