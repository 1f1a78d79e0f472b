"""Who joined which matter."""

from collections.abc import Iterable

from django.db.models import Count

from liren.database.prepared import ByKeys
from liren.people.models import Person
from liren.records.models import Record

from .models import Joining

_COUNTED = ByKeys(
    lambda records: (
        Joining.objects.filter(record_id__in=records)
        .order_by()
        .values_list("record_id")
        .annotate(count=Count("pk"))
    )
)


def joined_counts(records: Iterable[int]) -> dict[int, int]:
    """How many persons joined each of these records; one without any is left out."""
    return dict(_COUNTED(records))


def has_joined(record: Record, person: Person) -> bool:
    """Whether the person joined the record."""
    return Joining.objects.filter(record=record, person=person).exists()


def joined_by(person: Person, most: int) -> list[Record]:
    """The records a person joined, the last one first."""
    rows = Joining.objects.filter(person=person).select_related("record", "record__place").order_by("-pk")
    return [row.record for row in rows[:most]]


def joiners(record: Record) -> list[Person]:
    """The persons who joined a record, in their order."""
    return [
        row.person for row in Joining.objects.filter(record=record).select_related("person").order_by("pk")
    ]
