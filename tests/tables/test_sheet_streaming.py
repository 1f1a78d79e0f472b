"""Tables written while they are read: the same cells as whole files, in small pieces, from endless rows."""

import csv
import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import openpyxl
import pytest

from liren.packs.fields import CHINA
from liren.tables import sheet_streaming
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


def test_what_a_worksheet_cannot_hold_is_said_in_its_last_row(monkeypatch):
    monkeypatch.setattr(sheet_streaming, "ROWS_OF_A_WORKSHEET", 500)
    content = b"".join(stream_workbook(["n"], ([n] for n in range(900))))
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    rows = [row[0].value for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()]
    assert len(rows) == 500
    assert rows[-2:] == [497, rows[-1]]
    assert "放不下" in rows[-1]
