"""Counts: one figure of the counting verbs, one query. Values and evidence come from the same rows."""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

from django.db.models import Avg, Count, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value

from liren.packs.conditions import Condition, Test, parse
from liren.packs.fields import CHINA
from liren.packs.figure_language import Figure
from liren.places.queries import work_calendar
from liren.records.models import Act

from .filters import compile_condition
from .periods import Period
from .scope import Evidence, Scope
from .sources import Path, Table

#: A fortieth of ten years, where a town is a twelfth of a county.
SHORT = timedelta(days=100)
#: What is counted of a row: no column, so that PostgreSQL, whose indexes don't hold the key, counts in an index alone.
_ROW = Value(1)
_AGGREGATES = {"sum": Sum, "average": Avg, "maximum": Max, "minimum": Min}


@lru_cache(maxsize=4096)
def parsed(text: str) -> Condition:
    return parse(text)


def conditioned(
    table: Table, spec: Figure, scope: Scope, *, dated: str = "", when: Q | None = None
) -> QuerySet:
    """Rows of the kind, place, unit and condition, whenever they happened.

    ``dated``: by what they are to be narrowed to the scope's period; ``when``: so narrowed, where that is the day of
    the record itself.
    """
    rows = table.inside(scope.place, dated=dated, short=is_short(scope), when=when)
    if scope.unit is not None:
        rows = rows.filter(table.of_unit(scope.unit))
    if spec.where:
        rows = rows.filter(compile_condition(parsed(spec.where), table))
    return rows


def selected(table: Table, spec: Figure, scope: Scope) -> QuerySet:
    """The rows a counting figure rests on: kind, place, unit, condition, period."""
    if spec.stood or (table.always_stock and not spec.dated):
        return conditioned(table, spec, scope).filter(standing(table, scope.period))
    moment = table.dated(spec.dated) or ""
    if not moment.startswith(table.prefix):
        return conditioned(table, spec, scope, dated=moment).filter(happened(moment, scope.period))
    when = happened(moment.removeprefix(table.prefix), scope.period)
    return conditioned(table, spec, scope, dated=moment, when=when)


def is_short(scope: Scope) -> bool:
    """Whether few of the county's rows fall into the period: a quarter, or any while for the county as a whole."""
    start, end = scope.period.bounds()
    return start is not None and (end - start <= SHORT or len(scope.place) <= 6)


def happened(path: str | None, period: Period) -> Q:
    """Dated inside the period (``asof``: up to its end)."""
    start, end = period.bounds()
    inside = Q(**{f"{path}__lt": end})
    return inside if start is None else inside & Q(**{f"{path}__gte": start})


def standing(table: Table, period: Period) -> Q:
    """Standing at the end of the period: begun before it, not ended by then."""
    _, end = period.bounds()
    if table.standing_from_to is None:
        return Q()
    begun, ended = table.standing_from_to
    still = Q(**{f"{ended}__isnull": True}) | Q(**{f"{ended}__gte": end})
    return (Q(**{f"{begun}__isnull": True}) | Q(**{f"{begun}__lt": end})) & still


def counted(table: Table, spec: Figure, scope: Scope) -> tuple[Decimal | None, Evidence]:
    """Value and evidence of count, sum, average, maximum, minimum, distinct, between."""
    rows = selected(table, spec, scope)
    if spec.between:
        return _between(table, spec, rows)
    measured = measured_path(table, spec)
    named = named_values(table, spec)
    if named and measured is not None:
        there = met(rows, measured, named)
        return Decimal(len(there)), Evidence(spec.verb, rows if there else rows.none(), table, measured)
    evidence = Evidence(spec.verb, rows, table, measured)
    return aggregate(rows, spec.verb, measured), evidence


def named_values(table: Table, spec: Figure) -> tuple:
    """The values that a distinct count may find at most, where its condition is nothing but their list.

    ``distinct: verb`` … ``where: verb in ['first_proof', 'second_proof']`` asks which of two there are: whoever has
    seen both need not look at the other hundred thousand rows.
    """
    if spec.verb != "distinct" or not spec.where:
        return ()
    test, path = parsed(spec.where), measured_path(table, spec)
    if not isinstance(test, Test) or test.name != spec.distinct or path is None or path.in_data:
        return ()
    if path.type in ("date", "datetime") or test.op not in ("in", "=="):
        return ()
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    return values if all(isinstance(value, str) and value for value in values) else ()


def met(rows: QuerySet, path: Path, values: Collection) -> set:
    """Which of the ``values`` the rows hold in a column; the search ends with the last of them."""
    found = rows.order_by().values_list(path.orm, flat=True).distinct()
    return set(found[: len(values)])


