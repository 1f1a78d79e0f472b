"""What others may ask about records."""

from collections.abc import Iterable, Iterator

from django.db.models import Count

from liren.inforce import catalogue
from liren.packs.fields import POINT
from liren.packs.sources import column_of
from liren.people.private import unseal

from .models import Act, Record


def uses(
    kind_id: str,
    state: str | None = None,
    choice: tuple[str, str] | None = None,
    *,
    field: str | None = None,
    step: str | None = None,
) -> int:
    """How many rows of a kind use a part of it; with the kind alone, how many there are.

    ``state``: records standing in it. ``choice`` (field, key): records with that choice. ``field``:
    records with any value in it. ``step``: acts by it. Void records count too: they are still shown.
    """
    rows = Record.objects.filter(kind=kind_id)
    if state is not None:
        return rows.filter(state=state).count()
    if step is not None:
        return Act.objects.filter(record__kind=kind_id, verb=step).count()
    if choice is not None:
        name, key = choice
        return sum(
            key == value or (isinstance(value, list) and key in value) for value in _values(kind_id, name)
        )
    if field is not None:
        return sum(value not in (None, "") for value in _values(kind_id, field))
    return rows.count()


def kinds_in_use() -> dict[str, set[str]]:
    """Every kind that has records → the states they stand in (void left out)."""
    found: dict[str, set[str]] = {}
    for kind, state in Record.objects.order_by().values_list("kind", "state").distinct():
        found.setdefault(kind, set()).update({state} - {"void"})
    return found


def kinds_counted(kinds: Iterable[str]) -> dict[str, int]:
    """How many records there are of each of these kinds (void left out); a kind without any is left out."""
    rows = Record.objects.filter(kind__in=list(kinds)).exclude(state="void")
    return dict(rows.order_by().values_list("kind").annotate(count=Count("*")))


def _values(kind_id: str, name: str) -> Iterator:
    """The stored values of a field in all records of a kind.

    Read one by one, not asked of the database: conditions on JSON keys differ between the two
    databases, lists in JSON cannot be searched on SQLite, and private values only open here.
    """
    spec = catalogue().kind_entry(kind_id).spec
    rows = Record.objects.filter(kind=kind_id)
    column = column_of(spec, name)
    if column is not None:
        column = "longitude" if column == POINT else column
        yield from rows.values_list(column, flat=True).iterator(chunk_size=5000)
    elif name in spec.fields and spec.fields[name].private:
        for number, secret in rows.exclude(secret="").values_list("number", "secret").iterator():
            yield unseal(secret, number).get(name)
    else:
        for data in rows.values_list("data", flat=True).iterator(chunk_size=5000):
            yield data.get(name)
