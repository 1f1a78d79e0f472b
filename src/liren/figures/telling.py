"""Tells a computed figure: as text, as JSON (house §7), and its evidence line by line."""

from decimal import Decimal
from typing import Any

from liren.places.models import Unit

from .printing import plain, printed, rounded, trimmed, with_unit
from .scope import Result
from .wording import definition_text


def text(result: Result, words: list[str] | None = None) -> str:
    """The value as a sentence has it: rounded as declared, with its unit."""
    spec = result.figure.spec
    if words:
        return printed(result.value, spec.unit, spec.decimals, words)
    return with_unit(plain(result.value, spec.decimals), spec.unit)


def exact(value: Decimal | None) -> int | float | None:
    """The value for JSON: whole numbers as int, others to six places; None for 无."""
    if value is None:
        return None
    fixed = rounded(value, 6)
    return int(fixed) if fixed == fixed.to_integral_value() else float(trimmed(fixed))


def as_json(result: Result) -> dict[str, Any]:
    """The keys of house §7, in order."""
    spec, _ = result.figure.spec.in_force(result.scope.period.end)
    told: dict[str, Any] = {
        "figure": result.figure.id,
        "title": spec.title,
        "place": result.scope.place,
        "period": result.scope.period.text,
        "value": exact(result.value),
        "text": text(result),
        "unit": spec.unit,
        "definition": definition_text(result.figure, spec),
        "version": result.version,
        "numerator": exact(result.numerator.value) if result.numerator else None,
        "denominator": exact(result.denominator.value) if result.denominator else None,
        "evidence_count": result.evidence.count,
        "evidence_digest": result.evidence.digest,
    }
    if result.scope.unit is not None:
        told["unit_code"] = Unit.objects.get(pk=result.scope.unit).code
    if result.warnings:
        told["warnings"] = result.warnings
    return told


def evidence_lines(result: Result, most: int = 100_000) -> list[dict[str, Any]]:
    """What the click shows, line by line: records, parts, cells or named groups."""
    evidence = result.evidence
    if evidence.measure == "cells":
        return [
            {"slot": cell.slot.text if cell.slot else "", "member": cell.member, "done": cell.done}
            for cell in evidence.cells[:most]
        ]
    if evidence.measure == "groups":
        keys = ("rank", "key", "name", "value")
        return [dict(zip(keys, (*g[:3], exact(g[3])), strict=True)) for g in evidence.groups[:most]]
    return [evidence_line(row, result) for row in _rows(evidence)[:most]]


def _rows(evidence):
    assert evidence.rows is not None, "evidence is rows, cells or groups"
    return evidence.rows.order_by("pk")


def evidence_line(row, result: Result) -> dict[str, Any]:
    """One row of evidence: its id, the record it belongs to, and the value it contributes."""
    record = getattr(row, "record", None)
    number = getattr(record or row, "number", None)
    line: dict[str, Any] = {"id": row.pk, "number": number or str(row)}
    path = result.evidence.path
    if path is not None:
        value = row
        for name in path.orm.split("__"):
            value = value.get(name) if isinstance(value, dict) else getattr(value, name)
        scaled = isinstance(value, int) and path.scale != 1
        line["value"] = exact(Decimal(value) / path.scale) if scaled else value
    return line
