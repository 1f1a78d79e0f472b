"""Tables written while they are read: the same cells as whole files, in small pieces, from endless rows."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.packs.fields import CHINA
from liren.tables import sheet_streaming
from liren.tables.cells import cell_text, day, moment, sheet_cells, texts
from liren.tables.sheet_reading import read_sheet
from liren.tables.sheet_streaming import stream_csv, stream_workbook

AT = datetime(2024, 3, 4, 9, 10, 30, 5, tzinfo=CHINA)
TITLES = ["名称", "数", "日", "时刻", "空"]
ROWS = [
    ["=1+1", Decimal("12.50"), date(2024, 2, 29), AT, None],
    ["a<b>&\x07\n第二行", 3, date(1999, 1, 1), AT, "尾"],
]


def test_a_workbook_reads_as_what_was_written():
    book = openpyxl.load_workbook(io.BytesIO(b"".join(stream_workbook(TITLES, ROWS))))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[0] == TITLES
    assert [str(one) for one in rows[1]] == [
        "'=1+1",
        "12.5",
        "2024-02-29 00:00:00",
        "2024-03-04 09:10:30",
        "None",
    ]
    assert [str(one) for one in rows[2]] == [
        "a<b>&\n第二行",
        "3",
        "1999-01-01 00:00:00",
        "2024-03-04 09:10:30",
        "尾",
    ]
    assert book.active.freeze_panes == "A2"


def test_the_house_reads_its_own_files_alike(tmp_path: Path):
    made = {"csv": stream_csv(TITLES, ROWS), "xlsx": stream_workbook(TITLES, ROWS)}
    read = {}
    for form, pieces in made.items():
        path = tmp_path / f"表.{form}"
        path.write_bytes(b"".join(pieces))
        sheet = read_sheet(path, known=lambda _: True, expected=TITLES)
        read[form] = (sheet.titles, sheet.rows[0][1][:3])
    assert read["csv"] == read["xlsx"] == (TITLES, ["=1+1", "12.5", "2024-02-29"])


def test_a_csv_bears_one_mark_and_no_formula():
    text = b"".join(stream_csv(TITLES, ROWS * 300))
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\xef\xbb\xbf") == 1
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert len(rows) == 601
    assert rows[1][:2] == ["'=1+1", "12.5"]


@pytest.mark.parametrize("stream", [stream_csv, stream_workbook])
def test_the_first_bytes_come_before_the_last_row_is_known(stream):
    asked = 0

    def endless():
        nonlocal asked
        while True:
            asked += 1
            yield ["x" * 50, asked]

    pieces = list(islice(stream(["a", "b"], endless()), 4))
    assert asked <= 800
    assert max(map(len, pieces)) < 100_000


def test_what_a_worksheet_cannot_hold_goes_on_in_the_next(monkeypatch):
    monkeypatch.setattr(sheet_streaming, "ROWS_OF_A_WORKSHEET", 500)
    content = b"".join(stream_workbook(["n"], ([n] for n in range(998 + 1))))
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheets = [[row[0].value for row in sheet.iter_rows()] for sheet in book.worksheets]
    assert [len(rows) for rows in sheets] == [500, 500, 2]
    assert [rows[0] for rows in sheets] == ["n"] * 3
    assert [n for rows in sheets for n in rows[1:]] == list(range(999))
    assert book.sheetnames == ["里仁", "里仁2", "里仁3"]


@pytest.mark.parametrize("many", [0, 499])
def test_one_worksheet_is_enough_for_what_it_holds(monkeypatch, many):
    monkeypatch.setattr(sheet_streaming, "ROWS_OF_A_WORKSHEET", 500)
    book = openpyxl.load_workbook(io.BytesIO(b"".join(stream_workbook(["n"], ([n] for n in range(many))))))
    assert [sheet.max_row for sheet in book.worksheets] == [many + 1]


@pytest.mark.parametrize("stream", [stream_csv, stream_workbook])
def test_half_a_table_does_not_pass_for_a_whole_one(stream):
    """The database is gone after a thousand rows: granian ends such an answer as if it were whole."""

    def failing():
        yield from ([n] for n in range(1000))
        raise OSError("disk")

    pieces: list[bytes] = []
    with pytest.raises(OSError, match="disk"):
        pieces.extend(piece for piece in stream(["n"], failing()))
    content = b"".join(pieces)
    if stream is stream_csv:
        lines = content.decode("utf-8-sig").splitlines()
        assert lines[-2] == "999"
        assert "中断" in lines[-1]
    else:
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(content))


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**6), max_value=10**6),
    st.text(alphabet="ab=+-@＝\t\n\r '<&>里\x07\x1f\x0b", max_size=6),
    st.dates(date(1950, 1, 1)),
    st.integers(0, 2**32).map(lambda seconds: datetime(1980, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
)


@given(st.lists(VALUES, min_size=1, max_size=8), st.booleans())
def test_a_column_says_what_each_value_says_alone(column, kept):
    """``kept``: moments and days as the database hands them over."""
    shown = [
        one
        if not kept or not isinstance(one, date)
        else moment(one.replace(tzinfo=None))
        if isinstance(one, datetime)
        else day(one.isoformat())
        for one in column
    ]
    assert list(texts(shown)) == [cell_text(one) for one in column]
    cells = [ElementTree.fromstring(one) for one in sheet_cells(shown)]
    alone = [ElementTree.fromstring(sheet_cells([one, "", 1])[0]) for one in column]
    assert [(one.attrib, "".join(one.itertext())) for one in cells] == [
        (one.attrib, "".join(one.itertext())) for one in alone
    ]
