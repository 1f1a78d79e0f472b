"""Django's cache in a table of the database: what counts tries must be one for all worker processes.

Memory of one process would give an attacker five tries per worker; files have no atomic `add` in Django, and
both of its shared back ends keep pickles, which run code when read. Here values are JSON and nothing else.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.utils import timezone

from .actions import shared_add, shared_clear, shared_delete, shared_set, shared_tally
from .queries import shared_get


class TableCache(BaseCache):
    """CACHES["default"]. Raises TypeError for a value that JSON cannot hold."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:  # noqa: ARG002
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Set where there is nothing; True for exactly one of those who try at once."""
        name = self.make_and_validate_key(key, version)
        return shared_add(name, json.dumps(value), until=self._until(timeout), at=timezone.now())

    def tally(self, key: str, timeout: float) -> int:
        """Count one more and say how many there are: one statement, part of whatever transaction is under way.

        What `incr` needs three for, and fails at when nothing was counted yet. ``timeout`` counts from the first.
        """
        at = timezone.now()
        return shared_tally(self.make_and_validate_key(key), until=at + timedelta(seconds=timeout), at=at)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = shared_get(self.make_and_validate_key(key, version), at=timezone.now())
        return default if found is None else json.loads(found)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        shared_set(self.make_and_validate_key(key, version), json.dumps(value), until=self._until(timeout))

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        name = self.make_and_validate_key(key, version)
        found = shared_get(name, at=timezone.now())
        if found is not None:
            shared_set(name, found, until=self._until(timeout))
        return found is not None

    def delete(self, key: str, version: int | None = None) -> bool:
        return shared_delete(self.make_and_validate_key(key, version))

    def clear(self) -> None:
        shared_clear()

    def _until(self, timeout: Any) -> datetime | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else timezone.now() + timedelta(seconds=seconds)
