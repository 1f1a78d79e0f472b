"""Small packs for the tests of the language: a sound one, ways to spoil it, and how to read it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from liren.packs.catalogue import Catalogue, read_all
from liren.packs.changes import Change
from liren.packs.findings import Finding

#: A pack without fault; every test spoils a passage of it.
SOUND = """\
pack: sample
title: 样例
roles: {clerk: 办事员, chief: 负责人}
kinds:
  item:
    title: 事项
    shape: matter
    number: YL{year}-{seq:05}
    opened by: clerk
    fields:
      category: {title: 类别, type: choice, choices: {road: 道路, water: 供水}}
      quantity: {title: 件数, type: integer}
      day: {title: 约定日, type: date}
      ready: {title: 已备齐, type: flag}
      many: {title: 多选项, type: choices, choices: {one: 一, two: 二}}
      note: {title: 说明, type: long}
      secret: {title: 电话, type: phone, private: true}
    states:
      waiting: {title: 待办, within: 5wd, late: [tell chief]}
      done: {title: 已办, end: true}
    steps:
      finish: {title: 办结, by: clerk, from: waiting, to: done}
figures:
  all: {title: 全部事项, unit: 件, count: item}
  done: {title: 办结事项, unit: 件, count: item, dated: closed, where: state == 'done'}
  rate: {title: 办结率, unit: '%', ratio: done / all}
"""


def folder_of(root: Path, text: str, name: str = "sample", files: Mapping[str, str] | None = None) -> Path:
    """A pack folder below ``root`` with a story and whatever else ``files`` holds."""
    folder = root / name
    folder.mkdir()
    for file, content in {"pack.yaml": text, "story.md": "> 说明。\n", **(files or {})}.items():
        (folder / file).write_text(content, encoding="utf-8")
    return folder


def read(
    root: Path, text: str, changes: Sequence[Change] = (), files: Mapping[str, str] | None = None
) -> tuple[Catalogue, list[Finding]]:
    """Read and lint one pack."""
    folder_of(root, text, files=files)
    return read_all([root], changes)


def spoilt(*passages: tuple[str, str]) -> str:
    """The sound pack with passages replaced. A passage is read from the line it stands in."""
    text = SOUND
    for old, new in passages:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the pack"
        text = text.replace(old, new)
    return text


def first_difference(text: str) -> int:
    """Number of the first line that differs from the sound pack."""
    pairs = zip(text.splitlines(), [*SOUND.splitlines(), *[""] * 20], strict=False)
    return next(number for number, (now, before) in enumerate(pairs, 1) if now != before)
