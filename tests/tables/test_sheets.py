"""Tables as Excel and WPS save them: encodings, delimiters, headers, merged cells, formulas, bombs."""

import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.refusals import Refusal
from liren.tables import sheet_reading, sheets, workbooks
from liren.tables.sheet_reading import read_sheet
from liren.tables.sheet_writing import write_table
from liren.tables.sheets import guarded, letter, tidy

TITLES = ("标题", "类别", "数量", "日期", "电话")
TEXT = '标题,类别,数量\r\n路灯不亮,设施,1\r\n"井盖\n松动",安全,2\r\n'
ROWS = [(2, ["路灯不亮", "设施", "1"]), (3, ["井盖\n松动", "安全", "2"])]


def read(path, **more):
    return read_sheet(path, known=set(TITLES).__contains__, expected=TITLES, **more)


def refusal(path, **more) -> str:
    with pytest.raises(Refusal) as caught:
        read(path, **more)
    assert caught.value.code == "bad_file"
    return str(caught.value)


@pytest.fixture
def csv(tmp_path):
    def make(data: bytes | str, name: str = "表.csv"):
        path = tmp_path / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    return make


@pytest.fixture
def book(tmp_path):
    """Makes a workbook of rows; `merge` ranges, `more` sheet names."""

    def make(rows, *, merge=(), more=()):
        made = openpyxl.Workbook()
        for row in rows:
            made.active.append(row)
        for area in merge:
            made.active.merge_cells(area)
        for title in more:
            made.create_sheet(title)
        made.save(tmp_path / "表.xlsx")
        return tmp_path / "表.xlsx"

    return make


# -- text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gbk"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with BOM", "gbk", "utf-16 little", "utf-16 big"],
)
def test_every_encoding_excel_and_wps_save(csv, data):
    found = read(csv(data))
    assert (found.titles, found.rows) == (["标题", "类别", "数量"], ROWS)


