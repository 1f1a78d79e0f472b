"""What changes of the house's lists tell whoever listens, inside the transaction of the change.

A noun knows no face: signing in keeps its log of who changed what by listening here.
"""

from django.dispatch import Signal

#: A list of the house was changed. Arguments: ``what`` (a word of :data:`CHANGED`), ``subject`` (``person:7``,
#: ``unit:12``, ``place:990121``, or how many rows a table brought).
list_changed = Signal()

#: What can happen to a list.
CHANGED = (
    "person_changed", "unit_changed", "place_changed", "place_merged", "calendar_entered", "table_entered",
    "outlines_entered",
)  # fmt: skip
