"""What is wrong with a pack: one finding names file, line, dotted path, the fault and its mend."""

from dataclasses import dataclass
from difflib import get_close_matches

from .saying import _, joined


@dataclass(frozen=True, order=True)
class Finding:
    """One fault of a pack file. ``level`` is ``error`` (the pack is refused) or ``warning``."""

    file: str
    line: int
    path: str
    message: str
    mend: str = ""
    level: str = "error"

    def __str__(self) -> str:
        tail = f"；{self.mend}" if self.mend else ""
        return f"{self.file}:{self.line}: {self.level}: {self.path}: {self.message}{tail}"


class PackRefused(Exception):
    """A pack, or a set of packs, that may not be used; carries every finding at once."""

    def __init__(self, findings: list[Finding]):
        self.findings = sorted(findings)
        super().__init__("\n".join(str(f) for f in self.findings))


def suggest(word: str, known) -> str:
    """A mend for an unknown word: the nearest known ones, or the whole short list."""
    known = sorted(known)
    near = get_close_matches(word, known, n=3, cutoff=0.5)
    if near:
        return _("是否要写 %(near)s？") % {"near": joined(near)}
    if known and len(known) <= 12:
        return _("可用：%(known)s") % {"known": joined(known)}
    return ""
