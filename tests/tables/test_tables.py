"""Importing records: the same checks as the form, all bad cells at once, all or nothing, twice is once."""

from datetime import datetime
from itertools import count

import openpyxl
import pytest

from liren.packs.fields import CHINA
from liren.people.actions import person_add, post_take
from liren.people.private import unseal
from liren.records.actions import record_open
from liren.records.models import Act, Record
from liren.refusals import Refusal
from liren.tables.importing import plan_import
from liren.tables.registers import register_for
from liren.trail.queries import breaks

HEADER = "姓名,志愿者编号,类别,特长,服务时长,补贴,加入日期,已培训,主页,走访次数,最近服务,联系电话,地点"
GOOD = "韩梅,V1,党员,唱歌、朗读,1.5,12.50,2024-03-04,是,https://a.cn/x,3,2024-03-05 09:10,13800000000,王家村"
numbers = count(1)


@pytest.fixture
def plan(county, tmp_path):
    """Plans an import of lines of text (or of the cells of a workbook) by 李雷."""

    def make(table, kind="志愿者登记", *, by="clerk", place=None, **more):
        path = tmp_path / f"表{next(numbers)}.{'csv' if isinstance(table, str) else 'xlsx'}"
        if isinstance(table, str):
            path.write_text(table, encoding="utf-8")
        else:
            book = openpyxl.Workbook()
            for row in table:
                book.active.append(row)
            book.save(path)
        actor = county.clerk if by == "clerk" else by
        return plan_import(path, register_for(kind, by=actor, place=place), **more)

    return make


def bad(found) -> dict[str, str]:
    """`C2` → reason; a whole row as `2`."""
    return {f"{cell.column}{cell.row}": cell.reason for cell in found.bad}


def refusal(call, *arguments, **more) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call(*arguments, **more)
    return caught.value


# -- what is written ----------------------------------------------------------------------------------


def test_every_type_of_field_is_stored_as_the_form_stores_it(plan, county):
    found = plan(f"{HEADER}\n{GOOD}\n")
    assert (len(found.new), found.there, found.bad) == (1, 0, [])
    assert not Record.objects.exists(), "planning writes nothing"
    assert found.enter() == 1
    record = Record.objects.get()
    assert (record.title, record.category, record.quantity, record.money) == ("韩梅", "party", 1500, 1250)
    assert record.place_id == county.here.code
    assert record.data == {
        "code": "V1", "skills": ["sing", "read"], "trained": True, "site": "https://a.cn/x", "visits": 3,
        "seen": "2024-03-05T09:10:00+08:00",
    }  # fmt: skip
    assert unseal(record.secret, record.number) == {"phone": "13800000000"}
    assert not list(breaks())


def test_a_late_entry_is_visible_as_late(plan):
    before = datetime.now(CHINA)
    plan(f"{HEADER}\n{GOOD}\n").enter()
    act = Act.objects.get()
    assert act.at == Record.objects.get().opened == datetime(2024, 3, 4, tzinfo=CHINA)
    assert act.entered >= before
    assert act.by.name == "李雷"


def test_columns_go_by_key_title_or_shared_column(plan):
    found = plan("title\t志愿者编号\t数量\tplace\n韩梅\tV1\t2.5\t990150100200\n")
    assert not found.bad
    found.enter()
    assert Record.objects.get().quantity == 2500


def test_a_workbook_is_the_same_table_as_a_csv(plan):
    plan(f"{HEADER}\n{GOOD}\n").enter()
    cells = [
        "韩梅",
        "V1",
        "党员",
        "唱歌、朗读",
        1.5,
        12.5,
        datetime.fromisoformat("2024-03-04"),
        True,
        "https://a.cn/x",
        3.0,
    ]
    again = plan(
        [HEADER.split(","), [*cells, datetime.fromisoformat("2024-03-05 09:10"), 13800000000, "王家村"]]
    )
    assert (again.bad, len(again.new), again.there) == ([], 0, 1)


def test_numbers_kept_as_text_and_dates_in_other_shapes(plan):
    rows = [
        ["姓名", "志愿者编号", "走访次数", "补贴", "加入日期"],
        ["韩梅", 17, "3", "1,200.50", "2024年3月4日"],
    ]
    found = plan(rows)
    assert not found.bad
    found.enter()
    record = Record.objects.get()
    assert (record.data, record.money) == ({"code": "17", "visits": 3}, 120050)
    assert record.opened == datetime(2024, 3, 4, tzinfo=CHINA)


