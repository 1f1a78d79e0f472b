"""`liren import`, `export` and `calendar` as an operator runs them."""

import json

PLACES = "代码,名称\n990150,清河县\n990150100,柳树镇\n"
EVENTS = "标题,类别,日期\n路灯不亮,公共设施,2024-03-04\n井盖松动,安全隐患,2024-03-05\n"


def test_a_table_in_and_out_and_in_again(liren, tmp_path):
    (tmp_path / "p.csv").write_text(PLACES, encoding="utf-8")
    (tmp_path / "e.csv").write_text(EVENTS, encoding="gbk")
    assert "写入 2 条" in liren("import", "place", "p.csv").stdout
    event = ("import", "网格事项", "e.csv", "--place", "990150100")

    dry = liren(*event, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "新增 2，已有 0" in dry.stdout
    assert "＋ 路灯不亮，柳树镇，2024-03-04" in dry.stdout
    assert "没有写入" in dry.stdout
    told = json.loads(liren(*event, "--json").stdout)
    assert (told["new"], told["written"], told["bad"]) == (2, 2, [])
    again = json.loads(liren(*event, "--json").stdout)
    assert (again["new"], again["there"], again["written"]) == (0, 2, 0)

    out = liren("export", "grid_case.event", "o.xlsx", "--period", "2024Q1", "--place", "柳树镇")
    assert out.returncode == 0, out.stderr
    assert "导出 2 行" in out.stdout
    assert "私密字段已遮盖：联系电话" in out.stdout
    figure = liren("figure", "grid_case.reported", "--place", "990150", "--period", "2024Q1", "--json")
    assert json.loads(figure.stdout)["value"] == 2


def test_bad_cells_go_to_standard_error_and_nothing_is_written(command, tmp_path):
    (tmp_path / "p.csv").write_text(PLACES, encoding="utf-8")
    (tmp_path / "e.csv").write_text(
        EVENTS.replace("安全隐患", "井盖").replace("2024-03-04", "三月"), encoding="utf-8"
    )
    command("import", "place", "p.csv")
    result = command("import", "grid_case.event", "e.csv", "--place", "990150100")
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "第 2 行 C 列「日期」＝三月：「三月」不是时间；请写成 2024-03-04 09:10",
        "第 3 行 B 列「类别」＝井盖：「井盖」不在选项中；可选：公共设施、市容环境、安全隐患、便民服务",
        "e.csv：2 处不对，一行也没有写入。改正后再导入一次。",
    ]
    told = command("import", "grid_case.event", "e.csv", "--place", "990150100", "--json")
    assert told.returncode == 1
    cells = [
        (cell["row"], cell["column"], cell["header"], cell["value"])
        for cell in json.loads(told.stdout)["bad"]
    ]
    assert cells == [(2, "C", "日期", "三月"), (3, "B", "类别", "井盖")]


def test_plain_refusals(command, tmp_path):
    (tmp_path / "e.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    for words, said in (
        (("import", "grid_case.event", "e.csv"), "没有找到表头"),
        (("import", "grid_case.event", "none.csv"), "请检查路径"),
        (("import", "grid_case.evnt", "e.csv"), "grid_case.event"),
        (("export", "grid_case.event", "o.pdf"), ".csv 或 .xlsx"),
        (("export", "place", "o.csv", "--period", "2024"), "去掉 --period"),
        (("export", "grid_case.event", "no/such/o.csv"), "请检查文件夹"),
        (("export", "grid_case.event", "o.csv", "--period", "上月"), "不是时段"),
    ):
        result = command(*words)
        assert (result.returncode, said in result.stderr) == (1, True), (words, result.stderr)


def test_the_calendar(command, tmp_path):
    (tmp_path / "c.csv").write_text("日期,工作,名称\n2031-01-01,否,元旦\n2031-01-04,是,\n", encoding="utf-8")
    assert command("calendar", "c.csv").returncode == 2, "a source is required"
    done = command("calendar", "c.csv", "--source", "国办发明电〔2030〕1号")
    assert (done.returncode, "写入 2 条" in done.stdout) == (0, True), done.stderr
    again = command("calendar", "c.csv", "--source", "国办发明电〔2030〕1号")
    assert "已有 2" in again.stdout
