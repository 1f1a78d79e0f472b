"""A county's own changes: laid over the shipped pack, linted with it, refused whole."""

from datetime import date
from pathlib import Path

import pytest

from liren.packs.catalogue import load, read_all
from liren.packs.changes import Change, read_changes
from liren.packs.findings import PackRefused
from tests.packs.writing import SOUND, folder_of, read

SAID = {"by": "韩梅", "at": date(2024, 5, 1), "why": "县里另有规定", "file": "changes.yaml", "line": 7}


def change(path: str, **more) -> Change:
    return Change(path=path, **{**SAID, **more})


def findings_of(tmp_path: Path, *changes: Change):
    return read(tmp_path, SOUND, changes)[1]


def test_a_change_sets_adds_and_removes(tmp_path):
    changes = [
        change("sample.kinds.item.states.waiting.within", set="3wd"),
        change("sample.kinds.item.fields.depth", set={"title": "深度", "type": "number"}),
        change("sample.kinds.item.fields.note", remove=True),
    ]
    catalogue, findings = read(tmp_path, SOUND, changes)
    assert findings == []
    kind = catalogue.kinds["sample.item"].spec
    assert kind.states["waiting"].within == "3wd"
    assert kind.fields["depth"].title == "深度"
    assert "note" not in kind.fields


def test_the_shipped_file_is_not_touched(tmp_path):
    findings_of(tmp_path, change("sample.title", set="另名"))
    assert (tmp_path / "sample" / "pack.yaml").read_text(encoding="utf-8") == SOUND


@pytest.mark.parametrize(
    ("path", "what", "words", "mend"),
    [
        ("sample.kinds.itme.title", {"set": "x"}, "包里没有「itme」", "item"),
        ("sample.kinds.item.titel", {"remove": True}, "不必去掉", "title"),
        ("sample.title.short", {"set": "x"}, "下面不能再分", "set"),
        ("sample", {"set": "x"}, "只写了包名", "grid_case"),
        ("simple.title", {"set": "x"}, "没有包「simple」", "sample"),
    ],
)
def test_a_change_that_leads_nowhere_is_refused_at_its_line(tmp_path, path, what, words, mend):
    found = findings_of(tmp_path, change(path, **what))
    assert [(f.file, f.line, f.path) for f in found] == [("changes.yaml", 7, path)]
    assert words in found[0].message
    assert mend in found[0].mend


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("kinds.item.states.waiting.within", "3 Tage", "不是时限"),  # its type
        ("kinds.item.steps.finish.to", "dun", "没有状态「dun」"),  # where it leads
    ],
)
def test_a_change_is_linted_as_if_it_stood_in_the_pack_but_blamed_itself(tmp_path, path, value, words):
    found = findings_of(tmp_path, change(f"sample.{path}", set=value))
    blamed = [f for f in found if words in f.message]
    assert [(f.file, f.line, f.path) for f in blamed] == [("changes.yaml", 7, path)]


def test_a_change_that_breaks_another_part_is_refused_there(tmp_path):
    found = findings_of(tmp_path, change("sample.figures.all", remove=True))
    assert [(f.path, f.message) for f in found] == [("figures.rate.ratio", "没有指标「sample.all」")]
    with pytest.raises(PackRefused):
        load([tmp_path], [change("sample.figures.all", remove=True)])


def test_changes_of_another_pack_leave_this_one_alone(tmp_path):
    folder_of(tmp_path, "pack: other\ntitle: 另一\n", "other")
    folder_of(tmp_path, SOUND)
    catalogue, findings = read_all([tmp_path], [change("other.title", set="又一")])
    assert findings == []
    assert (catalogue.packs["other"].title, catalogue.packs["sample"].title) == ("又一", "样例")


FILE = """\
- path: sample.title
  set: 新名
  by: 韩梅
  at: 2024-05-01
  why: 更名
- {path: sample.about, remove: true, by: 韩梅, at: 2024-05-02, why: 不需要}
"""


def test_the_file_of_changes(tmp_path):
    file = tmp_path / "changes.yaml"
    assert read_changes(file) == ([], [])
    file.write_text(FILE, encoding="utf-8")
    changes, findings = read_changes(file)
    assert findings == []
    assert [(c.path, c.set, c.remove, c.at, c.line) for c in changes] == [
        ("sample.title", "新名", False, date(2024, 5, 1), 1),
        ("sample.about", None, True, date(2024, 5, 2), 6),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b", "应是一个列表"),
        ("- x", "每项应是"),
        ("- {path: a, set: b}", "缺少 by、at、why"),
        ("- {path: a, set: b, by: c, at: 2024-05-01, why: d, when: e}", "不认识的键：when"),
        ("- {path: a, set: b, remove: true, by: c, at: 2024-05-01, why: d}", "写且只写一个"),
        ("- {path: a, by: c, at: 2024-05-01, why: d}", "写且只写一个"),
        ("- {path: a, remove: no, by: c, at: 2024-05-01, why: d}", "remove 只写 true"),
        ("- {path: a, set: b, by: c, at: May, why: d}", "不是日期"),
        ("- {path: {a: b}, set: b, by: c, at: 2024-05-01, why: d}", "都写文字"),
    ],
)
def test_a_mistake_in_the_file_of_changes(tmp_path, text, words):
    file = tmp_path / "changes.yaml"
    file.write_text(text, encoding="utf-8")
    changes, findings = read_changes(file)
    assert changes == []
    assert words in findings[0].message
    assert findings[0].line == 1
