"""A small county, its clerk, and a pack with every type of field, for tables in and out."""

import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.db import transaction

from liren import inforce
from liren.inforce import catalogue
from liren.people.actions import person_add, post_take
from liren.places.actions import place_add, unit_add

PACK = """
pack: table_case
title: 表格例
roles: {clerk: 登记员, checker: 核对员}
kinds:
  volunteer:
    title: 志愿者登记
    shape: entry
    number: TBV{year}-{seq:05}
    opened by: [clerk]
    fields:
      title: {title: 姓名, type: text, required: true}
      code: {title: 志愿者编号, type: text, required: true}
      category: {title: 类别, type: choice, default: other, choices: {party: 党员, other: 群众}}
      skills: {title: 特长, type: choices, choices: {sing: 唱歌, read: 朗读, drive: 驾驶}}
      hours: {title: 服务时长, type: number, column: quantity}
      money: {title: 补贴, type: money}
      joined: {title: 加入日期, type: date, column: opened}
      trained: {title: 已培训, type: flag}
      site: {title: 主页, type: link}
      visits: {title: 走访次数, type: integer}
      seen: {title: 最近服务, type: datetime}
      phone: {title: 联系电话, type: phone, private: true}
    once: [code]
    effects: [tell checker]
  delivery:
    title: 物资发放
    shape: entry
    number: TBD{year}-{seq:05}
    opened by: [clerk]
    fields:
      item: {title: 物品, type: text, column: source, required: true}
      quantity: {title: 数量, type: integer}
      phone: {title: 领取人电话, type: phone, private: true}
  walk:
    title: 走访
    shape: activity
    number: TBW{year}-{seq:05}
    opened by: [resident]
    fields: {title: {title: 标题, type: text, required: true}}
    states: {planned: {title: 计划}, held: {title: 已走访, end: true}}
    steps: {hold: {title: 完成, by: clerk, from: planned, to: held}}
figures:
  followers: {title: 关注数, unit: 人, reading: sum}
  delivered: {title: 发放件数, unit: 件, sum: quantity, of: delivery}
"""


@pytest.fixture
def packs(tmp_path, monkeypatch, repository):
    """The folder of extra packs, with `table_case` in it; of the shipped packs only `grid_case`."""
    shipped = tmp_path / "shipped"
    shutil.copytree(repository / "packs" / "grid_case", shipped / "grid_case")
    monkeypatch.setattr(inforce, "shipped_packs", lambda: shipped)
    folder = tmp_path / "packs"
    (folder / "table_case").mkdir(parents=True)
    (folder / "table_case" / "pack.yaml").write_text(PACK, encoding="utf-8")
    (folder / "table_case" / "story.md").write_text("# 空\n", encoding="utf-8")
    monkeypatch.setenv("LIREN_PACKS", str(folder))
    catalogue.cache_clear()
    yield folder
    catalogue.cache_clear()


def make_county() -> SimpleNamespace:
    """清河县 with two villages in a town, a bureau, and 李雷, clerk of the town since 2020."""
    place_add(code="990150", name="清河县", kind="county")
    town = place_add(code="990150100", name="柳树镇", kind="town")
    here = place_add(code="990150100200", name="王家村", kind="village")
    other = place_add(code="990150101", name="东山镇", kind="town")
    bureau = unit_add(code="990150-mz", name="民政局", kind="department", place=town)
    clerk = person_add(name="李雷", code="W001", place=town)
    post_take(person=clerk, role="clerk", place=town, starts=datetime(2020, 1, 1, tzinfo=UTC))
    return SimpleNamespace(town=town, here=here, other=other, bureau=bureau, clerk=clerk)


@pytest.fixture
def county(db, packs):
    """See :func:`make_county`."""
    return make_county()


@pytest.fixture
def empty_again(db):
    """`with empty_again():` whatever was written inside is gone afterwards: an empty house."""

    @contextmanager
    def undone():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return undone


@pytest.fixture
def county_maker(db, packs):
    """Makes the county when called, for tests that begin with an empty house."""
    return make_county