def counted_both(
    table: Table, first: Figure, second: Figure, scope: Scope
) -> list[tuple[Decimal | None, Evidence]] | None:
    """Two counts of the same rows by one query, as a share has them; None where they are counted otherwise.

    The rows of either are walked through once; each figure's evidence is its own rows all the same.
    """
    if not are_of_same_rows(first, second):
        return None
    rows, narrow = either(table, first, second, scope)
    found = rows.order_by().aggregate(
        first=aggregation("count", None, narrow[0] or None),
        second=aggregation("count", None, narrow[1] or None),
    )
    return [
        (natural(found[name], "count", None), Evidence("count", selected(table, one, scope), table, None))
        for name, one in (("first", first), ("second", second))
    ]


def are_of_same_rows(first: Figure, second: Figure) -> bool:
    """Whether two figures differ at most in their condition and in what they reckon."""
    return (first.reads, first.stood, first.dated) == (second.reads, second.stood, second.dated)


def either(table: Table, first: Figure, second: Figure, scope: Scope) -> tuple[QuerySet, tuple[Q, Q]]:
    """The rows on which one or the other of two such figures rests, and the condition of each."""
    over, under = (
        compile_condition(parsed(one.where), table) if one.where else Q() for one in (first, second)
    )
    rows = selected(table, first.model_copy(update={"where": None}), scope)
    return rows.filter(over | under if over and under else Q()), (over, under)


def measured_path(table: Table, spec: Figure) -> Path | None:
    """The path that sum, average, maximum, minimum and distinct read; None for count and between."""
    return table.path(spec.measured_name) if spec.measured_name else None


def aggregation(verb: str, path: Path | None, only: Q | None = None):
    """The aggregate expression of a verb, over all rows or ``only`` some."""
    if path is None:
        return Count(_ROW, filter=only)
    if verb == "distinct":
        told = (
            ~Q(**{f"{path.orm}__exact": ""}) if path.type == "text" else None
        )  # a key may be called `range`
        both = told & only if told is not None and only is not None else told or only
        return Count(path.orm, distinct=True, filter=both)
    return _AGGREGATES[verb](path.orm, filter=only)


def aggregate(rows: QuerySet, verb: str, path: Path | None) -> Decimal | None:
    """One query, one number; None for the average, maximum or minimum of nothing."""
    if verb in _AGGREGATES and path is not None and path.in_data:
        # JSON comes back as text on SQLite: numbers in ``data`` are added up here, not there.
        values = [v for v in rows.values_list(path.orm, flat=True) if v is not None]
        return natural(_over(verb, [Decimal(v) for v in values]), verb, path)
    return natural(rows.order_by().aggregate(value=aggregation(verb, path))["value"], verb, path)


def natural(raw, verb: str, path: Path | None) -> Decimal | None:
    """An aggregate as it is printed: unscaled, nought for an empty sum, None for an empty average."""
    if raw is None:
        return Decimal(0) if verb in ("sum", "count", "distinct") else None
    value = Decimal(str(raw))
    return value / path.scale if path is not None and verb in _AGGREGATES else value


def _over(verb: str, values: list[Decimal]) -> Decimal | None:
    if not values:
        return None
    total = sum(values, Decimal(0))
    return {"sum": total, "average": total / len(values), "maximum": max(values), "minimum": min(values)}[
        verb
    ]


def _between(table: Table, spec: Figure, rows: QuerySet) -> tuple[Decimal | None, Evidence]:
    """Durations between two moments; rows where either is missing are left out of the evidence too."""
    for index, name in enumerate(spec.between or ()):
        rows = rows.annotate(**{f"moment{index}": _moment(table, name)})
    rows = rows.filter(moment0__isnull=False, moment1__isnull=False)
    spans = [
        duration(first, last, spec.measured)
        for first, last in rows.order_by("pk").values_list("moment0", "moment1")
    ]
    return _over(spec.take, spans), Evidence("between", rows, table, None)


def _moment(table: Table, name: str):
    """A column, or the first act of that verb."""
    from django.db.models import F

    is_step = table.kind is not None and (name in table.kind.steps or name == "open")
    if not is_step:
        return F(table.path(name).orm)
    acts = Act.objects.filter(record=OuterRef("pk"), verb=name).order_by("id")
    return Subquery(acts.values("at")[:1])


def duration(first, last, measured: str) -> Decimal:
    """From one moment to another: calendar days between, days both ends included, working days, hours."""
    if measured == "hours":
        return Decimal(str((last - first).total_seconds())) / 3600
    one, two = first.astimezone(CHINA).date(), last.astimezone(CHINA).date()
    if measured == "workdays":
        return Decimal(work_calendar().workdays_between(one, two))
    return Decimal((two - one).days + (1 if measured == "full_days" else 0))
