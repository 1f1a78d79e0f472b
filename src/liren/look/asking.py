"""What an address asks about: place, unit, period; and the addresses that ask for something near.

Addresses are short: `?place=990121&period=2022&unit=990121-office`. What is left out is chosen so that the
page has something to say: the last year about which the figure knows anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from liren.clock import today
from liren.figures.browsing import Narrow, last_known, reaches
from liren.figures.periods import Period
from liren.figures.queries import read_period
from liren.figures.scope import Scope
from liren.look.addresses import numbered
from liren.packs.catalogue import FigureEntry
from liren.places.models import Place, Unit
from liren.places.queries import find_place, find_unit, tops
from liren.refusals import Refusal


@dataclass(frozen=True)
class Asked:
    """A place, a period, and a unit or none."""

    place: Place
    period: Period
    unit: Unit | None = None

    @property
    def scope(self) -> Scope:
        return Scope(self.place.code, self.period, self.unit.pk if self.unit else None)

    @property
    def where(self) -> str:
        """The name of whom it is about."""
        return self.unit.name if self.unit else self.place.name

    def query(self, **other: str) -> str:
        """The address part after `?` for this scope; `other` replaces or adds, an empty value leaves out."""
        asked = {"place": self.place.code, "period": self.period.text}
        if self.unit:
            asked["unit"] = self.unit.code
        return urlencode({name: value for name, value in (asked | other).items() if value})

    def figure(self, figure: str, **other: str) -> str:
        """The page of a figure for this scope."""
        return f"{numbered('console:figure', figure)}?{self.query(**other)}"

    def evidence(self, figure: str, **other: str) -> str:
        """The evidence of a figure for this scope."""
        return f"{numbered('console:evidence', figure)}?{self.query(**other)}"

    def report(self, report: str, **other: str) -> str:
        """A live report for this scope."""
        return f"{numbered('console:report', report)}?{self.query(**other)}"


def asked(request: HttpRequest, entries: Iterable[FigureEntry] = ()) -> Asked:
    """The scope of an address; what it leaves out comes from what the figures `entries` last knew.

    Raises Refusal: not_found for a place or unit that is not there, bad_period for what is no period.
    """
    told = request.GET
    period = read_period(told["period"]) if told.get("period") else None
    place = find_place(told["place"]) if told.get("place") else None
    known = None
    if period is None or place is None:
        own = reaches(request.viewer)  # type: ignore[attr-defined]
        near = place.code if place else own[0] if len(own) == 1 else ""
        known = last_known(entries, near) or last_known(entries)
        place = place or _first_place(near or (known[1][:6] if known else ""))
        period = period or Period.holding("year", known[0] if known else today())
    unit = find_unit(told["unit"], place.code) if told.get("unit") else None
    return Asked(place, period, unit)


def _first_place(code: str) -> Place:
    if code:
        return find_place(code)
    found = tops()
    if not found:
        raise Refusal(
            "not_found", what="地点", name="", mend=_("先登记地点，或运行 liren demo 建起演示数据。")
        )
    return found[0]


def narrow(request: HttpRequest) -> Narrow:
    """What a reader asks of a list of evidence: `q`, `state`, `at`, `category`, `value`, `slot`, `member`."""
    told = request.GET
    named = {"text": "q", "place": "at"} | {
        name: name for name in ("state", "category", "value", "slot", "member")
    }
    return Narrow(**{name: told.get(word, "").strip()[:100] for name, word in named.items()})


def page_number(request: HttpRequest) -> int:
    """`?page=`, 1 for whatever is no page."""
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def record_href(number: str) -> str:
    """The page of a record."""
    return numbered("console:record", number)


def file_href(sha256: str, name: str) -> str:
    """Where a file is fetched."""
    return reverse("console:file", args=[sha256, name])
