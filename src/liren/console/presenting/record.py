"""The page of one record: fields by title, where it stands, its acts, who came, what hangs on it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.activities.queries import Sheet, sheet
from liren.clock import now
from liren.content.queries import editions_of
from liren.exams.queries import outcome
from liren.inforce import catalogue
from liren.look import charts
from liren.look.asking import file_href, record_href
from liren.look.presenting import mapping
from liren.look.presenting.acts import acts, names_for
from liren.look.presenting.fields import fields
from liren.look.presenting.rows import state_cell
from liren.look.presenting.words import english, name_of, size_text
from liren.packs.catalogue import KindEntry
from liren.packs.language import SHAPES, Kind
from liren.people.visibility import Viewer
from liren.places.limits import Limit, due_is_provisional, remaining
from liren.places.queries import work_calendar
from liren.records.dossier import MOST, Dossier, Tie
from liren.records.models import Record
from liren.records.revealing import private_reads
from liren.records.values import value_of


def record(found: Dossier, viewer: Viewer) -> dict[str, Any]:
    """The context of record.html."""
    entry = catalogue().kinds[found.record.kind]
    names = names_for(found, entry.spec, viewer)
    flow = _flow(found, entry.spec)
    return {
        "record": _head(found, entry, viewer, names.roles),
        "fields": fields(found.record, entry.spec, names),
        "map": _map(found.record, entry),
        "deadlines": _deadlines(found, entry.spec),
        "flow": flow,
        "stages": _stages(found, entry.spec),
        "acts": acts(found, entry.spec, names),
        "intact": found.intact,
        "attendance": _attendance(sheet(found.record, MOST), entry.spec, viewer),
        "exam": _exam(found.record),
        "editions": [
            {
                "channel": one.channel,
                "title": found.record.title,
                "href": one.link or None,
                "published": one.at,
            }
            for one in editions_of(found.record, MOST)
        ],
        "files": _files(found),
        "links": [_tie(one) for one in found.ties],
        "more_links": found.more_ties,
        "counted": [],
        "reads": _reads(found, entry.spec, viewer),
    }


def _map(record: Record, entry: KindEntry) -> dict[str, Any] | None:
    """Where it is, and the list of what else is open around it."""
    told = mapping.of_record(record, entry.spec)
    if told is None:
        return None
    return told | {"around": reverse("console:list", args=[entry.id]) + f"?around={told['text']}"}


def _reads(found: Dossier, kind: Kind, viewer: Viewer) -> list[dict[str, Any]]:
    """Who read private values and why: for whom they are about and whoever entered them."""
    concerned = viewer.person is not None and viewer.person.pk in (
        found.record.person_id,
        found.record.opener_id,
    )
    held = bool(found.record.secret) or any(one.private for one in found.files)
    if not held or not concerned:
        return []
    return [
        {
            "by": one.by.name if one.by else _("系统"),
            "at": one.at,
            "field": kind.fields[one.field].title if one.field in kind.fields else one.field,
            "purpose": one.purpose,
        }
        for one in private_reads(found.record)
    ]


def _head(found: Dossier, entry: KindEntry, viewer: Viewer, roles: dict) -> dict[str, Any]:
    record = found.record
    opener = name_of(record.opener, viewer, official=bool(found.acts and roles.get(found.acts[0].pk)))
    return {
        "number": record.number,
        "title": record.title or entry.spec.title,
        "kind": entry.spec.title,
        "shape": _(SHAPES[entry.spec.shape]),
        "pack": {"title": entry.pack.title, "href": reverse("console:pack", args=[entry.pack.pack])},
        "state": {"title": (cell := state_cell(record, entry.spec))["text"], "level": cell["level"]},
        "opened": record.opened,
        "by": opener,
    }


def _flow(found: Dossier, kind: Kind):
    """The picture of the flow with the record's way through it; none for a plain register."""
    if not moves(kind):
        return None
    state = found.record.state if found.record.state in kind.states else None
    been = {act.from_state for act in found.acts} | {act.to_state for act in found.acts}
    passed = [key for key in kind.states if key in been and key != state]
    return drawing(kind, current=state, passed=passed)


def _stages(found: Dossier, kind: Kind) -> list[dict[str, Any]]:
    """The states in a line that wraps: on a phone the picture is wider than the screen and begins at the beginning.

    Ends that the record did not come to are left out, as long as there are others.
    """
    if not moves(kind):
        return []
    been = {act.from_state for act in found.acts} | {act.to_state for act in found.acts}
    here = found.record.state
    usual = next((key for key, one in kind.states.items() if one.end), "")
    shown = [key for key, one in kind.states.items() if not one.end or key in (usual, here) or key in been]
    return [
        {"title": kind.states[key].title, "now": key == here, "been": key in been and key != here}
        for key in shown
    ]


def moves(kind: Kind) -> bool:
    """Whether there is a flow to draw: a plain register stands until it is ended."""
    return len(kind.states) > 2 or len(kind.steps) > 1


def drawing(kind: Kind, *, current: str | None = None, passed: list[str] | None = None):
    """The flow of a kind: its states with their limits, its steps, and how a record is opened."""
    states = [
        charts.State(key, one.title, limit_text(one.within), one.end) for key, one in kind.states.items()
    ]
    steps = [charts.Step(kind.open_title or _("登记"), None, kind.first_state)]
    for step in kind.steps.values():
        steps += [charts.Step(step.title, source, step.to or source) for source in step.from_]
    return charts.flow(states, steps, kind.title, current=current, passed=passed or [])


