"""Plays a story through the same actions the faces use. The player knows no pack.

A story has a world of its own below 故事县 (990001): places, units and persons appear when a line
names them. ``play`` returns how many lines were played and raises :class:`StoryFault` at the first
line that does not come out as told.
"""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from liren.clock import at_time
from liren.figures.periods import BadPeriod, Period
from liren.figures.printing import plain
from liren.figures.queries import compute
from liren.figures.scope import Scope
from liren.inforce import catalogue
from liren.people.actions import person_add, post_take
from liren.people.models import Person
from liren.places.actions import place_add, unit_add
from liren.places.codes import within
from liren.places.models import Place, Unit
from liren.records.actions import record_open, record_step, tick
from liren.records.models import Record
from liren.refusals import Refusal

from .deeds import DEEDS
from .reading import Line, StoryFault, read_fields, read_story

COUNTY = "990001"
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
REASONS = {
    "无权": "not_yours", "状态不对": "wrong_state", "缺少": "missing", "值不对": "bad_value",
    "同一人": "same_person", "已有": "already", "条件不足": "condition", "没有": "not_found",
    "字段不对": "unknown_field", "时间不对": "too_early", "余额不足": "no_balance",
    "要另一人确认": "second_person", "没有这步": "no_step", "期限未满": "too_soon",
}  # fmt: skip
_KINDS = {"街道": "street", "镇": "town", "乡": "town", "社区": "community", "里": "community"}
_KINDS |= {"村": "village", "网格": "grid", "县": "county", "区": "district"}


