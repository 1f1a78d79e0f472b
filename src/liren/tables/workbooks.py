"""Reads one worksheet of an XLSX file into rows of plain text.

A workbook is a zip of XML from strangers, so it is inspected before openpyxl sees it: how large it is
unpacked, and that no part declares entities. openpyxl, reading only, says nothing of merged cells and
of formulas nobody has computed; both would come out as silently empty cells, so they are looked for
in the XML itself.
"""

import re
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

from django.utils.translation import gettext as _

from liren.refusals import Refusal

from .sheets import Sheet, check_size, refuse, tidy

#: Unpacked size of all parts together; shared strings are held in memory, so they have their own limit.
MAX_UNPACKED = 512 << 20
MAX_STRINGS = 96 << 20
MAX_PARTS = 5_000
#: Number of the last row a worksheet can have.
LAST_ROW = 1_048_576
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def read_workbook(path: Path, sheet: str | None = None) -> Sheet:
    """Rows of the named or the first worksheet. Raises Refusal naming the file and what to do."""
    try:
        _inspect(path)
        return _read(path, sheet)
    except Refusal:
        raise
    except Exception as fault:  # zipfile, zlib, expat, openpyxl: each has its own ways to say "damaged"
        reason = _("工作簿坏了或加了密码（%(fault)s）；请用 Excel 或 WPS 打开后另存为 .xlsx") % {
            "fault": type(fault).__name__
        }
        raise refuse(path.name, reason) from None


def _read(path: Path, sheet: str | None) -> Sheet:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that are not read anyway
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    try:
        chosen, notes = _choose(path.name, book.worksheets, sheet)
        hidden = _look_inside(path, chosen._worksheet_path)
        found = Sheet(path.name, [], [], notes=notes, merged=hidden.merged)
        _read_rows(found, chosen, hidden)
    finally:
        book.close()
    return found


def _choose(file: str, worksheets, name: str | None):
    if not worksheets:
        raise refuse(file, _("里面没有工作表"))
    titles = [one.title for one in worksheets]
    if name is not None:
        if name not in titles:
            raise refuse(
                file, _("没有工作表「%(name)s」；有：%(among)s") % {"name": name, "among": "、".join(titles)}
            )
        return worksheets[titles.index(name)], []
    notes = []
    if len(titles) > 1:
        notes = [
            _("只读第一个工作表「%(title)s」；没有读：%(others)s（用 --sheet 另选）")
            % {"title": titles[0], "others": "、".join(titles[1:])}
        ]
    return worksheets[0], notes


# -- before it is opened ------------------------------------------------------------------------------


def _inspect(path: Path) -> None:
    """Refuse what would fill the memory (zip bombs) or reach out of the file (XML entities)."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        _check_parts(path.name, parts)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _no_doctype(path.name, packed, part.filename)


def _check_parts(file: str, parts: list[zipfile.ZipInfo]) -> None:
    # zipfile never unpacks more of a part than its declared size, so the declared sizes can be trusted.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise refuse(
            file,
            _("解开后超过 %(most)s MB；请只留要导入的工作表，分成几个文件") % {"most": MAX_UNPACKED >> 20},
        )
    strings = [part for part in parts if part.filename.lower().endswith("sharedstrings.xml")]
    if any(part.file_size > MAX_STRINGS for part in strings):
        raise refuse(file, _("文字超过 %(most)s MB；请分成几个文件") % {"most": MAX_STRINGS >> 20})


class _Doctype(Exception):
    pass


def _no_doctype(file: str, packed: zipfile.ZipFile, part: str) -> None:
    def refuse_doctype(*_) -> None:
        raise _Doctype

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        with packed.open(part) as opened:
            parser.ParseFile(opened)
    except _Doctype:
        raise refuse(file, _("%(part)s 里有 DOCTYPE，正常的工作簿没有；不读") % {"part": part}) from None


# -- what openpyxl does not tell ----------------------------------------------------------------------


@dataclass
class _Hidden:
    """Merged ranges (top, left, bottom, right), and formulas without a computed value (row, column)."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)


class _Looking:
    """Handlers of one pass over the XML of a worksheet."""

    def __init__(self) -> None:
        self.found = _Hidden()
        self.at, self.formula, self.value, self.inside = "", False, False, False

    def start(self, name: str, about: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            # A formula that computed an empty text is kept as t="str" with an empty value.
            self.at, self.formula, self.value = about.get("r", ""), False, about.get("t") == "str"
        elif tag == "f":
            self.formula = True
        elif tag == "v":
            self.inside = True
        elif tag == "mergeCell" and len(ends := _REFERENCE.findall(about.get("ref", ""))) == 2:
            (left, top), (right, bottom) = ends
            self.found.merged.append((int(top), _index(left), int(bottom), _index(right)))

    def text(self, _: str) -> None:
        self.value = self.value or self.inside

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "v":
            self.inside = False
        elif tag == "c" and self.formula and not self.value and (at := _REFERENCE.fullmatch(self.at)):
            self.found.uncomputed.add((int(at[2]), _index(at[1])))


def _look_inside(path: Path, part: str) -> _Hidden:
    looking, parser = _Looking(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = looking.start, looking.end
    parser.CharacterDataHandler = looking.text
    with zipfile.ZipFile(path) as packed, packed.open(part.lstrip("/")) as opened:
        parser.ParseFile(opened)
    return looking.found


def _index(letters: str) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + ord(sign) - 64
    return number - 1


# -- rows ---------------------------------------------------------------------------------------------


def _read_rows(found: Sheet, sheet, hidden: _Hidden) -> None:
    # The dimension a file declares may be a lie (a million formatted rows); read what is there.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > LAST_ROW:
            raise refuse(found.file, _("行号超过 %(last)s，工作表坏了") % {"last": LAST_ROW})
        texts = []
        for index, cell in enumerate(cells):
            text, fault = _text(cell.value, cell.data_type)
            if (number, index) in hidden.uncomputed:
                text, fault = "=", _("公式还没有算出值；请在 Excel 或 WPS 里打开、保存一次，或粘贴为数值")
            if fault:
                found.faults[number, index] = fault
            texts.append(text)
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            found.rows.append((number, texts))
            check_size(found.file, len(found.rows), len(texts))


def _text(value, data_type: str | None) -> tuple[str, str]:
    """(canonical text, why it is unusable)."""
    if value is None:
        return "", ""
    if data_type == "e":
        return str(value), _("单元格里是错误值 %(value)s；请改正公式或直接填数") % {"value": value}
    if isinstance(value, bool):
        return ("是" if value else "否"), ""
    if isinstance(value, int | float):
        return _number(value), ""
    if isinstance(value, datetime):
        return _moment(value), ""
    if isinstance(value, date):
        return value.isoformat(), ""
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds"), ""
    if isinstance(value, timedelta):
        return str(value), ""
    return tidy(str(value)), ""


def _number(value: float) -> str:
    """Fifteen significant digits, as spreadsheets show: 0.1+0.2 is 0.3, 1.0 is 1, 1.38e10 a phone number."""
    return format(Decimal(format(value, ".15g")), "f") if value == value else str(value)


def _moment(value: datetime) -> str:
    # Times are kept as fractions of a day, so 09:10 may come as 09:09:59.999995.
    value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    return value.isoformat(" ", "minutes" if not value.second else "seconds")
