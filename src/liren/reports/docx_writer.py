"""Writing a report as a Word document in the layout of GB/T 9704-2012, or in a plain one.

Each number of the body is a content control tagged ``liren:<citation key>`` around a hyperlink whose
address ends in ``#cite=<key>``: either mark finds the number again after the words around it were
edited (``docx_reader``). The annex lists the citations, one bookmarked row each.
"""

import io
import math
import os
import unicodedata
import zipfile
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from liren.reports import docx_xml as x
from liren.reports.document import (
    Block,
    Bullets,
    Citation,
    Document,
    Heading,
    Number,
    Paragraph,
    Run,
    Table,
    check,
    citations_digest,
    fraction,
    printed_date,
    value_with_unit,
    wording,
)
from liren.reports.docx_xml import w
from liren.reports.make_template import build, pack
from liren.reports.templates_docx.layouts import LAYOUTS, Layout, mm

TAG = "liren:"
# Evidence digests are long; this many characters tell two apart in a printed list.
DIGEST_SHOWN = 12
_CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_CUSTOM_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VARIANT_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_CUSTOM_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
# The eight columns of the annex in hundredths of the text width.
_ANNEX_WIDTHS = (6, 17, 12, 22, 9, 10, 10, 14)


def write(document: Document, path: str | os.PathLike[str], layout: str = "official") -> Path:
    """Writes the document to ``path`` whole or not at all; ``layout`` is ``official`` or ``plain``.

    Raises DocumentRefused for a document that cannot be printed, OSError when the disk refuses.
    """
    blob = to_bytes(document, layout)
    target = Path(path)
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        partial.write_bytes(blob)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def to_bytes(document: Document, layout: str = "official") -> bytes:
    """The document as the bytes of a docx; equal documents give equal bytes."""
    if layout not in LAYOUTS:
        raise ValueError(f"没有版式“{layout}”；可用：{'、'.join(LAYOUTS)}")
    check(document)
    return _Writer(document, LAYOUTS[layout]).bytes()


def cite_url(citation: Citation) -> str:
    """The address of a number in the body: that of the figure, with the citation key as fragment."""
    mark = "&" if "#" in citation.url else "#"
    return f"{citation.url}{mark}cite={quote(citation.key, safe='')}"


def _ems(words: str) -> float:
    """Width in characters: a Chinese one is 1, a Latin one or a digit a half."""
    return sum(1 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in words)


