"""The personal-information notice of a pack, made from the pack itself: what is collected, why, how long, who sees.

PIPL 17 and the regulation on network data 21 ask for a list; a notice that is written by hand grows old.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import ngettext

from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.language import Pack
from liren.packs.linting import RELATIONS
from liren.records.flow import in_charge

from .lasting import deciders, keeps


@dataclass(frozen=True)
class Collected:
    """One private field: its title, whether it must be given, how long it is kept (empty: as long as the record)."""

    title: str
    required: bool
    keep: str
    hint: str


@dataclass(frozen=True)
class Notice:
    """The notice of one kind."""

    kind: str
    title: str
    purpose: str
    collected: list[Collected]
    seen_by: list[str]
    decided_by: list[str]
    public: bool
    shown: list[str] = field(default_factory=list)
    persons: bool = False


def kept_text(keep: str) -> str:
    """``10y`` as 10年, in the language of the page."""
    count = int(keep.rstrip("ymod"))
    if keep.endswith("mo"):
        said = ngettext("%(n)s个月", "%(n)s个月", count)
    elif keep.endswith("y"):
        said = ngettext("%(n)s年", "%(n)s年", count)
    else:
        said = ngettext("%(n)s天", "%(n)s天", count)
    return said % {"n": count}


def notice_of(entry: KindEntry) -> Notice | None:
    """The notice of a kind; None where nothing private is collected and nobody is named."""
    spec, kept = entry.spec, keeps(entry.spec)
    collected = [
        Collected(said.title, said.required, kept_text(kept[name]) if name in kept else "", said.hint or "")
        for name, said in spec.fields.items()
        if said.private
    ]
    persons = any(said.type == "person" for said in spec.fields.values()) or bool(spec.attended_as)
    if not collected and not persons:
        return None
    shown = (
        [spec.fields[name].title for name in spec.shown.fields if name in spec.fields] if spec.shown else []
    )
    return Notice(
        entry.id,
        spec.title,
        entry.pack.about or "、".join(entry.pack.serves) or entry.pack.title,
        collected,
        _titles(in_charge(spec)),
        _titles(deciders(spec)),
        spec.visible == "public",
        shown,
        persons,
    )


def notices(pack: Pack) -> list[Notice]:
    """The notices of all kinds of a pack that need one."""
    found = (notice_of(catalogue().kinds[f"{pack.pack}.{key}"]) for key in pack.kinds)
    return [one for one in found if one is not None]


def _titles(roles: set[str]) -> list[str]:
    known = catalogue().roles | RELATIONS
    return sorted({str(known.get(role, role)) for role in roles})
