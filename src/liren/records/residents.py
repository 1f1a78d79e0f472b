"""Residents and what they report: which kinds they may open, what may not stand in public words, the same report
sent twice, and the private link by which a reporter comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core import signing

from liren.clock import now
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.language import Kind
from liren.people.models import Person
from liren.people.queries import persons_by_id
from liren.places.models import Place
from liren.refusals import Refusal

from .models import Record

#: The word by which packs say that something comes from a resident.
RESIDENT = "resident"
#: Reported first: the matter that most residents come for.
FIRST = "grid_case.event"
#: Eleven digits of a mobile number, and the eighteen of an identity card.
PRIVATE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
#: For so long the same words are the same report.
AGAIN = timedelta(minutes=30)
LINK = "liren.portal.link"


def is_matter(spec: Kind) -> bool:
    """Whether residents report such things, for all to see."""
    return spec.shape == "matter" and spec.visible == "public" and RESIDENT in spec.opened_by


def matter_kinds() -> list[KindEntry]:
    """The kinds that residents may open and anybody may see, the most asked for first."""
    found = [entry for entry in catalogue().kinds.values() if is_matter(entry.spec)]
    return sorted(found, key=lambda entry: entry.id != FIRST)


def kind_for_residents(key: str) -> KindEntry:
    """A kind that residents may open here. Raises Refusal (not_found)."""
    found = catalogue().kinds.get(key)
    if found is None or not is_matter(found.spec):
        raise Refusal("not_found", what="记录类型", name=key, mend="")
    return found


def presets(spec: Kind) -> dict[str, str]:
    """What is known of a report because a resident makes it."""
    return {name: RESIDENT for name, field in spec.fields.items() if RESIDENT in field.choices}


def too_private(spec: Kind, values: Mapping[str, Any]) -> list[str]:
    """The fields that will be public and hold a phone or identity number."""
    return [
        name
        for name, value in values.items()
        if (field := spec.fields.get(name))
        and not field.private
        and field.type in ("text", "long")
        and PRIVATE.search(str(value or ""))
    ]


def just_sent(kind: str, *, by: Person, place: Place, title: str) -> Record | None:
    """The same words from the same person at the same place a moment ago: they went back and sent them again."""
    if not title:
        return None
    same = Record.objects.filter(opener=by, kind=kind, place=place, closed__isnull=True)
    return same.filter(title=title, opened__gte=now() - AGAIN).order_by("-pk").first()


def token_for(record: Record, person: Person) -> str:
    """What a private link carries: this record, this person, and our signature; it does not run out."""
    return signing.Signer(salt=LINK).sign_object([record.pk, person.pk])


def holder_of(token: str) -> tuple[int, Person] | None:
    """The record's key and the person a private link speaks for; None where it is not one of ours."""
    try:
        key, who = signing.Signer(salt=LINK).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = persons_by_id([who]).get(who)
    return (key, person) if person is not None else None
