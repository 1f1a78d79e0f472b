"""Short ways to bring a matter of the tests' own pack into the state a test begins with."""

from contextlib import contextmanager

import pytest

from liren.records.actions import record_open, record_step
from liren.records.models import Record
from liren.refusals import Refusal
from tests.cast import Cast, moment

OPENED = "2024-03-04 09:10"  # a Monday


def event(cast: Cast, at: str = OPENED, **values) -> Record:
    """A matter that 李雷 reports in his grid."""
    said = {"title": "路灯不亮", **values}
    return record_open("street.event", said, by=cast.grid_member, at=moment(at), entered=moment(at))


def accept(cast: Cast, record: Record, at: str = "2024-03-04 10:30", **values) -> Record:
    said = {"handler": cast.housing, **values}
    return record_step(record, "accept", said, by=cast.dispatcher, at=moment(at), entered=moment(at))


def finish(cast: Cast, record: Record, at: str = "2024-03-05 16:00", **values) -> Record:
    said = {"result": "换了灯", **values}
    return record_step(record, "finish", said, by=cast.handler, at=moment(at), entered=moment(at))


def confirm(cast: Cast, record: Record, at: str = "2024-03-06 09:00") -> Record:
    return record_step(record, "confirm", by=cast.dispatcher, at=moment(at), entered=moment(at))


def closed_event(cast: Cast, **values) -> Record:
    """A matter that went the normal way, in time."""
    return confirm(cast, finish(cast, accept(cast, event(cast, **values))))


@contextmanager
def refused(code: str, *words: str):
    """What is done inside must be refused for this reason, in these words."""
    with pytest.raises(Refusal) as caught:
        yield caught
    assert caught.value.code == code, str(caught.value)
    for word in words:
        assert word in str(caught.value)
    assert caught.value.sentence("en")
