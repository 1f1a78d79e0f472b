"""People at work over HTTP, who send again what was not acknowledged: the same form, with the same key."""

from __future__ import annotations

import http.client
import json
import random
import re
import threading
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlencode

from .world import World

CSRF = "c" * 32
FORM = "application/x-www-form-urlencoded"
GRID = "990009001001003"


@dataclass
class Deed:
    """One form: `done` holds for a status and the body that came with it; `then` names what may follow."""

    what: str
    path: str
    said: dict[str, str]
    cookie: str = ""
    key: str = ""
    number: str = ""
    acked: bool = False
    given_up: bool = False
    photo: bytes = b""
    tries: int = 0
    status: int = 0
    body: str = ""


@dataclass
class Ledger:
    """Everything that was sent, and what was answered."""

    deeds: list[Deed] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, deed: Deed) -> None:
        with self.lock:
            self.deeds.append(deed)

    def waiting(self) -> list[Deed]:
        return [deed for deed in self.deeds if not deed.acked and not deed.given_up]


#: What a site in trouble may answer: then the form is sent again later. Anything else is a fault.
TROUBLE = (500, 502, 503, 507)


class Browser:
    """Sends deeds; an answer that never came and trouble of the house leave the deed unacknowledged."""

    def __init__(self, port: int, ledger: Ledger, address: str) -> None:
        self.port, self.ledger, self.address = port, ledger, address
        self.kept: http.client.HTTPConnection | None = None

    def send(self, deed: Deed) -> bool:
        deed.tries += 1
        began = time.perf_counter()
        try:
            deed.status, deed.body, place = self._post(deed)
        except (OSError, http.client.HTTPException):
            self.kept = None
            return False
        self.ledger.times.append(time.perf_counter() - began)
        if deed.status == 200 and deed.what.startswith("queue"):
            deed.number = json.loads(deed.body).get("number", "")
            deed.acked = bool(deed.number)
        elif deed.status == 302:
            deed.acked = "/account/" not in place
            found = re.search(r"/(?:record|records)/([^/]+)/", place)
            deed.number = deed.number or (unquote(found[1]) if found else "")
        if not deed.acked and deed.status not in TROUBLE:
            deed.given_up = True
            self.ledger.odd.append(f"{deed.what} {deed.path} → {deed.status} {deed.body[:300]}")
        return deed.acked

    def _post(self, deed: Deed) -> tuple[int, str, str]:
        self.kept = self.kept or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body, kind = (urlencode(deed.said).encode(), FORM) if not deed.photo else _multipart(deed)
        cookies = "; ".join(one for one in (f"liren_csrf={CSRF}", deed.cookie) if one)
        headers = {"Cookie": cookies, "Content-Type": kind, "X-Forwarded-For": self.address,
                   "X-CSRFToken": CSRF}  # fmt: skip
        self.kept.request("POST", deed.path, body, headers)
        answer = self.kept.getresponse()
        text = answer.read().decode("utf-8", "replace")
        return answer.status, text, answer.headers.get("Location", "")


def _multipart(deed: Deed) -> tuple[bytes, str]:
    mark = "liren-torture"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in deed.said.items()]  # fmt: skip
    parts.append(
        f'--{mark}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n".encode()
        + deed.photo
        + b"\r\n"
    )
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def word() -> str:
    """Twelve letters that nobody else says, and no phone number by chance: that would be refused."""
    return uuid.uuid4().hex[:12].translate(str.maketrans("0123456789", "ghijklmnop"))


def deed(what: str, path: str, said: dict[str, str], cookie: str = "", **more) -> Deed:
    key = uuid.uuid4().hex
    return Deed(what, path, said | {"csrfmiddlewaretoken": CSRF, "key": key}, cookie, key, **more)


# -- what people do -----------------------------------------------------------------------------------


class Worker(threading.Thread):
    """One person after the other at one browser, until told to stop; unacknowledged forms are left for later."""

    def __init__(
        self, world: World, port: int, ledger: Ledger, seed: int, photo: bytes, pause: float
    ) -> None:
        super().__init__(daemon=True)
        self.world, self.ledger, self.photo, self.pause = world, ledger, photo, pause
        self.dice = random.Random(seed)
        self.browser = Browser(port, ledger, f"10.{seed >> 16 & 255}.{seed >> 8 & 255}.{seed & 255}")
        self.over = threading.Event()

    def run(self) -> None:
        works = (
            self._report,
            self._report,
            self._matter,
            self._matter,
            self._matter,
            self._sign_up,
            self._check_in,
        )
        while not self.over.is_set():
            self.dice.choice(works)()
            self.over.wait(self.pause * self.dice.random())

    def _do(self, one: Deed) -> bool:
        self.ledger.add(one)
        return self.browser.send(one) and not self.over.is_set()

    def _report(self) -> None:
        """A resident without an account, sometimes with a photo."""
        title = f"路灯不亮{word()}"
        said = {"title": title, "category": "facility", "details": "三天了", "spot": "北门"}
        photo = self.photo if self.dice.random() < 0.25 else b""
        self._do(deed("report", f"/p/report/grid_case.event/?place={GRID[:12]}", said, photo=photo))

    def _matter(self) -> None:
        """From the phone's queue: opened, accepted, finished, confirmed (which pays points), rewarded (which charges)."""
        cookies, at = self.world.cookies, self.dice.randrange(len(self.world.units))
        title = f"井盖松动{word()}"
        first = self._queued("member", {"kind": "promise.event", "title": title, "place": GRID})
        if not self._do(first):
            return
        for verb, who, said in (
            ("accept", "dispatcher", {"level": "normal", "handler": self.world.units[at]}),
            ("finish", f"handler{at}", {"result": "换好了"}),
            ("confirm", "dispatcher", {}),
            ("reward", "member", {}),
        ):
            if self.dice.random() < 0.5:
                path = f"/w/step/{verb}/{quote(first.number)}/"
                step = deed(f"step {verb}", path, said, cookies[who], number=first.number)
            else:
                step = self._queued(who, said | {"number": first.number, "verb": verb})
                step.number = first.number
            if not self._do(step):
                return

    def _queued(self, who: str, said: dict[str, str]) -> Deed:
        told = said | {"person": str(self.world.persons[who])}
        return deed(f"queue {said.get('verb', 'open')}", "/w/send/", told, self.world.cookies[who])

    def _sign_up(self) -> None:
        """More people than places; each browser is another resident."""
        number = self.dice.choice(list(self.world.seats))
        name = f"张{word()}"
        one = deed("sign-up", f"/p/record/{quote(number)}/sign-up/", {"name": name}, number=number)
        self._do(one)

    def _check_in(self) -> None:
        number = self.dice.choice(list(self.world.seats))
        who = self.dice.choice([name for name in self.world.persons if name.startswith("visitor")])
        path = f"/w/activities/note/{quote(number)}/"
        said = {"what": "here", "person": str(self.world.persons[who])}
        self._do(deed("check-in", path, said, self.world.cookies["captain"], number=number))
