"""A report comes back from Word, WPS or LibreOffice, or something else comes in its name."""

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from liren.reports import docx_writer
from liren.reports.document import Number, Paragraph, Text, citations_digest
from liren.reports.docx_reader import ReadDocument, read, read_bytes
from tests.reports.document_sample import WRITTEN, citations, edited, pairs, sample

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def reshaped(change, blob: bytes | None = None) -> ReadDocument:
    """What is read after ``change`` was applied to the tree of the document."""

    def apply(data: bytes) -> bytes:
        root = etree.fromstring(data)
        change(root)
        return etree.tostring(root)

    return read_bytes(edited(blob or docx_writer.to_bytes(sample()), word__document_xml=apply))


@pytest.mark.parametrize("layout", ["official", "plain"])
def test_what_was_written_is_read(tmp_path, layout):
    found = read(docx_writer.write(sample(), tmp_path / "通报.docx", layout))
    assert pairs(found) == WRITTEN
    assert found.report_id == "grid.quarter/2023Q1/0007"
    assert found.title == "关于一季度网格工作情况的通报"
    assert found.citations_digest == citations_digest(citations())
    first, second = found.numbers[:2]
    assert first.paragraph_index == second.paragraph_index
    assert first.paragraph_text == (
        "一季度共办结网格事项1,186件，按期办结率95.2%，“马上就办”成为习惯。一是抓排查。对账销号1,186件。"
    )
    assert [n.paragraph_text for n in found.numbers[-2:]] == ["1,186件", "无"]
    assert sorted(n.paragraph_index for n in found.numbers) == [n.paragraph_index for n in found.numbers]


@given(
    st.lists(
        st.one_of(
            st.text(alphabet="甲乙 丙，“”<&>\"'1\t", min_size=1, max_size=8),
            st.tuples(
                st.sampled_from([c.key for c in citations()]), st.text("0123456789,.%件约", min_size=1)
            ),
        ),
        max_size=12,
    )
)
@settings(max_examples=25, deadline=None)
def test_any_paragraph_comes_back_word_for_word(pieces):
    runs = [Text(p) if isinstance(p, str) else Number(p[1], p[0]) for p in pieces]
    blocks = [Paragraph([Text("甲"), *runs])]
    found = read_bytes(docx_writer.to_bytes(sample(body=blocks)))
    assert pairs(found) == [(run.cite, run.text) for run in runs if isinstance(run, Number)]
    for number in found.numbers:
        assert number.paragraph_text == "甲" + "".join(run.text for run in runs)


def test_keys_of_any_script_and_punctuation_come_back():
    keys = ["指标.办结@330102/2023Q1", "a&b=c#d", "100%", 'say"so"', "x" * 58]
    rows = [replace(citations()[0], key=key, no=no) for no, key in enumerate(keys, 1)]
    document = sample(body=[Paragraph([Number(str(no), key) for no, key in enumerate(keys)])], citations=rows)
    blob = docx_writer.to_bytes(document)
    assert [key for key, _ in pairs(read_bytes(blob))] == keys
    assert [key for key, _ in pairs(reshaped(drop_controls, blob))] == keys


# --- what offices do to a file -------------------------------------------------------------


def drop_controls(root: etree._Element) -> None:
    for control in list(root.iter(W + "sdt")):
        (content,) = control.find(W + "sdtContent")
        control.getparent().replace(control, content)


def drop_tags(root: etree._Element) -> None:
    for tag in list(root.iter(W + "tag")):
        tag.getparent().remove(tag)


def links_to_fields(root: etree._Element, relation_targets: dict[str, str]) -> None:
    """What WPS does: a hyperlink element becomes a HYPERLINK field."""
    for link in list(root.iter(W + "hyperlink")):
        target = relation_targets[
            link.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
        ]
        address, _, fragment = target.partition("#")
        switch = f' \\l "{fragment}"' if fragment else ""
        begin, instruction, separate, end = (etree.Element(W + "r") for _ in range(4))
        for run, kind in ((begin, "begin"), (separate, "separate"), (end, "end")):
            etree.SubElement(run, W + "fldChar").set(W + "fldCharType", kind)
        # Word splits long instructions over runs.
        for piece in (" HYPERLINK ", f'"{address}"', f'{switch} \\o "提示" '):
            etree.SubElement(instruction, W + "instrText").text = piece
        parent, at = link.getparent(), link.getparent().index(link)
        parent.remove(link)
        for offset, run in enumerate([begin, instruction, separate, *link, end]):
            parent.insert(at + offset, run)


