"""What comes in the name of a report and is none: refused in words, quickly, never half read."""

import io
import random
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from liren.reports import docx_package, docx_writer
from liren.reports.docx_reader import DocumentUnreadable, ReadDocument, read, read_bytes
from tests.reports.document_sample import WRITTEN, edited, pairs, sample


def refused(blob: bytes, name: str = "某.docx") -> str:
    with pytest.raises(DocumentUnreadable) as caught:
        read_bytes(blob, name)
    assert str(caught.value).startswith(f"{name}：")
    assert caught.value.mend
    return caught.value.what


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (b"", "空的"),
        (b"hello", "不是 docx"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版"),
        (b"%PDF-1.7", "PDF"),
        (b"{\\rtf1}", "RTF"),
        (b"PK\x03\x04 broken", "压缩包"),
        (archive(readme=b"x"), "没有 Word 正文"),
        (archive(mimetype=b"application/vnd.oasis.opendocument.text"), "ODF"),
    ],
)
def test_other_files_are_named_for_what_they_are(blob, words):
    assert words in refused(blob)


def test_missing_and_broken_parts():
    good = docx_writer.to_bytes(sample())
    assert "没有 Word 正文" in refused(edited(good, word__document_xml=None))
    assert "word/document.xml" in refused(edited(good, word__document_xml=b"<w:document"))
    assert "word/document.xml" in refused(edited(good, word__document_xml=b""))
    assert "不是文字文档" in refused(edited(good, word__document_xml=b"<workbook xmlns='x'/>"))
    assert pairs(read_bytes(edited(good, word__styles_xml=None))) == WRITTEN
    assert "docProps/custom.xml" in refused(edited(good, docProps__custom_xml=b"<x"))


def test_entities_are_refused_unread():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&b;</w:document>'
    )
    good = docx_writer.to_bytes(sample())
    assert "DTD" in refused(edited(good, word__document_xml=bomb))
    utf16 = bomb.decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"').encode("utf-16")
    assert "DTD" in refused(edited(good, word__document_xml=utf16))


def test_zip_bombs_are_refused_quickly(monkeypatch):
    good = docx_writer.to_bytes(sample())
    started = time.monotonic()
    padding = b"<w:document>" + b" " * (docx_package.MAX_PART + 10)
    assert "MB" in refused(edited(good, word__document_xml=padding))
    assert "压缩炸弹" in refused(archive(**{f"f{n}": b"" for n in range(docx_package.MAX_ENTRIES + 1)}))
    assert "目录过长" in refused(
        archive(**{f"f{n}" + "x" * 300: b"" for n in range(docx_package.MAX_ENTRIES)})
    )
    monkeypatch.setattr(docx_package, "MAX_UNPACKED", 1000)
    assert "压缩炸弹" in refused(good)
    assert time.monotonic() - started < 20


def test_a_directory_that_lies_about_a_size_gains_nothing(monkeypatch):
    """The declared size is small, the stream is not: what is unpacked counts."""
    monkeypatch.setattr(docx_package, "MAX_PART", 4000)
    good = docx_writer.to_bytes(sample())
    with zipfile.ZipFile(io.BytesIO(good)) as package:
        true = package.getinfo("word/document.xml").file_size
    assert "word/document.xml" in refused(good.replace(struct.pack("<L", true), struct.pack("<L", 10)))
    assert "word/document.xml" in refused(good)


def test_encrypted_and_unknown_compression_are_refused():
    good = bytearray(docx_writer.to_bytes(sample()))
    for at, flag in ((8, 1), (10, 99)):  # general purpose flag, method: in each entry of the directory
        blob = bytearray(good)
        start = blob.find(b"PK\x01\x02")
        while start >= 0:
            blob[start + at] = flag
            start = blob.find(b"PK\x01\x02", start + 4)
        assert "解压失败" in refused(bytes(blob))


def test_files_on_disk(tmp_path, monkeypatch):
    for path, words in ((tmp_path / "没有.docx", "找不到"), (tmp_path, "打不开")):
        with pytest.raises(DocumentUnreadable, match=words):
            read(path)
    large = tmp_path / "大.docx"
    large.write_bytes(b"PK" + b"\0" * 4000)
    monkeypatch.setattr(docx_package, "MAX_FILE", 2000)
    with pytest.raises(DocumentUnreadable, match="超过"):
        read(large)


def test_deep_and_wide_trees_end_soon():
    good = docx_writer.to_bytes(sample())
    head = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    deep = head + b"<w:p>" * 5000 + b"</w:p>" * 5000 + b"</w:body></w:document>"
    assert "XML" in refused(edited(good, word__document_xml=deep))
    nested = (
        b"<w:sdt><w:sdtContent>" * 100
        + b"<w:r><w:t>1</w:t></w:r>" * 20_000
        + b"</w:sdtContent></w:sdt>" * 100
    )
    begins = b'<w:r><w:fldChar w:fldCharType="begin"/><w:instrText> HYPERLINK </w:instrText></w:r>' * 20_000
    wide = head + b"<w:p>" + nested + b"</w:p><w:p>" + begins + nested + b"</w:p></w:body></w:document>"
    started = time.monotonic()
    assert read_bytes(edited(good, word__document_xml=wide)).numbers == []
    assert time.monotonic() - started < 20


def read_or_refused(blob: bytes) -> ReadDocument | DocumentUnreadable:
    """Any other exception is a failure of the reader and goes through."""
    try:
        return read_bytes(blob)
    except DocumentUnreadable as refusal:
        return refusal


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files_are_read_or_refused(seed):
    chance = random.Random(seed)
    blob = bytearray(docx_writer.to_bytes(sample()))
    for _ in range(chance.randint(1, 12)):
        blob[chance.randrange(len(blob))] = chance.randrange(256)
    del blob[chance.randrange(len(blob)) :: chance.choice([10**9, 5000])]
    assert isinstance(read_or_refused(bytes(blob)), ReadDocument | DocumentUnreadable)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_xml_is_read_or_refused(seed):
    chance = random.Random(seed)

    def damage(data: bytes) -> bytes:
        copy = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(copy))
            copy[at : at + chance.randint(0, 40)] = data[chance.randrange(len(data)) :][
                : chance.randint(0, 40)
            ]
        return bytes(copy)

    good = docx_writer.to_bytes(sample())
    for part in ("word/document.xml", "_rels/.rels", "docProps/custom.xml", "word/_rels/document.xml.rels"):
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
            for name in old.namelist():
                new.writestr(name, damage(old.read(name)) if name == part else old.read(name))
        assert isinstance(read_or_refused(out.getvalue()), ReadDocument | DocumentUnreadable)


def test_the_message_names_file_fault_and_mend(tmp_path):
    path = tmp_path / "通报.docx"
    path.write_bytes(zlib.compress(b"x"))
    with pytest.raises(DocumentUnreadable) as caught:
        read(path)
    assert (
        str(caught.value)
        == "通报.docx：不是 docx 文件；请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”后再试"
    )
    assert Path(path).exists()
