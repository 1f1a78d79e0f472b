"""Named styles, fonts and the bullet of the Word layouts, as the text of their parts.

Faces are named, never shipped: 方正小标宋简体, 仿宋_GB2312 and 楷体_GB2312 are proprietary, so the font
table names the faces that Windows, WPS and macOS bring as stand-ins.
"""

from dataclasses import dataclass

from liren.reports.templates_docx.layouts import BODY_SIZE, PAGE_SIZE, TITLE_SIZE, Layout

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LATIN = "Times New Roman"
SONG_TITLE, HEI, KAI, FANG, SONG = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
RED = "FF0000"
_STAND_INS = {
    SONG_TITLE: "方正小标宋_GBK,华文中宋,宋体",
    HEI: "SimHei",
    KAI: "楷体",
    FANG: "仿宋",
    SONG: "SimSun",
}

# East Asian face of each paragraph style; runs repeat it, because Word and WPS fall back to the
# document default when only the style names it.
FACES = {
    "BodyText": FANG,
    "ListBullet": FANG,
    "Heading1": HEI,
    "Heading2": KAI,
    "Heading3": FANG,
    "Heading4": FANG,
    "Title": SONG_TITLE,
    "IssuerMark": SONG_TITLE,
    "DocumentNumber": FANG,
    "Addressee": FANG,
    "AttachmentNote": FANG,
    "Signature": FANG,
    "AnnexMark": HEI,
    "AnnexTitle": SONG_TITLE,
    "AnnexCell": FANG,
    "AnnexHead": HEI,
    "AnnexNote": FANG,
    "TableText": FANG,
    "TableHead": HEI,
}


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style; ``ppr`` and ``rpr`` are in the order the schema wants."""

    id: str
    name: str
    based_on: str
    ppr: str = ""
    rpr: str = ""


def fonts(face: str) -> str:
    """The rFonts element of a face: Latin letters and digits stay in Times New Roman."""
    return f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{face}" w:cs="{LATIN}"/>'


def first_line(layout: Layout, chars: int = 2) -> str:
    """First-line indent in characters; the twips beside it serve readers that ignore the characters."""
    return f'<w:ind w:firstLineChars="{chars * 100}" w:firstLine="{chars * layout.em}"/>'


# Small and large type leave the 28.95 pt grid of the page; otherwise LibreOffice gives each of their
# lines a whole number of grid lines, exact spacing or not.
_OFF_GRID = '<w:snapToGrid w:val="0"/>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _space(line: int, before: int = 0, after: int = 0, rule: str = "exact") -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="{rule}"/>'


_CENTRED = '<w:jc w:val="center"/>'


def _paragraph_styles(layout: Layout) -> list[_Style]:
    text = [*_text_styles(layout), *_head_styles(layout), *_cell_styles()]
    return [*text, *_annex_styles(layout), *_footer_styles(layout)]


def _spacing(layout: Layout) -> str:
    """The pitch of characters, as run property; nothing where the layout leaves it to the font."""
    return f'<w:spacing w:val="{layout.spacing}"/>' if layout.spacing else ""


def _text_styles(layout: Layout) -> list[_Style]:
    line, indent = layout.line, first_line(layout)
    bullet = f'<w:numPr><w:numId w:val="1"/></w:numPr>{indent}'
    headings = [
        _Style(
            f"Heading{level}",
            f"heading {level}",
            "BodyText",
            f'<w:keepNext/><w:outlineLvl w:val="{level - 1}"/>',
            fonts(FACES[f"Heading{level}"]),
        )
        for level in (1, 2, 3, 4)
    ]
    signature = "<w:keepLines/>" + _space(line) + '<w:jc w:val="right"/>'
    return [
        _Style("BodyText", "Body Text", "Normal", _space(line) + indent, _spacing(layout)),
        *headings,
        _Style("ListBullet", "List Bullet", "BodyText", bullet),
        _Style("AttachmentNote", "Attachment Note", "Normal", _space(line), _spacing(layout)),
        _Style("Signature", "Signature", "Normal", signature),
    ]


def _head_styles(layout: Layout) -> list[_Style]:
    line = layout.line
    two_lines = 2 * line if layout.red_head else 0
    # The red line: 4 mm under the number, as wide as the type area (7.2.7). The exact line already
    # holds 6.5 pt below the characters.
    border = f'<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="5" w:color="{RED}"/></w:pBdr>'
    title = "<w:keepNext/><w:keepLines/>" + _OFF_GRID + _space(680, two_lines) + _CENTRED
    number = (border if layout.red_head else "") + _space(line, two_lines) + _CENTRED
    red = fonts(SONG_TITLE) + f'<w:color w:val="{RED}"/>'
    return [
        _Style("Title", "Title", "Normal", title, fonts(SONG_TITLE) + _size(TITLE_SIZE)),
        _Style("IssuerMark", "Issuer Mark", "Normal", _OFF_GRID + _CENTRED, red),
        _Style("DocumentNumber", "Document Number", "Normal", number),
        _Style("Addressee", "Addressee", "Normal", _space(line, line), _spacing(layout)),
    ]


def _cell_styles() -> list[_Style]:
    cell = _OFF_GRID + _space(280, 30, 30, "atLeast") + _CENTRED
    return [
        _Style("TableText", "Table Text", "Normal", cell, _size(24)),
        _Style("TableHead", "Table Head", "TableText", "<w:keepNext/>", fonts(HEI)),
    ]


def _annex_styles(layout: Layout) -> list[_Style]:
    """附件 on the first line in 黑体, its title on the third (7.3.4), then a table in small type."""
    line = layout.line
    mark = "<w:keepNext/><w:pageBreakBefore/>" + _space(line)
    title = "<w:keepNext/>" + _OFF_GRID + _space(680, line, 200) + _CENTRED
    cell = _OFF_GRID + _space(240, 20, 20, "auto") + '<w:jc w:val="left"/>'
    return [
        _Style("AnnexMark", "Annex Mark", "Normal", mark, fonts(HEI)),
        _Style("AnnexTitle", "Annex Title", "Normal", title, fonts(SONG_TITLE) + _size(TITLE_SIZE)),
        _Style("AnnexCell", "Annex Cell", "Normal", cell, _size(18)),
        _Style("AnnexHead", "Annex Head", "AnnexCell", _CENTRED, fonts(HEI)),
        _Style("AnnexNote", "Annex Note", "Normal", _OFF_GRID + _space(360, 60), _size(24)),
    ]


def _footer_styles(layout: Layout) -> list[_Style]:
    """Odd pages: right, one character in; even pages: left, one character in (7.5)."""
    one = PAGE_SIZE * 10
    size = _size(PAGE_SIZE)
    if not layout.two_sided:
        odd = even = _CENTRED
    else:
        odd = f'<w:ind w:rightChars="100" w:right="{one}"/><w:jc w:val="right"/>'
        even = f'<w:ind w:leftChars="100" w:left="{one}"/><w:jc w:val="left"/>'
    return [
        _Style("Footer", "footer", "Normal", _OFF_GRID + _space(280, rule="atLeast"), size),
        _Style("FooterOdd", "Footer Odd", "Footer", odd),
        _Style("FooterEven", "Footer Even", "Footer", even),
    ]


def styles_xml(layout: Layout) -> str:
    """The styles part: defaults, one style for each role, the mark of a cited number, two table styles."""
    widow = '<w:widowControl w:val="0"/>'
    rows = "".join(
        f'<w:style w:type="paragraph"{_custom(style)} w:styleId="{style.id}"><w:name w:val="{style.name}"/>'
        f'<w:basedOn w:val="{style.based_on}"/>{_next(style)}<w:qFormat/>'
        f"<w:pPr>{style.ppr}</w:pPr><w:rPr>{style.rpr}</w:rPr></w:style>"
        for style in _paragraph_styles(layout)
    )
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{fonts(layout.body_face)}{_size(BODY_SIZE)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f'<w:pPr>{widow}{_space(layout.line)}<w:jc w:val="both"/></w:pPr></w:style>'
    )
    # A dotted grey line says "this opens something" on the screen and hardly shows in print.
    cited = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
        '<w:style w:type="character" w:customStyle="1" w:styleId="CitedNumber"><w:name w:val="Cited Number"/>'
        '<w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/>'
        '<w:rPr><w:u w:val="dotted" w:color="A6A6A6"/></w:rPr></w:style>'
    )
    return f'<w:styles xmlns:w="{_W}">{defaults}{normal}{cited}{rows}{_table_styles()}</w:styles>'


def _custom(style: _Style) -> str:
    built_in = ("Body Text", "List Bullet", "Title", "Signature", "footer")
    return "" if style.name in built_in or style.name.startswith("heading ") else ' w:customStyle="1"'


def _next(style: _Style) -> str:
    return '<w:next w:val="BodyText"/>' if style.id.startswith(("Heading", "Title", "Addressee")) else ""


def _table_styles() -> str:
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 0), ("left", 57), ("bottom", 0), ("right", 57))
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr></w:style>"
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
        f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>'
    )


def font_table_xml() -> str:
    """The faces named by the styles, each Chinese one with the names of its stand-ins."""
    chinese = "".join(
        f'<w:font w:name="{face}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        '<w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for face, others in _STAND_INS.items()
    )
    latin = (
        f'<w:font w:name="{LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/>'
        '<w:pitch w:val="variable"/></w:font>'
    )
    return f'<w:fonts xmlns:w="{_W}">{latin}{chinese}</w:fonts>'


def numbering_xml() -> str:
    """One bullet, set like the first line of a paragraph."""
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:suff w:val="space"/>'
        '<w:lvlText w:val="•"/><w:lvlJc w:val="left"/>'
        f"<w:rPr>{fonts(LATIN)}</w:rPr></w:lvl>"
    )
    return (
        f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0">'
        f'<w:multiLevelType w:val="singleLevel"/>{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
