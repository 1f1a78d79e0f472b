"""Everything that reads what somebody wrote: understood, or refused in words; never a fault, never a hang."""

from __future__ import annotations

import csv
import io
import os
import random
import string
import zipfile
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import TimestampSigner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from liren.activities.codes import code_read
from liren.api.paging import read_mark
from liren.figures.periods import BadPeriod, Period
from liren.forms.photos import BadPhoto, drafts, read_photo
from liren.forms.uploads import BadUpload, read_upload
from liren.inforce import shipped_packs
from liren.packs.catalogue import read_all
from liren.packs.conditions import BadCondition
from liren.packs.conditions import parse as parse_condition
from liren.packs.effects import parse_effect
from liren.packs.fields import TYPES, BadValue, read_value
from liren.packs.findings import PackRefused
from liren.packs.reading import read_yaml
from liren.people.phones import read_phone
from liren.places.limits import BadLimit, Limit
from liren.portal import ics
from liren.refusals import Refusal
from liren.reports.blocks import Number
from liren.reports.body_text import BodyRefused, parse_body
from liren.reports.docx_reader import DocumentUnreadable, read_bytes
from liren.stories.reading import StoryFault, read_story
from liren.tables.sheet_reading import read_sheet
from tests.fuzz.conftest import case, cases

#: Signs that mean something to one reader or another, among those that mean nothing.
SIGNS = st.sampled_from(list(string.printable) + list("年月日季度上下半全第一二三十〇零万件％，。：；、（）【】「」—…") +
                        ["\0", "\ufeff", "\u202e", "\u2028", "٣", "²", "½", "Ⅷ", "\ud800", "😀", "\x1b", "\u0301"])  # fmt: skip
TEXT = st.text(SIGNS, max_size=60) | st.text(max_size=60)


def spoiled(known: list[str]) -> st.SearchStrategy[str]:
    """What is written rightly, with a part taken out, doubled or replaced."""

    @st.composite
    def one(draw) -> str:
        text = draw(st.sampled_from(known))
        for _ in range(draw(st.integers(0, 3))):
            at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 6))
            text = (
                text[:at]
                + draw(st.text(SIGNS, max_size=6)) * draw(st.sampled_from([1, 1, 1, 50]))
                + text[at + length :]
            )
        return text

    return one() | TEXT


# -- short texts ----------------------------------------------------------------------------------------

PERIODS = ["2020", "2020H1", "2020Q1", "2020-03", "2020W12", "2020-01-05", "2020-01-01..2020-06-15", "since:2021-01-01",
           "asof:2023-06-30", "ytd:2023-06-30", "2024年第1季度", "9999W53", "0001-01-01"]  # fmt: skip


@cases(150, 2000)
@given(spoiled(PERIODS))
def test_periods(text):
    with case("periods"):
        try:
            period = Period.parse(text, date(2024, 3, 4))
        except BadPeriod as fault:
            assert str(fault)
            return
        assert period.start is None or period.start <= period.end
        assert period.label_zh
        assert period.label_en
        period.bounds()


CONDITIONS = ["state == 'closed'", "late_count == 0 and level in ['a', 'b']", "not (cost > 1000.5)", "0 <= late_count < 1",
              "closed >= '2024-01-01'", "(" * 40 + "a" + ")" * 40, "a == " + "9" * 400, "not " * 60 + "a"]  # fmt: skip


@cases(150, 2000)
@given(spoiled(CONDITIONS))
def test_conditions(text):
    with case("conditions"):
        try:
            parse_condition(text)
        except BadCondition as fault:
            assert str(fault)


@cases(100, 1200)
@given(spoiled(["2wh", "5wd", "15d", "2mo", "4h", "30min", "9999mo"]))
def test_limits(text):
    with case("limits"):
        try:
            Limit.parse(text)
        except BadLimit as fault:
            assert str(fault)


@cases(80, 1000)
@given(spoiled(["tell dispatcher", "pay 5 points to opener", "charge 3 points from opener", "open task"]))
def test_effects(text):
    with case("effects"):
        try:
            parse_effect(text)
        except ValueError as fault:
            assert str(fault)


VALUES = ["2024-03-04 09:10", "2024年3月4日", "是", "12.5", "1e13", "-0", "1E-999999999", "NaN", "Infinity", "１２", "a、b",
          "13800001234", "https://example.org/a", "0000-00-00", "9999-12-31 23:59:59"]  # fmt: skip
SCALARS = (
    spoiled(VALUES) | st.integers() | st.floats() | st.booleans() | st.none() | st.lists(TEXT, max_size=3)
)


@cases(250, 600)
@given(st.sampled_from(sorted(TYPES)), SCALARS)
def test_values_of_every_type(kind, value):
    with case("values of fields"):
        try:
            read_value(kind, value, {"a": "甲", "b": "乙"})
        except BadValue as fault:
            assert str(fault)


