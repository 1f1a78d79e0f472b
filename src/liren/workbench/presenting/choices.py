"""Names that a box of a form suggests: the units one may hand something to, the places around."""

from __future__ import annotations

from collections import Counter

from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.functions import Length

from liren.forms.records import RecordForm
from liren.places.codes import parents, within
from liren.places.models import Place, Unit
from liren.places.queries import below, chain
from liren.records.models import Record

MOST = 150
#: The shared column that says who handles a record; how many records tell who usually does; how many names they give.
HANDLER, LATELY, CHIPS = "handler", 60, 4


def suggestions(form: RecordForm, place: str) -> dict[str, list[str]]:
    """Field → names to choose from; persons are never listed, their names are written."""
    found: dict[str, list[str]] = {}
    for name, field in form.fields.items():
        wanted = field.widget.attrs.get("data-find")
        if wanted == "unit":
            found[name] = units_near(place)
        elif wanted == "place":
            found[name] = places_near(place)
        if name in found:
            # A browser that knows no <datalist> shows a plain box: the name is written.
            field.widget.attrs["list"] = f"near-{name}"
    return found


def used_before(form: RecordForm, record: Record) -> dict[str, list[str]]:
    """Field → units that matters of this kind around here were handed to lately, the most frequent first."""
    if HANDLER not in form.fields:
        return {}
    around = within(parents(record.place_id)[-1] if parents(record.place_id) else record.place_id, "place_id")
    rows = Record.objects.filter(around, kind=record.kind, handler__isnull=False).order_by("-pk")
    names = Counter(rows.values_list("handler__name", flat=True)[:LATELY])
    return {HANDLER: [name for name, _count in names.most_common(CHIPS)]}


def units_near(place: str) -> list[str]:
    """Units of the record's own places first, then those of the county's own level; each name once."""
    own = [*parents(place), place]
    near = Q(place_id__in=own) | Q(within(place[:6]), parent__isnull=True)
    first = Case(When(place_id__in=own, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = Unit.objects.filter(near, valid_to__isnull=True).order_by(first, Length("place_id"), "code")
    return list(dict.fromkeys(rows.values_list("name", flat=True)[:MOST]))


def places_near(place: str) -> list[str]:
    """The place, what contains it and what lies below, by name."""
    found: list[Place] = [*reversed(chain(place)), *below(place)]
    return list(dict.fromkeys(one.name for one in found[:MOST]))
