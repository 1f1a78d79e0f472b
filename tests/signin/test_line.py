"""Nine o'clock: a few sign in at a time, the others wait in order with a word, and one address is not one person."""

import json
import re
import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client

from liren.people.actions import person_add
from liren.signin import line
from tests.signin.stage import sign_in, signed_in


@pytest.fixture(autouse=True)
def nobody_waits():
    line.clear()
    yield
    line.clear()


def seated() -> list[str]:
    """All seats taken up; their numbers."""
    return [line.enter("").token for _ in range(line.SEATS)]


def ask(turn: str = "", **more) -> dict:
    return json.loads(Client(**more).post("/account/login/turn/", {"turn": turn}).content)


def test_a_free_seat_is_there_at_once(client, lilei):
    told = ask()
    assert told["seconds"] == 0
    assert sign_in(client, turn=told["turn"]).status_code == 302
    assert line.length() == 0


def test_who_finds_no_seat_gets_a_number_and_a_word_and_the_password_is_not_looked_at(
    client, lilei, monkeypatch
):
    seated()
    monkeypatch.setattr(type(lilei), "check_password", lambda *_: pytest.fail("looked at"))
    answer = sign_in(client, remember="on")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert int(answer["Retry-After"]) >= 1
    assert "您前面还有 0 位" in page
    assert 'value="lilei"' in page, "the name need not be typed again"
    assert "checked" in page
    assert not signed_in(client)


def test_a_seat_that_was_given_back_goes_to_the_number_that_waits(client, lilei):
    first, *_ = seated()
    turn = re.search(r'name="turn" value="([^"]+)"', sign_in(client).content.decode())[1]
    line.leave(first)
    assert sign_in(client, turn=turn).status_code == 302
    assert signed_in(client)


def test_signing_in_gives_the_seat_back_right_or_wrong(lilei):
    for password in ("wrong-1-Password",) * 4 + ("Qing-he-2026",) * 4:
        assert sign_in(Client(), password=password).status_code in (200, 302)
    assert ask()["seconds"] == 0


def test_waiting_is_in_order():
    first, *_ = seated()
    numbers = [line.ask("").token for _ in range(line.NEAR + 6)]
    assert [line.ask(number).ahead for number in numbers] == list(range(len(numbers)))
    line.leave(first)
    assert not line.ask(numbers[-1]).seated, "who came last does not pass the others"
    assert not line.ask("").seated
    assert line.ask(numbers[0]).seated
    assert not line.ask(numbers[1]).seated, "one seat, one person"


def test_a_number_nobody_gave_is_the_end_of_the_line():
    seated()
    line.ask("")
    turn = line.ask("invented")
    assert turn.token != "invented"
    assert turn.ahead == 1


def test_who_does_not_come_back_and_who_was_killed_keeps_nobody_waiting(monkeypatch):
    seated()
    line.ask("")
    later = line.monotonic() + line.SITS + 1
    monkeypatch.setattr(line, "monotonic", lambda: later)
    assert line.ask("").seated
    assert line.length() == 0


def test_a_seat_that_was_offered_and_not_taken_is_free_soon(monkeypatch):
    for _ in range(line.SEATS):
        line.ask("")
    assert not line.ask("").seated
    later = line.monotonic() + line.OFFERED + 1
    monkeypatch.setattr(line, "monotonic", lambda: later)
    assert line.ask("").seated


def test_one_address_that_asks_and_never_comes_keeps_only_itself_waiting(monkeypatch):
    for _ in range(line.SEATS + line.NEAR + 50):
        line.ask("", "stranger")
    assert not line.ask("", "stranger").seated
    first = line.ask("", "hall")
    assert not first.seated
    assert first.ahead == 1, "addresses take turns"
    later = line.monotonic() + line.GRACE + 0.1
    monkeypatch.setattr(line, "monotonic", lambda: later)
    assert line.ask(first.token, "hall").seated, "an offer that nobody took up goes to who asks"
    assert not line.ask("", "stranger").seated


def test_an_offer_is_not_made_longer_by_asking_again(monkeypatch):
    held = [line.ask("", "stranger").token for _ in range(line.SEATS)]
    later = line.monotonic() + line.OFFERED - 0.5
    monkeypatch.setattr(line, "monotonic", lambda: later)
    assert all(line.ask(token, "stranger").seated for token in held)
    monkeypatch.setattr(line, "monotonic", lambda: later + 1)
    assert [line.ask("", "hall").seated for _ in range(line.SEATS)] == [True] * line.SEATS


def test_nobody_is_put_off_a_seat_they_sit_on(monkeypatch):
    for _ in range(line.SEATS):
        line.enter("", "hall")
    later = line.monotonic() + line.GRACE + 1
    monkeypatch.setattr(line, "monotonic", lambda: later)
    assert not line.ask("", "home").seated


def test_the_line_does_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(line, "MOST", 3)
    seated()
    for _ in range(9):
        assert line.ask("").seconds >= 1
    assert line.length() == 3


def test_several_processes_have_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv(line.FOLDER, str(tmp_path))
    seated()
    words = "from liren.signin import line; print(line.ask('').seated, line.length())"
    other = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert other.stdout.split() == ["False", "1"]
    assert line.length() == 1


def test_a_thousand_from_one_address_get_in(cast, accounts, settings):
    """The address is a hall's: only the flood limit counts it, and that lets a hall through."""
    amount = int(settings.ACCOUNT_RATE_LIMITS["sign_in"].partition("/")[0])
    assert amount >= 1000
    for number in range(12):
        accounts(f"cadre{number}", person_add(name=f"干部{number}", place=cast.county))
        assert sign_in(Client(REMOTE_ADDR="203.0.113.7"), f"cadre{number}").status_code == 302, number


def test_an_account_that_is_locked_stays_locked_in_the_line(client, lilei):
    for _ in range(5):
        sign_in(client, password="wrong-1-Password", turn=ask()["turn"])
    sign_in(client, turn=ask()["turn"])
    assert not signed_in(client)


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_waits_for_the_disk_five_times(client, lilei, monkeypatch):
    """The count of the flood, the counts of tries, their return, the sign-in itself, the session: nineteen before."""
    sign_in(Client())
    written, commit = [], connection._commit
    monkeypatch.setattr(connection, "_commit", lambda: (written.append(1), commit())[1])
    sign_in(client)
    assert signed_in(client)
    assert len(written) == 5
