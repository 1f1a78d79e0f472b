"""The only code that writes notices."""

from collections.abc import Iterable
from datetime import datetime

from liren.people.models import Person
from liren.records.models import Record

from .models import Notice


def notices_send(*, record: Record, persons: Iterable[Person], text: str, at: datetime) -> int:
    """Tell persons about a record, inside the transaction of the act that causes it."""
    rows = [Notice(person=person, record=record, text=text, at=at) for person in persons]
    Notice.objects.bulk_create(rows)
    return len(rows)
