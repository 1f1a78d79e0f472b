"""An hour of a county's day at ten times the busiest published hotline, as fast as it goes, and a nine o'clock rush.

    python -m tests.torture.hour [--scale 1.0] [--people 1000] [--short] [--on postgresql [--pool 4]]

Orders: 10 × 2,495 a month (a county's published hotline), thirty days, of which the busiest hour takes a sixth of a
day: 139 reports, each with its steps, and the lists, pages, sign-ups and photos around them. Then a race for the last
places, and everybody signing in at once from one office address. Served as `liren serve` does. Exit status 0 only
without an error and without a loss; p50, p99 and the slowest are printed, and asserted nowhere.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import math
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote, urlencode

from .load import CSRF, FORM, GRID, Browser, Deed, Ledger, deed, word
from .proof import look
from .rounds import County
from .world import World, activity, build

ORDERS = 10 * 2495 / 30 / 6
SEATS, RACERS = 20, 120
PASSWORD = "里仁为美 shun 7"
#: The one address of a county hall.
HALL = "203.0.113.7"


class Clocked(Browser):
    """A browser that notes how long each kind of work took: milliseconds."""

    def __init__(
        self, port: int, ledger: Ledger, address: str, taken: dict[str, list[float]], *, at_nine: bool = False
    ) -> None:
        super().__init__(port, ledger, address)
        self.taken, self.at_nine = taken, at_nine

    def note(self, what: str, began: float) -> None:
        name = what.removeprefix("queue ").removeprefix("step ")
        self.taken[f"9:00 {name}" if self.at_nine else name].append((time.perf_counter() - began) * 1000)

    def send(self, one: Deed) -> bool:
        began = time.perf_counter()
        done = super().send(one)
        self.note(one.what, began)
        return done

    def read(self, what: str, path: str, cookie: str) -> None:
        began = time.perf_counter()
        self.kept = self.kept or http.client.HTTPConnection("127.0.0.1", self.port, timeout=1800)
        try:
            self.kept.request("GET", path, headers={"Cookie": cookie, "X-Forwarded-For": self.address})
            answer = self.kept.getresponse()
            answer.read()
        except OSError as fault:
            self.ledger.odd.append(f"{what} {path}: {fault!r}")
            return
        self.note(what, began)
        if answer.status != 200:
            self.ledger.odd.append(f"{what} {path} → {answer.status}")


def main() -> int:
    asked = _asked()
    taken: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="liren-hour-") as folder:
        Path(folder).chmod(0o755)
        county = County(Path(folder), asked.on, f"pool={asked.pool}" if asked.pool else "")
        try:
            world, ledger = build(), Ledger()
            _accounts(asked.people)
            activity(world, seats=40)
            county.start()
            began = time.monotonic()
            _hour(county, world, ledger, taken, asked)
            took = time.monotonic() - began
            _race(county, world, ledger, taken)
            spent = _spent(county)
            rush = _rush(county, world, ledger, taken, asked.people)
            spent = (_spent(county) - spent) / asked.people
            findings = [*ledger.odd, *(f"lost: {one.what} {one.status}" for one in ledger.waiting())]
            findings += look(ledger, world, 0)
        finally:
            county.stop()
    _tell(taken, took, rush, spent, findings, asked)
    return 1 if findings else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture.hour", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of the hour's orders")
    parser.add_argument("--people", type=int, default=1000, help="who sign in at nine o'clock")
    parser.add_argument("--browsers", type=int, default=6)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--pool", type=int, help="connections that a process of the site keeps (PostgreSQL)")
    parser.add_argument("--short", action="store_true", help="a tenth of the hour, thirty people")
    asked = parser.parse_args()
    if asked.short:
        asked.scale, asked.people = 0.1, 30
    return asked


def _accounts(people: int) -> None:
    """Staff of one office who all sign in with a password; hashed once, since this is not what is measured."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import make_password

    from liren.people.actions import person_link, persons_add, post_take
    from liren.places.models import Place
    from tests.cast import LONG_AGO

    place = Place.objects.get(code="990009")
    persons = persons_add({"name": f"干部{n}", "code": f"R{n:05}", "place": place} for n in range(people))
    for one in persons:
        post_take(person=one, role="grid_member", starts=LONG_AGO, place=place)
    kept = make_password(PASSWORD)
    users = [get_user_model()(username=f"cadre{n}", password=kept) for n in range(people)]
    get_user_model().objects.bulk_create(users)
    for person, user in zip(persons, users, strict=True):
        person_link(person, user=user)


