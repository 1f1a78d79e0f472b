"""What can happen in a story besides openings and steps: the kernel's own deeds."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from liren.activities.actions import attendance_take
from liren.clock import today
from liren.content.actions import edition_publish
from liren.exams.actions import attempts_enter
from liren.figures.actions import Given, reading_enter
from liren.figures.periods import Period
from liren.packs.fields import read_moment
from liren.places.models import Place
from liren.places.queries import find_unit
from liren.records.actions import (
    file_attach,
    record_extend,
    record_merge,
    record_transfer,
    record_void,
)
from liren.refusals import Refusal

from .reading import Line, StoryFault, read_fields

_PERSON = re.compile(r"^(\S+?)(?: (\d+)分钟)?$")


def attend(player, line: Line, who) -> None:
    """``点名「会」: 到 甲, 乙 120分钟; 缺 丙 出差; 列席 丁; 发言 甲``."""
    rows: dict[str, dict] = {}
    for part in re.split(r"[;；]", line.rest):
        word, _, names = part.strip().partition(" ")
        for name in re.split(r"[,，]", names):
            _attend_one(player, line, who, word, name.strip(), rows)
    attendance_take(player.record(line), rows.values(), by=who, at=line.at)


def _attend_one(player, line: Line, who, word: str, text: str, rows: dict) -> None:
    name, _, more = text.partition(" ")
    person = player.persons.get(name)
    if person is None:
        raise StoryFault(player.file, line.number, f"没有介绍过「{name}」")
    row = rows.setdefault(name, {"person": person})
    if word in ("到", "列席"):
        row |= {"present": True, "expected": word == "到"}
        if found := _PERSON.match(text):
            row["minutes"] = int(found[2] or 0)
        if row.get("minutes"):
            row["confirmed_by"] = who
    elif word == "缺":
        row |= {"expected": True, "present": False, "reason": more}
    elif word == "发言":
        row["spoke"] = True
    else:
        raise StoryFault(player.file, line.number, f"点名里写 到、缺、列席、发言，不是「{word}」")


def attach(player, line: Line, who) -> None:
    """``附上「会」: 会议记录.txt 内容``."""
    name, _, content = line.rest.partition(" ")
    data = (content or name).encode()
    file_attach(player.record(line), name=name, content=data, media_type="text/plain", by=who, at=line.at)


def read_in(player, line: Line, who) -> None:
    """``填报 指标 = 数: 时段 2024年, 来源 …, 来源日期 …, 对象 …``."""
    title, _, value = line.word.removeprefix("填报").strip().partition(" = ")
    entry = player._figure_entry(Line(line.number, "figure", line.text, word=title.strip()))
    fields = read_fields(line.rest)
    period = Period.parse(fields.get("时段", ""), today())
    given = Given(
        value=_number(value.strip()),
        starts=period.start or period.end,
        ends=period.end,
        source=fields.get("来源", ""),
        source_date=date.fromisoformat(fields.get("来源日期", str(line.at.date()))),
        subject=fields.get("对象", ""),
    )
    place = Place.objects.get(code=player.place)
    reading_enter(entry.id, given, place=place, by=who, at=line.at)


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Refusal("bad_value", field="数值", reason=f"「{text}」不是数") from None


def hand_in(player, line: Line, who) -> None:
    """``交卷「考试」: 得分 80``."""
    got = int(read_fields(line.rest).get("得分", "0"))
    row = {"person": who, "started": line.at, "submitted": line.at, "mark": got, "passed": got >= 60}
    attempts_enter(player.record(line), [row])


def publish(player, line: Line, _who) -> None:
    """``发布到「稿」: 渠道 县广播, 网址 http://…``."""
    fields = read_fields(line.rest)
    record = player.record(line)
    record.refresh_from_db()
    edition_publish(record, channel=fields.get("渠道", ""), at=line.at, link=fields.get("网址", ""))


def extend(player, line: Line, who) -> None:
    """``延期「x」: 期限 2024-03-20 18:00, 原因 …``."""
    fields = read_fields(line.rest)
    due = read_moment(fields.get("期限", ""))
    record_extend(player.record(line), due=due, by=who, note=fields.get("原因", ""), at=line.at)


def transfer(player, line: Line, who) -> None:
    """``转办「x」: 承办 水务局``."""
    fields = read_fields(line.rest)
    record_transfer(player.record(line), to=find_unit(fields.get("承办", ""), "990001"), by=who, at=line.at)


def void(player, line: Line, who) -> None:
    """``作废「x」: 原因 …``."""
    record_void(player.record(line), by=who, note=read_fields(line.rest).get("原因", ""), at=line.at)


def merge(player, line: Line, who) -> None:
    """``并入「x」: 主件 y``."""
    into = player.records[read_fields(line.rest).get("主件", "")]
    record_merge(player.record(line), into=into, by=who, at=line.at)


class _Deeds(dict):
    """Deeds by their word; ``填报 …`` carries the figure's name after its word."""

    def __contains__(self, word) -> bool:
        return dict.__contains__(self, str(word).split(" ")[0])

    def __getitem__(self, word):
        return dict.__getitem__(self, str(word).split(" ")[0])


DEEDS = _Deeds(
    {
        "点名": attend,
        "附上": attach,
        "填报": read_in,
        "交卷": hand_in,
        "发布到": publish,
        "延期": extend,
        "转办": transfer,
        "作废": void,
        "并入": merge,
    }
)
