"""Computes any figure: counted, divided, stood, covered, listed, compared, read.

``compute`` is the one door: a figure id and a scope in, a :class:`Result` with value and evidence out.
"""

from collections.abc import Callable
from decimal import Decimal

from liren.clock import today
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import Figure, operands
from liren.packs.findings import suggest
from liren.places.codes import within
from liren.places.queries import children
from liren.refusals import Refusal

from .breakdown import Group, grouped
from .counting import counted, counted_both
from .covering import covered
from .models import Reading
from .periods import BadPeriod, Period, compare_label_en, compare_label_zh
from .scope import Evidence, Result, Scope
from .sources import table

COUNTING = ("count", "sum", "average", "maximum", "minimum", "distinct", "between")


def figure_entry(figure: str) -> FigureEntry:
    """The definition of a figure id (``pack.key``), or a refusal that names near ones."""
    entry = catalogue().figures.get(figure)
    if entry is None:
        mend = suggest(figure, catalogue().figures) or "用 liren figure --list 看全部指标。"
        raise Refusal("not_found", what="指标", name=figure, mend=mend)
    return entry


def read_period(text: str) -> Period:
    """A period as typed, or a refusal that lists the accepted forms."""
    try:
        return Period.parse(text, today())
    except BadPeriod as fault:
        raise Refusal("bad_period", reason=str(fault)) from None


def compute(figure: str | FigureEntry, scope: Scope) -> Result:
    """Value and evidence of a figure for a scope. One query per counted figure."""
    entry = figure if isinstance(figure, FigureEntry) else figure_entry(figure)
    spec, version = entry.spec.in_force(scope.period.end)
    try:
        return _VERBS[spec.verb](entry, spec, version, scope)
    except BadPeriod as fault:
        raise Refusal("cannot_compute", name=entry.spec.title, reason=str(fault)) from None


def _counted(entry: FigureEntry, spec: Figure, version: str, scope: Scope) -> Result:
    value, evidence = counted(table(spec.reads, entry.pack.pack), spec, scope)
    return Result(entry, scope, value, evidence, version)


def divided(
    entry: FigureEntry,
    spec: Figure,
    version: str,
    scope: Scope,
    part: Callable[[FigureEntry, Scope], Result] = compute,
) -> Result:
    """Divided: both parts are figures and both open. A ratio of nothing is None (无), never nought.

    ``part`` computes a part, where somebody has computed both already.
    """
    named = (catalogue().figure_id(name, entry.pack.pack) for name in operands(spec.ratio or ""))
    numerator, denominator = (part(figure_entry(figure), scope) for figure in named)
    value = None
    if numerator.value is not None and denominator.value:
        value = numerator.value / denominator.value * (100 if spec.unit == "%" else 1)
    warnings = []
    if value is not None and spec.unit == "%" and value > 100:
        warnings.append("比率超过 100%，请核对分子分母的口径")
    return Result(entry, scope, value, numerator.evidence, version, numerator, denominator, warnings)


def _ratio(entry: FigureEntry, spec: Figure, version: str, scope: Scope) -> Result:
    """Divided, with both parts by one query where they count the same rows."""
    parts = [
        figure_entry(catalogue().figure_id(name, entry.pack.pack)) for name in operands(spec.ratio or "")
    ]
    (over, first), (under, second) = (one.spec.in_force(scope.period.end) for one in parts)
    pack = parts[0].pack.pack
    both = None
    if over.verb == under.verb == "count" and pack == parts[1].pack.pack:
        both = counted_both(table(over.reads, pack), over, under, scope)
    if both is None:
        return divided(entry, spec, version, scope)
    told = {
        one.id: Result(one, scope, value, evidence, of)
        for one, (value, evidence), of in zip(parts, both, (first, second), strict=True)
    }
    return divided(entry, spec, version, scope, part=lambda one, _scope: told[one.id])


def _covered(entry: FigureEntry, spec: Figure, version: str, scope: Scope) -> Result:
    value, evidence = covered(entry, spec, scope)
    return Result(entry, scope, value, evidence, version)


def _listed(entry: FigureEntry, spec: Figure, version: str, scope: Scope) -> Result:
    """Ranked or listed: named places or units; the value is how many are named."""
    named = ranked(entry, spec, scope, grouped)
    return Result(entry, scope, Decimal(len(named)), Evidence("groups", groups=named), version)