def test_signs_beyond_gbk_are_read_as_gb18030(csv):
    assert read(csv("标题\n𠮷㐂村\n".encode("gb18030"))).rows == [(2, ["𠮷㐂村"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_shows_known_titles(csv, delimiter):
    assert read(csv(TEXT.replace(",", delimiter))).rows == ROWS


def test_a_delimiter_named_by_excel_wins(csv):
    assert read(csv("sep=|\n标题|数量\n路灯,井盖|3\n")).rows == [(3, ["路灯,井盖", "3"])]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        (TEXT.encode("utf-16-le"), "没有 BOM 的 UTF-16"),
        ("标题\n路灯\n".encode() + b"\x80\xff\n", "第 3 行的文字既不是 UTF-8 也不是 GBK"),
        (
            ("标题\n" + "路灯不亮，已报修\n" * 20).encode() + b"\xe8\xb7\n",
            "是 UTF-8 编码，但第 22 行有损坏的字",
        ),
        ('标题,数量\n"路灯,3\n', "引号没有配成对"),
        ('标题,数量\n"路"灯,3\n', "第 2 行"),
        ("甲,乙\n1,2\n", "没有找到表头。可用的列：标题、类别"),
        (b"PK\x03\x04....", "内容却是 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0....", "旧版 .xls 或加了密码"),
    ],
)
def test_a_file_that_cannot_be_read_for_certain_is_refused(csv, data, said):
    assert said in refusal(csv(data))


def test_other_suffixes_and_missing_files_are_refused(csv, tmp_path):
    assert "另存为 .xlsx" in refusal(csv(TEXT, "表.et"))
    assert "请检查路径" in refusal(tmp_path / "没有.csv")
    assert "内容却不是 Excel 工作簿" in refusal(csv(TEXT, "表.xlsx"))
    assert "--sheet" in refusal(csv(TEXT), sheet="一月")


def test_too_large_is_refused(csv, monkeypatch):
    monkeypatch.setattr(sheet_reading, "MAX_BYTES", 10)
    assert "最多" in refusal(csv(TEXT))
    monkeypatch.undo()
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    assert "超过 3 行" in refusal(csv("标题\n" + "甲\n" * 30))
    assert "最多 300 列" in refusal(csv("标题" + "," * 400))


# -- the header ---------------------------------------------------------------------------------------


def test_the_header_is_found_below_titles_and_notes(csv):
    found = read(csv("清河县登记表,,\n,,\n填表日期：2024年,,\n标题,类别（必填）,数 量*\n路灯,设施,1\n"))
    assert (found.titles, found.rows) == (["标题", "类别", "数量"], [(5, ["路灯", "设施", "1"])])


def test_a_header_of_two_rows_with_merged_cells(book):
    rows = [
        ["登记表"],
        ["标题", "联系方式", None, "数量"],
        [None, "电话", "类别", None],
        ["路灯", 1, "设施", 2],
    ]
    found = read(book(rows, merge=["A1:D1", "B2:C2", "A2:A3", "D2:D3"]))
    assert found.titles == ["标题", "电话", "类别", "数量"]
    assert found.rows == [(4, ["路灯", "1", "设施", "2"])]
    assert not found.faults


def test_letters():
    assert [letter(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


# -- workbooks ----------------------------------------------------------------------------------------


def test_cells_come_out_in_one_canonical_form(book):
    values = [
        (date(2024, 3, 4), "2024-03-04"),
        (datetime.fromisoformat("2024-03-04"), "2024-03-04"),
        (datetime.fromisoformat("2024-03-04 09:10"), "2024-03-04 09:10"),
        (datetime.fromisoformat("2024-03-04 09:09:59.999990"), "2024-03-04 09:10"),
        (time(9, 10), "09:10"),
        (1.0, "1"),
        (0.1 + 0.2, "0.3"),
        (12.5, "12.5"),
        (1.38e10, "13800000000"),
        (13800000000, "13800000000"),
        ("13800000000", "13800000000"),
        (" 路灯\u200b ", "路灯"),
        (True, "是"),
    ]
    found = read(book([["标题"], *([value] for value, _ in values)]))
    assert [cells[0] for _, cells in found.rows] == [text for _, text in values]


def test_errors_and_uncomputed_formulas_are_faults_not_gaps(book):
    found = read(book([["标题", "数量", "日期"], ["路灯", "#N/A", "=TODAY()"], ["井盖", 2, None]]))
    assert "错误值 #N/A" in found.faults[2, 1]
    assert "没有算出值" in found.faults[2, 2]
    assert set(found.faults) == {(2, 1), (2, 2)}


def test_a_formula_with_a_kept_value_is_read(book, tmp_path):
    path = book([["标题", "数量"], ["路灯", "=1+1"]])
    swapped = tmp_path / "算过.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(swapped, "w") as out:
        for part in source.namelist():
            out.writestr(
                part, source.read(part).replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
            )
    found = read(swapped)
    assert found.rows == [(2, ["路灯", "2"])]
    assert not found.faults


def test_merged_cells_below_the_header_are_faults(book):
    rows = [["标题", "类别"], ["路灯", "设施"], ["井盖", None], ["树", None]]
    found = read(book(rows, merge=["B2:B3"]))
    assert set(found.faults) == {(3, 1)}
    assert "与 B2 合并了" in found.faults[3, 1]


def test_the_first_sheet_unless_one_is_named(book):
    path = book([["标题"], ["路灯"]], more=["二月"])
    assert "没有读：二月" in read(path).notes[0]
    assert "没有工作表「三月」；有：Sheet、二月" in refusal(path, sheet="三月")
    assert "没有找到表头" in refusal(path, sheet="二月")


def test_row_numbers_are_those_of_the_file(book):
    assert [n for n, _ in read(book([["标题"], [], ["路灯"], [None], ["井盖"]])).rows] == [3, 5]


def test_a_bomb_is_not_unpacked(book, monkeypatch):
    path = book([["标题"], ["路灯"]])
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1000)
    assert "解开后超过" in refusal(path)


def test_entities_and_damage_are_refused(book, tmp_path):
    path, spoiled = book([["标题"], ["路灯"]]), tmp_path / "坏.xlsx"
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(spoiled, "w") as out:
        for part in source.namelist():
            out.writestr(part, source.read(part).replace(b"<worksheet", doctype, 1))
    assert "DOCTYPE" in refusal(spoiled)
    whole = path.read_bytes()
    for wrong in (
        whole[:-300],
        whole.replace(b"xl/workbook.xml", b"xl/workbook.xxx"),
        whole[:200] + b"x" * 200 + whole[400:],
    ):
        spoiled.write_bytes(wrong)
        assert "另存为 .xlsx" in refusal(spoiled)


def test_a_cell_no_program_would_write(book, tmp_path):
    path, spoiled = book([["标题", "数量"], ["路灯", 12]]), tmp_path / "坏.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(spoiled, "w") as out:
        for part in source.namelist():
            out.writestr(part, source.read(part).replace(b"<v>12</v>", b"<v>1x2</v>"))
    assert "另存为 .xlsx" in refusal(spoiled)


# -- formulas -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''+1", "＝1"])
def test_a_formula_is_guarded_and_comes_back(text):
    assert guarded(text) == f"'{text}"
    assert tidy(guarded(text)) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"])))
def test_guarding_loses_nothing_and_leaves_no_formula(text):
    shown = guarded(text)
    assert shown[:1] not in {*"=+-@＝＋－＠"}
    assert tidy(shown) == text


@pytest.mark.parametrize("name", ["出.csv", "出.xlsx"])
def test_written_formulas_are_texts(tmp_path, name):
    write_table(tmp_path / name, ["标题", "数量"], [['=HYPERLINK("http://x")', -5]])
    found = read(tmp_path / name)
    assert found.rows == [(2, ['=HYPERLINK("http://x")', "-5"])]
    if name.endswith("xlsx"):
        cell = openpyxl.load_workbook(tmp_path / name).active["A2"]
        assert (cell.data_type, cell.value[:2]) == ("s", "'=")
    else:
        assert (tmp_path / name).read_bytes().startswith(b"\xef\xbb\xbf")
        assert "\"'=HYPERLINK" in (tmp_path / name).read_text("utf-8-sig")


def test_a_failed_table_leaves_the_old_file(tmp_path):
    path = tmp_path / "出.csv"
    path.write_text("旧")
    with pytest.raises(ZeroDivisionError):
        write_table(path, ["标题"], ([1 / n] for n in (1, 0)))
    assert path.read_text() == "旧"
    assert [p.name for p in tmp_path.iterdir()] == ["出.csv"]
