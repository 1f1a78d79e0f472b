"""A definition taken apart in words: what is read, under which condition, when it counts, how it is rounded."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.figures.counting import parsed
from liren.figures.sources import table
from liren.figures.wording import condition_text, definition_text, name_text, source_words
from liren.inforce import catalogue
from liren.packs.catalogue import FigureEntry
from liren.packs.figure_language import VERBS, Figure

#: Figures on one page of the list.
PAGE = 100


def parts(entry: FigureEntry, spec: Figure) -> list[dict[str, Any]]:
    """`[{title, words}]` for the definition of a figure."""
    told = [(_("算法"), _(VERBS[spec.verb]))]
    if spec.source:
        told += _source_parts(entry, spec)
    if spec.over:
        told.append((_("名单"), source_words(table(spec.over, entry.pack.pack))))
    told.append((_("取整"), _rounding(spec)))
    if spec.small:
        told.append((_("小数目"), _("少于 %(n)s 的不公开") % {"n": spec.small}))
    return [{"title": title, "words": words} for title, words in told]


def _source_parts(entry: FigureEntry, spec: Figure) -> list[tuple[str, str]]:
    source = table(spec.reads, entry.pack.pack)
    told = [(_("数什么"), source_words(source))]
    if spec.where:
        told.append((_("条件"), condition_text(parsed(spec.where), source)))
    if spec.stood or (source.always_stock and not spec.dated):
        told.append((_("时间"), _("期末在册")))
    else:
        moment = spec.dated or (source.dated(None) or "").removeprefix("record__")
        told.append((_("时间"), _("按%(name)s归入时段") % {"name": name_text(source, moment)}))
    if spec.verb in ("sum", "average", "maximum", "minimum", "distinct"):
        name = spec.sum or spec.average or spec.maximum or spec.minimum or spec.distinct or ""
        told.append((_("看哪一栏"), name_text(source, name)))
    return told


def _rounding(spec: Figure) -> str:
    if spec.decimals:
        return _("保留 %(n)s 位小数，四舍五入") % {"n": spec.decimals}
    return _("取整数，四舍五入")


def versions(entry: FigureEntry, in_force: str) -> list[dict[str, Any]]:
    """Every wording, newest first: `{version, since, definition, current}`."""
    days = [None, *(version.from_ for version in sorted(entry.spec.versions, key=lambda v: v.from_))]
    notes = ["", *(version.note for version in sorted(entry.spec.versions, key=lambda v: v.from_))]
    told = []
    for number, (since, note) in enumerate(zip(days, notes, strict=True), start=1):
        spec = entry.spec if since is None else entry.spec.in_force(since)[0]
        words = definition_text(entry, spec)
        told.append(
            {
                "version": str(number),
                "since": since,
                "definition": _("%(words)s（%(note)s）") % {"words": words, "note": note} if note else words,
                "current": str(number) == in_force,
            }
        )
    return told[::-1]


def listed(entries: list[FigureEntry], href) -> list[dict[str, Any]]:
    """Rows of parts/definitions.html."""
    return [
        {
            "id": entry.id,
            "title": entry.spec.title,
            "unit": entry.spec.unit,
            "definition": definition_text(entry),
            "href": href(entry.id),
        }
        for entry in entries
    ]


def definitions(words: str, pack: str, number: int) -> dict[str, Any]:
    """The context of definitions.html: the figures that fit, by pack, `PAGE` of them."""
    found = search(words, pack)
    start = (number - 1) * PAGE
    groups: dict[str, dict[str, Any]] = {}
    for entry in found[start : start + PAGE]:
        href = reverse("console:pack", args=[entry.pack.pack])
        group = groups.setdefault(
            entry.pack.pack, {"id": entry.pack.pack, "title": entry.pack.title, "href": href, "entries": []}
        )
        group["entries"].append(entry)
    told = [group | {"figures": listed(group.pop("entries"), _figure)} for group in groups.values()]
    return {
        "groups": told,
        "count": len(found),
        "filters": _filters(words, pack),
        "page": {
            "first": min(start + 1, len(found)),
            "last": min(start + PAGE, len(found)),
            "total": len(found),
            "prev": _address(words, pack, number - 1) if number > 1 else None,
            "next": _address(words, pack, number + 1) if start + PAGE < len(found) else None,
        },
    }


def _figure(figure: str) -> str:
    return reverse("console:figure", args=[figure])


def _address(words: str, pack: str, number: int) -> str:
    told = {"q": words, "pack": pack, "page": str(number)}
    return f"{reverse('console:definitions')}?{urlencode({name: value for name, value in told.items() if value})}"


def _filters(words: str, pack: str) -> dict[str, Any]:
    choices = [
        {"value": one.pack, "title": one.title, "selected": one.pack == pack}
        for one in catalogue().packs.values()
        if one.figures
    ]
    return {
        "fields": [
            {
                "name": "q",
                "title": _("名称、口径或编号"),
                "kind": "text",
                "value": words,
                "wide": True,
                "ui": True,
            },
            {
                "name": "pack",
                "title": _("业务"),
                "kind": "choice",
                "value": pack,
                "choices": choices,
                "ui": True,
            },
        ],
        "kept": [],
        "clear": reverse("console:definitions") if words or pack else None,
    }


def search(words: str, pack: str) -> list[FigureEntry]:
    """Figures whose title, id, pack or definition holds every word, in the order of the packs."""
    wanted = words.lower().split()
    return [
        entry
        for entry in catalogue().figures.values()
        if (not pack or entry.pack.pack == pack) and (not wanted or _holds(entry, wanted))
    ]


def _holds(entry: FigureEntry, words: list[str]) -> bool:
    about = f"{entry.spec.title} {entry.id} {entry.pack.title}".lower()
    if all(word in about for word in words):
        return True
    about += definition_text(entry).lower()
    return all(word in about for word in words)