# -- the hour -----------------------------------------------------------------------------------------


def _hour(county: County, world: World, ledger: Ledger, taken, asked) -> None:
    """Everybody takes the next order until there is none left."""
    orders = iter(range(max(4, math.ceil(ORDERS * asked.scale))))
    lock, photo = threading.Lock(), _photo()

    def work(number: int) -> None:
        browser = Clocked(county.site.port, ledger, "", taken)
        dice = random.Random(number)
        while True:
            with lock:
                order = next(orders, None)
            if order is None:
                return
            browser.address = f"10.7.{order >> 8 & 255}.{order & 255}"
            _order(browser, world, dice, photo)

    _together(work, asked.browsers)


def _order(browser: Clocked, world: World, dice: random.Random, photo: bytes) -> None:
    """One order from the report to the end, with what people look at around it."""
    cookies, at = world.cookies, dice.randrange(len(world.units))
    browser.read("portal", "/p/?place=990009001001", "")
    browser.read("form", "/p/report/grid_case.event/?place=990009001001", "")
    title = f"路灯不亮 {word()}"
    said = {"title": title, "category": "facility", "details": "三天了", "spot": "北门"}
    path = "/p/report/grid_case.event/?place=990009001001"
    _sent(browser, deed("report", path, said, photo=photo if dice.random() < 0.25 else b""))
    person = str(world.persons["member"])
    first = deed(
        "queue open", "/w/send/",
        {"kind": "promise.event", "title": f"井盖松动 {word()}", "place": GRID, "person": person},
        cookies["member"],
    )  # fmt: skip
    _sent(browser, first)
    for verb, who, more in (
        ("accept", "dispatcher", {"level": "normal", "handler": world.units[at]}),
        ("finish", f"handler{at}", {"result": "换好了"}),
        ("confirm", "dispatcher", {}),
    ):
        browser.read("to-do", "/w/", cookies[who])
        browser.read("record", f"/w/records/{quote(first.number)}/", cookies[who])
        path = f"/w/step/{verb}/{quote(first.number)}/"
        _sent(browser, deed(f"step {verb}", path, more, cookies[who], number=first.number))
    for what, path in (("list", "/lists/grid_case.event/"), ("figure", "/figures/grid_case.reported/"),
                       ("matters", "/p/matters/"), ("search", f"/p/search/?q={quote(title)}")):  # fmt: skip
        browser.read(what, path, cookies["dispatcher"])
    if dice.random() < 0.5:
        number = dice.choice(list(world.seats))
        path = f"/p/record/{quote(number)}/sign-up/"
        _sent(browser, deed("sign-up", path, {"name": f"张{word()}"}, number=number))


def _sent(browser: Clocked, one: Deed) -> None:
    browser.ledger.add(one)
    browser.send(one)


def _race(county: County, world: World, ledger: Ledger, taken) -> None:
    """Six times as many people as places press at the same moment."""
    number = activity(world, seats=SEATS + 12)  # twelve are taken when it is published
    gate, path = threading.Barrier(RACERS), f"/p/record/{quote(number)}/sign-up/"

    def press(runner: int) -> None:
        browser = Clocked(county.site.port, ledger, f"10.6.{runner >> 8}.{runner & 255}", taken)
        one = deed("last place", path, {"name": f"李{word()}"}, number=number)
        one.what = "last place"
        gate.wait()
        _sent(browser, one)
        one.what = "sign-up"

    _together(press, RACERS)


# -- nine o'clock -------------------------------------------------------------------------------------


def _rush(county: County, world: World, ledger: Ledger, taken, people: int) -> float:
    """Everybody of an office signs in at once, all from its one address, while others go on working; seconds until
    the last one is in."""
    began, over = time.monotonic(), threading.Event()
    inside = [
        threading.Thread(target=_at_work, args=(county, world, ledger, taken, over, at)) for at in range(4)
    ]
    for one in inside:
        one.start()
    _together(lambda number: _sign_in(county, ledger, taken, number), people)
    over.set()
    for one in inside:
        one.join()
    return time.monotonic() - began


