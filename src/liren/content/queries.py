"""Where a piece was published."""

from liren.records.models import Record

from .models import Edition


def editions_of(record: Record, most: int) -> list[Edition]:
    """The editions of a piece, oldest first."""
    return list(Edition.objects.filter(record=record).order_by("at", "pk")[:most])
