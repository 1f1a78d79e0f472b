"""Puts typed-in values where they belong: shared column, data, or the private part; and reads them back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.packs.fields import (
    CHINA,
    COLUMNS,
    LONGEST,
    POINT,
    BadValue,
    point_micro,
    point_text,
    read_text,
    read_value,
)
from liren.packs.findings import suggest
from liren.packs.sources import column_of, scale_of
from liren.people.models import Person
from liren.people.queries import find_person
from liren.places.models import Place, Unit
from liren.places.queries import find_place, find_unit
from liren.refusals import Refusal

_REFERENCES = {"place", "unit", "person"}


@dataclass
class Resolver:
    """Finds the places, units and persons that values name; remembers them for a whole run.

    ``inside`` is the place code below which bare names are looked for, or what finds it when one is.
    """

    inside: str | Callable[[], str] = ""
    _found: dict[tuple[str, str], Any] = field(default_factory=dict)

    def find(self, what: str, text: str):
        key = (what, text)
        if key not in self._found:
            if callable(self.inside):
                self.inside = self.inside()
            if what == "place":
                self._found[key] = find_place(text, self.inside)
            elif what == "unit":
                self._found[key] = find_unit(text, self.inside)
            else:
                self._found[key] = find_person(text)
        return self._found[key]

    def role_title(self, role: str) -> str:
        from liren.packs.linting import RELATIONS

        return catalogue().roles.get(role) or RELATIONS.get(role, role)


def field_type(spec, name: str) -> str | None:
    """The type of a declared field or a shared column of a kind; None if there is neither."""
    if name in spec.fields:
        return spec.fields[name].type
    return COLUMNS[name].types[0] if name in COLUMNS else None


def name_of(spec, word: str) -> str | None:
    """A field or shared column by its key or its Chinese title."""
    if word in spec.fields or word in COLUMNS:
        return word
    for key, declared in spec.fields.items():
        if declared.title == word:
            return key
    return next((key for key, column in COLUMNS.items() if column.title == word), None)


def assign(resolver: Resolver | None, draft, values: dict[str, Any]) -> dict[str, Any]:
    """Read values by field name or title into a draft. Returns what changed, for the act.

    Private values are kept apart and appear in the act only as ``█``.
    """
    spec, changed = draft.kind.spec, {}
    for word, given in values.items():
        name = name_of(spec, word)
        if name is None:
            titles = [f.title for f in spec.fields.values()] + list(spec.fields)
            mend = suggest(word, titles)
            raise Refusal("unknown_field", kind=spec.title, field=word, mend=mend)
        value = _read(resolver, spec, name, given)
        if value is None:
            continue
        declared = spec.fields.get(name)
        if declared is not None and declared.private:
            draft.private[name] = plain(value)
            changed[name] = "█"
        else:
            _store(spec, draft.record, name, value)
            changed[name] = plain(value)
    return changed


def _read(resolver: Resolver | None, spec, name: str, given):
    kind = field_type(spec, name)
    declared = spec.fields.get(name)
    try:
        if kind in _REFERENCES:
            if given is None or isinstance(given, Place | Unit | Person):
                return given
            text = str(given).strip()
            return resolver.find(kind, text) if text and resolver else None
        value = read_value(kind or "text", given, declared.choices if declared else None)
    except BadValue as fault:
        title = declared.title if declared else COLUMNS[name].title
        raise Refusal("bad_value", field=title, reason=str(fault)) from None
    column = column_of(spec, name)
    if column == "quantity" and kind == "integer" and value is not None:
        value *= scale_of(spec, name)
    if column in ("starts", "ends", "opened") and isinstance(value, str):
        value = read_value("datetime", value)
    width = _WIDTH.get(column or "")
    if width and isinstance(value, str) and len(value) > width:
        title = declared.title if declared else COLUMNS[name].title
        raise Refusal(
            "bad_value",
            field=title,
            reason=_("长 %(n)s 字，最多 %(width)s 字") % {"n": len(value), "width": width},
        )
    return value


_WIDTH = {"title": 200, "category": 60, "level": 60, "source": 120}


def _store(spec, record, name: str, value) -> None:
    column = column_of(spec, name)
    if column is None:
        record.data[name] = plain(value)
    elif column == POINT:
        record.longitude, record.latitude = point_micro(value)
    elif column in _FOREIGN:
        setattr(record, f"{column}_id", value.pk)
    else:
        setattr(record, column, value)


_FOREIGN = {"place", "unit", "handler", "person"}


def plain(value):
    """A value as JSON keeps it: references by code or id, moments as ISO text."""
    if isinstance(value, Place):
        return value.code
    if isinstance(value, Unit):
        return value.code
    if isinstance(value, Person):
        return value.pk
    if isinstance(value, datetime):
        # One time zone: texts of moments are compared as texts.
        return value.astimezone(CHINA).isoformat()
    return value


def keepable(text: str, field: str, most: int = LONGEST) -> str:
    """A text outside the fields (a reason, a source, a note) that every database can keep, or a refusal."""
    try:
        return read_text(text, most)
    except BadValue as fault:
        raise Refusal("bad_value", field=field, reason=str(fault)) from None


def natural_value(spec, stored, name: str):
    """A stored number in the field's own unit (yuan, kilometres, persons), a moment as one; others as they are."""
    if isinstance(stored, str) and field_type(spec, name) == "datetime":
        return datetime.fromisoformat(stored)
    scale = scale_of(spec, name.rstrip("?"))
    return Decimal(stored) / scale if scale != 1 and isinstance(stored, int) else stored


def value_of(spec, record, name: str):
    """The stored value of a field or column of a record (references as ids or codes), None if missing."""
    name = name.rstrip("?")
    column = column_of(spec, name)
    if column is None:
        return record.data.get(name)
    if column == POINT:
        return point_text(record.longitude, record.latitude)
    value = getattr(record, f"{column}_id" if column in _FOREIGN else column)
    return None if value == "" else value
