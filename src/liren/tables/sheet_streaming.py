"""Writes a table while it is being read: bytes go out row by row, so that a download begins at once and a
million rows need no more memory, and no more disk, than ten.

openpyxl can only save a workbook when its last row is known, and a browser (or a proxy in front of the site) does
not wait that long. A worksheet is plain XML in a zip, and zips may be
written without looking back (APPNOTE 4.4.4, bit 3).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext as _

from .cells import Value, cell_text, parts, sheet_cells, text_cell, texts, turned

ROWS_OF_A_WORKSHEET = 1_048_576
#: How a CSV file may be encoded. Excel and WPS take a file without BOM for GBK, hence the default.
ENCODINGS = {"bom": "utf-8-sig", "utf8": "utf-8", "gbk": "gb18030"}

#: Rows that go out together: a chunk for each single row would cost more than the row.
_TOGETHER = 200
#: How hard a workbook is packed (1 to 9).
_PACKED = 1
#: Signs of a worksheet with which it is full: a part of a zip that may be longer is one that not every program reads.
_FULL = 1_900_000_000
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="SimSun"/></font>'
    '<font><b/><sz val="11"/><name val="SimSun"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


def stream_csv(
    titles: Sequence[str], rows: Iterable[Sequence[Value]], *, encoding: str = "bom"
) -> Iterator[bytes]:
    """The table as CSV, piece by piece. ``encoding`` as in `ENCODINGS`. Where ``rows`` fail, the last line says so."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    codec = ENCODINGS[encoding]
    writer.writerow(map(cell_text, titles))
    yield out.getvalue().encode(codec)
    try:
        for part in parts(rows, _TOGETHER):
            out.seek(0)
            out.truncate()
            writer.writerows(turned(part, texts))
            # Only the first piece bears the mark of UTF-8.
            yield out.getvalue().encode("utf-8" if encoding == "bom" else codec)
    except Exception:
        # Servers end an answer that broke off as if it were whole (granian 2): the file itself has to say it.
        broken = _("导出在这里中断，后面的行没有写出；请重新导出")
        yield f"{broken}\r\n".encode("utf-8" if encoding == "bom" else codec)
        raise


def stream_workbook(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The table as XLSX, piece by piece. Rows beyond what a worksheet holds go on in the next, under the same heads.

    Where ``rows`` fail, the file has no end, and no program opens it.
    """
    sink, waiting, sheets = _Sink(), iter(rows), 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_PACKED) as packed:  # type: ignore[call-overload]
        more: list[Sequence[Value]] = []
        while more or not sheets:
            sheets += 1
            waiting = chain(more, waiting)
            with packed.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                written = sheet.write(_HEAD.encode() + _row(text_cell(one, ' s="3"') for one in titles))
                for part in parts(islice(waiting, ROWS_OF_A_WORKSHEET - 1), _TOGETHER):
                    yield sink.taken()
                    written += sheet.write(b"".join(map(_row, turned(part, sheet_cells))))
                    if written > _FULL:
                        break
                sheet.write(b"</sheetData></worksheet>")
            more = list(islice(waiting, 1))
        for name, content in _around(sheets).items():
            packed.writestr(name, _XML + content)
    yield sink.taken()


def _around(sheets: int) -> dict[str, str]:
    """The parts of a workbook of so many worksheets, but for these. Styles: 0 plain, 1 a day, 2 a moment, 3 heads."""
    numbers = range(1, sheets + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    named = "".join(f'<sheet name="里仁{n if n > 1 else ""}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    found = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{found}'
        f'<Relationship Id="r{sheets + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }


class _Sink:
    """Where the zip is written to: keeps what has not been handed out. Without ``tell`` zipfile never looks back."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def write(self, piece: Any) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits in between."""

    def taken(self) -> bytes:
        """Everything written since the last time."""
        whole, self.pieces = b"".join(self.pieces), []
        return whole


def _row(cells: Iterable[str]) -> bytes:
    return f"<row>{''.join(cells)}</row>".encode()
