"""A docx taken apart for tests: parts, trees, paragraphs by style."""

import io
import zipfile

import pytest
from lxml import etree

from liren.reports.templates_docx.layouts import LAYOUTS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE_R = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"

layouts = pytest.mark.parametrize("layout", sorted(LAYOUTS))


def parts(blob: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(blob)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def body(blob: bytes) -> etree._Element:
    return etree.fromstring(parts(blob)["word/document.xml"])


def val(element: etree._Element, path: str, name: str = "val") -> str | None:
    found = element.find(path.replace("w:", W))
    return None if found is None else found.get(W + name)


def paragraphs(root: etree._Element, style: str) -> list[etree._Element]:
    return [p for p in root.iter(W + "p") if val(p, "w:pPr/w:pStyle") == style]


def words(element: etree._Element) -> str:
    return "".join(t.text or "" for t in element.iter(W + "t"))
