"""The page of a matter: where it stands, who has it, until when, what the office answered, what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.clock import now
from liren.database.prepared import ByKeys
from liren.forms.steps import offered_steps
from liren.inforce import catalogue
from liren.joining.queries import has_joined, joined_counts
from liren.look.addresses import numbered
from liren.look.presenting import mapping
from liren.look.presenting.words import english
from liren.packs.language import Kind
from liren.people.models import Person
from liren.people.private import ERASED
from liren.places.limits import Limit, remaining
from liren.places.queries import work_calendar
from liren.portal import shelves
from liren.portal.presenting.telling import LEVELS, OURS, Speaker, day_text, fields_of, names_in, speakers
from liren.privacy.lasting import answer_by, keeps, standing_of_erasure
from liren.privacy.notice import kept_text
from liren.records.dossier import MOST
from liren.records.flow import state_title
from liren.records.models import Act, File, Record
from liren.records.revealing import private_names, private_reads
from liren.records.values import value_of
from liren.trail.queries import holds

OUTCOME = "outcome"
#: Files that a browser shows as they are.
PICTURES = ("image/jpeg", "image/webp", "image/png")


def matter(record: Record, person: Person | None, *, private: bool = False) -> dict[str, Any]:
    """The context of matter.html; ``private`` where a private link or the browser speaks for the person."""
    spec = catalogue().kinds[record.kind].spec
    acts = list(record.acts.select_related("by").order_by("id")[:MOST])
    names = names_in(record, spec, acts)
    who = speakers(record, spec, acts)
    return {
        "record": head(record, spec) | {"photos": photos([record]).get(record.pk, [])},
        "status": standing(record, spec, now()),
        "fields": fields_of(record, spec, _described(spec), names),
        "map": mapping.of_record(record, spec) if spec.located in shelves.field_names(spec) else None,
        "timeline": [_act(act, spec, names, who[act.pk], private) for act in acts],
        "intact": holds(acts),
        "joined": joined_counts([record.pk]).get(record.pk, 0),
        "mine": _mine(record, person),
        "can_join": record.closed is None and shelves.is_matter(spec),
        "private": private,
        "feed": _feed(record, spec),
    }


def own(record: Record, person: Person) -> dict[str, Any]:
    """What is private in the record, for whom it belongs to: what is held, how long, who read it, what was asked."""
    spec = catalogue().kinds[record.kind].spec
    theirs = person.pk in (record.opener_id, record.person_id)
    private = {name: field.title for name, field in spec.fields.items() if field.private}
    if not theirs or not private:
        return {}
    held = private_names(record)
    erased = [title for name, title in private.items() if record.data.get(name) == ERASED]
    if not held and not erased:
        return {}
    return {
        "held": [private[name] for name in held],
        "erased": erased,
        "keep": sorted({kept_text(keep) for name, keep in keeps(spec).items() if name in held}),
        "answer": _answer(record),
        "reads": [
            {
                "by": one.by.name if one.by else _("系统"),
                "at": one.at,
                "field": private.get(one.field, one.field),
                "purpose": one.purpose,
            }
            for one in private_reads(record)
        ],
    }


def _answer(record: Record) -> dict[str, Any]:
    """What became of a request to erase: by when it is answered, why it was refused, whether erasing is suspended."""
    stands = standing_of_erasure(record.pk)
    return {
        "until": answer_by(stands.asked) if stands.asked else None,
        "refused": stands.refused,
        "reason": stands.reason,
        "suspended": stands.suspended,
    }


def _feed(record: Record, spec: Kind) -> str:
    """Its own feed, where anybody finds the matter; else that of its place."""
    if spec.visible == "public":
        return reverse("portal:record_feed", args=[record.number])
    return reverse("portal:feed", args=[shelves.MATTERS]) + f"?place={record.place_id}"


def _mine(record: Record, person: Person | None) -> str:
    """What the matter is to the person: `opened`, `joined`, or nothing."""
    if person is None:
        return ""
    if record.opener_id == person.pk:
        return "opened"
    return "joined" if has_joined(record, person) else ""


def head(record: Record, spec: Kind) -> dict[str, Any]:
    """Number, title and where; the same for lists and pages."""
    return {
        "number": record.number,
        "title": record.title or spec.title,
        "kind": spec.title,
        "place": record.place.name,
        "opened": record.opened,
        "href": numbered("portal:record", record.number),
    }


def status(record: Record, spec: Kind, at: datetime) -> dict[str, Any]:
    """Where a matter stands, in a list: state, outcome in its own words, whether it is late."""
    value = value_of(spec, record, OUTCOME) if OUTCOME in spec.fields else None
    outcome = spec.fields[OUTCOME].choices.get(str(value), "") if value else ""
    ended = record.closed is not None
    level = LEVELS.get(str(value), "") if ended else ""
    return {
        "state": state_title(spec, record.state),
        "outcome": outcome if ended else "",
        "ended": ended,
        "level": level,
        "overdue": not ended and record.due is not None and record.due < at,
    }


def standing(record: Record, spec: Kind, at: datetime) -> dict[str, Any]:
    """The same on its own page, with the handler and the limit in words."""
    ended = record.closed is not None
    return status(record, spec, at) | {
        "handler": record.handler.name if record.handler else "",
        "due": None if ended else record.due,
        "limit": "" if ended else _limit(record, spec, at),
        "late": record.late_count,
    }


def _limit(record: Record, spec: Kind, at: datetime) -> str:
    """还剩 3 工作时."""
    state = spec.states.get(record.state)
    if record.due is None or state is None or state.within is None:
        return ""
    within = state.within
    text = within if isinstance(within, str) else within.limits.get(str(value_of(spec, record, within.by)))
    if text is None:
        return ""
    told = remaining(at, record.due, Limit.parse(text), work_calendar())
    return told.text_en if english() else told.text_zh


def _described(spec: Kind) -> list[str]:
    """What was reported: fields that no step of the office asks for."""
    asked = {name.rstrip("?") for step in spec.steps.values() for name in step.ask}
    apart = asked | {"level", "source", spec.located}
    return [name for name in shelves.field_names(spec) if name not in apart]


def _act(act: Act, spec: Kind, names, who: Speaker, private: bool) -> dict[str, Any]:
    step = spec.steps.get(act.verb)
    official = who.official and (step is None or not set(step.by) <= OURS)
    reply = [
        {"title": spec.fields[name].title, "text": "" if value == "█" else day_text(spec, name, value, names)}
        for name, value in act.changed.items()
        if (official or step is not None) and act.verb != "open" and _speaks(spec, name, official)
    ]
    return {
        "title": _title(act, spec),
        "who": who,
        "at": act.at,
        "reply": [one for one in reply if one["text"]] if official else [],
        "rated": [one for one in reply if one["text"]] if not official else [],
        "to_unit": names.units.get(str(act.changed.get("handler")), "") if "handler" in act.changed else "",
        "note": act.note if act.verb in ("extend", "void", "merge") or (private and not official) else "",
        "late": act.verb == "late",
        "seal": {"act": act.pk, "hash": act.hash},
    }


def _speaks(spec: Kind, name: str, official: bool) -> bool:
    """Whether a field is part of an answer: words and choices, none private; the level is the office's own.
    Of what residents say in a step all read the choice (how they rate it), not the words."""
    field = spec.fields.get(name)
    return (
        field is not None
        and not field.private
        and field.type in (("text", "long", "choice") if official else ("choice",))
        and name != "level"
    )


def _title(act: Act, spec: Kind) -> str:
    if act.verb in spec.steps:
        return spec.steps[act.verb].title
    known = {
        "open": _("收到反映"), "late": _("超过时限"), "extend": _("延长期限"), "transfer": _("转给别的单位办"),
        "void": _("作废"), "merge": _("并入另一件"), "attach": _("补充了照片或材料"), "attend": _("记出勤"),
        "ask_erasure": _("请求删除个人信息"), "refuse_erasure": _("不予删除个人信息"),
        "erase": _("删除个人信息"), "suspend_erasure": _("暂停删除个人信息"), "resume_erasure": _("恢复删除个人信息"),
    }  # fmt: skip
    return known.get(act.verb, act.verb)


_PICTURES = ByKeys(
    lambda keys: File.objects.filter(record_id__in=keys, private=False, media_type__in=PICTURES).order_by(
        "pk"
    )[:MOST]
)


def photos(records: list[Record]) -> dict[int, list[dict[str, str]]]:
    """Record → its pictures that anybody may see, in one query."""
    found: dict[int, list[dict[str, str]]] = {}
    for file in _PICTURES(one.pk for one in records):
        href = reverse("portal:photo", args=[file.sha256])
        told = {"href": href, "small": f"{href}?small=1", "name": file.name}
        found.setdefault(file.record_id, []).append(told)
    return found


def listed(records: list[Record]) -> list[dict[str, Any]]:
    """Matters in a list, with enough to know one's own again: picture, words, state, how many have it too."""
    joined, pictures, at = joined_counts(one.pk for one in records), photos(records), now()
    told = []
    for record in records:
        spec = catalogue().kinds[record.kind].spec
        details = str(record.data.get("details") or record.data.get("spot") or "")
        told.append(
            head(record, spec)
            | {
                "status": status(record, spec, at),
                "words": details[:80],
                "photo": next(iter(pictures.get(record.pk, [])), None),
                "joined": joined.get(record.pk, 0),
                "category": _category(record, spec),
            }
        )
    return told


def _category(record: Record, spec: Kind) -> str:
    for name in ("category", "topic"):
        if name in spec.fields and (text := spec.fields[name].choices.get(str(value_of(spec, record, name)))):
            return text
    return ""


def offered(record: Record, person: Person) -> list[dict[str, Any]]:
    """Steps the resident may take now: not fixed, rate. Only those of residents, and only what is theirs."""
    spec = catalogue().kinds[record.kind].spec
    steps = offered_steps(record, person, now())
    return [{"verb": one.verb, "title": one.title} for one in steps if set(spec.steps[one.verb].by) & OURS]