STORY = """李雷 是 网格员 在 清溪街道/明月里/第3网格
2024-03-04 09:10 李雷 上报 网格事项: 类别 公共设施, 等级 较大
2024-03-04 09:30 李雷 不能 受理交办: 承办 住建局
2024年第1季度 清溪街道
按期办结率 = 100%""".splitlines()


@cases(150, 2000)
@given(st.lists(spoiled(STORY), min_size=1, max_size=4))
def test_stories(lines):
    with case("stories"):
        try:
            list(read_story("\n".join(lines), "story.md"))
        except StoryFault as fault:
            assert str(fault)


BODY = ["# 标题", "共{reported}件，办结{closed}件。", "| 甲 | 乙 |\n|---|---|\n| {a} | 2 |", "- **{a}**", "{", "{{a}}", "{a|约}",
        "<b>x</b>", "![x](y)", "[a](javascript:x)", "    code", "***" * 30, ">" * 200, "[" * 300]  # fmt: skip


@cases(150, 1200)
@given(st.lists(spoiled(BODY), min_size=1, max_size=5))
def test_figures_in_report_texts(parts):
    with case("report texts"):
        try:
            parse_body("\n\n".join(parts), lambda key: Number(key, "1"))
        except (BodyRefused, KeyError) as fault:
            assert str(fault)


@cases(100, 1000)
@given(spoiled([TimestampSigner(salt="liren.activities.code").sign("1"), "1:abc:def", "::", "1"]))
def test_codes_of_activities(text):
    with case("QR codes"):
        try:
            assert isinstance(code_read(text), int)
        except Refusal as refusal:
            assert refusal.code == "bad_value"


@cases(100, 1000)
@given(spoiled(["WyIyMDI0LTAxLTAxVDAwOjAwOjAwKzA4OjAwIiwgMV0", "W251bGwsIDFd", "W251bGwsIDFlOTk5XQ"]))
def test_marks_of_pages(text):
    with case("page marks"):
        try:
            read_mark(text)
        except Refusal as refusal:
            assert refusal.code == "bad_value"


@cases(60, 600)
@given(spoiled(["13800001234", "+86 138 0000 1234"]))
def test_phones(text):
    with case("phones"):
        phone = read_phone(text)
        assert phone is None or (len(phone) == 11 and phone.isascii() and phone.isdigit())


@cases(60, 600)
@given(spoiled(["WyJhYmMiXQ:1abc:def"]))
def test_photos_that_wait(text):
    with case("waiting photos"):
        assert drafts(text) == []


@cases(80, 1000)
@given(TEXT, TEXT, st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))
def test_calendar_files_stay_one_event(title, where, at):
    with case("ics"):
        text = ics.event(
            uid="a", title=title, starts=at, ends=None, where=where, url="https://example.org/", stamp=at
        )
        lines = text.encode("utf-8", "surrogatepass").split(b"\r\n")
        assert all(len(line) <= 75 for line in lines)
        assert sum(line.startswith(b"BEGIN:") for line in lines) == 2
        assert not any(line.startswith(b"ATTENDEE") for line in lines)


# -- packs ----------------------------------------------------------------------------------------------

YAML = ["pack: street", "kinds:\n  a: {title: b, shape: matter}", "a: &x [1, *x]", "a: !!python/object:os.system x", "? a\n: b",
        "a: |\n  text", "{a: {b: [c, d]}}", "- " * 300, "[" * 400, "a: *b", "on: 12:30", "%YAML 1.1\n---\n...", "\t- a"]  # fmt: skip


@cases(150, 1200)
@given(st.lists(spoiled(YAML), min_size=1, max_size=4))
def test_yaml(parts):
    with case("YAML"):
        read_yaml("\n".join(parts), "pack.yaml")


@cache
def pack_lines() -> list[str]:
    return (shipped_packs() / "grid_case" / "pack.yaml").read_text(encoding="utf-8").splitlines()


@cases(8, 60)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), spoiled(["x", "title: y", "[]", "{}", "by: nobody"])),
        min_size=1,
        max_size=3,
    )
)
def test_packs_with_spoiled_lines(tmp_path_factory, changes):
    lines = list(pack_lines())
    for at, text in changes:
        lines[at % len(lines)] = text.encode("utf-8", "replace").decode()
    folder = tmp_path_factory.mktemp("packs") / "grid_case"
    folder.mkdir()
    (folder / "pack.yaml").write_text("\n".join(lines), encoding="utf-8")
    with case("packs"):
        try:
            _, found = read_all([folder])
        except PackRefused as refused:
            found = refused.findings
        assert all(str(one) for one in found)


# -- files ----------------------------------------------------------------------------------------------


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return out.getvalue()


