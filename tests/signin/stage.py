"""Accounts for the cast, a sender that keeps what it would send, and a reader of everything that is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from liren.clock import now
from liren.people.models import Person
from liren.signin.actions import account_add
from liren.signin.models import SecurityEvent

PASSWORD = "Qing-he-2026"
PHONE = "13800001234"


@dataclass
class Outbox:
    """In place of a gateway: settings.LIREN_SMS names it by its dotted path."""

    told: dict
    sent: ClassVar[list[tuple[str, str, int]]] = []
    broken: ClassVar[bool] = False

    def send(self, phone: str, code: str, minutes: int) -> None:
        from liren.notices.sms import SmsFailed

        if Outbox.broken:
            raise SmsFailed("the gateway answered 503")
        Outbox.sent.append((phone, code, minutes))


@dataclass
class Accounts:
    """`accounts("lilei", person)` makes an account with the password of these tests."""

    made: dict[str, User] = field(default_factory=dict)

    def __call__(self, name: str, person: Person, *, email: str = "") -> User:
        user = account_add(name=name, person=person, at=now(), email=email)
        user.set_password(PASSWORD)
        user.save()
        self.made[name] = user
        return user


def sign_in(client: Client, name: str = "lilei", password: str = PASSWORD, **more):
    return client.post("/account/login/", {"login": name, "password": password, **more})


def signed_in(client: Client) -> str:
    """The number of the account this browser is signed in as, or ''."""
    return client.session.get("_auth_user_id", "")


def events(kind: str = "") -> list[SecurityEvent]:
    rows = SecurityEvent.objects.order_by("pk")
    return list(rows.filter(kind=kind) if kind else rows)


def everything_stored() -> str:
    """All values of all tables as text, sessions decoded as well."""
    said = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            said += [str(row) for row in cursor.fetchall()]
    return "\n".join(said)
