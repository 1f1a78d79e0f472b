"""Open figures: numbers counted from what anybody may see, each with its definition; small cells are not told."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from liren.clock import today
from liren.figures.browsing import first_source, last_known
from liren.figures.periods import Period
from liren.figures.queries import compute, read_period
from liren.figures.scope import Scope
from liren.figures.wording import definition_text
from liren.inforce import catalogue
from liren.look.presenting.definition import parts
from liren.look.presenting.pickers import pickers
from liren.look.presenting.words import label, told
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import operands
from liren.people.visibility import PUBLIC
from liren.places.models import Place
from liren.places.queries import tops
from liren.refusals import Refusal

COUNTED = ("count", "sum", "average", "maximum", "minimum", "distinct", "between", "ratio", "covered")


def is_open(entry: FigureEntry) -> bool:
    """Whether everything the figure is made of is a kind anybody may see whole."""
    spec = entry.spec
    if spec.verb not in COUNTED:
        return False
    if spec.ratio:
        names = (catalogue().figure_id(name, entry.pack.pack) for name in operands(spec.ratio))
        return all(is_open(catalogue().figures[name]) for name in names)
    kind = catalogue().kinds.get(first_source(entry) or "")
    return kind is not None and kind.spec.visible == "public"


def listing(words: str) -> dict[str, Any]:
    """The context of figures.html: the open figures by pack; nothing is computed here."""
    groups: dict[str, dict[str, Any]] = {}
    for entry in catalogue().figures.values():
        if is_open(entry) and words in entry.spec.title + entry.pack.title:
            group = groups.setdefault(entry.pack.pack, {"title": entry.pack.title, "figures": []})
            href = reverse("portal:figure", args=[entry.id])
            group["figures"].append({"title": entry.spec.title, "unit": entry.spec.unit, "href": href})
    return {"groups": list(groups.values()), "words": words}


def figure(request: HttpRequest, key: str, place: Place | None) -> dict[str, Any]:
    """The context of figure.html. Raises Refusal: not_found, bad_period."""
    entry = catalogue().figures.get(key)
    if entry is None or not is_open(entry):
        raise Refusal("not_found", what="指标", name=key, mend="")
    place = place or next(iter(tops()), None)
    if place is None:
        raise Refusal("not_found", what="地点", name="", mend="")
    period = _period(request, entry, place)
    result = compute(entry, Scope(place.code, period, None))
    asked = _Asked(place, period, key)
    return {
        "title": entry.spec.title,
        "pack": entry.pack.title,
        "value": told(result, PUBLIC),
        "definition": definition_text(entry, entry.spec),
        "parts": parts(entry, entry.spec),
        "over": _part(result.numerator, asked),
        "under": _part(result.denominator, asked),
        "where": place.name,
        "when": label(period),
        "periods": pickers(asked, asked.href)["periods"],  # type: ignore[arg-type]
    }


class _Asked:
    """What the pickers of the console ask of an address, for the portal's."""

    unit = None

    def __init__(self, place: Place, period: Period, figure: str) -> None:
        self.place, self.period, self.figure = place, period, figure

    @property
    def where(self) -> str:
        return self.place.name

    def href(self, **other: str) -> str:
        """This figure with another period."""
        return (
            f"{reverse('portal:figure', args=[self.figure])}?period={other.get('period', self.period.text)}"
        )


def _period(request: HttpRequest, entry: FigureEntry, place: Place) -> Period:
    if request.GET.get("period"):
        return read_period(request.GET["period"])
    known = last_known([entry], place.code)
    return Period.holding("year", known[0] if known else today())


def _part(result, asked: _Asked) -> dict[str, Any] | None:
    if result is None:
        return None
    href = f"{reverse('portal:figure', args=[result.figure.id])}?period={asked.period.text}"
    return {"title": result.figure.spec.title, "href": href} | told(result, PUBLIC)
