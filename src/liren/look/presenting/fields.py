"""The fields of a record by title, with units, names instead of keys, and private ones masked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liren.look.presenting.words import HIDDEN, digits, moment_text, name_of
from liren.packs.fields import COLUMNS, read_moment
from liren.packs.language import FieldSpec, Kind
from liren.packs.saying import joined
from liren.packs.sources import column_of
from liren.people.models import Person
from liren.people.private import mask, unseal
from liren.people.visibility import Viewer
from liren.records.models import Record
from liren.records.values import field_type, natural_value, value_of
from liren.refusals import Refusal


@dataclass
class Names:
    """What keys in a record's values mean: place codes, unit codes, persons; and the roles of those who acted."""

    viewer: Viewer
    places: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    persons: dict[int, Person] = field(default_factory=dict)
    roles: dict[int, str] = field(default_factory=dict)  # act → title of the role it was done by


def fields(record: Record, kind: Kind, names: Names) -> list[dict[str, Any]]:
    """`[{title, text, private, masked, wide}]`: the pack's fields in its order, then other columns in use."""
    told = [
        {"title": said.title, "ui": False} | _field(record, kind, key, said, names)
        for key, said in kind.fields.items()
        if key != "title" and said.column != "title"
    ]
    taken = {column_of(kind, key) for key in kind.fields} | {"title"}
    for name, column in COLUMNS.items():
        if name not in taken and value_of(kind, record, name) is not None:
            told.append(
                {"title": _(column.title), "ui": True} | _plain(_column_text(record, kind, name, names))
            )
    return told


def _field(record: Record, kind: Kind, key: str, said: FieldSpec, names: Names) -> dict[str, Any]:
    if said.private:
        return {"text": masked_text(record, key, names), "private": True, "masked": True, "wide": False}
    value = value_of(kind, record, key)
    column = column_of(kind, key)
    if column in ("place", "unit", "handler", "person"):
        return _plain(_column_text(record, kind, column, names))
    return _plain(value_text(kind, key, value, names)) | {"wide": said.type == "long"}


def _plain(text: str) -> dict[str, Any]:
    return {"text": text, "private": False, "masked": False, "wide": False}


def masked_text(record: Record, key: str, names: Names) -> str:
    """Staff see that there is something and its outline, the public only that there may be something."""
    if not names.viewer.is_staff:
        return HIDDEN
    try:
        value = unseal(record.secret, record.number).get(key)
    except Refusal:  # the key is elsewhere: then nobody sees even the outline
        return HIDDEN
    return "" if value is None else mask(str(value))


def _column_text(record: Record, kind: Kind, name: str, names: Names) -> str:
    if name in ("place", "unit", "handler"):
        there = getattr(record, name)
        return there.name if there else ""
    if name == "person":
        return name_of(record.person, names.viewer)
    return value_text(kind, name, value_of(kind, record, name), names)


def value_text(kind: Kind, name: str, value: Any, names: Names) -> str:
    """A stored value as readers know it: choices by title, numbers in their unit, references by name."""
    if value is None or value == "":
        return ""
    said, type_ = kind.fields.get(name), field_type(kind, name)
    if said is not None and said.choices:
        if not isinstance(value, list):
            return said.choices.get(value, str(value))
        return joined(said.choices.get(one, str(one)) for one in value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if type_ in ("integer", "number", "money") and isinstance(value, int):
        unit = said.unit if said and said.unit else _("元") if type_ == "money" else ""
        return f"{digits(Decimal(natural_value(kind, value, name)), 3)} {unit}".strip()
    if type_ == "place":
        return names.places.get(str(value), str(value))
    if type_ == "unit":
        return names.units.get(str(value), str(value))
    if type_ == "person":
        return name_of(names.persons.get(value), names.viewer)
    if isinstance(value, str) and type_ in ("date", "datetime"):
        value = _moment(value)
    return moment_text(value) if isinstance(value, datetime) else str(value)


def _moment(text: str) -> datetime | str:
    """A moment as an act keeps it (ISO 8601) or as it was typed; other text stays as it is."""
    try:
        return datetime.fromisoformat(text) if "T" in text else read_moment(text)
    except ValueError:
        return text
