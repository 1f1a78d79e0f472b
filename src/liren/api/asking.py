"""Who asks: nobody in particular, or a person whose program shows their key. Cookies open nothing here."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import HttpBearer

from liren.api import limits
from liren.clock import now, today
from liren.people.actions import key_used
from liren.people.models import Person
from liren.people.queries import key_of
from liren.people.signals import key_refused
from liren.people.visibility import PUBLIC, Viewer, viewer_of
from liren.refusals import Refusal


@dataclass(frozen=True)
class Asker:
    """Who reads, and the person who writes; both nobody without a key."""

    viewer: Viewer = PUBLIC
    person: Person | None = None
    scopes: tuple[str, ...] = ()

    @property
    def named(self) -> Person:
        """The person whose key this is; only where a key was asked for."""
        assert self.person is not None
        return self.person


class Key(HttpBearer):
    """`Authorization: Bearer liren_…`. With ``scope`` a key is needed that has it; without, none is."""

    openapi_scheme = "bearer"

    def __init__(self, scope: str = "") -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Asker:
        shown = request.headers.get("Authorization", "")
        limits.count(f"address {_address(request)}", limits.KEYED if shown else limits.OPEN)
        if not shown:
            if self.scope:
                raise Refusal("no_key")
            return Asker()
        word, _, secret = shown.partition(" ")
        return self.authenticate(request, secret.strip() if word.lower() == "bearer" else "")

    def authenticate(self, request: HttpRequest, token: str) -> Asker:
        """The asker of a key. Raises Refusal: no_key, key_scope, too_often."""
        key = key_of(token, now()) if token.isascii() and 8 < len(token) < 200 else None
        if key is None:
            limits.count(f"refused {_address(request)}", limits.REFUSED)
            key_refused.send(Key, request=request)
            raise Refusal("no_key")
        scopes = tuple(key.scopes.split())
        needed = self.scope or "read"
        if needed not in scopes:
            limits.count(f"refused {_address(request)}", limits.REFUSED)
            key_refused.send(Key, request=request)
            raise Refusal("key_scope", name=key.name, scope=needed)
        limits.count(f"key {key.pk} {needed}", limits.WRITES if needed == "write" else limits.KEYED)
        key_used(key, day=today())
        return Asker(viewer_of(key.person, now()), key.person, scopes)


def _address(request: HttpRequest) -> str:
    """Where a request comes from; past a proxy that should have said it, from whoever is at the other end."""
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:
        return request.META.get("REMOTE_ADDR", "")


def asker(request: HttpRequest) -> Asker:
    """Who asks, as the key has shown."""
    found = getattr(request, "auth", None)
    return found if isinstance(found, Asker) else Asker()
