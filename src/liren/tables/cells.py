"""Values of a table as cells of CSV and of a worksheet, a column at a time.

A million rows of twenty columns are twenty million cells: what a call for each of them would cost, a look at the
whole column saves. Nothing is said of a value here that `cell_text` would not say of it alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from types import NoneType
from xml.sax.saxutils import escape

from liren.packs.fields import CHINA

from .sheets import guarded


class Moment(str):
    """A moment as clocks in China show it: ``2024-03-04 09:10:00``."""

    __slots__ = ()


class Day(str):
    """A day: ``2024-03-04``."""

    __slots__ = ()


Value = str | int | Decimal | date | datetime | None
#: Signs a cell of a worksheet may hold.
_LONGEST = 32_767
#: What neither XML nor a CSV reader can hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
#: Whether any text of a column (one a line) may need a second look: a control character, or what begins a formula.
_SUSPECT = re.compile("[\x00-\x08\x0b-\x1f\x7f]|(?:^|\n)'*[=+\\-@＝＋－＠\t\r]")
_EDGE = re.compile(r"^\s|\s$", re.MULTILINE)
_BEGINNING = datetime(1899, 12, 30)  # noqa: DTZ001  a worksheet knows no time zones
#: From then on China's clocks stood eight hours ahead, summer and winter.
_STEADY = datetime(1992, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(hours=8)


# -- what the database keeps, as values ---------------------------------------------------------------


def moment(stored: datetime | str) -> Value:
    """A moment as it is kept (without a zone: UTC)."""
    at = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if at < _STEADY:
        return at
    return Moment((at + _AHEAD if at.tzinfo is UTC else at.astimezone(CHINA)).isoformat(" ")[:19])


def day(stored: datetime | str) -> Value:
    """A moment, or a day kept as text, as the day it is."""
    if isinstance(stored, str) and len(stored) == len("2024-03-04"):
        return _day(stored)
    shown = moment(stored)
    return shown.astimezone(CHINA).date() if isinstance(shown, datetime) else Day(str(shown)[:10])


@lru_cache(maxsize=20_000)
def _day(text: str) -> Value:
    return Day(date.fromisoformat(text).isoformat())


# -- cells of CSV -------------------------------------------------------------------------------------


def kept_text(value: str) -> str:
    """A text as both forms keep it: no control characters, no formula."""
    return guarded(_CONTROL.sub("", value))


def cell_text(value: Value) -> str:
    """A value as a cell of a CSV file."""
    if isinstance(value, str):
        return kept_text(value)
    if isinstance(value, datetime):
        return value.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)


def texts(column: Sequence[Value]) -> Sequence[str]:
    """A column as cells of a CSV file."""
    kinds = set(map(type, column)) - {NoneType}
    if kinds <= {Moment, Day}:
        return [one or "" for one in column]  # type: ignore[misc]
    if kinds == {str}:
        said: list[str] = [one or "" for one in column]  # type: ignore[misc]
        return list(map(kept_text, said)) if _SUSPECT.search("\n".join(said)) else said
    if kinds == {int}:
        return ["" if one is None else str(one) for one in column]
    return [cell_text(one) for one in column]


# -- cells of a worksheet -----------------------------------------------------------------------------


def sheet_cells(column: Sequence[Value]) -> Sequence[str]:
    """A column as cells of a worksheet."""
    kinds = set(map(type, column)) - {NoneType}
    alone = _ALONE.get(next(iter(kinds))) if len(kinds) == 1 else None
    if alone:
        return ["<c/>" if one is None else alone(one) for one in column]
    if kinds == {str}:
        return _text_cells(column)  # type: ignore[arg-type]
    return [_cell(one) for one in column]


def _text_cells(column: Sequence[str | None]) -> Sequence[str]:
    said = [one or "" for one in column]
    whole = "\n".join(said)
    if len(whole) > _LONGEST or _SUSPECT.search(whole) or _EDGE.search(whole) or escape(whole) != whole:
        return [_cell(one) for one in column]
    return ["<c/>" if one is None else f'<c t="inlineStr"><is><t>{one}</t></is></c>' for one in column]


def text_cell(value: str, style: str = "") -> str:
    """A text as a cell; ``style`` as an attribute of it."""
    kept = kept_text(value)[:_LONGEST]
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{escape(kept)}</t></is></c>'


def _cell(value: Value) -> str:
    if isinstance(value, Moment | Day):
        return _ALONE[type(value)](value)
    if isinstance(value, str):
        return text_cell(value)
    if isinstance(value, datetime):
        at = value.astimezone(CHINA).replace(tzinfo=None, microsecond=0) - _BEGINNING
        return f'<c s="2"><v>{at.days + at.seconds / 86400!r}</v></c>'
    if isinstance(value, date):
        return f'<c s="1"><v>{value.toordinal() - _BEGINNING.toordinal()}</v></c>'
    if value is None:
        return "<c/>"
    return f"<c><v>{format(value, 'f') if isinstance(value, Decimal) else value}</v></c>"


@lru_cache(maxsize=20_000)
def _days(text: str) -> int:
    """Days since a worksheet's beginning."""
    return date.fromisoformat(text).toordinal() - _BEGINNING.toordinal()


def _moment_cell(at: str) -> str:
    seconds = int(at[11:13]) * 3600 + int(at[14:16]) * 60 + int(at[17:])
    return f'<c s="2"><v>{_days(at[:10]) + seconds / 86400!r}</v></c>'


_ALONE: dict[type, Callable] = {
    Moment: _moment_cell,
    Day: lambda on: f'<c s="1"><v>{_days(on)}</v></c>',
    int: lambda number: f"<c><v>{number}</v></c>",
}


# -- rows and columns ---------------------------------------------------------------------------------


def parts(rows: Iterable[Sequence[Value]], most: int) -> Iterator[list[Sequence[Value]]]:
    """Rows in parts of at most so many."""
    part: list[Sequence[Value]] = []
    for row in rows:
        part.append(row)
        if len(part) == most:
            yield part
            part = []
    if part:
        yield part


def turned(part: Sequence[Sequence[Value]], cells: Callable[[Sequence[Value]], Sequence[str]]) -> Iterator:
    """The rows of a part as rows of cells."""
    return zip(*map(cells, zip(*part, strict=True)), strict=True)
