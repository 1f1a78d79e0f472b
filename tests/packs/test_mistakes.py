"""Every kind of mistake in a pack: found, at its line and path, with a mend."""

import pytest

from liren.packs.catalogue import load, read_all
from liren.packs.findings import PackRefused
from tests.packs.mistakes_in_figures import IN_FIGURES
from tests.packs.mistakes_in_kinds import IN_KINDS
from tests.packs.writing import SOUND, folder_of, read, spoilt

MISTAKES = IN_KINDS + IN_FIGURES


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake.name for mistake in MISTAKES])
def test_a_mistake_is_found_where_it_stands(tmp_path, mistake):
    _, findings = read(tmp_path, mistake.text)
    errors = [finding for finding in findings if finding.level == "error"]
    assert len(errors) == 1, "one mistake, one error:\n" + "\n".join(map(str, findings))
    found = errors[0]
    assert found.path == mistake.path
    assert mistake.words in found.message
    assert mistake.mend in found.mend
    assert found.line == mistake.line
    assert found.file == str(tmp_path / "sample" / "pack.yaml")


def test_the_sound_pack_has_no_finding(tmp_path):
    catalogue, findings = read(tmp_path, SOUND)
    assert findings == []
    assert set(catalogue.figures) == {"sample.all", "sample.done", "sample.rate"}


def test_all_findings_come_at_once(tmp_path):
    """Faults of writing, of type and of reference in one run, those of other parts included."""
    text = (
        SOUND.replace("within: 5wd", "within: 5 weeks")  # type, in the only kind
        .replace("where: state == 'done'}", "wher: x}")  # unknown key
        .replace("ratio: done / all}", "ratio: done / al}")  # reference
        .replace("title: 样例", "title: 样例\ntitle: 再")  # writing
    )
    _, findings = read(tmp_path, text)
    assert {f.path for f in findings} == {
        "title",
        "kinds.item.states.waiting.within",
        "figures.done.wher",
        "figures.rate.ratio",
    }
    with pytest.raises(PackRefused) as refused:
        load([tmp_path])
    assert [str(f) for f in refused.value.findings] == [str(f) for f in sorted(findings)]
    assert str(refused.value).count("\n") == 3


def test_a_finding_names_file_line_path_and_mend(tmp_path):
    _, findings = read(tmp_path, spoilt(("figures:", "figures:\n  x: {title: 丙, unit: 件, count: itme}")))
    file = tmp_path / "sample" / "pack.yaml"
    assert (
        str(findings[0]) == f"{file}:24: error: figures.x.count: 没有记录类型「itme」；是否要写 item、unit？"
    )


OTHER = """\
pack: other
title: 另一
roles: {clerk: 职员}
kinds:
  thing: {title: 事物, shape: entry, opened by: clerk, number: 'YL{seq}'}
"""


def test_one_role_under_two_titles_and_one_prefix_for_two_kinds(tmp_path):
    folder_of(tmp_path, OTHER, "other")
    _, findings = read(tmp_path, SOUND)
    told = {(f.file.split("/")[-2], f.path, f.line): f.message for f in findings}
    # Packs are read in name order: the second one is at fault.
    assert "叫「职员」，这里叫「办事员」" in told["sample", "roles.clerk", 3]
    assert told["sample", "kinds.item.number", 8] == "编号的字头「YL」已由 other.thing 使用"
    assert len(findings) == 2


def test_kinds_without_a_number_of_their_own_collide_too(tmp_path):
    without = "kinds:\n  thing: {title: 事物, shape: entry, opened by: resident}\n"
    folder_of(tmp_path, f"pack: a\ntitle: 甲\n{without}", "a")
    folder_of(tmp_path, f"pack: b\ntitle: 乙\n{without}", "b")
    _, findings = read_all([tmp_path])
    assert [(f.path, f.message) for f in findings] == [
        ("kinds.thing.number", "编号的字头「THING」已由 a.thing 使用")
    ]


def test_two_packs_of_one_name(tmp_path):
    (tmp_path / "more").mkdir()
    folder_of(tmp_path, SOUND)
    folder_of(tmp_path / "more", SOUND)
    _, findings = read_all([tmp_path, tmp_path / "more"])
    assert any(f.path == "pack" and "包名「sample」已在" in f.message for f in findings)


