"""Figures reckoned with plain Python from what was entered: slow, simple, and without a database.

Every function takes the things of a scope (see ``tests.figures.things``) as they were entered.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal

from liren.figures.periods import Period
from liren.packs.fields import CHINA
from liren.places.queries import work_calendar
from tests.figures.things import PLACES


def at_start_of(day) -> datetime:
    return datetime.combine(day, time(), CHINA)


def lies_in(thing: dict, place: str) -> bool:
    return thing["place"].startswith(place)


def happened(things: Iterable[dict], place: str, period: Period) -> list[dict]:
    """Opened in the period, in the place."""
    return [t for t in things if lies_in(t, place) and period.contains(t["opened"].date())]


def standing(things: Iterable[dict], place: str, period: Period) -> list[dict]:
    """Opened by the end of the period's last day and not ended by then."""
    end = at_start_of(period.end + timedelta(days=1))

    def stands(thing: dict) -> bool:
        ended = thing["ended"]
        over = ended is not None and thing["opened"] + timedelta(days=ended) < end
        return thing["opened"] < end and not over

    return [t for t in things if lies_in(t, place) and stands(t)]


def of_a(things: list[dict]) -> list[dict]:
    return [t for t in things if t["values"].get("category") == "a"]


def numbers(things: list[dict], name: str) -> list[Decimal]:
    return [Decimal(t["values"][name]) for t in things if name in t["values"]]


def average(values: list[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None


def distinct(things: list[dict], name: str) -> Decimal:
    return Decimal(len({t["values"][name] for t in things if name in t["values"]}))


def ratio(over: Decimal, under: int, factor: int = 1) -> Decimal | None:
    return Decimal(over) / under * factor if under else None


def spans(things: list[dict]) -> list[tuple[datetime, datetime]]:
    both = [t["values"] for t in things if "starts" in t["values"] and "ends" in t["values"]]
    return [(at_start_of(values["starts"]), values["ends"]) for values in both]


def days_between(first: datetime, last: datetime) -> Decimal:
    return Decimal((last.date() - first.date()).days)


def working_days(first: datetime, last: datetime) -> Decimal:
    """Counted one by one: days after the first up to the last."""
    calendar, sign = work_calendar(), 1
    if last.date() < first.date():
        first, last, sign = last, first, -1
    between = (first.date() + timedelta(days=n + 1) for n in range((last.date() - first.date()).days))
    return Decimal(sign * sum(calendar.is_workday(day) for day in between))


def hours(first: datetime, last: datetime) -> Decimal:
    return Decimal((last - first) // timedelta(seconds=1)) / 3600


def months_of(period: Period) -> list[tuple[int, int]]:
    """Months whose first day lies in the period."""
    day, found = period.start, []
    while day <= period.end:
        if day.day == 1:
            found.append((day.year, day.month))
        day += timedelta(days=1)
    return found


def covered(
    things: list[dict], slots: list, slot_of, members: list[str], at_least: int = 1
) -> Decimal | None:
    """Percentage of (slot, member) in which at least so many happened."""
    done = Counter(
        (slot_of(t), member) for t in things for member in members if t["place"].startswith(member)
    )
    cells = [(slot, member) for slot in slots for member in members]
    return Decimal(100 * sum(done[cell] >= at_least for cell in cells)) / len(cells) if cells else None


def streets(place: str) -> list[str]:
    return [code for code, kind in PLACES.items() if kind == "street" and code.startswith(place)]


def by_place(things: list[dict], place: str) -> dict[str, list[dict]]:
    """The places one level down, those without anything too."""
    length = len(place) + 3
    below = {code: [] for code in PLACES if len(code) == length and code.startswith(place)}
    for thing in things:
        if len(thing["place"]) >= length:
            below[thing["place"][:length]].append(thing)
    return below
