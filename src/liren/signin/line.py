"""The line before the sign-in: at nine a whole county hall comes at once, and the pages of those inside must not wait.

A few sign in at a time, the others get a number and a word how long it takes, and come back with it. Nobody's password
is kept meanwhile: it stays in the form. Numbers are given per person, since a hall has one address; but addresses take
turns, so that one that asks for numbers and never comes keeps nobody waiting but itself.
All processes of a house share one line: in memory where there is one, else in a file of the folder that `liren serve`
makes for its processes.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

#: Who may be signing in at the same moment; `liren serve` has so many threads more than pages need.
SEATS = 3
#: How far from the head of the line somebody may take a seat that is free while those before are not there to ask.
NEAR = 24
#: Seconds: a seat that is taken up; one that was offered and not taken; how late one may come back to the line.
SITS, OFFERED, LATE = 60.0, 6.0, 30.0
#: After so many seconds an offer goes to another address that has no seat and asks for one.
GRACE = 1.0
#: A script asks again at half of its time, since the line may be shorter by then; after so many seconds at most.
LONGEST = 60.0
#: More than a county has staff; whoever comes then is told to come back, and keeps no number.
MOST = 5000
#: The folder that the processes of one house share; `liren serve` names it.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@dataclass(frozen=True)
class Turn:
    """A number in the line. ``about`` how many seconds it takes; ``seconds`` until a script should ask again; 0: there
    is a seat, come in."""

    token: str
    ahead: int
    about: int
    seconds: int

    @property
    def seated(self) -> bool:
        return self.seconds == 0


_lock = Lock()
_here: dict[str, Any] = {}


def ask(token: str, origin: str = "") -> Turn:
    """Where ``token`` stands, or a new one at the end of the line. A seat is offered for a few seconds."""
    return _ask(token, origin, OFFERED)


def enter(token: str, origin: str = "") -> Turn:
    """The same by somebody who is at the door: a seat is taken up until :func:`leave`."""
    return _ask(token, origin, SITS)


def leave(token: str) -> None:
    """Give the seat back, and learn how fast the line moves."""
    with _held() as line:
        at = monotonic()
        if line["seats"].pop(token, None) is not None and line["waiting"]:
            gap = min(5.0, at - line["left"])
            line["pace"] = 0.9 * line["pace"] + 0.1 * gap
        line["left"] = at


def length() -> int:
    """How many stand in the line now."""
    with _held() as line:
        _forget(line, monotonic())
        return len(line["waiting"])


def clear() -> None:
    """Nobody waits, nobody sits."""
    with _held() as line:
        line.clear()
        line.update(_empty())


def _ask(token: str, origin: str, holds: float) -> Turn:
    with _held() as line:
        at = monotonic()
        _forget(line, at)
        seats, waiting = line["seats"], line["waiting"]
        if token not in seats:
            token = token if token in waiting else secrets.token_urlsafe(12)
            ahead = _ahead(waiting, token, origin)
            if ahead > NEAR or not _seat(seats, origin, at):
                return _wait(line, token, origin, ahead, at)
            waiting.pop(token, None)
        if holds == SITS or token not in seats:  # an offer is not made longer by asking again
            seats[token] = [at + holds, origin, holds == OFFERED]
        return Turn(token, 0, 0, 0)


def _ahead(waiting: dict[str, list], token: str, origin: str) -> int:
    """How many come first: those of the same address who were there before, and as many of every other address."""
    found = Counter[str]()
    for other, (_, come_from) in waiting.items():
        if other == token:
            origin = come_from
            break
        found[come_from] += 1
    before = found.pop(origin, 0)
    return before + sum(min(count, before + 1) for count in found.values())


def _seat(seats: dict[str, list], origin: str, at: float) -> bool:
    """Whether there is a seat; for an address that has none, one that was offered to another and is not taken up."""
    if len(seats) < SEATS:
        return True
    if any(held == origin for _, held, _ in seats.values()):
        return False
    for token, (until, _, offered) in list(seats.items()):
        if offered and until - OFFERED + GRACE < at:
            del seats[token]
            return True
    return False


def _wait(line: dict[str, Any], token: str, origin: str, ahead: int, at: float) -> Turn:
    about = max(1, round(ahead * line["pace"]))
    if token in line["waiting"] or len(line["waiting"]) < MOST:
        line["waiting"][token] = [at + about + LATE, origin]
    return Turn(token, ahead, about, int(min(LONGEST, max(1, about // 2))))


def _forget(line: dict[str, Any], at: float) -> None:
    """Who did not come back, and whose process was killed, keeps nobody waiting."""
    for kept in (line["seats"], line["waiting"]):
        for token in [token for token, (until, *_) in kept.items() if until < at]:
            del kept[token]


def _empty() -> dict[str, Any]:
    return {"seats": {}, "waiting": {}, "pace": 0.05, "left": 0.0}


@contextmanager
def _held() -> Iterator[dict[str, Any]]:
    """The line, for one at a time. The clock is the machine's, so moments of several processes compare."""
    with _lock:
        folder = os.environ.get(FOLDER)
        if not folder:
            if not _here:
                _here.update(_empty())
            yield _here
            return
        with open(Path(folder) / "line.json", "a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            line = json.loads(file.read() or "null") or _empty()
            yield line
            file.seek(0)
            file.truncate()
            json.dump(line, file)
