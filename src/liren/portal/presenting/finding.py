"""What a search of the portal finds: records anybody finds, places by name or initials."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liren.inforce import catalogue
from liren.people.visibility import PUBLIC
from liren.portal.presenting.matter import head
from liren.search.queries import names, search, told_openly

MOST = 20


def found(words: str, place: str, after: int | None) -> dict[str, Any]:
    """The context of search.html."""
    if not words:
        return {"words": "", "hits": [], "places": [], "after": None}
    answer = search(words, to=PUBLIC, place=place, after=after, limit=MOST, shown=True)
    places = [] if after else names(words, to=PUBLIC, limit=6)
    return {
        "words": words,
        "hits": [_hit(hit) for hit in answer.hits if told_openly(hit, words)],
        "places": [_place(one) for one in places if one.kind == "place"],
        "after": answer.after,
    }


def _hit(hit) -> dict[str, Any]:
    record, spec = hit.record, catalogue().kinds[hit.record.kind].spec
    hidden = spec.shown is not None and hit.field and hit.field not in {
        spec.fields[name].title for name in spec.shown.fields if name in spec.fields
    }  # fmt: skip
    return head(record, spec) | {
        "segments": hit.title,
        "field": "" if hidden else hit.field,
        "excerpt": [] if hidden else hit.excerpt,
    }


def _place(one) -> dict[str, Any]:
    return {
        "segments": one.title,
        "where": one.where,
        "href": f"{reverse('portal:home')}?place={one.key}",
    }
