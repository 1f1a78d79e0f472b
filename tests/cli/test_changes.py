"""A county's own change: only what lints as a whole, differs, and takes nothing from rows."""

from datetime import UTC, datetime

import pytest
import yaml

from liren.changes.actions import change_add, value_read
from liren.inforce import catalogue, changes_file
from liren.packs.findings import PackRefused
from liren.places.actions import place_add
from liren.records.actions import record_open
from liren.refusals import Refusal

EVENT = "grid_case.kinds.event"


@pytest.fixture(autouse=True)
def home(one_pack, tmp_path, settings):
    settings.LIREN_HOME = tmp_path


def change(path, **what):
    return change_add(path=path, by="韩梅", why="本县规定", **what)


@pytest.mark.django_db
def test_a_change_takes_effect_and_says_who_and_why():
    change(f"{EVENT}.states.reported.within", value="4wh")
    change(f"{EVENT}.fields.outcome.choices.later", value="暂缓: 列入计划")
    kind = catalogue().kinds["grid_case.event"].spec
    assert kind.states["reported"].within == "4wh"
    assert kind.fields["outcome"].choices["later"] == "暂缓: 列入计划"
    first, second = yaml.safe_load(changes_file().read_text(encoding="utf-8"))
    assert (first["by"], first["why"], first["set"]) == ("韩梅", "本县规定", "4wh")
    assert second["path"] == f"{EVENT}.fields.outcome.choices.later"
    assert datetime.fromisoformat(first["at"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "what", "said"),
    [
        (f"{EVENT}.states.reported.within", {"value": "soon"}, "不是时限"),
        (f"{EVENT}.states.reportd.within", {"value": "4wh"}, "reported"),
        (f"{EVENT}.states.declined", {"remove": True}, "没有状态「declined」"),
        (f"{EVENT}.colour", {"value": "red"}, "不认识的键「colour」"),
    ],
)
def test_what_does_not_lint_is_not_written(path, what, said):
    with pytest.raises(PackRefused) as caught:
        change(path, **what)
    assert said in str(caught.value)
    assert not changes_file().exists()
    assert list(changes_file().parent.glob(".*")) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "what", "code"),
    [
        ("grid_cas.kinds.event.title", {"value": "x"}, "not_found"),
        ("grid_case", {"value": "x"}, "bad_value"),
        (f"{EVENT}.states.reported.within", {"value": "2wh"}, "bad_value"),
    ],
)
def test_what_leads_nowhere_is_refused(path, what, code):
    with pytest.raises(Refusal) as caught:
        change(path, **what)
    assert caught.value.code == code
    assert not changes_file().exists()


def test_what_rows_use_stays(db):
    place = place_add(code="990150", name="清河县", kind="county")
    at = datetime(2024, 3, 4, tzinfo=UTC)
    for number in range(3):
        values = {"title": f"路灯{number}", "category": "facility", "level": "urgent", "place": place}
        record_open("grid_case.event", values, by=None, at=at)
    levels = {"normal": "一般", "major": "较大"}
    change(f"{EVENT}.states.handling.within", value="5wd")
    with pytest.raises(Refusal) as caught:
        change(f"{EVENT}.fields.level.choices", value=levels)
    assert caught.value.code == "in_use"
    assert "网格事项的字段 等级的选项 紧急」：还有 3 条记录在用" in str(caught.value)
    assert len(yaml.safe_load(changes_file().read_text(encoding="utf-8"))) == 1
    change(f"{EVENT}.fields.source.choices", value={"patrol": "网格巡查"})


def test_values_are_read_as_strictly_as_a_pack():
    assert value_read("10wd") == "10wd"
    assert value_read("on") == "on"
    assert value_read("[a, b]") == ["a", "b"]
    assert value_read("{title: 特急}") == {"title": "特急"}
    for wrong in ("{a: 1, a: 2}", "", "*x", "{a: [}"):
        with pytest.raises(Refusal):
            value_read(wrong)


def test_the_command(command):
    words = ("packs", "change", f"{EVENT}.states.reported.within", "--by", "韩梅", "--why", "人手不足")
    done = command(*words, "--set", "4wh")
    assert (done.returncode, "网站马上照新的办" in done.stdout) == (0, True), done.stderr
    again = command(*words, "--set", "4wh")
    assert (again.returncode, "本来就是这样" in again.stderr) == (1, True)
    assert command(*words).returncode == 2
