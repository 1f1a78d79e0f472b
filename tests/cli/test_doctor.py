"""The doctor finds each thing that can be wrong, says how to mend it, and changes nothing."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from liren.cli import doctor
from liren.cli.doctor_files import files
from liren.clock import at_time
from liren.inforce import catalogue
from liren.people.actions import person_add
from liren.places.actions import place_add
from liren.places.queries import work_calendar
from liren.records.actions import file_attach, record_open
from liren.records.models import Act, Record
from liren.trail.models import Head

AT = datetime(2024, 3, 4, 2, tzinfo=UTC)


def signs(look) -> list[tuple[str, str]]:
    return [(sign.mark, str(sign)) for sign in look()]


def one(look) -> tuple[str, str]:
    (found,) = signs(look)
    return found


@pytest.fixture
def event(db, one_pack):
    place = place_add(code="990150", name="清河县", kind="county")
    values = {"title": "路灯", "category": "facility", "phone": "13800000000", "place": place}
    return record_open("grid_case.event", values, by=person_add(name="李雷"), at=AT)


# -- an installation as a whole -----------------------------------------------------------------------


def test_a_new_home_has_no_database_yet_and_gets_none(liren, tmp_path):
    result = liren("doctor")
    assert result.returncode == 1
    assert "✗ 数据库：没有" in result.stdout
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "var" / "liren.sqlite3").exists()


def test_a_sound_home(liren):
    assert liren("tick").returncode == 0
    result = liren("doctor", "--json")
    found = {sign["part"]: sign["mark"] for sign in json.loads(result.stdout)}
    assert result.returncode == 0, result.stdout
    assert "✗" not in found.values()
    assert {"Python", "库", "包", "磁盘", "中文字体", "数据库", "数据库结构", "留痕链", "工作日历"} <= set(
        found
    )


def test_a_damaged_database_is_told_and_the_rest_still_looked_at(liren, tmp_path):
    (tmp_path / "var").mkdir(mode=0o700)
    (tmp_path / "var" / "liren.sqlite3").write_bytes(b"not a database at all" * 400)
    result = liren("doctor")
    assert result.returncode == 1
    assert "✗ 数据库：用不了" in result.stdout
    assert "liren restore" in result.stdout
    assert "✓ Python" in result.stdout


# -- one by one ---------------------------------------------------------------------------------------


def test_libraries_are_named_and_missed(monkeypatch):
    import importlib.metadata

    mark, said = one(doctor.libraries)
    assert mark == "✓"
    assert "django 5.2" in said
    named = ["Django~=5.2.0", "no-such-library>=1", "pytest; extra == 'dev'"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: named)
    assert "no-such-library" in signs(doctor.libraries)[1][1]
    assert signs(doctor.libraries)[1][0] == "✗"


def test_packs_that_do_not_lint(one_pack, monkeypatch):
    assert one(doctor.packs)[0] in "✓!"
    one_pack.write_text(
        one_pack.read_text(encoding="utf-8").replace("to: closed,", "to: clsed,"), encoding="utf-8"
    )
    mark, said = one(doctor.packs)
    assert mark == "✗"
    assert "clsed" in said
    monkeypatch.setenv("LIREN_PACKS", "/no/such/folder")
    assert one(doctor.packs)[0] == "✗"


def test_keys_others_can_read(tmp_path, settings):
    settings.VAR, settings.LIREN_KEY_FILE = tmp_path, tmp_path / "private.key"
    tmp_path.chmod(0o700)
    assert {mark for mark, _ in signs(doctor.keys)} == {"✓"}
    settings.LIREN_KEY_FILE.write_text("x")
    settings.LIREN_KEY_FILE.chmod(0o644)
    marks = dict(signs(doctor.keys))
    assert "chmod 600" in marks["✗"]
    tmp_path.chmod(0o755)
    assert "chmod 700" in dict(signs(doctor.keys))["!"]


@pytest.mark.parametrize(("free", "mark"), [(100 << 20, "✗"), (1 << 30, "!"), (1 << 40, "✓")])
def test_disk_space(monkeypatch, free, mark):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert one(doctor.space)[0] == mark


def test_a_missing_chinese_font_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(doctor, "FONT_FOLDERS", (str(tmp_path),))
    mark, said = one(doctor.font)
    assert (mark, "fonts-noto-cjk" in said) == ("!", True)
    (tmp_path / "noto").mkdir()
    (tmp_path / "noto" / "NotoSansCJK-Regular.ttc").touch()
    assert one(doctor.font)[0] == "✓"


def test_kinds_and_states_still_used_but_gone(event, one_pack):
    assert one(doctor.gone)[0] == "✓"
    Record.objects.filter(pk=event.pk).update(state="asleep")
    assert "grid_case.event 的状态 asleep（1 条记录）" in one(doctor.gone)[1]
    shutil.rmtree(one_pack.parent)
    catalogue.cache_clear()
    mark, said = one(doctor.gone)
    assert (mark, "类型 grid_case.event（1 条记录）" in said) == ("✗", True)


def test_roles_and_figures_still_used_but_gone(event):
    from liren.figures.models import Reading
    from liren.people.actions import post_take

    post_take(person=event.opener, role="herald", place=event.place, starts=AT)
    day = AT.date()
    Reading(
        figure="gone.followers", place=event.place, starts=day, ends=day, value=1000,
        source="x", source_date=day, at=AT,
    ).save()  # fmt: skip
    mark, said = one(doctor.gone)
    assert (mark, "角色 herald、指标 gone.followers" in said) == ("✗", True)


def test_residents_and_administrators_need_no_pack(event):
    from liren.people.actions import post_take

    for role in ("resident", "audit_admin"):
        post_take(person=event.opener, role=role, place=event.place, starts=AT)
    assert one(doctor.gone)[0] == "✓"


def test_a_wrong_or_missing_key(event, settings, tmp_path):
    assert one(doctor.private)[0] == "✓"
    settings.LIREN_KEY_FILE = tmp_path / "gone.key"
    assert "没有密钥" in one(doctor.private)[1]
    assert not settings.LIREN_KEY_FILE.exists(), "the doctor makes no key"
    from liren.people.private import seal

    seal({"x": 1}, "")
    assert "密钥不对" in one(doctor.private)[1]


def test_the_head_of_the_trail(event):
    assert one(doctor.chain)[0] == "✓"
    Act.objects.update(note="changed")
    assert "与它的摘要不符" in one(doctor.chain)[1]
    Head.objects.update(act=7)
    assert "链尾记着第 7 笔" in one(doctor.chain)[1]


def test_an_attachment_gone(event, settings, tmp_path):
    settings.LIREN_HOME = tmp_path
    file = file_attach(event, name="a.txt", content=b"x", media_type="text/plain", by=event.opener, at=AT)
    assert one(files) == ("✓", "✓ 附件：1 个都在")
    (Path(tmp_path) / "var" / "files" / file.sha256[:2] / file.sha256).unlink()
    assert "1 个里少了 1 个" in one(files)[1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("year", "mark", "named"), [(2024, "✓", "2025"), (2026, "!", "2027"), (2040, "!", "2041")]
)
def test_years_without_an_official_calendar(year, mark, named):
    work_calendar.cache_clear()
    with at_time(datetime(year, 5, 5, tzinfo=UTC)):
        found, said = one(doctor.calendar)
    assert (found, named in said) == (mark, True)


def test_limits_nobody_noticed(event):
    with at_time(datetime(2024, 3, 4, 3, tzinfo=UTC)):
        assert one(doctor.overdue)[0] == "✓"
    mark, said = one(doctor.overdue)
    assert (mark, "liren tick" in said) == ("!", True)


def test_a_look_that_fails_is_a_finding(monkeypatch):
    def broken():
        """坏掉的一项"""
        raise RuntimeError("boom")
        yield

    (sign,) = doctor._safely(broken)
    assert (sign.part, sign.mark, "boom" in sign.found) == ("坏掉的一项", "✗", True)


def test_messages_that_were_not_delivered_are_told(event):
    from liren.notices.models import Job

    assert list(doctor.messages()) == []
    Job.objects.bulk_create([Job(**_job(Job, fault="没有设置邮件", died=AT))])
    (sign,) = doctor.messages()
    assert "没有送出：没有设置邮件" in sign.found


def _job(model, **said) -> dict:
    """A job with every column that must be there."""
    for field in model._meta.concrete_fields:
        missing = not field.null and not field.has_default() and not field.primary_key
        if missing and field.name not in said:
            said[field.name] = AT if field.get_internal_type() == "DateTimeField" else "x"
    return said
