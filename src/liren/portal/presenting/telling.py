"""Fields of a record in words for residents, and who speaks for which office."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.look.presenting.acts import names_for
from liren.look.presenting.fields import Names, value_text
from liren.packs.fields import COLUMNS
from liren.packs.language import Kind
from liren.packs.sources import column_of
from liren.people.models import Person, Post
from liren.people.queries import posts_of_persons
from liren.people.visibility import PUBLIC
from liren.places.codes import contains
from liren.places.queries import names_of_places
from liren.records.dossier import Dossier
from liren.records.models import Act, Record
from liren.records.values import value_of

#: What a choice called ``outcome`` says about how it came out; other words are neither good nor bad.
LEVELS = {
    "fixed": "ok",
    "half": "soon",
    "not_fixed": "late",
    "done": "ok",
    "partly": "soon",
    "not_done": "late",
}


#: Roles of residents: who acts by one of them speaks for no office and is not named.
OURS = {"opener", "resident", "subject"}


def field_title(spec: Kind, name: str) -> str:
    """The title of a field or shared column."""
    return (
        spec.fields[name].title if name in spec.fields else COLUMNS[name].title if name in COLUMNS else name
    )


def names_in(record: Record, spec: Kind, acts: Sequence[Act] = ()) -> Names:
    """What keys in the record's values mean."""
    return names_for(Dossier(record, list(acts), True), spec, PUBLIC)


def field_text(record: Record, spec: Kind, name: str, names: Names) -> str:
    """The value of a field as residents read it; empty where there is none."""
    column = column_of(spec, name)
    if column in ("unit", "handler", "place"):
        there = getattr(record, column)
        return there.name if there else ""
    if column == "person":
        return ""
    return day_text(spec, name, value_of(spec, record, name), names)


def day_text(spec: Kind, name: str, value: Any, names: Names) -> str:
    """A value in words. A flag that is not set says nothing."""
    return "" if value is False else value_text(spec, name, value, names)


def fields_of(record: Record, spec: Kind, wanted: Iterable[str], names: Names) -> list[dict[str, Any]]:
    """`[{title, text, long, href}]` of the fields that have something to say."""
    told = []
    for name in wanted:
        text = field_text(record, spec, name, names)
        type_ = spec.fields[name].type if name in spec.fields else ""
        if text:
            href = text if type_ == "link" and text.startswith(("https://", "http://")) else ""
            told.append(
                {
                    "name": name,
                    "title": field_title(spec, name),
                    "text": text,
                    "long": type_ == "long",
                    "href": href,
                }
            )
    return told


@dataclass(frozen=True)
class Speaker:
    """Who did something: ``office`` and ``role`` for those who acted by a post, else a resident or the system."""

    name: str
    office: str = ""
    role: str = ""

    @property
    def official(self) -> bool:
        return bool(self.role)


def speakers(record: Record, spec: Kind, acts: Sequence[Act]) -> dict[int, Speaker]:
    """Act → who did it, by the post they held then. Residents are not named."""
    held = posts_of_persons([act.by_id for act in acts if act.by_id])
    found: dict[int, tuple[Person, Post]] = {}
    for act in acts:
        post = _post(record, spec, act, held.get(act.by_id or 0, []))
        if post is not None and act.by is not None:
            found[act.pk] = (act.by, post)
    places = names_of_places({post.place_id for _by, post in found.values() if post.place_id})
    roles = catalogue().roles
    told = {}
    for act in acts:
        if act.pk in found:
            by, post = found[act.pk]
            office = post.unit.name if post.unit else places.get(post.place_id or "", "")
            told[act.pk] = Speaker(by.name, office, roles.get(post.role, post.role))
        else:
            told[act.pk] = Speaker(_("系统") if act.by_id is None and act.verb != "open" else _("居民"))
    return told


def _post(record: Record, spec: Kind, act: Act, posts: list[Post]) -> Post | None:
    step = spec.steps.get(act.verb)
    wanted = set(step.by if step else spec.opened_by if act.verb == "open" else catalogue().roles) - OURS
    now = [
        p for p in posts if p.role in wanted and p.starts <= act.at and (p.ends is None or act.at < p.ends)
    ]
    near = [
        p
        for p in now
        if (p.place_id and contains(p.place_id, record.place_id))
        or p.unit_id in (record.unit_id, record.handler_id)
    ]
    return next(iter(near or now), None)
