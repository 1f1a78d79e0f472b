"""Reads a story: each line becomes one thing to play. Knows the grammar, knows no pack.

Grammar and examples: docs/handbook/pack-authors.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from liren.packs.fields import CHINA


class StoryFault(Exception):
    """A line that cannot be read or did not come out as told: file, line, what, how to mend."""

    def __init__(self, file: str, line: int, what: str):
        self.file, self.line, self.what = file, line, what
        super().__init__(f"{file}:{line}: {what}")


#: The moment of lines that have none.
NEVER = datetime(1, 1, 1, tzinfo=CHINA)


@dataclass
class Line:
    """One line to play. ``verb``: declare, do, figure, header, state, late, tick."""

    number: int
    verb: str
    text: str
    at: datetime = NEVER
    who: str = ""
    word: str = ""
    label: str = ""
    rest: str = ""
    refused: str = ""
    again: bool = False
    fields: dict[str, str] = field(default_factory=dict)


_MOMENT = re.compile(r"^(再次 )?(\d{4}-\d{2}-\d{2} \d{2}:\d{2}) (.+)$")
_DECLARE = re.compile(r"^(\S+) 是 (\S+?)(?: 在 (\S+))?(?: 户 (\S+))?$")
_STATE = re.compile(r"^「([^」]+)」 是 (\S+)$")
_LATE = re.compile(r"^「([^」]+)」 逾期 (\d+) 次$")
_FIGURE = re.compile(r"^(.+?) = (.+)$")
_HEADER = re.compile(r"^((?:\d{4}年|截至|自\d{4}年)\S*) (\S+)$")
_REFUSED = re.compile(r"^(.*?)[（(]因为 ?([^）)]+)[）)]$")


def read_story(text: str, file: str) -> Iterator[Line]:
    """The lines of a story in order; headings, quotes and blank lines are for readers only."""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line[0] in "#>" or line.startswith("```"):
            continue
        yield _read(line, number, file)


def _read(line: str, number: int, file: str) -> Line:
    if found := _MOMENT.match(line):
        at = datetime.strptime(found[2], "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
        return _done(found[3], number, file, at, bool(found[1]))
    if found := _STATE.match(line):
        return Line(number, "state", line, label=found[1], word=found[2])
    if found := _LATE.match(line):
        return Line(number, "late", line, label=found[1], word=found[2])
    if found := _DECLARE.match(line):
        return Line(
            number, "declare", line, who=found[1], word=found[2], rest=found[3] or "", label=found[4] or ""
        )
    if found := _FIGURE.match(line):
        return Line(number, "figure", line, word=found[1].strip(), rest=found[2].strip())
    if found := _HEADER.match(line):
        return Line(number, "header", line, word=found[1], rest=found[2])
    raise StoryFault(file, number, f"读不懂「{line}」；写法见手册 pack-authors，或以 > 开头写成说明")


def _done(text: str, number: int, file: str, at: datetime, again: bool) -> Line:
    if text == "到期检查":
        return Line(number, "tick", text, at=at)
    refused = ""
    if found := _REFUSED.match(text):
        text, refused = found[1].strip(), found[2].strip()
    head, colon, tail = text.partition(": ")
    if not colon:
        head, colon, tail = text.partition("：")
    parts = head.split(" ", 1)
    if len(parts) != 2:
        raise StoryFault(file, number, "时间之后写：谁 做什么")
    who, what = parts
    if what.startswith("不能 "):
        what = what.removeprefix("不能 ")
        if not refused:
            raise StoryFault(file, number, "写了 不能，就要在行末写（因为 …）")
    elif refused:
        raise StoryFault(file, number, "行末写了（因为 …），就要在动作前写 不能")
    label = ""
    if found := re.match(r"^(.*?)「([^」]+)」$", what):
        what, label = found[1].strip(), found[2]
    line = Line(number, "do", text, at=at, who=who, word=what, label=label, rest=tail.strip())
    line.refused, line.again = refused, again
    return line


def read_fields(text: str) -> dict[str, str]:
    """``类别 公共设施, 等级 较大, 说明 “一, 二”`` → {类别: 公共设施, …}."""
    fields: dict[str, str] = {}
    for part in _split(text):
        name, _, value = part.partition(" ")
        fields[name] = value.strip().strip('“”"')
    return fields


def _split(text: str) -> list[str]:
    parts, here, quoted = [], "", False
    for sign in text:
        if sign in '“”"':
            quoted = sign == "“" if sign in "“”" else not quoted
        if sign in ",，" and not quoted:
            parts.append(here.strip())
            here = ""
        else:
            here += sign
    return [part for part in [*parts, here.strip()] if part]
