"""Elements of WordprocessingML: runs with their faces, paragraphs, cited numbers, table cells."""

from collections.abc import Iterable

from lxml import etree

from liren.reports.templates_docx.styles import FACES, LATIN

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# Word shows at most 260 characters of a tip and 64 of a control's title.
_TIP, _TITLE = 260, 64


def w(tag: str, *children: etree._Element, **attributes: str | int) -> etree._Element:
    """``<w:tag w:name="value">`` with children; every attribute is in the w namespace."""
    named = {f"{{{W}}}{name}": str(value) for name, value in attributes.items()}
    element = etree.Element(f"{{{W}}}{tag}", named, nsmap={"w": W})
    element.extend(children)
    return element


def run(words: str, style: str, *, bold: bool = False, size: int = 0, cited: bool = False) -> etree._Element:
    """A run of words in the face of its paragraph style; line feeds and tabs become breaks and tabs.

    ``hint`` tells Word that quotes, dashes and dots which exist in both scripts are Chinese here;
    without it “ ” come out narrow, in the Latin face.
    """
    face = FACES[style]
    properties = w("rPr")
    if cited:
        properties.append(w("rStyle", val="CitedNumber"))
    hint = {} if words.isascii() else {"hint": "eastAsia"}
    properties.append(w("rFonts", ascii=LATIN, hAnsi=LATIN, eastAsia=face, cs=LATIN, **hint))
    if bold:
        properties.extend([w("b"), w("bCs")])
    if size:
        properties.extend([w("sz", val=size), w("szCs", val=size)])
    element = w("r", properties)
    for line_no, line in enumerate(words.split("\n")):
        if line_no:
            element.append(w("br"))
        for piece_no, piece in enumerate(line.split("\t")):
            if piece_no:
                element.append(w("tab"))
            if piece:
                text = w("t")
                text.text = piece
                text.set(XML_SPACE, "preserve")
                element.append(text)
    return element


def paragraph(style: str, runs: Iterable[etree._Element], *properties: etree._Element) -> etree._Element:
    """A paragraph; ``properties`` come after the style in the order of the schema."""
    return w("p", w("pPr", w("pStyle", val=style), *properties), *runs)


def link(relation: str, tip: str, *runs: etree._Element) -> etree._Element:
    """A hyperlink to an external relationship."""
    element = w("hyperlink", *runs, history="1")
    element.set(f"{{{R}}}id", relation)
    if tip:
        element.set(f"{{{W}}}tooltip", tip if len(tip) <= _TIP else tip[: _TIP - 1] + "…")
    return element


def control(tag: str, title: str, no: int, content: etree._Element) -> etree._Element:
    """A content control around ``content``: it keeps its tag while the text around it is edited."""
    return w(
        "sdt",
        w("sdtPr", w("alias", val=title[:_TITLE]), w("tag", val=tag), w("id", val=no)),
        w("sdtContent", content),
    )


def bookmarked(name: str, no: int, *runs: etree._Element) -> list[etree._Element]:
    """Runs between the two ends of a bookmark."""
    return [w("bookmarkStart", id=no, name=name), *runs, w("bookmarkEnd", id=no)]


def table(
    widths: list[int], header: list[etree._Element], rows: Iterable[list[etree._Element]], caption: str
) -> etree._Element:
    """A ruled table whose header row repeats on each page; cells are paragraphs, widths twips."""
    properties = w(
        "tblPr",
        w("tblStyle", val="TableGrid"),
        w("tblW", w=sum(widths), type="dxa"),
        w("jc", val="center"),
        w("tblLayout", type="fixed"),
        w("tblLook", val="0620"),
        w("tblCaption", val=caption),
    )
    element = w("tbl", properties, w("tblGrid", *(w("gridCol", w=width) for width in widths)))
    element.append(_row(widths, header, w("cantSplit"), w("tblHeader")))
    for row in rows:
        element.append(_row(widths, row, w("cantSplit")))
    return element


def _row(widths: list[int], cells: list[etree._Element], *properties: etree._Element) -> etree._Element:
    row = w("tr", w("trPr", *properties))
    for width, cell in zip(widths, cells, strict=True):
        cell_properties = w("tcPr", w("tcW", w=width, type="dxa"), w("vAlign", val="center"))
        row.append(w("tc", cell_properties, cell))
    return row