def test_rows_without_a_place_take_the_one_given_else_the_clerks(plan, county):
    table = "姓名,志愿者编号,地点\n韩梅,V1,\n赵工,V2,王家村\n"
    plan(table, place=county.here).enter()
    assert set(Record.objects.values_list("place_id", flat=True)) == {county.here.code}
    plan("姓名,志愿者编号\n周平,V3\n").enter()
    assert Record.objects.get(title="周平").place_id == county.town.code


def test_a_kind_open_to_all_needs_no_actor(plan, county):
    table = "标题,日期\n走访王家村,2024-03-04\n"
    plan(table, "走访", by=None, place=county.here).enter()
    assert Record.objects.get().opener is None


def test_notices_are_not_sent_about_what_is_imported(plan, county):
    from liren.notices.models import Notice

    post_take(
        person=county.clerk, role="checker", place=county.town, starts=datetime(2020, 1, 1, tzinfo=CHINA)
    )
    plan(f"{HEADER}\n{GOOD}\n").enter()
    assert not Notice.objects.exists()


# -- what is refused ----------------------------------------------------------------------------------


def test_all_bad_cells_are_told_at_once_and_nothing_is_written(plan):
    wrong = "韩梅,V1,党,唱歌、x,1.5555,12.505,2024-13-04,也许,a.cn,3.5,45355,138,李家村"
    found = plan(f"{HEADER}\n{wrong}\n{GOOD}\n,V2,,,,,,,,,,,\n")
    reasons = bad(found)
    assert set(reasons) == {*(f"{c}2" for c in "CDEFGHIJKLM"), "A4"}
    assert reasons["C2"] == "「党」不在选项中；可选：党员、群众"
    assert reasons["A4"] == "必填，却是空的"
    assert "像是日期的序号" in reasons["K2"]
    assert "没有找到地点「李家村」" in reasons["M2"]
    cell = next(cell for cell in found.bad if cell.column == "C")
    assert (cell.row, cell.header, cell.value) == (2, "类别", "党")
    assert str(cell) == "第 2 行 C 列「类别」＝党：「党」不在选项中；可选：党员、群众"
    assert "一行也没有写入" in str(refusal(found.enter))
    assert not Record.objects.exists()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("走访次数", "三", "不是数"),
        ("走访次数", "1e30", "不是可用的数"),
        ("补贴", "免", "不是数"),
        ("联系电话", "1.38E+10x", "科学记数法"),
        ("地点", "9.90150E+11", "科学记数法"),
        ("姓名", "长" * 201, "最多 200 字"),
        ("最近服务", "昨天", "请写成 2024-03-04 09:10"),
    ],
)
def test_each_kind_of_bad_cell(plan, column, value, said):
    columns = {"姓名": "韩梅", "志愿者编号": "V1", column: value}
    found = plan(f"{','.join(columns)}\n{','.join(columns.values())}\n")
    assert [said in cell.reason and cell.header == column for cell in found.bad] == [True]


def test_cells_no_spreadsheet_could_compute(plan):
    found = plan([["姓名", "志愿者编号", "补贴"], ["韩梅", "V1", "#DIV/0!"], ["赵工", "=A2", 3]])
    assert set(bad(found)) == {"C2", "B3"}


def test_the_actor_needs_the_role_over_each_rows_place(plan, county):
    found = plan("姓名,志愿者编号,地点\n韩梅,V1,王家村\n赵工,V2,东山镇\n")
    assert set(bad(found)) == {"C3"}
    assert "登记员" in bad(found)["C3"]
    outsider = person_add(name="王芳", code="W9", place=county.other)
    assert set(bad(plan("姓名,志愿者编号,地点\n韩梅,V1,王家村\n", by=outsider))) == {"C2"}
    assert "--by" in str(refusal(plan, "姓名,志愿者编号\n韩梅,V1\n", by=None))


def test_the_role_counts_as_of_the_rows_date(plan):
    found = plan("姓名,志愿者编号,加入日期\n韩梅,V1,2019-03-04\n")
    assert "按 2019-03-04 当时的任职" in found.bad[0].reason


def test_rows_of_sums_are_not_records(plan):
    found = plan("姓名,志愿者编号,补贴\n韩梅,V1,3\n合 计,V2,3\n")
    assert list(bad(found)) == ["3"]
    assert "合计行" in found.bad[0].reason


