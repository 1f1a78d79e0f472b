"""The empty Word package that reports are written into, built part by part.

No binary template is kept: every part is text in this file and in ``templates_docx.styles``, so a
change of layout is a readable diff. The parts are the least a strict Open XML validator accepts
(the default template of python-docx brings styles, themes and properties of its own).
"""

import io
import zipfile

from liren.reports.templates_docx.layouts import Layout
from liren.reports.templates_docx.styles import font_table_xml, numbering_xml, styles_xml

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# A zip entry cannot be dated earlier; a fixed date keeps equal documents equal byte for byte.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)

_TYPES = {
    "word/document.xml": f"{_WORD_TYPE}.document.main+xml",
    "word/styles.xml": f"{_WORD_TYPE}.styles+xml",
    "word/settings.xml": f"{_WORD_TYPE}.settings+xml",
    "word/fontTable.xml": f"{_WORD_TYPE}.fontTable+xml",
    "word/numbering.xml": f"{_WORD_TYPE}.numbering+xml",
    "word/footer1.xml": f"{_WORD_TYPE}.footer+xml",
    "word/footer2.xml": f"{_WORD_TYPE}.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
}
_WORD_PARTS = ("styles", "settings", "fontTable", "numbering", "footer1", "footer2")


def build(layout: Layout) -> bytes:
    """The package as bytes: styles, footers, page and grid of ``layout``, and an empty body."""
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            (f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
        ),
        "word/_rels/document.xml.rels": _relationships(
            *((f"{R}/{part.rstrip('12')}", f"{part}.xml") for part in _WORD_PARTS)
        ),
        "word/document.xml": _document(layout),
        "word/styles.xml": styles_xml(layout),
        "word/settings.xml": _settings(layout),
        "word/fontTable.xml": font_table_xml(),
        "word/numbering.xml": numbering_xml(),
        "word/footer1.xml": _footer(layout, "FooterOdd"),
        "word/footer2.xml": _footer(layout, "FooterEven"),
        "docProps/core.xml": _core(),
        "docProps/app.xml": _app(),
    }
    return pack({name: (_DECLARATION + text).encode() for name, text in parts.items()})


def pack(parts: dict[str, bytes]) -> bytes:
    """A zip of the parts, in the order given, without the date of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, blob in parts.items():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, blob)
    return out.getvalue()


def _content_types() -> str:
    overrides = "".join(f'<Override PartName="/{n}" ContentType="{t}"/>' for n, t in _TYPES.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relationships(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{no}" Type="{kind}" Target="{target}"/>'
        for no, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _document(layout: Layout) -> str:
    grid = f'<w:docGrid w:type="lines" w:linePitch="{layout.grid}"/>' if layout.grid else "<w:docGrid/>"
    odd, even = (f"rId{_WORD_PARTS.index(part) + 1}" for part in ("footer1", "footer2"))
    return (
        f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body><w:sectPr>'
        f'<w:footerReference w:type="default" r:id="{odd}"/><w:footerReference w:type="even" r:id="{even}"/>'
        f'<w:pgSz w:w="{layout.page_width}" w:h="{layout.page_height}"/>'
        f'<w:pgMar w:top="{layout.top}" w:right="{layout.right}" w:bottom="{layout.bottom}"'
        f' w:left="{layout.left}" w:header="851" w:footer="{layout.footer}" w:gutter="0"/>'
        f'<w:cols w:space="425"/>{grid}</w:sectPr></w:body></w:document>'
    )


def _settings(layout: Layout) -> str:
    # Both sides are printed and the binding edge is the wide margin: it changes sides on even pages.
    mirror = "<w:mirrorMargins/>" if layout.two_sided else ""
    even = "<w:evenAndOddHeaders/>" if layout.two_sided else ""
    return (
        f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/>{mirror}'
        f'<w:defaultTabStop w:val="420"/>{even}<w:characterSpacingControl w:val="compressPunctuation"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _footer(layout: Layout, style: str) -> str:
    """— 1 —: 4号 half-width 宋体 digits between dashes (GB/T 9704-2012 7.5)."""
    face = layout.page_face
    fonts = (
        f'<w:rFonts w:ascii="{face}" w:hAnsi="{face}" w:eastAsia="{face}" w:cs="{face}" w:hint="eastAsia"/>'
    )
    run = f"<w:r><w:rPr>{fonts}</w:rPr>%s</w:r>"
    pieces = (
        '<w:t xml:space="preserve">— </w:t>',
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
        '<w:t xml:space="preserve"> —</w:t>',
    )
    runs = "".join(run % piece for piece in pieces)
    return f'<w:ftr xmlns:w="{W}"><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p></w:ftr>'


def _core() -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><cp:revision>1</cp:revision>'
        "</cp:coreProperties>"
    )


def _app() -> str:
    return f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>Liren</Application></Properties>'
