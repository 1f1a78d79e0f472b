"""A figure broken down by place, unit, category, … or by time: one grouped query, not one per cell."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Substr, TruncMonth, TruncQuarter, TruncYear

from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.fields import CHINA
from liren.packs.figure_language import GROUPED, operands
from liren.places.models import LEVELS, Place, Unit

from .counting import aggregation, are_of_same_rows, either, measured_path, natural, selected
from .periods import Period
from .scope import Scope
from .sources import Table, table

_TRUNC = {"month": TruncMonth, "quarter": TruncQuarter, "year": TruncYear}


@dataclass(frozen=True)
class Group:
    """One group: its key (place code, unit id, choice, first day), printed name and value."""

    key: object
    name: str
    value: Decimal | None


def can_break(entry: FigureEntry) -> bool:
    """Whether a figure can be grouped in the database."""
    spec = entry.spec
    if spec.ratio:
        parts = (catalogue().figure_id(n, entry.pack.pack) for n in operands(spec.ratio))
        return all(can_break(catalogue().figures[p]) for p in parts)
    if spec.verb not in GROUPED:
        return False
    path = measured_path(table(spec.reads, entry.pack.pack), spec)
    return path is None or not path.in_data


def grouped(entry: FigureEntry, scope: Scope, by: str) -> list[Group]:
    """The figure for each group inside the scope, in key order. Ratios group both their parts."""
    spec, _ = entry.spec.in_force(scope.period.end)
    if spec.ratio:
        return _grouped_ratio(entry, spec, scope, by)
    if not can_break(entry):
        return []
    source = table(spec.reads, entry.pack.pack)
    measured = measured_path(source, spec)
    key = _key(source, spec, scope, by)
    if key is None:
        return []
    rows = selected(source, spec, scope).order_by().annotate(group=key).values_list("group")
    found = rows.annotate(value=aggregation(spec.verb, measured))
    values = {k: natural(v, spec.verb, measured) for k, v in found if k not in (None, "")}
    names = _names(by, values, source)
    return [Group(k, names.get(k, str(k)), values[k]) for k in sorted(values, key=str)]


@dataclass(frozen=True)
class Crossed:
    """A figure by two things at once: key → name of the rows and of the columns, and (row, column) → value."""

    rows: dict[object, str]
    columns: dict[object, str]
    values: dict[tuple[object, object], Decimal | None]


def crossed(entry: FigureEntry, scope: Scope, by: str, across: str) -> Crossed:
    """The figure for each pair of groups inside the scope: one query, two for a ratio. Empty where it has no such
    groups."""
    spec, _ = entry.spec.in_force(scope.period.end)
    if spec.ratio:
        return _crossed_ratio(entry, spec, scope, by, across)
    if not can_break(entry):
        return Crossed({}, {}, {})
    source = table(spec.reads, entry.pack.pack)
    measured = measured_path(source, spec)
    first, second = _key(source, spec, scope, by), _key(source, spec, scope, across)
    if first is None or second is None:
        return Crossed({}, {}, {})
    rows = selected(source, spec, scope).order_by().annotate(group=first, other=second)
    found = rows.values_list("group", "other").annotate(value=aggregation(spec.verb, measured))
    values = {
        (one, two): natural(value, spec.verb, measured)
        for one, two, value in found
        if one not in (None, "") and two not in (None, "")
    }
    return Crossed(
        _all_names(by, [one for one, _two in values], source),
        _all_names(across, [two for _one, two in values], source),
        values,
    )


def _all_names(by: str, keys: list, source: Table) -> dict[object, str]:
    there = dict.fromkeys(sorted(set(keys), key=str))
    names = _names(by, there, source)
    return {key: str(names.get(key, key)) for key in there}


def _crossed_ratio(entry: FigureEntry, spec, scope: Scope, by: str, across: str) -> Crossed:
    over, under = (
        catalogue().figures[catalogue().figure_id(n, entry.pack.pack)] for n in operands(spec.ratio)
    )
    above, below = crossed(over, scope, by, across), crossed(under, scope, by, across)
    factor = 100 if spec.unit == "%" else 1
    values = {}
    for cell, value in below.values.items():
        part = above.values.get(cell, Decimal(0))
        values[cell] = part / value * factor if value and part is not None else None
    return Crossed(below.rows, below.columns, values)


def named(entry: FigureEntry, scope: Scope, by: str, groups: list[Group]) -> list[Group]:
    """Groups that another engine has counted, with their names, in key order."""
    spec, _ = entry.spec.in_force(scope.period.end)
    while spec.ratio:
        _over, under = operands(spec.ratio)
        entry = catalogue().figures[catalogue().figure_id(under, entry.pack.pack)]
        spec, _ = entry.spec.in_force(scope.period.end)
    found = {group.key: group.value for group in groups}
    names = _names(by, found, table(spec.reads, entry.pack.pack))
    return [Group(k, names.get(k, str(k)), found[k]) for k in sorted(found, key=str)]


def _key(source: Table, spec, scope: Scope, by: str):
    if by in _TRUNC:
        moment = source.dated(spec.dated)
        return _TRUNC[by](moment, tzinfo=CHINA) if moment and not spec.stood else None
    if by == "place":
        longer = [n for n in sorted(LEVELS) if n > len(scope.place)]
        return Substr(source.place_path, 1, longer[0]) if longer else None
    return F(source.path(by).orm)


def _grouped_ratio(entry: FigureEntry, spec, scope: Scope, by: str) -> list[Group]:
    over, under = (
        catalogue().figures[catalogue().figure_id(n, entry.pack.pack)] for n in operands(spec.ratio)
    )
    both = _grouped_both(over, under, scope, by)
    above = {g.key: g.value for g in (both[0] if both else grouped(over, scope, by))}
    factor = 100 if spec.unit == "%" else 1
    found = []
    for group in both[1] if both else grouped(under, scope, by):
        part = above.get(group.key, Decimal(0))
        value = part / group.value * factor if group.value and part is not None else None
        found.append(Group(group.key, group.name, value))
    return found


def _grouped_both(
    over: FigureEntry, under: FigureEntry, scope: Scope, by: str
) -> tuple[list[Group], list[Group]] | None:
    """Two counts of the same rows in groups by one query; None where they are counted otherwise."""
    pack, (first, second) = over.pack.pack, (one.spec.in_force(scope.period.end)[0] for one in (over, under))
    source = table(first.reads, pack) if first.verb == second.verb == "count" else None
    if source is None or pack != under.pack.pack or not are_of_same_rows(first, second):
        return None
    key = _key(source, first, scope, by)
    if key is None:
        return [], []
    rows, narrow = either(source, first, second, scope)
    counts = {f"value{at}": aggregation("count", None, only or None) for at, only in enumerate(narrow)}
    told = rows.order_by().annotate(group=key).values_list("group").annotate(**counts)
    values = {k: parts for k, *parts in told if k not in (None, "")}
    names = _names(by, values, source)
    made = [
        [
            Group(k, names.get(k, str(k)), natural(values[k][at], "count", None))
            for k in sorted(values, key=str)
        ]
        for at in (0, 1)
    ]
    return made[0], made[1]


def _names(by: str, values: dict, source: Table) -> dict:
    if by == "place":
        return dict(Place.objects.filter(code__in=list(values)).values_list("code", "name"))
    if by in ("unit", "handler"):
        return dict(Unit.objects.filter(pk__in=list(values)).values_list("pk", "name"))
    if by in _TRUNC:
        return {k: Period.holding(by, k.date()).label_zh for k in values}
    field = source.kind.fields.get(by.removeprefix("record.")) if source.kind else None
    if by.removeprefix("record.") == "state" and source.kind:
        return {k: s.title for k, s in source.kind.states.items()}
    return dict(field.choices) if field else {}