def targets_of(blob: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        rows = etree.fromstring(package.read("word/_rels/document.xml.rels"))
    return {row.get("Id"): row.get("Target") for row in rows}


def test_without_controls_the_address_names_the_number():
    assert pairs(reshaped(drop_controls)) == WRITTEN


def test_without_tags_the_link_inside_the_control_names_the_number():
    assert pairs(reshaped(drop_tags)) == WRITTEN


def test_with_hyperlinks_as_fields():
    targets = targets_of(docx_writer.to_bytes(sample()))

    def change(root: etree._Element) -> None:
        links_to_fields(root, targets)

    def bare(root: etree._Element) -> None:
        drop_controls(root)
        links_to_fields(root, targets)

    def tagless(root: etree._Element) -> None:
        drop_tags(root)
        links_to_fields(root, targets)

    assert pairs(reshaped(change)) == pairs(reshaped(bare)) == pairs(reshaped(tagless)) == WRITTEN


def test_with_the_fragment_in_an_attribute_of_its_own():
    blob = docx_writer.to_bytes(sample())

    def split(data: bytes) -> bytes:
        root = etree.fromstring(data)
        for row in root:
            row.set("Target", row.get("Target").partition("#")[0])
        return etree.tostring(root)

    targets = targets_of(blob)

    def change(root: etree._Element) -> None:
        drop_controls(root)
        for link in root.iter(W + "hyperlink"):
            relation = link.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")
            link.set(W + "anchor", targets[relation].partition("#")[2])

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(blob)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, split(data) if name == "word/_rels/document.xml.rels" else data)
    assert pairs(reshaped(change, out.getvalue())) == WRITTEN


def test_a_clerk_types_over_a_number():
    def change(root: etree._Element) -> None:
        text = next(next(root.iter(W + "sdt")).iter(W + "t"))
        text.text = "1,1"
        run = text.getparent()
        extra = etree.fromstring(etree.tostring(run))
        extra.find(W + "t").text = "99件"
        run.addnext(extra)

    found = reshaped(change)
    assert pairs(found)[0] == ("closed", "1,199件")
    assert pairs(found)[1:] == WRITTEN[1:]
    assert "办结网格事项1,199件，" in found.numbers[0].paragraph_text


def test_tracked_changes_count_as_accepted():
    def change(root: etree._Element) -> None:
        run = next(next(root.iter(W + "sdt")).iter(W + "r"))
        removed, added = etree.Element(W + "del"), etree.Element(W + "ins")
        new = etree.fromstring(etree.tostring(run))
        new.find(W + "t").text = "1,200件"
        run.addprevious(removed)
        removed.append(run)
        run.find(W + "t").tag = W + "delText"
        removed.addnext(added)
        added.append(new)

    assert pairs(reshaped(change))[0] == ("closed", "1,200件")


def test_a_number_deleted_out_of_its_control_is_told_as_empty():
    def change(root: etree._Element) -> None:
        control = next(root.iter(W + "sdt"))
        etree.SubElement(control.find(W + "sdtPr"), W + "showingPlcHdr")
        next(control.iter(W + "t")).text = "单击此处输入文字。"

    found = reshaped(change)
    assert pairs(found)[0] == ("closed", "")
    assert "单击" not in found.numbers[0].paragraph_text


def test_a_deleted_paragraph_is_missed_and_an_inserted_one_moves_the_others():
    before = reshaped(lambda root: None)

    def insert(root: etree._Element) -> None:
        new = etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}"><w:r><w:t>插入一段，随手写 42。</w:t></w:r></w:p>')
        root[0].insert(0, new)

    after = reshaped(insert)
    assert pairs(after) == pairs(before)
    assert [n.paragraph_index for n in after.numbers] == [n.paragraph_index + 1 for n in before.numbers]

    def delete(root: etree._Element) -> None:
        paragraph = next(root.iter(W + "sdt")).getparent()
        paragraph.getparent().remove(paragraph)

    assert pairs(reshaped(delete)) == WRITTEN[3:]


