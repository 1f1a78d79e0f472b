"""The register a word names: records of a kind, a list of the house, numbers given from outside."""

from collections.abc import Iterable

from liren.inforce import catalogue
from liren.packs.findings import suggest
from liren.people.models import Person
from liren.places.models import Place
from liren.refusals import Refusal

from .lists import LISTS
from .numbers import Readings
from .records import Records
from .rows import Register


def register_for(word: str, *, by: Person | None, place: Place | None) -> Register:
    """The register a word names: ``pack.kind``, a kind's title, a house list, or ``reading:FIGURE``.

    Raises Refusal (not found, ambiguous).
    """
    if word in LISTS:
        return LISTS[word](place=place)
    if word.startswith("reading:"):
        return Readings(word.removeprefix("reading:"), by=by, place=place)
    return Records(kind_named(word), by=by, place=place)


def kind_named(word: str):
    """The kind with this id (``pack.kind``) or this Chinese title. Raises Refusal."""
    kinds = catalogue().kinds
    if word in kinds:
        return kinds[word]
    titled = [entry for entry in kinds.values() if entry.spec.title == word]
    if len(titled) > 1:
        among = "、".join(entry.id for entry in titled)
        raise Refusal("ambiguous", what="记录类型", name=word, among=among)
    if not titled:
        known: Iterable[str] = [*kinds, *(entry.spec.title for entry in kinds.values()), *LISTS]
        mend = suggest(word, known) or "用 pack.kind、类型的名称、place、unit、person、post 或 reading:指标。"
        raise Refusal("not_found", what="记录类型", name=word, mend=mend)
    return titled[0]
