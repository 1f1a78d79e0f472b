"""Compiles a condition to a query that reads missing values exactly as ``packs.conditions.holds`` does.

Traps: SQL is three-valued, and ``~Q`` on a JSON key drops rows lacking the key. So negation is
pushed down to the single tests, and each test has a positive and a negative form of its own.
"""

from decimal import Decimal
from math import ceil, floor

from django.db.models import Q

from liren.packs.conditions import Both, Condition, Not, Test
from liren.packs.fields import read_moment

from .sources import Path, Table

_LOOKUPS = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def compile_condition(condition: Condition, table: Table, wanted: bool = True) -> Q:
    """The query of a condition (or of its opposite, with ``wanted=False``)."""
    if isinstance(condition, Test):
        return _test(condition, table, wanted)
    if isinstance(condition, Not):
        return compile_condition(condition.part, table, not wanted)
    parts = [compile_condition(part, table, wanted) for part in condition.parts]
    together = isinstance(condition, Both) == wanted
    query = parts[0]
    for part in parts[1:]:
        query = query & part if together else query | part
    return query


def _test(test: Test, table: Table, wanted: bool) -> Q:
    path, op = table.path(test.name), test.op
    if op in ("!=", "not in"):
        op, wanted = ("==" if op == "!=" else "in"), not wanted
    if op == "==":
        return _equal(path, test.value, wanted)
    if op == "in":
        return _among(path, test.value, wanted)
    if wanted:
        return _ordered(path, op, test.value)
    return Q(**{f"{path.orm}__isnull": True}) | _ordered(path, OPPOSITE[op], test.value)


def _ordered(path: Path, op: str, value) -> Q:
    """Kept numbers are whole: below 2.5 is below 3, at most 2.5 is at most 2."""
    return Q(**{f"{path.orm}__{_LOOKUPS[op]}": rounded(op, kept_value(path, value))})


def rounded(op: str, found):
    """The whole number that an ordered test compares with."""
    if isinstance(found, Decimal):
        return ceil(found) if op in ("<", ">=") else floor(found)
    return found


def _missing(path: Path) -> Q:
    missing = Q(**{f"{path.orm}__isnull": True})
    if path.type in ("text", "long") and not path.in_data and path.orm.rpartition("__")[2] in _BLANK:
        return missing | Q(**{path.orm: ""})
    return missing


#: Columns that keep a missing text as "" instead of NULL.
_BLANK = {"title", "role", "reason", "from_state", "to_state", "household", "name"}


def _equal(path: Path, value, wanted: bool) -> Q:
    if value is None:
        return _missing(path) if wanted else ~_missing(path)
    found = kept_value(path, value)
    # ``exact`` is written out: a JSON key may be called ``range`` or ``contains``, as lookups are.
    same = Q(pk__in=[]) if isinstance(found, Decimal) else Q(**{f"{path.orm}__exact": found})
    if wanted:
        return same
    return Q(**{f"{path.orm}__isnull": True}) | ~same


def _among(path: Path, values, wanted: bool) -> Q:
    query = _equal(path, values[0], wanted)
    for value in values[1:]:
        part = _equal(path, value, wanted)
        query = query | part if wanted else query & part
    return query


def kept_value(path: Path, value):
    """The value as it is kept; a Decimal where no kept number can equal it."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        scaled = value * path.scale
        return int(scaled) if scaled == int(scaled) else scaled
    if isinstance(value, str) and path.type in ("datetime", "date") and not path.in_data:
        return read_moment(value)
    if isinstance(value, str) and path.type == "datetime":
        return read_moment(value).isoformat()  # as records.values.plain keeps it
    return value
