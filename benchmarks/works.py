"""The pieces of work that are measured: what a person sends, and the barest way to the same answer.

A work yields its requests; where one exists, a floor is the same rows through raw SQL on the same database.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlencode

from .county import CORNER, COUNTY, EVENT, TOWN, VILLAGE, Cast
from .serving import Ask

CSRF = "b" * 32
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Bench:
    """What works know: the cast, a cookie for each of its members, how many requests are wanted."""

    cast: Cast
    cookies: dict[int, str]
    requests: int


@dataclass(frozen=True)
class Work:
    """A named piece of work, its target in CPU milliseconds, its requests, and the floor's statement."""

    title: str
    target: float
    asks: Callable[[Bench], Iterator[Ask]]
    floor: Callable[[Bench], str] | None = None
    once: bool = False


def sessions(persons: list[int]) -> dict[int, str]:
    """A signed-in session for each person, as the sign-in page would leave it."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from liren.people.models import Person

    found = {}
    for pk in persons:
        user, _ = get_user_model().objects.get_or_create(username=f"bench-{pk}")
        Person.objects.filter(pk=pk).update(user=user)
        client = Client()
        client.force_login(user)
        found[pk] = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return found


def _get(bench: Bench, path: str, person: int | None = None) -> Iterator[Ask]:
    headers = {"Cookie": bench.cookies[person]} if person else {}
    for _ in range(bench.requests):
        yield Ask(path, headers=headers)


def _posted(path: str, said: dict[str, str], number: int, cookie: str = "") -> Ask:
    """A form as a browser sends it; each from an address of its own, since what one address sends is limited."""
    body = urlencode(said | {"csrfmiddlewaretoken": CSRF, "key": uuid.uuid4().hex}).encode()
    cookies = "; ".join(one for one in (f"liren_csrf={CSRF}", cookie) if one)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return Ask(path, "POST", body, {"Cookie": cookies, "Content-Type": FORM, "X-Forwarded-For": address})


def _home(bench: Bench) -> Iterator[Ask]:
    return _get(bench, f"/p/?place={bench.cast.town}")


def _static(bench: Bench) -> Iterator[Ask]:
    return _get(bench, "/static/liren/base.css")


def _reports(bench: Bench) -> Iterator[Ask]:
    said = {
        "title": "路灯不亮",
        "category": "facility",
        "level": "normal",
        "spot": "北门",
        "details": "三天了",
    }
    village = bench.cast.grid[9:12]
    # From all towns, so that one dispatcher's list does not grow with every run.
    for number in range(bench.requests):
        yield _posted(f"/p/report/{EVENT}/?place={COUNTY}1{number % 12:02}{village}", said, number)


def _steps(bench: Bench) -> Iterator[Ask]:
    from liren.clock import now
    from liren.people.models import Person
    from liren.records.actions import records_enter
    from liren.records.acts import History

    by, values = Person.objects.get(pk=bench.cast.grid_member), {"title": "路灯不亮", "category": "facility"}
    values |= {"place": bench.cast.grid}
    opened = records_enter(EVENT, [History(values, by, now())] * bench.requests)
    for at, record in enumerate(opened):
        said = {"level": "normal", "handler": "城市管理局"}
        path = f"/w/step/accept/{quote(record.number)}/"
        yield _posted(path, said, at, bench.cookies[bench.cast.dispatcher])


def _check_ins(bench: Bench) -> Iterator[Ask]:
    record, persons = _activity(bench)
    for at, person in enumerate(persons):
        said = {"what": "in", "person": str(person)}
        yield _posted(f"/w/activities/note/{quote(record)}/", said, at, bench.cookies[bench.cast.captain])


def _activity(bench: Bench) -> tuple[str, list[int]]:
    """An activity of today for which everybody to be checked in has signed up."""
    from liren.activities.actions import signup_make
    from liren.clock import now
    from liren.packs.fields import CHINA
    from liren.people.models import Person
    from liren.places.models import Place
    from liren.records.actions import record_open, record_step

    captain = Person.objects.get(pk=bench.cast.captain)
    starts = (now() + timedelta(minutes=10)).astimezone(CHINA)
    values = {
        "title": "清洁日", "category": "environment", "place": Place.objects.get(code=bench.cast.town),
        "starts": f"{starts:%Y-%m-%d %H:%M}", "ends": f"{starts + timedelta(hours=2):%Y-%m-%d %H:%M}",
    }  # fmt: skip
    record = record_open("volunteer_service.service", values, by=captain)
    record = record_step(record, "publish", {"risk": "注意交通", "places_wanted": "5000"}, by=captain)
    persons = list(Person.objects.order_by("pk")[10 : 10 + bench.requests])
    for person in persons:
        signup_make(record, by=person)
    return record.number, [person.pk for person in persons]


def _todo(bench: Bench) -> Iterator[Ask]:
    return _get(bench, "/w/", bench.cast.dispatcher)


def _figure(bench: Bench) -> Iterator[Ask]:
    for at, ask in enumerate(_get(bench, "", bench.cast.dispatcher)):
        year = time.localtime().tm_year - 1 - at % 3
        asked = urlencode({"place": f"{COUNTY}1{at % 12:02}", "period": f"{year}Q{1 + at % 4}"})
        yield Ask(f"/figures/grid_case.on_time_rate/?{asked}", headers=ask.headers)


def _evidence(bench: Bench) -> Iterator[Ask]:
    for ask in _figure(bench):
        yield Ask(ask.path.replace("/?", "/evidence/?"), headers=ask.headers)


def _figure_floor(bench: Bench) -> str:
    year, place = time.localtime().tm_year - 1, bench.cast.town
    return (
        "SELECT count(*), sum(CASE WHEN late_count = 0 THEN 1 ELSE 0 END) FROM records_record "
        f"WHERE kind = '{EVENT}' AND state = 'closed' AND place_id >= '{place}' AND place_id < '{place}~' "
        f"AND closed >= '{year}-01-01' AND closed < '{year}-04-01'"
    )


def _list(bench: Bench) -> Iterator[Ask]:
    return _get(bench, f"/lists/{EVENT}/?state=closed", bench.cast.dispatcher)


def _list_floor(bench: Bench) -> str:
    place = bench.cast.town
    return (
        "SELECT number, title, state, opened, place_id FROM records_record "
        f"WHERE kind = '{EVENT}' AND state = 'closed' AND place_id >= '{place}' AND place_id < '{place}~' "
        "ORDER BY opened DESC, id DESC LIMIT 50"
    )


def _export(bench: Bench) -> Iterator[Ask]:
    """Every record of a kind in the dispatcher's town as a table: what counts is the memory."""
    yield next(_get(bench, f"/lists/{EVENT}/file.csv", bench.cast.dispatcher))