def test_a_ring_of_ratios_through_a_denominator_and_a_later_version(tmp_path):
    first = "a: {title: 甲, unit: '%', ratio: all / b}"
    later = "versions: [{from: 2024-05-01, ratio: done / a, note: 改}]"
    second = f"b: {{title: 乙, unit: '%', ratio: done / all, {later}}}"
    ring = SOUND.replace("  rate:", f"  {first}\n  {second}\n  rate:")
    _, findings = read(tmp_path, ring)
    assert [f.path for f in findings] == ["figures.a.ratio", "figures.b.ratio"]


def test_a_fault_in_one_kind_does_not_hide_or_multiply_the_others(tmp_path):
    """Figures that count a kind with a fault are not blamed for it."""
    _, findings = read(tmp_path, spoilt(("shape: matter", "shape: ticket")))
    assert [f.path for f in findings] == ["kinds.item.shape"]


REPORT = """\
reports:
  month:
    title: 月报
    every: month
    for: [chief]
    text: month.md
    figures:
      finished: {figure: done, period: end}
"""


def test_a_sound_report(tmp_path):
    _, findings = read(
        tmp_path, SOUND + REPORT, files={"month.md": "# {title}\n办结{finished|over 10}，{{不是}}，{all}。\n"}
    )
    assert findings == []


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("for: [chief]", "for: [chef]", "reports.month.for", "没有角色「chef」"),
        ("text: month.md", "text: moon.md", "reports.month.text", "没有文件「moon.md」"),
        ("figure: done", "figure: dun", "reports.month.figures.finished.figure", "没有指标「sample.dun」"),
        (
            "period: end",
            "period: gestern",
            "reports.month.figures.finished.period",
            "不认识的时段「gestern」",
        ),
        ("every: month", "every: moon", "reports.month.every", "只能写"),
    ],
)
def test_a_mistake_in_a_report(tmp_path, old, new, path, words):
    _, findings = read(tmp_path, SOUND + REPORT.replace(old, new), files={"month.md": "{finished}"})
    assert [f.path for f in findings] == [path]
    assert words in findings[0].message
    assert (
        findings[0].line
        == (SOUND + REPORT)
        .splitlines()
        .index(next(line for line in (SOUND + REPORT).splitlines() if old in line))
        + 1
    )


def test_an_unknown_placeholder_names_the_line_of_the_text(tmp_path):
    _, findings = read(tmp_path, SOUND + REPORT, files={"month.md": "# {title}\n\n办结{finnished|bare}。\n"})
    assert [(f.path, f.message) for f in findings] == [
        ("reports.month.text", "month.md 第 3 行：没有指标「finnished」")
    ]
    assert "finished" in findings[0].mend


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PackRefused, match="没有这个文件夹"):
        load([tmp_path / "nowhere"])


def test_a_pack_in_another_encoding_is_refused(tmp_path):
    folder = folder_of(tmp_path, "")
    (folder / "pack.yaml").write_bytes(SOUND.encode("gb18030"))
    _, findings = read_all([tmp_path])
    assert "UTF-8" in findings[0].message


def test_a_story_is_missed(tmp_path):
    folder = folder_of(tmp_path, SOUND)
    (folder / "story.md").unlink()
    _, findings = read_all([tmp_path])
    assert [(f.path, f.level, f.line) for f in findings] == [("pack", "warning", 1)]
    load([tmp_path])  # a warning refuses nothing


def test_a_figure_that_reads_data_is_warned_of_with_a_column_that_fits(tmp_path):
    _, findings = read(tmp_path, spoilt(("state == 'done'", "ready and day > '2024-03-04'")))
    assert [(f.path, f.level, f.message, f.mend) for f in findings] == [
        ("figures.done", "warning", "指标读 data 里的「day」，数大时慢", "给字段写 column: starts"),
        ("figures.done", "warning", "指标读 data 里的「ready」，数大时慢", "没有合适的空共用列，可接受"),
    ]
