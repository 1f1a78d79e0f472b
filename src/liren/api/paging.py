"""Pages that go on after a row: the mark of the last row travels in the address, signed by nothing and trusted in
nothing but the order."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from liren.records.lists import Mark
from liren.refusals import Refusal

PAGE = 50


def mark(value: datetime | None, pk: int) -> str:
    """The mark of a row: the moment it is ordered by, and its key."""
    said = json.dumps([value.isoformat() if value else None, pk])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read_mark(text: str) -> Mark | None:
    """The row to go on after. Raises Refusal (bad_value) for a mark that is none of ours."""
    if not text:
        return None
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        at = datetime.fromisoformat(value) if value is not None else None
        if type(pk) is not int or abs(pk) >= 2**63 or (at is not None and at.tzinfo is None):
            raise ValueError
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        raise Refusal("bad_value", field="after", reason="不是上一页给的 next 里的值") from None
    return Mark(at, pk)


def onward(request: HttpRequest, after: str | None) -> str | None:
    """The address of the next page: the same question, after another row."""
    if after is None:
        return None
    said: dict[str, Any] = {name: value for name, value in request.GET.items() if name != "after"}
    return f"{request.path}?{urlencode(said | {'after': after})}"