@cache
def good_files() -> dict[str, bytes]:
    """One sound file of each sort, and some that lie about what they are."""
    from openpyxl import Workbook

    from liren.reports import docx_writer
    from tests.reports.document_sample import sample

    book, out = Workbook(), io.BytesIO()
    for row in (["代码", "名称", "类型"], ["990131", "青禾县", "县"], ["=1+1", 5, None]):
        book.active.append(row)
    book.save(out)
    made = {"xlsx": out.getvalue(), "docx": docx_writer.to_bytes(sample())}
    made["bomb"] = packed(
        {
            "[Content_Types].xml": b"x",
            "xl/workbook.xml": b"\0" * 5_000_000,
            "word/document.xml": b" " * 5_000_000,
        }
    )
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><w:document xmlns:w="x">&b;</w:document>'
    made["laughs"] = packed(
        {"[Content_Types].xml": b"x", "word/document.xml": laughs, "xl/workbook.xml": laughs}
    )
    made["slip"] = packed(
        {"../../etc/passwd": b"x", "[Content_Types].xml": b"x", "word/document.xml": b"<x/>"}
    )
    for form in ("PNG", "JPEG", "WEBP"):
        out = io.BytesIO()
        Image.new("RGB", (40, 30), "#8090a0").save(out, form)
        made[form] = out.getvalue()
    made["flood"] = _flood()
    made["csv"] = "代码,名称,类型\n990131,青禾县,县\n".encode("gb18030")
    made["pdf"] = b"%PDF-1.7\n%%EOF"
    return made


def _flood() -> bytes:
    """A PNG of a few bytes that says it is 60,000 × 60,000."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def damaged(content: bytes, seed: int) -> bytes:
    """Some bytes changed, a part lost or doubled; one in ten stays whole."""
    dice, blob = random.Random(seed), bytearray(content)
    if seed % 10 == 0:
        return content
    for _ in range(dice.randint(1, 8)):
        if not blob:
            break
        at = dice.randrange(len(blob))
        kind = dice.randrange(4)
        if kind == 0:
            blob[at] = dice.randrange(256)
        elif kind == 1:
            del blob[at : at + dice.randint(1, 60)]
        elif kind == 2:
            blob[at:at] = blob[at : at + dice.randint(1, 60)]
        else:
            del blob[max(1, at) :]
    return bytes(blob)


FILES = st.tuples(
    st.sampled_from(["xlsx", "docx", "bomb", "laughs", "slip", "PNG", "JPEG", "WEBP", "flood", "csv", "pdf"]),
    st.integers(0, 10**9),
)


@cases(60, 600)
@given(FILES)
def test_documents_that_are_checked(told):
    sort, seed = told
    with case("docx"):
        try:
            read_bytes(damaged(good_files()[sort], seed), "某.docx")
        except DocumentUnreadable as fault:
            assert fault.what
            assert fault.mend


@cases(60, 600)
@given(FILES)
def test_workbooks_that_are_imported(tmp_path_factory, told):
    sort, seed = told
    path = Path(tmp_path_factory.mktemp("sheet")) / f"表.{'csv' if sort in ('csv', 'pdf') else 'xlsx'}"
    path.write_bytes(damaged(good_files()[sort], seed))
    _read(path, "xlsx")


@cases(60, 600)
@given(
    st.lists(st.lists(TEXT, max_size=4), max_size=5),
    st.sampled_from(["utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from(",;\t"),
)
def test_lists_in_any_encoding(tmp_path_factory, rows, encoding, delimiter):
    out = io.StringIO()
    plain = [
        ["代码", "名称"],
        *([cell.replace("\ud800", "").replace("\0", "") for cell in row] for row in rows),
    ]
    csv.writer(out, delimiter=delimiter).writerows(plain)
    path = Path(tmp_path_factory.mktemp("sheet")) / "表.csv"
    path.write_bytes(out.getvalue().encode(encoding, "replace"))
    _read(path, "csv")


def _read(path: Path, name: str) -> None:
    with case(name):
        try:
            read_sheet(path, known=lambda title: title in ("代码", "名称", "类型"), expected=["代码", "名称"])
        except Refusal as refusal:
            assert refusal.code == "bad_file"
            assert path.name in str(refusal)


@cases(80, 1000)
@given(FILES, spoiled(["照片.jpg", "a.docx", "../../x", "a\0b.png", "." * 300, "CON"]))
def test_files_that_are_attached(told, name):
    sort, seed = told
    content, name = damaged(good_files()[sort], seed), os.path.basename(name.replace("\ud800", ""))
    if name in ("", ".", ".."):
        name = "x"  # Django drops such a part of a form before anybody sees it
    with case("uploads"):
        try:
            taken = read_upload(SimpleUploadedFile(name, content))
        except (BadUpload, BadPhoto) as fault:
            assert str(fault)
        else:
            assert "/" not in taken.name
            assert "\\" not in taken.name
            assert taken.name.isprintable()
            assert len(taken.name) <= 140
    with case("photos"):
        try:
            photo = read_photo(SimpleUploadedFile("x.jpg", content))
        except BadPhoto as fault:
            assert str(fault)
        else:
            assert photo.content[:3] == b"\xff\xd8\xff"
