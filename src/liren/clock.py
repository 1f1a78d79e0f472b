"""The present moment, in one place, so that stories and the demo can play in their own time."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("liren_clock", default=None)


def now() -> datetime:
    """The present moment, aware; inside :func:`at_time` the moment set there."""
    return _set_to.get() or timezone.now()


def today() -> date:
    """The present day in China."""
    return timezone.localtime(now()).date()


@contextmanager
def at_time(moment: datetime):
    """Play in another time (stories, demo, tests); never used by a face."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