def test_unknown_columns_are_named_with_a_suggestion_or_ignored(plan):
    table = "姓名,志愿者编号,联系电活,,籍贯\n韩梅,V1,13800000000,x,江苏\n"
    said = str(refusal(plan, table))
    assert "C 列「联系电活」（是否要写 联系电话？）" in said
    assert "D 列没有表头却有内容" in said
    assert "E 列「籍贯」" in said
    found = plan(table, ignore_unknown=True)
    assert (len(found.new), found.bad) == (1, [])
    assert "籍贯" in found.notes[0]


def test_missing_and_doubled_columns_are_named(plan):
    assert "缺少列：姓名、志愿者编号" in str(refusal(plan, "补贴\n3\n"))
    assert "C 列「title」与前面的列是同一项" in str(refusal(plan, "姓名,志愿者编号,title\n韩梅,V1,x\n"))
    said = str(refusal(plan, "物品,来源\n米,油\n", "物资发放"))
    assert "B 列「来源」与前面的列是同一项" in said


def test_serial_numbers_and_what_the_kernel_writes_are_left_unread(plan):
    found = plan("序号,编号,状态,姓名,志愿者编号\n1,TBV2020-00009,已注销,韩梅,V1\n")
    assert [note[:4] for note in found.notes] == ["「序号」", "「编号」", "「状态」"]
    found.enter()
    record = Record.objects.get()
    assert (record.number[-5:], record.state) == ("00001", "standing")


def test_unknown_and_ambiguous_kinds(plan):
    assert "volunteer" in str(refusal(plan, "姓名\n", "table_case.volunter"))
    assert refusal(plan, "姓名\n", "没有的").code == "not_found"


# -- twice is once ------------------------------------------------------------------------------------


def test_importing_the_same_file_again_changes_nothing(plan):
    table = f"{HEADER}\n{GOOD}\n赵工,V2,,,,,,,,,,,\n"
    plan(table).enter()
    before = list(Act.objects.values_list("hash", flat=True))
    again = plan(table)
    assert (again.there, len(again.new), again.enter()) == (2, 0, 0)
    assert list(Act.objects.values_list("hash", flat=True)) == before


def test_a_record_of_the_form_is_known_again_by_its_once_fields(plan, county):
    record_open("table_case.volunteer", {"title": "韩梅", "code": "V1"}, by=county.clerk)
    found = plan("姓名,志愿者编号,补贴\n韩梅,V1,30\n赵工,V2,\n")
    assert (found.there, len(found.new)) == (1, 1)


def test_without_once_a_row_is_known_again_by_all_its_values(plan):
    table = "物品,数量,日期,领取人电话\n米,2,2024-03-04,13800000000\n米,2,2024-03-05,13800000000\n"
    plan(table, "物资发放").enter()
    again = plan(table + "米,2,2024-03-05,13800000001\n", "物资发放")
    assert (again.there, len(again.new)) == (2, 1)
    assert again.enter() == 1
    assert Record.objects.count() == 3


def test_the_digest_of_a_row_does_not_give_a_phone_number_away(plan):
    from hashlib import sha256

    from liren.tables.records import _json

    plan("物品,日期,领取人电话\n米,2024-03-04,13800000000\n", "物资发放").enter()
    key = Act.objects.get().key
    register = register_for("物资发放", by=Act.objects.get().by, place=None)
    item = register.read({"item": "米", "opened": "2024-03-04"})
    assert key.startswith("import:")
    assert key != item.identity
    assert key.removeprefix("import:") != sha256(_json({"phone": "13800000000"})).hexdigest()


def test_a_row_twice_in_the_file_is_told_and_entered_once(plan):
    found = plan(f"{HEADER}\n{GOOD}\n赵工,V2,,,,,,,,,,,\n{GOOD}\n")
    assert found.doubles == [(4, 2)]
    assert found.enter() == 2


def test_the_same_record_with_other_values_is_a_fault(plan):
    found = plan("姓名,志愿者编号,补贴\n韩梅,V1,3\n韩梅,V1,4\n")
    assert list(bad(found)) == ["3"]
    assert "与第 2 行是同一条" in found.bad[0].reason


def test_somebody_quicker_leaves_nothing_half_written(plan, county):
    found = plan("姓名,志愿者编号\n赵工,V2\n韩梅,V1\n")
    record_open("table_case.volunteer", {"title": "韩梅", "code": "V1"}, by=county.clerk)
    assert "请再导入一次" in str(refusal(found.enter))
    assert Record.objects.count() == Act.objects.count() == 1
    assert not list(breaks())