def _drawn() -> None:
    """Boundaries of towns (four by three) and of villages (five by four in each)."""
    from liren.places.actions import outlines_set
    from liren.places.models import Outline

    if Outline.objects.exists():
        return
    rings = {}
    for town in range(12):
        x, y = CORNER[0] + town % 4 * 5 * VILLAGE[0], CORNER[1] + town // 4 * 4 * VILLAGE[1]
        rings[f"{COUNTY}{100 + town}"] = _square(x, y, 5, 4)
        for one in range(20):
            code = f"{COUNTY}{100 + town}{200 + one}"
            rings[code] = _square(x + one % 5 * VILLAGE[0], y + one // 5 * VILLAGE[1], 1, 1)
    outlines_set(rings, source="bench")


def _square(x: int, y: int, wide: int, high: int) -> list[list[list[int]]]:
    """A square with twenty corners on each side, as a surveyed boundary has them."""
    right, top = x + wide * VILLAGE[0], y + high * VILLAGE[1]
    parts = [n / 20 for n in range(20)]
    ring = [(x + (right - x) * n, y) for n in parts] + [(right, y + (top - y) * n) for n in parts]
    ring += [(right - (right - x) * n, top) for n in parts] + [(x, top - (top - y) * n) for n in parts]
    return [[[round(one) for corner in ring for one in corner]]]


def _map(bench: Bench) -> Iterator[Ask]:
    _drawn()
    for at, ask in enumerate(_get(bench, "")):
        x, y = CORNER[0] + at * 7919 % TOWN[0], CORNER[1] + at * 6007 % TOWN[1]
        yield Ask(f"/p/map/?point={x / 1e6:.6f},{y / 1e6:.6f}&wide=500", headers=ask.headers)


def _map_floor(bench: Bench) -> str:  # noqa: ARG001
    x, y = CORNER[0] + TOWN[0] // 2, CORNER[1] + TOWN[1] // 2
    return (
        "SELECT number, title, state, opened, place_id, longitude, latitude FROM records_record "
        f"WHERE kind = '{EVENT}' AND closed IS NULL AND latitude BETWEEN {y - 4500} AND {y + 4500} "
        f"AND longitude BETWEEN {x - 5500} AND {x + 5500} LIMIT 20"
    )


#: Name → work; the targets are those of docs/adr on speed, in CPU milliseconds per request.
WORKS = {
    "static": Work("a static file of the same size (floor of pages)", 1.0, _static),
    "portal": Work("portal home, first visit", 4.0, _home),
    "report": Work("accept a resident's report", 3.0, _reports),
    "step": Work("take a step", 3.0, _steps),
    "check-in": Work("check somebody in at an activity", 3.0, _check_ins),
    "todo": Work("to-do list of a dispatcher", 5.0, _todo),
    "list": Work("filtered list of 50, newest first", 7.0, _list, _list_floor),
    "map": Work("map of open matters around a point", 8.0, _map, _map_floor),
    "evidence": Work("figure's value and first page of evidence, a quarter", 20.0, _evidence, _figure_floor),
    "export": Work("all matters as csv, once: see the memory", 0, _export, once=True),
    "figure": Work("figure's own page with trend and breakdowns", 20.0, _figure, _figure_floor),
}