def _at_work(county: County, world: World, ledger: Ledger, taken, over: threading.Event, at: int) -> None:
    """Somebody who is in already: opens a matter, looks at the list, takes a step; a second of thought between."""
    browser = Clocked(county.site.port, ledger, f"10.5.0.{at}", taken, at_nine=True)
    member, dispatcher = world.cookies["member"], world.cookies["dispatcher"]
    while not over.is_set():
        said = {"kind": "promise.event", "title": f"井盖松动 {word()}", "place": GRID}
        one = deed("queue open", "/w/send/", said | {"person": str(world.persons["member"])}, member)
        _sent(browser, one)
        for what, path in (("to-do", "/w/"), ("list", "/lists/grid_case.event/")):
            browser.read(what, path, dispatcher)
            over.wait(0.3)
        said = {"level": "normal", "handler": world.units[at]}
        path = f"/w/step/accept/{quote(one.number)}/"
        _sent(browser, deed("step accept", path, said, dispatcher, number=one.number))
        over.wait(0.3)


def _sign_in(county: County, ledger: Ledger, taken, number: int) -> None:
    """As the form's script does: a number, a wait, the password. Every tenth browser runs no script."""
    began, script, turn = time.perf_counter(), number % 10 != 0, ""
    while True:
        if script:
            answer, text, took = _posted(county, "/account/login/turn/", {"turn": turn})
            told = json.loads(text) if answer and answer.status == 200 else {"turn": "", "seconds": 0}
            turn, wait = told["turn"], told["seconds"]
            taken["number"].append(took)
            if wait:
                time.sleep(wait)
                continue
        said = {"login": f"cadre{number}", "password": PASSWORD, "turn": turn}
        answer, text, took = _posted(county, "/account/login/", said)
        if answer is None or answer.status != 200 or "Retry-After" not in answer.headers:
            break
        found = re.search(r'name="turn" value="([^"]+)"', text)
        turn = found[1] if found else ""
        taken["told to wait"].append(took)
        time.sleep(int(answer.headers["Retry-After"]))
    taken["sign-in"].append(took)
    taken["until in"].append((time.perf_counter() - began) * 1000)
    cookies = " ".join(answer.headers.get_all("Set-Cookie") or []) if answer else ""
    session = re.search(r"liren_session=[^;]+", cookies)
    if answer is None or answer.status != 302 or session is None:
        ledger.odd.append(f"sign-in {number} → {answer.status if answer else text}")
    elif number % 10 == 0:
        Clocked(county.site.port, ledger, HALL, taken, at_nine=True).read("first page", "/w/", session[0])


def _posted(county: County, path: str, said: dict[str, str]):
    """The answer, its words, and how many milliseconds it took; no answer, and the fault."""
    kept = http.client.HTTPConnection("127.0.0.1", county.site.port, timeout=600)
    headers = {"Cookie": f"liren_csrf={CSRF}", "Content-Type": FORM, "X-Forwarded-For": HALL}
    at = time.perf_counter()
    try:
        kept.request("POST", path, urlencode(said | {"csrfmiddlewaretoken": CSRF}).encode(), headers)
        answer = kept.getresponse()
        text = answer.read().decode()
    except OSError as fault:
        return None, repr(fault), 0.0
    finally:
        kept.close()
    return answer, text, (time.perf_counter() - at) * 1000


def _spent(county: County) -> float:
    """CPU seconds of the site's processes so far."""
    ticks = 0
    assert county.site.running is not None
    for pid in (county.site.running.pid, *county.site.children()):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _together(work, count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _photo() -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(out, "JPEG", quality=80)
    return out.getvalue()


def _tell(taken, took: float, rush: float, spent: float, findings: list[str], asked) -> None:
    load, pool = os.getloadavg()[0], f" with a pool of {asked.pool}" if asked.pool else ""
    count = sum(len(times) for times in taken.values())
    print(
        f"{asked.on}{pool}, {os.cpu_count()} cores, load {load:.0f}: {count} requests; the hour took {took:.0f} s "
        f"({3600 * asked.scale / took:.0f} times as fast), the last of {asked.people} was in after {rush:.0f} s"
    )
    print(
        f"the rush cost the site {spent * 1000:.0f} ms of CPU a person: hash, session, log, number, and the others' pages"
    )
    print(f"{'work':14}{'count':>7}{'p50 ms':>9}{'p99 ms':>9}{'slowest':>9}")
    for what, times in sorted(taken.items()):
        times.sort()
        p50, p99 = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
        print(f"{what:14}{len(times):>7}{p50:>9.0f}{p99:>9.0f}{times[-1]:>9.0f}")
    for one in findings[:20]:
        print(f"✗ {one[:300]}")
    print(f"{len(findings)} errors or losses")
    print(json.dumps({"findings": len(findings), "requests": count}))


if __name__ == "__main__":
    sys.exit(main())
