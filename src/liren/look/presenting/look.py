"""A look at one figure: its result, for what it was asked, and who looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from liren.figures.browsing import Narrow, is_deep, is_large
from liren.figures.scope import Result
from liren.look.asking import Asked
from liren.packs.figure_language import Figure
from liren.people.visibility import Viewer
from liren.places.models import LEVELS


@dataclass(frozen=True)
class Look:
    """`whole` and `part` are set where `result` is looked at as the numerator or denominator of a ratio."""

    result: Result
    asked: Asked
    viewer: Viewer
    by: Narrow = field(default_factory=Narrow)
    whole: Result | None = None
    part: str = ""
    broken: str = ""  # by what the reader wants a large figure broken down

    @property
    def spec(self) -> Figure:
        """The definition in force at the end of the period."""
        return self.result.figure.spec.in_force(self.result.scope.period.end)[0]

    @cached_property
    def deep(self) -> bool:
        """Whether a page asks only for what the reader asked for (see `figures.browsing.is_deep`)."""
        return is_deep(self.whole or self.result)

    @property
    def wide(self) -> bool:
        """Whether the whole county (or more) is asked about: then lines and bars may come from the columnar files."""
        return len(self.result.scope.place) <= min(LEVELS)

    @property
    def costly_trend(self) -> bool:
        """Whether a line over time is drawn only when asked for: a large stock is counted anew at every point."""
        stands = any(part is not None and _stands(part) for part in (self.result, *self._parts))
        return self.deep or (stands and is_large(self.result))

    @property
    def _parts(self) -> tuple[Result | None, Result | None]:
        return self.result.numerator, self.result.denominator

    def evidence(self, **other: str) -> str:
        """The address of this evidence, with parts of it changed."""
        return self.asked.evidence((self.whole or self.result).figure.id, part=self.part, **other)


def _stands(result: Result) -> bool:
    return result.figure.spec.in_force(result.scope.period.end)[0].stood
