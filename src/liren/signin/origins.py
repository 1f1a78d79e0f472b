"""Where a request comes from, as the security log may know it: a keyed print, not the address."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from liren.people import private

PRINT = 16  # hex digits kept: enough to tell a county's addresses apart


def origin_of(request: HttpRequest | None) -> str:
    """The print of the address; empty outside a request (command line, tick)."""
    if request is None or not request.META.get("REMOTE_ADDR"):
        return ""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:  # a proxy should have said it, and did not: somebody came past it
        address = request.META["REMOTE_ADDR"]
    return private.fingerprint(address, "signin.origin")[:PRINT]


def name_print(name: str) -> str:
    """What the log keeps of a name nobody has: people type passwords where the name belongs."""
    return private.fingerprint(name.strip().lower(), "signin.name")[:PRINT]
