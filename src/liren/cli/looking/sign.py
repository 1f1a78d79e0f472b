"""One thing that ``liren doctor`` found."""

from dataclasses import dataclass

GOOD, WARN, BAD = "✓", "!", "✗"


@dataclass(frozen=True)
class Sign:
    """One thing looked at: ``mark`` ✓ ! or ✗, what was found, and how to mend it."""

    part: str
    mark: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.mark} {self.part}：{self.found}" + (f"；{self.mend}" if self.mend else "")
