"""The Word package: every part sound, typed and reachable, nothing left of anyone's template."""

from urllib.parse import urlsplit

from lxml import etree

from liren.reports import docx_writer
from liren.reports.make_template import build
from liren.reports.templates_docx.layouts import LAYOUTS
from liren.reports.templates_docx.styles import FACES
from tests.reports.document_sample import sample
from tests.reports.docx_parts import PACKAGE_R, TYPES, R, W, body, layouts, parts


@layouts
def test_every_part_is_xml_with_a_content_type_and_every_relation_ends_somewhere(layout):
    package = parts(docx_writer.to_bytes(sample(), layout))
    assert next(iter(package)) == "[Content_Types].xml"
    types = etree.fromstring(package["[Content_Types].xml"])
    overrides = {row.get("PartName"): row.get("ContentType") for row in types.iter(TYPES + "Override")}
    defaults = {row.get("Extension"): row.get("ContentType") for row in types.iter(TYPES + "Default")}
    assert set(overrides) <= {f"/{name}" for name in package}
    for name, blob in package.items():
        etree.fromstring(blob)
        if name != "[Content_Types].xml":
            kind = overrides.get(f"/{name}") or defaults[name.rpartition(".")[2]]
            assert kind != "application/xml", f"{name} has no type of its own"
        if name.endswith(".rels"):
            folder = name.replace("_rels/", "").rpartition("/")[0]
            for row in etree.fromstring(blob).iter(PACKAGE_R + "Relationship"):
                target = row.get("Target")
                if row.get("TargetMode") == "External":
                    assert urlsplit(target).scheme == "http"
                else:
                    path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
                    assert path in package, f"{name}: {target}"


@layouts
def test_every_relation_used_is_declared_and_every_style_used_exists(layout):
    package = parts(docx_writer.to_bytes(sample(), layout))
    declared = {
        row.get("Id")
        for row in etree.fromstring(package["word/_rels/document.xml.rels"]).iter(PACKAGE_R + "Relationship")
    }
    styles = {
        style.get(W + "styleId") for style in etree.fromstring(package["word/styles.xml"]).iter(W + "style")
    }
    for name in ("word/document.xml", "word/footer1.xml", "word/footer2.xml", "word/styles.xml"):
        root = etree.fromstring(package[name])
        for element in root.iter():
            if (relation := element.get(R + "id")) is not None:
                assert relation in declared
            if element.tag in (W + "pStyle", W + "rStyle", W + "tblStyle", W + "basedOn", W + "next"):
                assert element.get(W + "val") in styles
    assert set(FACES) <= styles


@layouts
def test_nothing_of_the_default_template_of_the_library_is_left(layout):
    package = parts(docx_writer.to_bytes(sample(), layout))
    assert sorted(package) == [
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/app.xml",
        "docProps/core.xml",
        "docProps/custom.xml",
        "word/_rels/document.xml.rels",
        "word/document.xml",
        "word/fontTable.xml",
        "word/footer1.xml",
        "word/footer2.xml",
        "word/numbering.xml",
        "word/settings.xml",
        "word/styles.xml",
    ]
    whole = b"".join(package.values()).lower()
    for leftover in (
        b"python-docx",
        b"cambria",
        b"calibri",
        b"light shading",
        b"stylewitheffects",
        b"lat=",
        b"thumbnail",
    ):
        assert leftover not in whole


@layouts
def test_equal_documents_give_equal_bytes(layout):
    assert docx_writer.to_bytes(sample(), layout) == docx_writer.to_bytes(sample(), layout)


@layouts
def test_children_stand_in_the_order_of_the_schema(layout):
    """The orders of ECMA-376 that Word is strict about; a wrong one makes it offer a repair."""
    orders = {
        "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr snapToGrid spacing ind jc outlineLvl",
        "rPr": "rStyle rFonts b bCs color spacing sz szCs u lang",
        "tblPr": "tblStyle tblW jc tblInd tblBorders tblLayout tblCellMar tblLook tblCaption",
        "sdtPr": "alias tag id",
        "sdt": "sdtPr sdtContent",
        "sectPr": "footerReference pgSz pgMar cols docGrid",
        "style": "name basedOn next uiPriority semiHidden qFormat pPr rPr tblPr",
        "settings": "zoom mirrorMargins defaultTabStop evenAndOddHeaders characterSpacingControl compat themeFontLang",
        "lvl": "start numFmt suff lvlText lvlJc rPr",
        "font": "altName charset family pitch",
    }
    for name, blob in parts(docx_writer.to_bytes(sample(), layout)).items():
        if name.startswith("word/") and name.endswith(".xml"):
            for element in etree.fromstring(blob).iter():
                local = etree.QName(element).localname
                if local in orders:
                    order = orders[local].split()
                    places = [order.index(etree.QName(child).localname) for child in element]
                    assert places == sorted(places), f"{name}: {etree.tostring(element)[:300]}"


@layouts
def test_marks_are_unique_and_cells_end_in_a_paragraph(layout):
    root = body(docx_writer.to_bytes(sample(), layout))
    for tag, attribute in (("sdtPr/w:id", "val"), ("bookmarkStart", "id"), ("bookmarkStart", "name")):
        marks = [e.get(W + attribute) for e in root.findall(f".//{W}{tag.replace('w:', W)}")]
        assert marks
        assert len(marks) == len(set(marks))
    assert len(root.findall(f".//{W}bookmarkStart")) == len(root.findall(f".//{W}bookmarkEnd"))
    assert all(cell[-1].tag == W + "p" for cell in root.iter(W + "tc"))
    # Word merges tables that touch, and wants a paragraph after the last one.
    blocks = [element.tag for element in root[0]]
    assert all(blocks[at + 1] == W + "p" for at, tag in enumerate(blocks) if tag == W + "tbl")


def test_the_empty_template_is_a_document_too():
    for layout in LAYOUTS.values():
        assert list(body(build(layout))[0])[-1].tag == W + "sectPr"
