"""The Word document: the measures of GB/T 9704-2012, marks on every number, odd documents."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from liren.reports import docx_writer
from liren.reports.document import DocumentRefused, Heading, Paragraph, Table, Text, cited_numbers
from liren.reports.make_template import build
from liren.reports.templates_docx.layouts import OFFICIAL
from liren.reports.templates_docx.styles import FACES
from tests.reports.document_sample import citations, sample
from tests.reports.docx_parts import PACKAGE_R, R, W, body, layouts, paragraphs, parts, val, words

GOLDEN = Path(__file__).parent / "golden"
# --- GB/T 9704-2012 ------------------------------------------------------------------------


def test_page_margins_and_grid_of_the_official_layout():
    section = body(docx_writer.to_bytes(sample())).find(f".//{W}sectPr")
    size, margins, grid = (section.find(W + tag).attrib for tag in ("pgSz", "pgMar", "docGrid"))
    millimetres = {key.removeprefix(W): int(v) * 25.4 / 1440 for key, v in {**size, **margins}.items()}
    assert millimetres["w"] == pytest.approx(210, abs=0.02)
    assert millimetres["h"] == pytest.approx(297, abs=0.02)
    for side, length in (("top", 34.58), ("bottom", 32.58), ("left", 28), ("right", 26)):
        assert millimetres[side] == pytest.approx(length, abs=0.02)
    assert grid == {W + "type": "lines", W + "linePitch": "579"}


def test_28_characters_fit_a_line_and_22_lines_a_page():
    assert 28 * OFFICIAL.em <= OFFICIAL.text_width < 29 * OFFICIAL.em
    height = OFFICIAL.page_height - OFFICIAL.top - OFFICIAL.bottom
    assert 22 * OFFICIAL.line <= height < 23 * OFFICIAL.line


def test_the_plain_layout():
    root = body(docx_writer.to_bytes(sample(), "plain"))
    margins = root.find(f".//{W}pgMar").attrib
    assert [margins[W + side] for side in ("top", "bottom", "left", "right")] == [
        "1440",
        "1440",
        "1803",
        "1803",
    ]
    assert root.find(f".//{W}docGrid").get(W + "type") is None
    assert not paragraphs(root, "IssuerMark")
    styles = etree.fromstring(parts(docx_writer.to_bytes(sample(), "plain"))["word/styles.xml"])
    normal = next(s for s in styles.iter(W + "style") if s.get(W + "styleId") == "Normal")
    assert val(normal, "w:pPr/w:spacing", "line") == "560"


@layouts
def test_every_run_names_its_faces(layout):
    package = parts(docx_writer.to_bytes(sample(), layout))
    root = etree.fromstring(package["word/document.xml"])
    runs = list(root.iter(W + "r"))
    assert len(runs) > 70
    for p in root.iter(W + "p"):
        for run in p.iter(W + "r"):
            faces = run.find(f"{W}rPr/{W}rFonts")
            assert faces is not None, etree.tostring(run)
            assert faces.get(W + "ascii") == faces.get(W + "hAnsi") == "Times New Roman"
            assert faces.get(W + "eastAsia") == FACES[val(p, "w:pPr/w:pStyle")]
            # “ ” — … stand in both scripts; the hint makes them Chinese.
            assert (faces.get(W + "hint") == "eastAsia") == (not words(run).isascii())
    for footer in ("word/footer1.xml", "word/footer2.xml"):
        for run in etree.fromstring(package[footer]).iter(W + "r"):
            assert run.find(f"{W}rPr/{W}rFonts").get(W + "ascii") == "宋体"


def test_faces_of_the_levels():
    assert [FACES[f"Heading{level}"] for level in (1, 2, 3, 4)] == [
        "黑体",
        "楷体_GB2312",
        "仿宋_GB2312",
        "仿宋_GB2312",
    ]
    assert (FACES["BodyText"], FACES["Title"]) == ("仿宋_GB2312", "方正小标宋简体")
    styles = etree.fromstring(parts(build(OFFICIAL))["word/styles.xml"])
    by_id = {style.get(W + "styleId"): style for style in styles.iter(W + "style")}
    assert val(styles, "w:docDefaults/w:rPrDefault/w:rPr/w:sz") == "32"
    assert val(by_id["Title"], "w:rPr/w:sz") == "44"
    assert val(by_id["Title"], "w:pPr/w:jc") == "center"
    assert val(by_id["BodyText"], "w:pPr/w:ind", "firstLineChars") == "200"
    assert val(by_id["BodyText"], "w:pPr/w:spacing", "lineRule") == "exact"
    assert val(by_id["Normal"], "w:pPr/w:jc") == "both"
    for level in range(4):
        assert val(by_id[f"Heading{level + 1}"], "w:pPr/w:outlineLvl") == str(level)


def test_the_red_head():
    package = parts(docx_writer.to_bytes(sample()))
    root = etree.fromstring(package["word/document.xml"])
    first, second, third, fourth = list(root[0])[:4]
    assert [val(p, "w:pPr/w:pStyle") for p in (first, second, third, fourth)] == [
        "IssuerMark", "DocumentNumber", "Title", "Addressee",
    ]  # fmt: skip
    assert words(first) == "清溪县网格化服务中心文件"
    # 35 mm from the top of the type area (37 mm down the page) to the glyphs; 36 pt in an exact 43.2 pt line.
    top = OFFICIAL.top + int(val(first, "w:pPr/w:spacing", "before")) + 0.13 * 36 * 20
    assert top * 25.4 / 1440 == pytest.approx(72, abs=0.1)
    assert int(val(first, "w:r/w:rPr/w:sz")) / 2 * len(words(first)) <= OFFICIAL.text_width / 20
    assert words(second) == "清网〔2023〕1号"
    assert words(fourth) == "各街道办事处，县直各有关单位："
    styles = etree.fromstring(package["word/styles.xml"])
    by_id = {style.get(W + "styleId"): style for style in styles.iter(W + "style")}
    assert val(by_id["IssuerMark"], "w:rPr/w:color") == "FF0000"
    assert val(by_id["DocumentNumber"], "w:pPr/w:pBdr/w:bottom", "color") == "FF0000"


@pytest.mark.parametrize(
    ("issuer", "mark"),
    [("清溪县人民政府文件", "清溪县人民政府文件"), ("中心", "中心文件"), ("清" * 40, "清" * 40 + "文件")],
)
def test_the_mark_of_the_issuer_says_document_once_and_keeps_a_readable_size(issuer, mark):
    (first,) = paragraphs(body(docx_writer.to_bytes(sample(issuer=issuer))), "IssuerMark")
    assert words(first) == mark
    assert 26 <= int(val(first, "w:r/w:rPr/w:sz")) / 2 <= 50


def test_a_report_without_number_keeps_the_red_line():
    root = body(docx_writer.to_bytes(sample(number="")))
    (number,) = paragraphs(root, "DocumentNumber")
    assert words(number) == ""
    assert not paragraphs(body(docx_writer.to_bytes(sample(number=""), "plain")), "DocumentNumber")


@pytest.mark.parametrize("issuer", ["清溪县网格化服务中心", "清溪县政府办公室", "清溪县政府", "里"])
def test_signature_without_seal(issuer):
    """7.3.5.2: the date starts 2 characters right of the issuer, the wider of the two keeps 2 at the right."""
    name, day = paragraphs(body(docx_writer.to_bytes(sample(issuer=issuer))), "Signature")
    assert (words(name), words(day)) == (issuer, "2023年4月7日")
    width = 6.0  # six digits of half a character and three characters
    right_name, right_day = (int(val(p, "w:pPr/w:ind", "rightChars")) / 100 for p in (name, day))
    assert (right_name + len(issuer)) - (right_day + width) == pytest.approx(2)
    assert min(right_name, right_day) == pytest.approx(2)


def test_page_numbers_stand_outside():
    package = parts(docx_writer.to_bytes(sample()))
    settings = etree.fromstring(package["word/settings.xml"])
    assert settings.find(W + "evenAndOddHeaders") is not None
    relations = {
        row.get("Id"): row.get("Target")
        for row in etree.fromstring(package["word/_rels/document.xml.rels"]).iter(PACKAGE_R + "Relationship")
    }
    styles = etree.fromstring(package["word/styles.xml"])
    by_id = {style.get(W + "styleId"): style for style in styles.iter(W + "style")}
    for reference in etree.fromstring(package["word/document.xml"]).iter(W + "footerReference"):
        footer = etree.fromstring(package["word/" + relations[reference.get(R + "id")]])
        style = by_id[val(footer, "w:p/w:pPr/w:pStyle")]
        side = "left" if reference.get(W + "type") == "even" else "right"
        assert val(style, "w:pPr/w:jc") == side
        assert val(style, "w:pPr/w:ind", f"{side}Chars") == "100"
        assert words(footer) == "— 1 —"
        assert "".join(e.text for e in footer.iter(W + "instrText")).strip() == "PAGE"
    assert val(by_id["Footer"], "w:rPr/w:sz") == "28"


def test_attachments_are_listed_and_numbered_when_more_than_one():
    note = [words(p) for p in paragraphs(body(docx_writer.to_bytes(sample())), "AttachmentNote")]
    assert note == ["附件：1.网格员上岗公示名单", "2.指标引用清单"]
    note = [
        words(p) for p in paragraphs(body(docx_writer.to_bytes(sample(attachments=[]))), "AttachmentNote")
    ]
    assert note == ["附件：指标引用清单"]
    bare = sample(attachments=[], citations=[], body=[Paragraph([Text("无数字。")])])
    root = body(docx_writer.to_bytes(bare))
    assert not paragraphs(root, "AttachmentNote")
    assert not paragraphs(root, "AnnexTitle")


# --- numbers -------------------------------------------------------------------------------


@layouts
def test_each_number_is_a_tagged_control_around_a_hyperlink(layout):
    document = sample()
    package = parts(docx_writer.to_bytes(document, layout))
    root = etree.fromstring(package["word/document.xml"])
    targets = {
        row.get("Id"): row.get("Target")
        for row in etree.fromstring(package["word/_rels/document.xml.rels"]).iter(PACKAGE_R + "Relationship")
    }
    urls = {c.key: c.url for c in document.citations}
    shown = []
    for control in root.iter(W + "sdt"):
        (link,) = control.find(W + "sdtContent")
        key = val(control, "w:sdtPr/w:tag").removeprefix("liren:")
        assert targets[link.get(R + "id")] == f"{urls[key]}#cite={key}"
        assert val(link, "w:r/w:rPr/w:rStyle") == "CitedNumber"
        assert len(link.get(W + "tooltip")) <= 260
        shown.append((words(control), key))
    assert shown == [(n.text, n.cite) for n in cited_numbers(document)]


def test_the_fragment_joins_an_address_that_has_one():
    citation = replace(citations()[0], url="http://x/y#part", key="a/b=c")
    assert docx_writer.cite_url(citation) == "http://x/y#part&cite=a%2Fb%3Dc"


def test_the_annex_has_one_linked_row_for_each_citation():
    document = sample()
    package = parts(docx_writer.to_bytes(document))
    root = etree.fromstring(package["word/document.xml"])
    annex = list(root.iter(W + "tbl"))[-1]
    header, *rows = annex.iter(W + "tr")
    assert header.find(f"{W}trPr/{W}tblHeader") is not None
    assert [words(c) for c in header.iter(W + "tc")] == [
        "序号", "指标", "数值", "口径", "地域", "期间", "支撑记录", "摘要",
    ]  # fmt: skip
    assert [[words(c) for c in row.iter(W + "tc")] for row in rows][1] == [
        "2", "按期办结率", "95.2%1,129／1,186", "办结日期在期间内的网格事项，<作废>件 & 并案件不计口径版本 2",
        "清溪街道", "2023年第1季度", "1,188", "029f3c7a1be4",
    ]  # fmt: skip
    assert [row.find(f".//{W}bookmarkStart").get(W + "name") for row in rows] == [
        f"cite_{n}" for n in (1, 2, 3, 4)
    ]
    targets = {
        row.get("Id"): row.get("Target")
        for row in etree.fromstring(package["word/_rels/document.xml.rels"]).iter(PACKAGE_R + "Relationship")
    }
    linked = [targets[row.find(f".//{W}hyperlink").get(R + "id")] for row in rows]
    assert linked == [c.url for c in document.citations]
    (mark,), (note,) = paragraphs(root, "AnnexMark"), paragraphs(root, "AnnexNote")
    assert (words(mark), words(note)) == ("附件2", "说明：回访未开展的网格不计入满意率。")


def test_properties_name_the_report_and_the_digest():
    package = parts(docx_writer.to_bytes(sample(report_id='a<b>&"c')))
    custom = etree.fromstring(package["docProps/custom.xml"])
    values = {row.get("name"): "".join(row.itertext()) for row in custom}
    assert values["LirenReport"] == 'a<b>&"c'
    assert re.fullmatch("[0-9a-f]{64}", values["LirenCitations"])
    core = package["docProps/core.xml"].decode()
    assert "<dc:title>关于一季度网格工作情况的通报</dc:title>" in core
    assert "2023-04-07T00:00:00Z" in core


# --- odd documents -------------------------------------------------------------------------


def test_line_feeds_tabs_and_spaces_survive():
    document = sample(
        title="关于一季度\n网格工作的通报", body=[Paragraph([Text(" 甲\t乙\n丙 ")])], citations=[]
    )
    root = body(docx_writer.to_bytes(document))
    (title,), (text,) = paragraphs(root, "Title"), paragraphs(root, "BodyText")
    assert len(title.findall(f".//{W}br")) == 1
    assert [etree.QName(e).localname for e in text.find(W + "r")] == ["rPr", "t", "tab", "t", "br", "t"]
    assert words(text) == " 甲乙丙 "


def test_a_document_ending_in_a_table_or_a_heading_or_empty():
    for blocks in ([Table(["甲"], [])], [Heading(1, [Text("一、止")])], [Table(["", ""], [[[], []]])], []):
        root = body(docx_writer.to_bytes(sample(body=blocks, citations=[], attachments=[], notes=[])))
        assert paragraphs(root, "Signature")


def test_english():
    root = body(docx_writer.to_bytes(sample(lang="en", issuer="Qingxi Grid Office", addressee="All streets")))
    assert words(paragraphs(root, "IssuerMark")[0]) == "Qingxi Grid Office"
    assert words(paragraphs(root, "Addressee")[0]) == "All streets:"
    assert [words(p) for p in paragraphs(root, "Signature")] == ["Qingxi Grid Office", "7 April 2023"]
    assert words(paragraphs(root, "AnnexTitle")[0]) == "List of cited figures"


def test_a_refused_document_writes_nothing(tmp_path):
    target = tmp_path / "report.docx"
    with pytest.raises(DocumentRefused):
        docx_writer.write(sample(citations=[]), target)
    with pytest.raises(ValueError, match="official、plain"):
        docx_writer.write(sample(), target, "letter")
    assert list(tmp_path.iterdir()) == []


def test_writing_replaces_the_old_file_whole(tmp_path):
    target = tmp_path / "report.docx"
    target.write_bytes(b"old")
    assert docx_writer.write(sample(), target) == target
    assert target.read_bytes() == docx_writer.to_bytes(sample())
    assert list(tmp_path.iterdir()) == [target]


# --- golden --------------------------------------------------------------------------------


@layouts
@pytest.mark.parametrize("part", ["document", "styles"])
def test_the_parts_are_the_golden_ones(layout, part):
    """After a wanted change: LIREN_GOLDEN=write pytest tests/reports, then read the difference."""
    root = etree.fromstring(parts(docx_writer.to_bytes(sample(), layout))[f"word/{part}.xml"])
    etree.indent(root)
    text = etree.tostring(root, encoding="unicode") + "\n"
    golden = GOLDEN / f"sample.{layout}.{part}.xml"
    if os.environ.get("LIREN_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