def ranked(
    entry: FigureEntry, spec: Figure, scope: Scope, groups: Callable[[FigureEntry, Scope, str], list[Group]]
) -> list[tuple]:
    """(rank, key, name, value) of what is named; ``groups`` breaks a figure down."""
    target = figure_entry(catalogue().figure_id(spec.listed or "", entry.pack.pack))
    rows = [row for row in groups(target, scope, spec.by or "place") if row.value is not None]
    if spec.by == "place":
        rows = [row for row in rows if len(str(row.key)) > len(scope.place)]  # not the scope's own rows
        if spec.below is not None or spec.order == "low":
            rows += _silent(rows, target, scope)
    sign = -1 if spec.order == "high" else 1
    rows.sort(key=lambda r: (sign * (r.value or 0), str(r.key)))
    return list(_ranked(rows, spec))


def _silent(rows: list[Group], target: FigureEntry, scope: Scope) -> list[Group]:
    """The places directly below the scope in which nothing happened: nought is below any threshold too."""
    if target.spec.verb not in ("count", "sum", "distinct"):
        return []
    named = {row.key for row in rows}
    _, end = scope.period.bounds()
    silent = (place for place in children(scope.place) if place.code not in named and place.stands(end))
    return [Group(place.code, place.name, Decimal(0)) for place in silent]


def _ranked(rows, spec: Figure):
    """(rank, key, name, value) of the rows named, by the declared tie rule."""
    rank = place = 0
    last = None
    for row in rows:
        place += 1
        if row.value != last:
            rank = rank + 1 if spec.ties == "dense" else place
        last = row.value
        if spec.above is not None and row.value <= spec.above:
            continue
        if spec.below is not None and row.value >= spec.below:
            continue
        if spec.top and (place > spec.top if spec.ties == "cut" else rank > spec.top):
            return
        yield rank, row.key, row.name, row.value


def _reading(entry: FigureEntry, spec: Figure, version: str, scope: Scope) -> Result:
    """Readings of one day are snapshots: the latest of each subject counts. Readings of a span are
    flows: they add up, a span inside a longer one of the same subject left out.
    """
    kept: list[Reading] = []
    for row in readings(entry.id, scope).order_by("ends", "at", "pk"):
        kept = [other for other in kept if not _supersedes(row, other)]
        if not any(_supersedes(other, row) for other in kept):
            kept.append(row)
    if spec.reading == "last" and kept:
        kept = [max(kept, key=lambda r: (r.ends, r.at, r.pk))]
    value = _taken(spec.reading or "last", [Decimal(row.value) / 1000 for row in kept])
    chosen = Reading.objects.filter(pk__in=[row.pk for row in kept])
    return Result(entry, scope, value, Evidence("reading", chosen), version)


def _supersedes(row: Reading, other: Reading) -> bool:
    same = (row.place_id, row.unit_id, row.subject) == (other.place_id, other.unit_id, other.subject)
    if not same:
        return False
    if other.starts == other.ends and row.starts == row.ends:
        return row.ends >= other.ends
    return row.starts <= other.starts and other.ends <= row.ends


def _taken(how: str, values: list[Decimal]) -> Decimal | None:
    if not values:
        return None
    total = sum(values, Decimal(0))
    whole = {"last": total, "sum": total, "maximum": max(values), "average": total / len(values)}
    return whole[how]


def readings(figure: str, scope: Scope):
    """Readings of a figure in force for a scope: not replaced, and lying in the period."""
    rows = Reading.objects.filter(figure=figure, replaced_by__isnull=True)
    rows = rows.filter(within(scope.place), ends__lte=scope.period.end)
    if scope.period.start is not None:
        rows = rows.filter(starts__gte=scope.period.start)
    return rows.filter(unit_id=scope.unit) if scope.unit else rows


_VERBS = dict.fromkeys(COUNTING, _counted) | {
    "ratio": _ratio,
    "covered": _covered,
    "listed": _listed,
    "reading": _reading,
}


def compare(result: Result, with_: str) -> tuple[Decimal | None, Result, str, str]:
    """Against the previous period (``previous``, 环比) or the same a year before (``year_ago``, 同比).

    Returns (difference, earlier result, Chinese label, English label). The difference is in the
    figure's unit; for percentages in percentage points. None when either side is 无.
    """
    period = result.scope.period
    try:
        earlier_period = period.previous() if with_ == "previous" else period.year_ago()
    except BadPeriod as fault:
        raise Refusal("cannot_compute", name=result.figure.spec.title, reason=str(fault)) from None
    scope = Scope(result.scope.place, earlier_period, result.scope.unit)
    earlier = compute(result.figure, scope)
    difference = None
    if result.value is not None and earlier.value is not None:
        difference = result.value - earlier.value
    return difference, earlier, compare_label_zh(with_), compare_label_en(with_)


def growth(result: Result, earlier: Result) -> Decimal | None:
    """Change in per cent of the earlier value; None where there was nothing to grow from."""
    if result.value is None or not earlier.value:
        return None
    return (result.value - earlier.value) / abs(earlier.value) * 100
