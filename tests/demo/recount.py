"""Recounts every figure of a figures.json from its evidence, in plain Python, without the engine's sums.

Run in a process of its own on the demo's database: ``python -m tests.demo.recount FIGURES.json``. Prints
one JSON line per figure: id, value, recounted value.
"""

import json
import os
import sys
from decimal import Decimal
from pathlib import Path


def recounted(result) -> Decimal | None:
    """The value of a result, made anew from what its click shows."""
    if result.denominator is not None:
        above, below = recounted(result.numerator), recounted(result.denominator)
        if above is None or not below:
            return None
        return above / below * (100 if result.figure.spec.unit == "%" else 1)
    evidence = result.evidence
    if evidence.measure == "cells":
        done = [cell for cell in evidence.cells if cell.done >= result.figure.spec.at_least]
        return Decimal(len(done)) / len(evidence.cells) * (100 if result.figure.spec.unit == "%" else 1)
    if evidence.measure == "groups":
        return Decimal(len(evidence.groups))
    return _from_rows(result, list(evidence.rows))


def _from_rows(result, rows: list) -> Decimal | None:
    evidence, spec = result.evidence, result.figure.spec
    if evidence.measure == "count":
        return Decimal(len({row.pk for row in rows}))
    if evidence.measure == "reading":
        return _taken(spec.reading, [Decimal(row.value) / 1000 for row in rows])
    if evidence.measure == "between":
        return _taken(spec.take, [_span(row.moment0, row.moment1, spec.measured) for row in rows])
    values = [value for value in (_value(row, evidence.path.orm) for row in rows) if value not in (None, "")]
    if evidence.measure == "distinct":
        return Decimal(len(set(values)))
    return _taken(evidence.measure, [Decimal(value) / evidence.path.scale for value in values])


def _value(row, path: str):
    for name in path.split("__"):
        row = row.get(name) if isinstance(row, dict) else getattr(row, name)
    return row


def _taken(how: str, values: list[Decimal]) -> Decimal | None:
    if not values:
        return Decimal(0) if how == "sum" else None
    if how in ("sum", "last"):
        return sum(values, Decimal(0))
    return {"average": sum(values) / len(values), "maximum": max(values), "minimum": min(values)}[how]


def _span(first, last, measured: str) -> Decimal:
    from liren.places.queries import work_calendar

    one, two = (moment.astimezone().date() for moment in (first, last))
    if measured == "hours":
        return Decimal(str((last - first).total_seconds())) / 3600
    if measured == "workdays":
        return Decimal(work_calendar().workdays_between(one, two))
    return Decimal((two - one).days + (measured == "full_days"))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liren.settings")
    os.environ["TZ"] = "Asia/Shanghai"
    import django

    django.setup()
    from liren.figures.queries import compute, read_period
    from liren.figures.scope import Scope
    from liren.figures.telling import exact
    from liren.places.models import Unit

    for name, told in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")).items():
        unit = Unit.objects.get(code=told["unit_code"]).pk if "unit_code" in told else None
        result = compute(told["figure"], Scope(told["place"], read_period(told["period"]), unit))
        answer = {"id": name, "value": exact(result.value), "recounted": exact(recounted(result))}
        answer |= {"count": result.evidence.count, "digest": result.evidence.digest}
        print(json.dumps(answer))


if __name__ == "__main__":
    main()
