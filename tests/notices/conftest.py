"""A mail address for everybody who serves, a file of the county's, and time that stands still."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core import mail

from liren.clock import at_time
from liren.notices import county
from liren.notices.actions import Delivered, deliver
from liren.people.models import Person
from tests.cast import Cast, moment


@pytest.fixture(autouse=True)
def no_county_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the county's file would lie; not there unless a test writes it."""
    path = tmp_path / "notices.yaml"
    monkeypatch.setattr(county, "county_file", lambda: path)
    return path


@pytest.fixture
def county_says(no_county_file: Path) -> Callable[[str], None]:
    def write(text: str) -> None:
        no_county_file.write_text(text, encoding="utf-8")

    return write


def give_address(person: Person, address: str) -> None:
    person.user = get_user_model().objects.create(username=address, email=address)
    person.save()


@pytest.fixture
def mailed(cast: Cast, settings) -> Cast:
    """The cast, of whom both dispatchers and the handler have an address; this site sends mail."""
    settings.LIREN_MAIL_FROM = "liren@example.org"
    give_address(cast.dispatcher, "hanmei@example.org")
    give_address(cast.deputy, "lintao@example.org")
    give_address(cast.handler, "zhao@example.org")
    return cast


def delivered(at: str) -> Delivered:
    """One round of the worker at that time."""
    with at_time(moment(at)):
        return deliver(moment(at))


def mails() -> list[tuple[str, str]]:
    """(to, subject) of what went out since the last look, in the order of names."""
    found = sorted((message.to[0].partition("@")[0], message.subject) for message in mail.outbox)
    mail.outbox.clear()
    return found