class Player:
    """One story being played."""

    def __init__(self, text: str, file: str, pack: str):
        self.text, self.file, self.pack = text, file, pack
        self.records: dict[str, Record] = {}
        self.order: list[Record] = []
        self.period, self.place = "", COUNTY
        self.persons: dict[str, Person] = {}

    def play(self) -> int:
        """Play every line. Returns how many."""
        if not Place.objects.filter(code=COUNTY).exists():
            place_add(code=COUNTY, name="故事县", kind="county")
        played = 0
        for line in read_story(self.text, self.file):
            try:
                getattr(self, f"_{line.verb}")(line)
            except Refusal as refusal:
                raise StoryFault(self.file, line.number, f"被拒绝：{refusal}（{line.text}）") from refusal
            played += 1
        return played

    # -- the world ------------------------------------------------------------------------------

    def _declare(self, line: Line) -> None:
        if line.word == "地点":
            self.path(line.who)
            return
        if line.word.split("(")[0] == "单位":
            kind = line.word[3:-1] if "(" in line.word else "department"
            place = self.path(line.rest)
            count = Unit.objects.filter(within(COUNTY)).count()
            unit_add(code=f"S{count + 1:04}", name=line.who, kind=kind, place=place)
            return
        person = self._person(line)
        role = self._role(line)
        if role == "居民":
            return
        unit = Unit.objects.filter(within(COUNTY), name=line.rest).first()
        over = self.path(line.rest or "故事县") if unit is None else None
        post_take(person=person, role=role, starts=BEGINNING, unit=unit, place=over)

    def _person(self, line: Line) -> Person:
        if line.who not in self.persons:
            unit = Unit.objects.filter(within(COUNTY), name=line.rest).first()
            place = unit.place if unit else self.path(line.rest or "故事县")
            self.persons[line.who] = person_add(name=line.who, household=line.label, place=place)
        return self.persons[line.who]

    def _role(self, line: Line) -> str:
        if line.word == "居民":
            return "居民"
        own = catalogue().packs[self.pack].roles if self.pack in catalogue().packs else {}
        for roles in (own, catalogue().roles):
            for key, title in roles.items():
                if line.word in (key, title):
                    return key
        raise StoryFault(
            self.file, line.number, f"没有角色「{line.word}」；包里写着：{'、'.join(own.values())}"
        )

    def path(self, text: str) -> Place:
        """The place of a path below 故事县, made if new."""
        if text in ("", "故事县", COUNTY):
            return Place.objects.get(code=COUNTY)
        parent = Place.objects.get(code=COUNTY)
        for name in text.removeprefix("故事县/").split("/"):
            child = Place.objects.filter(within(parent.code, "code"), name=name)
            found = child.filter(level=_below(parent.level)).first()
            parent = found if found is not None else self._make(parent, name)
        return parent

    def _make(self, parent: Place, name: str) -> Place:
        siblings = Place.objects.filter(within(parent.code, "code"), level=_below(parent.level)).count()
        kind = next((k for word, k in _KINDS.items() if name.endswith(word)), "village")
        return place_add(code=f"{parent.code}{siblings + 1:03}", name=name, kind=kind)

    # -- what happens ---------------------------------------------------------------------------

    def _do(self, line: Line) -> None:
        try:
            with at_time(line.at):
                self._deed(line)
        except Refusal as refusal:
            if not line.refused:
                raise
            wanted = REASONS.get(line.refused)
            if wanted is None:
                known = "、".join(REASONS)
                raise StoryFault(
                    self.file, line.number, f"不认识的原因「{line.refused}」；可写 {known}"
                ) from None
            if refusal.code != wanted:
                raise StoryFault(
                    self.file, line.number, f"应因 {line.refused} 被拒，却是：{refusal}"
                ) from None
            return
        if line.refused:
            raise StoryFault(self.file, line.number, f"应当被拒（{line.refused}），却做成了：{line.text}")

    def _deed(self, line: Line) -> None:
        who = self._actor(line)
        if line.word in DEEDS:
            DEEDS[line.word](self, line, who)
        elif opening := self._opening(line.word):
            self._open(line, who, opening)
        else:
            record = self.record(line)
            fields = self._places(read_fields(line.rest))
            key = self._key(line)
            acts = record.acts.count() if line.again else None
            record_step(record, line.word, fields, by=who, at=line.at, entered=line.at, key=key)
            if line.again and record.acts.count() != acts:
                raise StoryFault(self.file, line.number, "再次提交多写了一笔")

    def _key(self, line: Line) -> str:
        """The same line of the same story is the same write."""
        return hashlib.sha256(f"{self.file}:{line.text}:{line.at}".encode()).hexdigest()

    def _actor(self, line: Line) -> Person | None:
        if line.who == "系统":
            return None
        if line.who not in self.persons:
            raise StoryFault(
                self.file, line.number, f"没有介绍过「{line.who}」；先写：{line.who} 是 角色 在 地点"
            )
        return self.persons[line.who]

    def _opening(self, words: str) -> str | None:
        verb, _, title = words.partition(" ")
        own = [e for e in catalogue().kinds.values() if e.pack.pack == self.pack]
        for entry in [*own, *catalogue().kinds.values()]:
            if title == entry.spec.title and verb in (entry.spec.open_title, "登记"):
                return entry.id
        return None

    def _open(self, line: Line, who: Person | None, kind: str) -> None:
        fields = self._places(read_fields(line.rest))
        parent = self.records.get(fields.pop("上级", ""))
        key = self._key(line)
        record = record_open(kind, fields, by=who, at=line.at, entered=line.at, key=key)
        if parent is not None:
            from liren.records.actions import record_link

            record_link(record, parent, "parent")
        self.records[line.label or record.number] = record
        self.order.append(record)

    def _places(self, fields: dict[str, str]) -> dict:
        """Places and persons of a story are looked for in the story's own world."""
        found: dict = dict(fields)
        for name, value in fields.items():
            if value in self.persons:
                found[name] = self.persons[value]
            elif "/" in value and not value.startswith("http"):
                place = Place.objects.filter(within(COUNTY, "code"), name=value.split("/")[-1]).first()
                found[name] = place or value
        return found

    def record(self, line: Line) -> Record:
        """The record a line is about: by its 「label」, or the last one opened that knows the step."""
        if line.label:
            if line.label not in self.records:
                raise StoryFault(self.file, line.number, f"没有叫「{line.label}」的记录")
            return self.records[line.label]
        for record in reversed(self.order):
            steps = catalogue().kind_entry(record.kind).spec.steps
            if line.word in steps or any(s.title == line.word for s in steps.values()):
                return record
        if self.order and line.word in DEEDS:
            return self.order[-1]
        raise StoryFault(self.file, line.number, f"没有记录可以「{line.word}」")

    def _tick(self, line: Line) -> None:
        with at_time(line.at):
            tick(line.at)

    # -- what is so -----------------------------------------------------------------------------

    def _state(self, line: Line) -> None:
        record = self._labelled(line)
        state = catalogue().kind_entry(record.kind).spec.states.get(record.state)
        title = state.title if state else {"void": "已作废"}.get(record.state, record.state)
        if line.word not in (title, record.state):
            raise StoryFault(self.file, line.number, f"「{line.label}」是「{title}」，不是「{line.word}」")

    def _late(self, line: Line) -> None:
        record = self._labelled(line)
        if record.late_count != int(line.word):
            raise StoryFault(self.file, line.number, f"「{line.label}」逾期 {record.late_count} 次")

    def _labelled(self, line: Line) -> Record:
        if line.label not in self.records:
            raise StoryFault(self.file, line.number, f"没有叫「{line.label}」的记录")
        record = self.records[line.label]
        record.refresh_from_db()
        return record

    def _header(self, line: Line) -> None:
        self.period, self.place = line.word, self.path(line.rest).code

    def _figure(self, line: Line) -> None:
        entry = self._figure_entry(line)
        try:
            period = Period.parse(self.period, datetime.now(UTC).date())
        except BadPeriod as fault:
            raise StoryFault(self.file, line.number, str(fault)) from None
        result = compute(entry, Scope(self.place, period))
        said = line.rest.removesuffix(entry.spec.unit).strip()
        if not _same(said, result.value, entry.spec.decimals):
            shown = plain(result.value, max(entry.spec.decimals, 2))
            raise StoryFault(
                self.file, line.number, f"{line.word} = {shown}{entry.spec.unit}，不是 {line.rest}"
            )

    def _figure_entry(self, line: Line):
        figures = catalogue().figures
        own = [e for e in figures.values() if e.pack.pack == self.pack and e.spec.title == line.word]
        everywhere = [e for e in figures.values() if line.word in (e.spec.title, e.id)]
        found = own or everywhere
        if not found:
            raise StoryFault(self.file, line.number, f"没有指标「{line.word}」")
        return found[0]


def _same(said: str, value: Decimal | None, decimals: int) -> bool:
    if said == "无" or value is None:
        return said == "无" and value is None
    try:
        wanted = Decimal(said.replace(",", ""))
    except InvalidOperation:
        return False
    places = max(decimals, -int(wanted.as_tuple().exponent))
    return plain(value, places) == plain(wanted, places)


def _below(level: str) -> str:
    return {"county": "town", "town": "village", "village": "grid"}.get(level, "grid")


def play(text: str, *, file: str, pack: str) -> int:
    """Play a story of a pack; returns how many lines. Raises StoryFault."""
    return Player(text, file, pack).play()
