"""Writes a table while it is being read: bytes go out row by row, so that a download begins at once and a
million rows need no more memory, and no more disk, than ten.

``sheet_writing`` makes whole files; openpyxl can only save a workbook when its last row is known, and a browser
(or a proxy in front of the site) does not wait that long. A worksheet is plain XML in a zip, and zips may be
written without looking back (APPNOTE 4.4.4, bit 3).
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from liren.packs.fields import CHINA

from .sheet_writing import ENCODINGS, ROWS_OF_A_WORKSHEET, Value, cell_text, kept_text

#: Rows that go out together: a chunk for each single row would cost more than the row.
_TOGETHER = 200
#: Signs a cell of a worksheet may hold.
_LONGEST = 32_767
_BEGINNING = datetime(1899, 12, 30)  # noqa: DTZ001  a worksheet knows no time zones
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
#: The parts of a workbook of one worksheet, but for that worksheet. Styles: 0 plain, 1 a day, 2 a moment, 3 heads.
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="里仁" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
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
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)


def stream_csv(
    titles: Sequence[str], rows: Iterable[Sequence[Value]], *, encoding: str = "bom"
) -> Iterator[bytes]:
    """The table as CSV, piece by piece. ``encoding`` as in ``sheet_writing.ENCODINGS``."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    codec = ENCODINGS[encoding]
    writer.writerow(titles)
    yield out.getvalue().encode(codec)
    for part in _parts(rows):
        out.seek(0)
        out.truncate()
        writer.writerows([cell_text(value) for value in row] for row in part)
        # Only the first piece bears the mark of UTF-8.
        yield out.getvalue().encode("utf-8" if encoding == "bom" else codec)


def stream_workbook(titles: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The table as XLSX, piece by piece. Rows beyond what a worksheet holds are left out, and the last row says so."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as packed:  # type: ignore[call-overload]
        for name, content in _PARTS.items():
            packed.writestr(name, _XML + content)
        with packed.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write((_HEAD + _row(titles, style=' s="3"')).encode())
            yield sink.taken()
            written = 1
            for part in _parts(rows):
                room = ROWS_OF_A_WORKSHEET - 1 - written
                sheet.write("".join(map(_row, part[:room])).encode())
                written += len(part)
                if len(part) > room:
                    sheet.write(_row([_("一张工作表放不下，后面的没有写出；请导出 CSV 或缩小范围")]).encode())
                    break
                yield sink.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield sink.taken()


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


def _parts(rows: Iterable[Sequence[Value]]) -> Iterator[list[Sequence[Value]]]:
    part: list[Sequence[Value]] = []
    for row in rows:
        part.append(row)
        if len(part) == _TOGETHER:
            yield part
            part = []
    if part:
        yield part


def _row(row: Sequence[Value], style: str = "") -> str:
    return f"<row>{''.join([_cell(value, style) for value in row])}</row>"


def _cell(value: Value, style: str) -> str:
    if isinstance(value, str):
        kept = kept_text(value)[:_LONGEST]
        return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{escape(kept)}</t></is></c>'
    if isinstance(value, datetime):
        at = value.astimezone(CHINA).replace(tzinfo=None, microsecond=0) - _BEGINNING
        return f'<c s="2"><v>{at.days + at.seconds / 86400!r}</v></c>'
    if isinstance(value, date):
        return f'<c s="1"><v>{value.toordinal() - _BEGINNING.toordinal()}</v></c>'
    if value is None:
        return "<c/>"
    return f"<c><v>{format(value, 'f') if isinstance(value, Decimal) else value}</v></c>"
