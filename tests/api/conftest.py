"""Keys for the cast, and a client that shows one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from liren.api import limits
from liren.clock import now
from liren.people.actions import key_make
from liren.people.models import Person


class Program:
    """What another system would be: sends JSON, shows a key, reads JSON."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path: str, **query: Any):
        return self.client.get(f"/api{path}", query, headers=self.headers)

    def post(self, path: str, said: Any, once: str | None = "key-0001"):
        headers = self.headers | ({"Idempotency-Key": once} if once is not None else {})
        return self.client.post(
            f"/api{path}", json.dumps(said), content_type="application/json", headers=headers
        )


@pytest.fixture(autouse=True)
def _counts_anew() -> Iterator[None]:
    limits.forget()
    yield
    limits.forget()


def secret_of(person: Person, *scopes: str, days: int = 90) -> str:
    """The secret of a new key of a person, who gets an account."""
    user, _ = get_user_model().objects.get_or_create(username=f"u{person.pk}")
    Person.objects.filter(pk=person.pk).update(user=user)
    return key_make(person=person, name="对账程序", scopes=scopes or ("read", "write"), days=days, at=now())[
        1
    ]


@pytest.fixture
def program() -> Callable[..., Program]:
    """`program(person)` speaks for a person; `program()` for nobody."""

    def speaking(person: Person | None = None, *scopes: str) -> Program:
        return Program(secret_of(person, *scopes) if person else "")

    return speaking
