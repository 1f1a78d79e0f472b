"""The points of a line: how many there are, and which period each of them is."""

from decimal import Decimal

from .periods import Period

#: How many points a line has: the months of a year, or so many that the same period of the year before is there.
POINTS = {"quarter": 8, "month": 13}

Series = list[tuple[Period, Decimal | None]]


def slots_up_to(period: Period) -> list[Period]:
    """The points of a line that ends with a period: the months of a year, else quarters or months up to it."""
    if period.kind == "year":
        return list(period.slots("month"))
    kind = "quarter" if period.kind == "quarter" else "month"
    slots = [Period.holding(kind, period.end)]
    while len(slots) < POINTS[kind]:
        slots.insert(0, slots[0].previous())
    return slots
