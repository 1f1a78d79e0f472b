"""What a figure may read: kinds, the parts of a kind's records, and the house's own lists.

Only names and types stand here; ``figures.sources`` maps them to tables.
"""

from dataclasses import dataclass

from .fields import COLUMNS, KERNEL_COLUMNS, POINT

#: Parts of a record, each with the names a condition may use and their types.
PARTS: dict[str, dict[str, str]] = {
    "attendance": {
        "person": "person",
        "role": "text",
        "expected": "flag",
        "present": "flag",
        "spoke": "flag",
        "reason": "text",
        "minutes": "integer",
        "confirmed": "flag",
    },
    "acts": {"verb": "text", "from_state": "text", "to_state": "text", "at": "datetime", "by": "person"},
    "attempts": {
        "person": "person",
        "started": "datetime",
        "submitted": "datetime",
        "mark": "integer",
        "passed": "flag",
    },
    "editions": {"channel": "text", "at": "datetime", "withdrawn": "datetime"},
    "postings": {"amount": "integer", "at": "datetime", "purpose": "text"},
}
#: The house's own lists.
HOUSE: dict[str, dict[str, str]] = {
    "place": {"kind": "text", "level": "text", "name": "text"},
    "unit": {"kind": "text", "place": "place", "name": "text"},
    "person": {"household": "text"},
    "post": {"role": "text", "person": "person", "unit": "unit", "place": "place"},
}
#: The moment a part or list is dated by, unless the figure says otherwise.
DATED = {
    "attendance": "record",
    "acts": "at",
    "attempts": "submitted",
    "editions": "at",
    "postings": "at",
    "place": "valid_from",
    "unit": "valid_from",
    "person": None,
    "post": "starts",
}
MOMENTS = ("opened", "closed", "starts", "ends", "due")
_COLUMN_TYPES = {name: column.types[0] for name, column in COLUMNS.items()} | {
    "state": "text",
    "closed": "datetime",
    "due": "datetime",
    "late_count": "integer",
}


@dataclass(frozen=True)
class Source:
    """``kind`` is a global kind id (``pack.kind``) or None for a house list; ``part`` names the rest."""

    kind: str | None
    part: str | None

    @property
    def is_record(self) -> bool:
        return self.kind is not None and self.part is None

    def __str__(self) -> str:
        return ".".join(x for x in (self.kind, self.part) if x)


def split_source(text: str, pack: str) -> Source:
    """``talk`` / ``talk.acts`` / ``other_pack.talk`` / ``other_pack.talk.acts`` / ``place`` → Source."""
    parts = text.split(".")
    if len(parts) == 1 and parts[0] in HOUSE:
        return Source(None, parts[0])
    tail = parts.pop() if len(parts) > 1 and parts[-1] in PARTS else None
    kind = ".".join(parts) if len(parts) > 1 else f"{pack}.{parts[0]}"
    return Source(kind, tail)


def record_names(kind) -> dict[str, str]:
    """Names a condition may use about a record of this kind, with their types: no private ones, no points."""
    names = dict(_COLUMN_TYPES)
    for key, field in kind.fields.items():
        if not field.private and field.type != POINT:
            names[key] = field.type
        else:
            names.pop(key, None)
    return names


def names_of(source: Source, kind) -> dict[str, str]:
    """All names a condition on this source may use; a part may also use ``record.<name>``."""
    if source.kind is None:
        return HOUSE[source.part or ""]
    record = record_names(kind)
    if source.part is None:
        return record
    return PARTS[source.part] | {f"record.{name}": type_ for name, type_ in record.items()}


def column_of(kind, name: str) -> str | None:
    """The shared column in which a record's field or column ``name`` is kept, or None if in ``data``.

    ``point`` stands for the two columns of a point.
    """
    field = kind.fields.get(name)
    if field is not None and field.type == POINT:
        return POINT
    if field is not None and field.column:
        return field.column
    if name in COLUMNS or name in KERNEL_COLUMNS:
        return name
    return None


def scale_of(kind, name: str) -> int:
    """How a numeric field is kept: thousandths (1000), fen (100) or as written (1).

    Figures and conditions speak in the field's own unit; only storage is scaled.
    """
    if kind is None:
        return 1
    name = name.removeprefix("record.")
    field = kind.fields.get(name)
    if column_of(kind, name) == "quantity" or (field is not None and field.type == "number"):
        return 1000
    if column_of(kind, name) == "money" or (field is not None and field.type == "money"):
        return 100
    return 1
