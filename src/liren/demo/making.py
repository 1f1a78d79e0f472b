"""Follows ``packs/*/demo.yaml``: makes the work itself through the bulk forms of the actions."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from liren.activities.actions import attendances_take
from liren.clock import at_time
from liren.content.actions import editions_publish
from liren.exams.actions import attempts_enter
from liren.figures.actions import Given, readings_enter
from liren.figures.periods import Period
from liren.inforce import catalogue
from liren.packs.fields import CHINA
from liren.packs.language import Kind
from liren.packs.reading import read_file
from liren.places.queries import work_calendar
from liren.records.actions import History, desk, files_attach, records_enter, records_link
from liren.records.models import Record

from .values import DemoFault, maker, split
from .world import World

CHUNK = 4000
_SPAN = re.compile(r"^\+?(\d+)(min|h|d)$")
#: Days before (or after) the day of the demo.
_FROM_TODAY = re.compile(r"^([+-]\d+)d$")
_UNITS = {"min": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta:
    """``3d``, ``+2h``, ``30min``."""
    found = _SPAN.match(str(text))
    if not found:
        raise DemoFault(f"「{text}」不是时长；写 3d、2h 或 30min")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def demo_files() -> list[tuple[str, dict]]:
    """(pack, demo file) of every pack that has one, in the order their ``after`` asks for."""
    found: dict[str, dict] = {}
    for folder in catalogue().folders:
        path = folder.folder / "demo.yaml"
        if path.is_file():
            tree, _, faults = read_file(path)
            if faults:
                raise DemoFault("\n".join(str(fault) for fault in faults))
            found[folder.pack.pack] = tree if isinstance(tree, dict) else {}
    ordered: list[str] = []
    while len(ordered) < len(found):
        ready = [
            p for p, f in found.items()
            if p not in ordered and all(a in ordered or a not in found for a in _list(f.get("after")))
        ]  # fmt: skip
        if not ready:
            raise DemoFault(f"demo.yaml 的 after 绕成了圈：{'、'.join(set(found) - set(ordered))}")
        ordered += ready
    return [(pack, found[pack]) for pack in ordered]


def _list(value) -> list:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def items(pack: str, file: dict) -> Iterator[tuple[int, dict]]:
    for index, item in enumerate(_list_of_items(file), start=1):
        if not isinstance(item, dict):
            raise DemoFault(f"packs/{pack}/demo.yaml 第 {index} 项不是 键: 值")
        yield index, item


def _list_of_items(file: dict) -> list:
    return file.get("items") or []


class Maker:
    """Makes the items of one pack for all bodies; remembers records so that later items may point at them."""

    def __init__(self, pack: str, worlds: dict[str, World], tick: Callable[[int], None], today: date):
        self.pack, self.worlds, self.tick, self.today = pack, worlds, tick, today
        self.made: dict[tuple[str, str], list[Record]] = {}

    def make(self, index: int, item: dict) -> int:
        """Make one item; returns how many records or readings."""
        try:
            world = self.worlds[item["for"]]
            return self._read(world, item) if "read" in item else self._open(world, item)
        except (DemoFault, ValueError, KeyError) as fault:
            raise DemoFault(f"packs/{self.pack}/demo.yaml 第 {index} 项：{fault}") from fault

    # -- readings -------------------------------------------------------------------------------

    def _read(self, world: World, item: dict) -> int:
        values = item.get("values") or [item.get("value")]
        if isinstance(item.get("value"), dict):
            whole = item["value"]
            values = split(int(whole["total"]), int(whole.get("subjects", 1)))
        period = Period.parse(str(item["period"]), date(2026, 1, 1))
        subject = maker(item.get("subject", ""), len(values), world)
        given = [
            Given(
                value=Decimal(str(value)),
                starts=period.start or period.end,
                ends=period.end,
                source=item["source"],
                source_date=date.fromisoformat(item.get("source date", str(period.end))),
                subject=str(subject(i, {"n": str(i + 1)})),
                note=item.get("note", ""),
                link=item.get("link", ""),
            )
            for i, value in enumerate(values)
        ]
        role = item.get("by") or next(iter(catalogue().packs[self.pack].roles))
        at = datetime.combine(period.end, time(16), CHINA)
        readings_enter(
            f"{self.pack}.{item['read']}", given,
            place=world.place, unit=world.unit, by=world.officer(role), at=at,
        )  # fmt: skip
        return len(given)

    # -- records --------------------------------------------------------------------------------

    def _open(self, world: World, item: dict) -> int:
        kind_id = item["open"] if "." in item["open"] else f"{self.pack}.{item['open']}"
        kind = catalogue().kind_entry(kind_id).spec
        places = world.where(item.get("at", "body"))
        units = world.units[item["at units"]] if "at units" in item else []
        count = len(units or places) if item.get("count") == "each" else int(item.get("count", 1))
        plan = _Plan(world, kind, item | {"during": self._during(item)}, count, places, units)
        shared = desk(world.place.code[:6])
        records: list[Record] = []
        for start in range(0, count, CHUNK):
            histories = [plan.history(i) for i in range(start, min(start + CHUNK, count))]
            records += records_enter(kind_id, histories, at_desk=shared)
            self.tick(len(histories))
        self.made.setdefault((item["for"], item["open"]), []).extend(records)
        self._around(world, item, plan, records)
        return count

    def _during(self, item: dict) -> str:
        """``2020-01-06 to 2020-12-20``, or ``-76d to -23d``: so many days from the day of the demo."""
        days = [part.strip() for part in str(item["during"]).split(" to ")]
        told = [_FROM_TODAY.match(day) for day in days]
        return " to ".join(
            str(self.today + timedelta(int(found[1]))) if found else day
            for day, found in zip(days, told, strict=True)
        )

    def _around(self, world: World, item: dict, plan: "_Plan", records: list[Record]) -> None:
        """What hangs on the records: parents, attendance, files, editions, attempts."""
        if "parent" in item:
            parents = self.made[item["for"], item["parent"]]
            pairs = [(r, parents[i * len(parents) // len(records)]) for i, r in enumerate(records)]
            records_link(pairs, "parent")
        with at_time(plan.moments[-1]):
            if "attendance" in item:
                self._attendance(world, item["attendance"], plan, records)
            if "files" in item:
                names = [plan.names(i) | {"title": r.title} for i, r in enumerate(records)]
                name, text = item["files"]["name"], item["files"]["text"]
                files_attach(
                    [
                        (r, name.format(**n), text.format(**n).encode(), "text/plain; charset=utf-8")
                        for r, n in zip(records, names, strict=True)
                    ],
                    by=plan.opener, at=plan.moments[-1],
                )  # fmt: skip
            if "editions" in item:
                channels = item["editions"]["channels"]
                live = [(r, r.closed) for r in records if r.closed]
                editions_publish([(r, channels[i % len(channels)], at, "") for i, (r, at) in enumerate(live)])
            if "attempts" in item:
                self._attempts(world, item["attempts"], records)

    def _attendance(self, world: World, said: dict, plan: "_Plan", records: list[Record]) -> None:
        pool = world.pool(said.get("from", "staff"))
        sizes = _sizes(said, len(records))
        confirmer = world.officer(said.get("confirmed by", plan.kind.opened_by[0]), 7)
        if max(sizes) + int(said.get("absent", 0)) > len(pool):
            raise DemoFault(
                f"人员池「{said.get('from', 'staff')}」只有 {len(pool)} 人，一场要 {max(sizes)} 人"
            )
        reasons = said.get("reasons", ["公务出差", "因病请假"])
        absent, offset, sheets = int(said.get("absent", 0)), 0, []
        for index, record in enumerate(records):
            rows = []
            for seat in range(sizes[index] + absent):
                person = pool[(offset + seat) % len(pool)]
                row: dict[str, Any] = {"person": person, "role": said.get("role", "")}
                if seat < sizes[index]:
                    row |= {"present": True, "minutes": int(said.get("minutes", 0))}
                    row["spoke"] = said.get("spoke") == "true"
                    if row["minutes"] or said.get("confirmed") == "true":
                        row["confirmed_by"] = confirmer
                else:
                    row["reason"] = reasons[(index + seat) % len(reasons)]
                rows.append(row)
            offset += sizes[index] if said.get("same") != "true" else 0
            sheets.append((record, rows))
        for start in range(0, len(sheets), 500):
            attendances_take(sheets[start : start + 500], by=plan.opener, at=plan.moments[-1])

    def _attempts(self, world: World, said: dict, records: list[Record]) -> None:
        pool, passing = world.pool(said.get("from", "staff")), int(said.get("pass", 60))
        for index, record in enumerate(records):
            at = record.starts or record.opened
            rows = []
            for seat in range(int(said["persons"])):
                got = 52 + (seat * 17 + index * 5) % 49
                person = pool[(seat + index * int(said["persons"])) % len(pool)]
                done = at + timedelta(minutes=40 + seat % 50)
                rows.append(
                    {
                        "person": person,
                        "started": at,
                        "submitted": done,
                        "mark": got,
                        "passed": got >= passing,
                    }
                )
            attempts_enter(record, rows)


def _sizes(said: dict, count: int) -> list[int]:
    if "total" in said:
        return split(int(said["total"]), count)
    size = str(said.get("persons", 1))
    low, _, high = size.partition("..")
    return [int(low) + (i * 7919) % (int(high or low) - int(low) + 1) for i in range(count)]


class _Plan:
    """When, where, by whom and with what values the records of one item come about."""

    def __init__(self, world: World, kind: Kind, item: dict, count: int, places: list, units: list):
        self.world, self.kind, self.item, self.count = world, kind, item, count
        self.places, self.units = places, units
        self.moments = moments(str(item["during"]), count)
        role = item.get("by") or next((r for r in kind.opened_by if r not in ("resident", "system")), None)
        self.opener = world.officer(role or "clerk")
        self.values = {k: maker(v, count, world) for k, v in (item.get("values") or {}).items()}
        self.steps = [self._step(one) for one in _list(item.get("steps"))]

    def _step(self, one) -> tuple[str, dict, dict]:
        verb, said = (one, {}) if isinstance(one, str) else next(iter(one.items()))
        said = said or {}
        if verb not in self.kind.steps:
            raise DemoFault(f"没有步骤「{verb}」；有：{'、'.join(self.kind.steps)}")
        few = int(said.get("only", self.count))
        makers = {k: maker(v, few, self.world) for k, v in (said.get("values") or {}).items()}
        return verb, said, makers

    def names(self, index: int) -> dict[str, str]:
        place = self.places[index % len(self.places)]
        names = {"n": str(index + 1), "place": place.name, "code": place.code, "body": self.world.body.name}
        if self.units:
            names["unit"] = self.units[index % len(self.units)].name
        names["day"] = f"{self.moments[index]:%Y年}{self.moments[index].month}月{self.moments[index].day}日"
        names["month"] = str(self.moments[index].month)
        return names

    def history(self, index: int) -> History:
        at, names = self.moments[index], self.names(index)
        values = {key: _moment(make(index, names), at) for key, make in self.values.items()}
        values.setdefault("place", self.places[index % len(self.places)])
        if self.units:
            values.setdefault("unit", self.units[index % len(self.units)])
            values["place"] = self.units[index % len(self.units)].place
        elif self.world.unit is not None:
            values.setdefault("unit", self.world.unit)
        if self.kind.shape == "activity":
            starts = at + span(self.item.get("starts", "0d"))
            values.setdefault("starts", starts)
            values.setdefault("ends", starts + _lasting(self.item.get("lasts", "2h")))
        return History(values=values, by=self.opener, at=at, steps=self._taken(index, at, names))

    def _taken(self, index: int, at: datetime, names: dict) -> list:
        taken: list[tuple] = []
        takers: dict[str, int | None] = {"open": self.opener.pk}
        for verb, said, makers in self.steps:
            if index >= int(said.get("only", self.count)) or index < int(said.get("skip", 0)):
                continue
            at = at + span(said.get("after", "1h"))
            by = self._taker(verb, said, takers)
            takers[verb] = by.pk if by else None
            values = {key: _moment(make(index, names), at) for key, make in makers.items()}
            taken.append((verb, values, by, at))
        return taken

    def _taker(self, verb: str, said: dict, takers: dict):
        step = self.kind.steps[verb]
        role = said.get("by") or step.by[0]
        if role in ("opener", "resident"):
            return self.opener
        if role == "system":
            return None
        barred = {takers.get(name) for name in step.not_by}
        return next(o for o in (self.world.officer(role, i) for i in range(20)) if o.pk not in barred)


def _moment(value, at: datetime):
    """``+3d`` in a value is that long after the opening or step."""
    if isinstance(value, str) and value.startswith("+") and _SPAN.match(value):
        return at + span(value)
    return value


def _lasting(text: str) -> timedelta:
    """``7d`` is seven calendar days, first and last included."""
    length = span(text)
    return length - timedelta(hours=16) if length >= timedelta(days=1) else length


def moments(during: str, count: int) -> list[datetime]:
    """``count`` moments spread over the working days of ``2020-01-06 to 2020-12-20`` (or one day)."""
    first, _, last = during.partition(" to ")
    start = date.fromisoformat(first.strip())
    end = date.fromisoformat((last or first).strip())
    calendar = work_calendar()
    days = [d for n in range((end - start).days + 1) if calendar.is_workday(d := start + timedelta(n))]
    days = days or [start]
    spread = []
    for i in range(count):
        day = days[i * len(days) // count]
        minute = 9 * 60 + (i * 37) % 480
        spread.append(datetime.combine(day, time(minute // 60, minute % 60), CHINA))
    return spread
