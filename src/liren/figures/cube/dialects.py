"""What differs between the SQL of DuckDB and of Spark; everything else in ``compiling`` is the same text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

Literal = str | int | bool | Decimal | datetime | None


@dataclass(frozen=True)
class Dialect:
    """How one engine writes names, texts, moments and spans of time."""

    name: str
    quoted: str  # around a name
    moment_type: str
    text_type: str
    micros: str  # whole microseconds from {0} to {1}
    day: str  # the day in China of the moment {0}
    days: str  # whole days from {0} to {1}
    slashes: bool  # whether a backslash in a text must be written twice

    def named(self, name: str) -> str:
        """A table or column; what a pack calls a field may be a word of SQL."""
        return f"{self.quoted}{name.replace(self.quoted, self.quoted * 2)}{self.quoted}"

    def literal(self, value: Literal) -> str:
        """A value as text of a statement: texts, numbers and moments of packs and scopes."""
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int):
            return str(value)
        if isinstance(value, Decimal):
            return f"{value:f}"
        if isinstance(value, datetime):
            # Moments are kept in UTC without saying so.
            plain = value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
            return f"{self.moment_type} '{plain}'"
        text = value.replace("\\", "\\\\") if self.slashes else value
        return "'" + text.replace("'", "\\'" if self.slashes else "''") + "'"


#: Moments before 1992 fall into years with summer time; their day is told without it.
DUCKDB = Dialect(
    "duckdb", '"', "TIMESTAMP", "VARCHAR", "date_diff('microsecond', {0}, {1})",
    "CAST({0} + INTERVAL 8 HOUR AS DATE)", "date_diff('day', {0}, {1})", False,
)  # fmt: skip
SPARK = Dialect(
    "spark", "`", "TIMESTAMP_NTZ", "STRING",
    "(unix_micros(CAST({1} AS TIMESTAMP)) - unix_micros(CAST({0} AS TIMESTAMP)))",
    "CAST({0} + INTERVAL 8 HOUR AS DATE)", "datediff({1}, {0})", True,
)  # fmt: skip