def test_a_control_wrapped_around_whole_paragraphs():
    def change(root: etree._Element) -> None:
        paragraph = next(root.iter(W + "sdt")).getparent()
        wrapper = etree.fromstring(
            f'<w:sdt xmlns:w="{W[1:-1]}"><w:sdtPr><w:tag w:val="goog_rdk_1"/></w:sdtPr><w:sdtContent/></w:sdt>'
        )
        paragraph.addprevious(wrapper)
        wrapper[1].append(paragraph)

    assert pairs(reshaped(change)) == WRITTEN

    def tagged(root: etree._Element) -> None:
        paragraph = next(root.iter(W + "sdt")).getparent()
        for control in list(paragraph.iter(W + "sdt")):
            control.getparent().remove(control)
        wrapper = etree.fromstring(
            f'<w:sdt xmlns:w="{W[1:-1]}"><w:sdtPr><w:tag w:val="liren:rate"/></w:sdtPr><w:sdtContent/></w:sdt>'
        )
        paragraph.addprevious(wrapper)
        wrapper[1].append(paragraph)

    first = reshaped(tagged).numbers[0]
    assert first.key == "rate"
    assert first.text == first.paragraph_text
    assert first.paragraph_text.startswith("一季度共办结")


def test_the_second_rendering_of_a_shape_is_not_counted_twice():
    def change(root: etree._Element) -> None:
        run = next(root.iter(W + "sdt")).getparent()
        copy = etree.tostring(next(root.iter(W + "sdt"))).decode()
        mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        box = f'<w:r xmlns:w="{W[1:-1]}"><mc:AlternateContent xmlns:mc="{mc}">%s</mc:AlternateContent></w:r>'
        inner = f"<w:txbxContent><w:p>{copy}</w:p></w:txbxContent>"
        run.append(
            etree.fromstring(
                box % f'<mc:Choice Requires="wps">{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback>'
            )
        )

    found = reshaped(change)
    assert pairs(found) == [*WRITTEN[:3], WRITTEN[0], *WRITTEN[3:]]
    assert found.numbers[3].paragraph_text == "1,186件"


def test_strict_open_xml_is_read_too():
    def strict(data: bytes) -> bytes:
        return (
            data.replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            .replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
            .replace(b"relationships/custom-properties", b"relationships/customProperties")
        )

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_writer.to_bytes(sample()))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, strict(old.read(name)))
    found = read_bytes(out.getvalue())
    assert pairs(found) == WRITTEN
    assert found.report_id == "grid.quarter/2023Q1/0007"


def test_a_document_of_someone_else_has_no_numbers_and_no_report():
    bare = sample(body=[Paragraph([Text("共 42 件")])], citations=[], report_id="")
    blob = edited(docx_writer.to_bytes(bare), docProps__custom_xml=None)
    found = read_bytes(blob)
    assert (found.numbers, found.report_id, found.citations_digest) == ([], "", "")


def test_the_title_falls_back_to_the_properties():
    def change(root: etree._Element) -> None:
        for style in root.iter(W + "pStyle"):
            if style.get(W + "val") == "Title":
                style.set(W + "val", "a3")

    assert reshaped(change).title == "关于一季度网格工作情况的通报"


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("layout", ["official", "plain"])
def test_libreoffice_saves_it_again_and_prints_it(tmp_path, layout):
    written = docx_writer.write(sample(), tmp_path / "report.docx", layout)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for kind in ("docx", "pdf"):
        out = tmp_path / kind
        command = [SOFFICE, profile, "--headless", "--convert-to", kind, "--outdir", str(out), str(written)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = read(tmp_path / "docx" / "report.docx")
    assert pairs(saved) == WRITTEN
    assert (saved.report_id, saved.title) == ("grid.quarter/2023Q1/0007", "关于一季度网格工作情况的通报")
    assert saved.citations_digest == citations_digest(citations())
    assert (tmp_path / "pdf" / "report.pdf").read_bytes().startswith(b"%PDF")