def limit_text(within) -> str:
    """A limit in words: 5个工作日; of one chosen by a field: 4小时至5个工作日."""
    if within is None:
        return ""
    texts = {within} if isinstance(within, str) else set(within.limits.values())
    labels = [_limit_label(text) for text in sorted(texts, key=_length)]
    if len(labels) == 1:
        return labels[0]
    return _("%(first)s 至 %(last)s") % {"first": labels[0], "last": labels[-1]}


def _length(text: str) -> float:
    """About how long a limit is, in days, to put the shortest first."""
    limit = Limit.parse(text)
    return (
        limit.count * {"min": 1 / 1440, "h": 1 / 24, "wh": 1 / 8, "d": 1.0, "wd": 1.4, "mo": 30.0}[limit.unit]
    )


def _limit_label(text: str) -> str:
    limit = Limit.parse(text)
    return limit.label_en if english() else limit.label_zh


def _deadlines(found: Dossier, kind: Kind) -> list[dict[str, Any]]:
    """The limit that runs now, then those that were passed."""
    told = _running(found, kind)
    for act in found.acts:
        if act.verb == "late" and act.at != found.record.due:
            title = kind.states[act.from_state].title if act.from_state in kind.states else ""
            told.append(
                {"title": title, "due": act.at, "words": _("超过了时限"), "level": "late", "rule": "", "past": True,
                 "provisional": False}
            )  # fmt: skip
    return told


def _running(found: Dossier, kind: Kind) -> list[dict[str, Any]]:
    record = found.record
    state = kind.states.get(record.state)
    if record.due is None or state is None or state.within is None:
        return []
    within = state.within
    text = (
        within if isinstance(within, str) else within.limits.get(str(value_of(kind, record, within.by)), "")
    )
    if not text:
        return []
    limit, calendar = Limit.parse(text), work_calendar()
    left = remaining(now(), record.due, limit, calendar)
    since = next((act.at for act in reversed(found.acts) if act.from_state != act.to_state), record.opened)
    rule = limit.label_en if english() else f"{limit.label_zh}内"
    return [
        {
            "title": state.title,
            "due": record.due,
            "words": left.text_en if english() else left.text_zh,
            "level": "late" if left.overdue else "soon" if left.amount <= 1 else "",
            "rule": rule,
            "past": False,
            "provisional": due_is_provisional(since, limit, calendar),
        }
    ]


def _attendance(found: Sheet | None, kind: Kind, viewer: Viewer) -> dict[str, Any] | None:
    if found is None:
        return None
    rows = []
    for one in found.rows:
        confirmer = name_of(one.confirmed_by, viewer, official=True)
        rows.append(
            {
                "person": name_of(one.person, viewer),
                "role": kind.attended_as.get(one.role, one.role),
                "status": _("到") if one.present else _("未到"),
                "level": "ok" if one.present else "",
                # Why a person was away may be an illness: staff's business, not the public's.
                "reason": one.reason if viewer.is_staff else "",
                "hours": str(one.minutes or ""),
                "confirmed": confirmer,
            }
        )
    words = _("实到 %(present)s，应到 %(expected)s") % {"present": found.present, "expected": found.expected}
    hours = _("合计 %(n)s 分钟") % {"n": f"{found.minutes:,}"} if found.minutes else ""
    return {
        "expected": found.expected,
        "present": found.present,
        "absent": found.absent,
        "hours": hours,
        "share": charts.share(found.present, found.expected, kind.title, words),
        "rows": rows,
        "told": {name: any(row[name] for row in rows) for name in ("role", "reason", "hours", "confirmed")},
        "more": found.total - len(rows),
    }


def _exam(record: Record) -> dict[str, Any] | None:
    """How an exam went, naming nobody."""
    found = outcome(record)
    if found is None:
        return None
    average = "" if found.average is None else f"{found.average:.1f}"
    return {"submitted": found.submitted, "passed": found.passed, "average": average}


def _files(found: Dossier) -> list[dict[str, Any]]:
    """Files to fetch; of private ones only that they are there."""
    return [
        {
            "title": "████" if one.private else one.name,
            "size": size_text(one.size),
            "kind": one.media_type.partition(";")[0],
            "digest": one.sha256,
            "private": one.private,
            "href": None if one.private else file_href(one.sha256, one.name),
        }
        for one in found.files
    ]


def _tie(tie: Tie) -> dict[str, Any]:
    kind = catalogue().kinds.get(tie.other.kind)
    states = kind.spec.states if kind else {}
    names = {"parent": (_("上级事项"), _("下级事项")), "duplicate": (_("并入"), _("并入的事项"))}
    names |= {"cites": (_("引用"), _("被引用"))}
    return {
        "relation": names.get(tie.kind, (tie.kind, tie.kind))[0 if tie.outward else 1],
        "number": tie.other.number,
        "title": tie.other.title or (kind.spec.title if kind else ""),
        "href": record_href(tie.other.number),
        "state": states[tie.other.state].title if tie.other.state in states else "",
    }