class _Writer:
    """One document being written; paragraphs are appended in reading order."""

    def __init__(self, document: Document, layout: Layout):
        # python-docx takes 0.3 s to import; commands that write no document do without.
        import docx
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        self.document, self.layout, self.words = document, layout, wording(document)
        self.package = docx.Document(io.BytesIO(build(layout)))
        self.types, self.part_class, self.uri_class = RELATIONSHIP_TYPE, Part, PackURI
        self.citations = {citation.key: citation for citation in document.citations}
        self.controls = 0
        self.out: list[etree._Element] = []

    def bytes(self) -> bytes:
        self._head()
        self._body()
        self._attachment_note()
        self._signature()
        if self.document.citations:
            self._annex()
        body = self.package.element.body
        for at, element in enumerate(self.out):
            body.insert(at, element)
        self._properties()
        raw = io.BytesIO()
        self.package.save(raw)
        # python-docx dates its entries by the clock.
        with zipfile.ZipFile(raw) as written:
            return pack({name: written.read(name) for name in written.namelist()})

    # --- head -----------------------------------------------------------------------------

    def _head(self) -> None:
        document = self.document
        title = x.paragraph("Title", [x.run(document.title, "Title")])
        number = x.paragraph(
            "DocumentNumber", [x.run(document.number, "DocumentNumber")] if document.number else []
        )
        if self.layout.red_head:
            self.out += [self._issuer_mark(), number, title]
        else:
            self.out += [title, number] if document.number else [title]
        if document.addressee:
            addressee = document.addressee.rstrip(":： ") + self.words.colon.rstrip()
            self.out.append(x.paragraph("Addressee", [x.run(addressee, "Addressee")]))

    def _issuer_mark(self) -> etree._Element:
        """The red name of the issuer, its top edge 35 mm below that of the type area (7.2.4).

        The norm leaves the size to the office: as large as fits one line, at most 50 pt.
        """
        suffix = self.words.issuer_suffix
        mark = (
            self.document.issuer if self.document.issuer.endswith(suffix) else self.document.issuer + suffix
        )
        points = max(26, min(50, math.floor(self.layout.text_width / 20 / max(1.0, _ems(mark)))))
        line = points * 24
        # The type area begins 37 mm down the page; an exact line of 1.2 em holds its glyphs about
        # 0.13 em under its own top.
        before = mm(37 + 35) - self.layout.top - round(points * 20 * 0.13)
        spacing = w("spacing", before=before, after=0, line=line, lineRule="exact")
        return x.paragraph("IssuerMark", [x.run(mark, "IssuerMark", size=points * 2)], spacing)

    # --- body -----------------------------------------------------------------------------

    def _body(self) -> None:
        for block in self.document.body:
            self.out += self._block(block)
        if self.document.body and isinstance(self.document.body[-1], Paragraph | Bullets):
            # The signature never stands on a page without words above it.
            self.out[-1][0].insert(1, w("keepNext"))

    def _block(self, block: Block) -> list[etree._Element]:
        match block:
            case Heading(level=level, runs=runs):
                return [x.paragraph(f"Heading{level}", self._runs(runs, f"Heading{level}"))]
            case Paragraph(runs=runs):
                return [x.paragraph("BodyText", self._runs(runs, "BodyText"))]
            case Bullets(items=items):
                return [x.paragraph("ListBullet", self._runs(item, "ListBullet")) for item in items]
            case Table():
                return [self._table(block), *self._gap()]
        raise TypeError(f"no block of a report: {block!r}")

    def _gap(self) -> list[etree._Element]:
        """Two tables that touch become one in Word; half a line keeps them and the text apart."""
        half = self.layout.line // 2
        return [x.paragraph("BodyText", [], w("spacing", before=0, after=0, line=half, lineRule="exact"))]

    def _table(self, block: Table) -> etree._Element:
        needs = [_ems(title) for title in block.header]
        for row in block.rows:
            cells = (_ems("".join(run.text for run in cell)) for cell in row)
            needs = [max(need, cell) for need, cell in zip(needs, cells, strict=True)]
        # A column of long sentences must not starve the columns of figures.
        needs = [min(max(need, 3), 20) for need in needs]
        widths = [int(self.layout.text_width * need / sum(needs)) for need in needs]
        header = [x.paragraph("TableHead", [x.run(title, "TableHead")]) for title in block.header]
        rows = (
            [x.paragraph("TableText", self._runs(cell, "TableText")) for cell in row] for row in block.rows
        )
        return x.table(widths, header, rows, "、".join(block.header))

    def _runs(self, runs: list[Run], style: str) -> list[etree._Element]:
        return [
            self._number(run, style) if isinstance(run, Number) else x.run(run.text, style, bold=run.bold)
            for run in runs
        ]

    def _number(self, number: Number, style: str) -> etree._Element:
        citation = self.citations[number.cite]
        where = f"（{citation.place}，{citation.period}）"
        tip = f"{citation.title}：{value_with_unit(citation)}{where}{citation.definition}"
        self.controls += 1
        shown = x.run(number.text, style, bold=number.bold, cited=True)
        linked = x.link(self._relation(cite_url(citation)), tip, shown)
        return x.control(TAG + citation.key, citation.title, self.controls, linked)

    def _relation(self, url: str) -> str:
        return self.package.part.relate_to(url, self.types.HYPERLINK, is_external=True)

    # --- end of the text ------------------------------------------------------------------

    def _attachment_note(self) -> None:
        """附件：1.… one blank line below the body, two characters in, no full stops (7.3.4)."""
        names = [*self.document.attachments, *([self.words.annex] if self.document.citations else [])]
        lead = self.words.attachment + self.words.colon
        for at, name in enumerate(names):
            words = (lead if not at else "") + (f"{at + 1}." if len(names) > 1 else "") + name
            hanging = (3 if not at else 0) + (0.75 if len(names) > 1 else 0)
            left = 2 + 3 + (0.75 if len(names) > 1 else 0)
            space = w("spacing", before=self.layout.line if not at else 0)
            indent = w(
                "ind",
                leftChars=round(left * 100),
                left=round(left * self.layout.em),
                hangingChars=round(hanging * 100),
                hanging=round(hanging * self.layout.em),
            )
            runs = [x.run(words, "AttachmentNote")]
            self.out.append(x.paragraph("AttachmentNote", runs, w("keepNext"), space, indent))

    def _signature(self) -> None:
        """Issuer and date without a seal (7.3.5.2).

        The issuer stands 2 characters from the right edge and the date begins 2 characters right of
        the issuer's first; when that pushes the date over its own 2 characters, the date keeps them
        and the issuer moves left.
        """
        day = printed_date(self.document.date, self.document.lang)
        name_width, day_width = _ems(self.document.issuer), _ems(day)
        right_name, right_day = 2.0, name_width - day_width
        if right_day < 2:
            right_name, right_day = 4 + day_width - name_width, 2.0
        rows = ((self.document.issuer, right_name, True), (day, right_day, False))
        for words, chars, first in rows:
            chars = max(0.0, chars)
            space = w("spacing", before=self.layout.line if first else 0)
            indent = w("ind", rightChars=round(chars * 100), right=round(chars * self.layout.em))
            keep = [w("keepNext")] if first else []
            self.out.append(x.paragraph("Signature", [x.run(words, "Signature")], *keep, space, indent))

    # --- annex ----------------------------------------------------------------------------

    def _annex(self) -> None:
        mark = self.words.attachment
        if self.document.attachments:
            mark += f"{' ' if mark.isascii() else ''}{len(self.document.attachments) + 1}"
        self.out.append(x.paragraph("AnnexMark", [x.run(mark, "AnnexMark")]))
        self.out.append(x.paragraph("AnnexTitle", [x.run(self.words.annex, "AnnexTitle")]))
        header = [x.paragraph("AnnexHead", [x.run(title, "AnnexHead")]) for title in self.words.columns]
        rows = (self._annex_row(c) for c in sorted(self.document.citations, key=lambda c: c.no))
        widths = [self.layout.text_width * share // 100 for share in _ANNEX_WIDTHS]
        self.out.append(x.table(widths, header, rows, self.words.annex))
        for note in self._notes():
            self.out.append(x.paragraph("AnnexNote", [x.run(note, "AnnexNote")]))

    def _notes(self) -> list[str]:
        """The notes under the list; Word wants a paragraph after a table in any case."""
        notes = self.document.notes
        if len(notes) < 2:
            return [self.words.notes + self.words.colon + note for note in notes] or [""]
        return [self.words.notes + self.words.colon, *(f"{no}.{note}" for no, note in enumerate(notes, 1))]

    def _annex_row(self, citation: Citation) -> list[etree._Element]:
        def cell(*runs: etree._Element, centre: bool = False) -> etree._Element:
            return x.paragraph("AnnexCell", runs, *([w("jc", val="center")] if centre else []))

        def plain(words: str) -> etree._Element:
            return x.run(words, "AnnexCell")

        tip = f"{self.words.open_figure}{self.words.colon}{citation.title}"
        linked = x.run(value_with_unit(citation), "AnnexCell", cited=True)
        value = [x.link(self._relation(citation.url), tip, linked)]
        if parts := fraction(citation):
            value.append(plain(f"\n{parts}"))
        version = f"\n{self.words.version} {citation.version}" if str(citation.version) else ""
        return [
            cell(*x.bookmarked(f"cite_{citation.no}", citation.no, plain(str(citation.no))), centre=True),
            cell(plain(citation.title)),
            cell(*value),
            cell(plain(citation.definition + version)),
            cell(plain(citation.place)),
            cell(plain(citation.period)),
            cell(plain(f"{citation.evidence_count:,}"), centre=True),
            cell(x.run(citation.digest[:DIGEST_SHOWN], "AnnexCell", size=16)),
        ]

    # --- properties -----------------------------------------------------------------------

    def _properties(self) -> None:
        document, core = self.document, self.package.core_properties
        core.title, core.author = document.title.replace("\n", "")[:255], document.issuer[:255]
        core.language = {"zh": "zh-CN", "en": "en-GB"}[document.lang]
        core.identifier = document.report_id[:255]
        day = document.date
        core.created = core.modified = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - python-docx wants it naive
        values = {
            "LirenReport": document.report_id,
            "LirenCitations": citations_digest(document.citations),
            "LirenCitationCount": str(len(document.citations)),
        }
        rows = "".join(
            f'<property fmtid="{_CUSTOM_SET}" pid="{pid}" name={quoteattr(name)}>'
            f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
            for pid, (name, value) in enumerate(values.items(), 2)
        )
        blob = (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<Properties xmlns="{_CUSTOM_NAMESPACE}" xmlns:vt="{_VARIANT_TYPES}">{rows}</Properties>'
        ).encode()
        package = self.package.part.package
        custom = self.part_class(self.uri_class("/docProps/custom.xml"), _CUSTOM_TYPE, blob, package)
        package.relate_to(custom, self.types.CUSTOM_PROPERTIES)
