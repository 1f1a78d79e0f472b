"""The blocks of a report: headings, paragraphs, bullets and tables made of runs.

A run is plain words or a cited number; nothing else stands in a report.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words. A line feed inside is a forced line break."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A figure as printed (``text``) and the key of the citation that proves it (``cite``)."""

    text: str
    cite: str
    bold: bool = False


Run = Text | Number


@dataclass(frozen=True, slots=True)
class Heading:
    """``level`` 1..4; the number of the heading (一、（一）1.（1）) is part of its words."""

    level: int
    runs: list[Run]


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: list[Run]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each cell a list of runs; every row is as long as ``header``."""

    header: list[str]
    rows: list[list[list[Run]]]


@dataclass(frozen=True, slots=True)
class Bullets:
    items: list[list[Run]]


Block = Heading | Paragraph | Table | Bullets


def block_runs(block: Block) -> Iterator[list[Run]]:
    """The run lists of a block in reading order: one, or one per item or cell."""
    match block:
        case Heading(runs=runs) | Paragraph(runs=runs):
            yield runs
        case Bullets(items=items):
            yield from items
        case Table(rows=rows):
            for row in rows:
                yield from row
