"""Addresses of which a page has fifty: the resolver, which is slow, is asked once for each sort of page."""

from __future__ import annotations

from functools import cache
from urllib.parse import quote

from django.urls import reverse

#: What the resolver leaves as it is (RFC 3986, 3.3).
_SAFE = "!$&'()*+,;=/~:@"


def numbered(view: str, number: str) -> str:
    """`reverse(view, args=[number])`, for a page that is named by a number."""
    before, after = _around(view)
    return f"{before}{quote(number, safe=_SAFE)}{after}"


@cache
def _around(view: str) -> tuple[str, str]:
    before, _number, after = reverse(view, args=["-"]).rpartition("-")
    return before, after
