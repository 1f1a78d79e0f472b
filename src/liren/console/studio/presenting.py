"""The pages of the studio: the desk with its draft, and the report of today beside the last issue."""

from __future__ import annotations

import difflib
import re
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.changes.queries import changes_of, last_change
from liren.clock import now, today
from liren.console.presenting import issue as issues
from liren.console.presenting import report as reports
from liren.console.presenting.home import last_period
from liren.figures.queries import read_period
from liren.figures.telling import text as figure_text
from liren.inforce import catalogue
from liren.look.asking import Asked
from liren.look.presenting.pickers import pickers
from liren.look.presenting.words import label
from liren.packs.catalogue import ReportEntry
from liren.people.visibility import Viewer
from liren.places.queries import find_place
from liren.refusals import Refusal
from liren.reports import markdown_writer
from liren.reports.binding import bind
from liren.reports.models import Issue
from liren.reports.queries import Body, bodies, issues_about
from liren.reports.standing import may_issue, may_word

from .desk import Desk

#: Words of a text that are no figures: what they put in is known when the report is asked for.
WORDS = ("title", "place", "period", "issuer", "date")
_CITE = re.compile(r"\[([^\]]*)\]\(#cite-\d+\)")


def index(viewer: Viewer) -> dict[str, Any]:
    """The context of studio/index.html."""
    about, rows = bodies(), []
    own = find_place(viewer.posts[0].place_code) if viewer.posts else None
    for entry in catalogue().reports.values():
        body = about.get(entry.id) or (Body(own) if own else None)
        if body is None:
            continue
        if may_word(viewer, entry) or may_issue(viewer, entry, body.place, body.unit, now()):
            rows.append(_row(entry, body))
    return {"reports": rows}


def _row(entry: ReportEntry, body: Body) -> dict[str, Any]:
    asked = Asked(body.place, last_period(entry, today()), body.unit)
    change = last_change(f"{entry.pack.pack}.reports.{entry.key}.body")
    return {
        "title": entry.spec.title,
        "body": body.name,
        "href": reverse("console:studio_desk", args=[entry.id]),
        "own": change is not None,
        "by": change.by if change else "",
        "at": change.at if change else None,
        "live": asked.report(entry.id),
    }


def desk(one: Desk, fault: str = "") -> dict[str, Any]:
    """The context of studio/desk.html."""
    path = one.path
    own = [change for change in changes_of(one.entry.pack.pack) if change.path == path]
    last = issues_about(one.entry.id, one.asked.place, one.asked.unit)
    told = draft(one)  # first: it computes the numbers that the list of names shows
    context = {
        "desk": {
            "title": one.entry.spec.title,
            "text": one.text,
            "why": one.why,
            "draft": one.is_draft,
            "own": one.latest is not None,
            "may_word": one.may_word,
            "may_issue": one.may_issue,
            "fault": fault,
            "hrefs": {
                n: one.href(f"studio_{n}")
                for n in ("desk", "preview", "save", "withdraw", "issue", "compare")
            },
            "live": one.asked.report(one.entry.id),
        },
        "history": [{"by": c.by, "at": c.at, "why": c.why, "withdrawn": c.withdrawn} for c in own],
        "issues": [_issue(issue) for issue in last],
        "figures": _names(one),
        "words": [{"code": f"{{{word}}}", "title": _words()[word]} for word in WORDS],
        "downloads": reports.around(one.entry, one.asked, one.viewer)["downloads"],
    }
    return context | told | pickers(one.asked, lambda **other: one.href(**other))


def draft(one: Desk) -> dict[str, Any]:
    """The context of studio/preview.html: the draft as it reads, or its faults beside the lines."""
    lines = one.text.splitlines()
    faults = [
        {
            "line": fault.line,
            "quote": lines[fault.line - 1][:120] if 0 < fault.line <= len(lines) else "",
            "message": fault.message,
            "mend": fault.mend,
        }
        for fault in one.faults
    ]
    shown = reports.live(one.numbers, one.document, one.viewer) if one.document else None
    return {"faults": faults, "preview": shown}


def _issue(issue: Issue) -> dict[str, Any]:
    return {
        "title": issue.title,
        "period": _period(issue.period),
        "at": issue.at,
        "href": reverse("console:issue", args=[issue.pk]),
    }


def _period(text: str) -> str:
    try:
        return label(read_period(text))
    except Refusal:
        return text


def _words() -> dict[str, str]:
    return {
        "title": _("标题"), "place": _("地点"), "period": _("时段"), "issuer": _("发文单位"), "date": _("成文日期"),
    }  # fmt: skip


def _names(one: Desk) -> list[dict[str, Any]]:
    """What may stand in braces: the names the report declares, then the other figures of its pack."""
    bound, found = one.numbers, []
    for name in dict.fromkeys([*one.entry.spec.figures, *one.entry.pack.figures]):
        figure = catalogue().figure_id(bound.cited(name).figure, one.entry.pack.pack)
        spec = catalogue().figures[figure].spec
        result = bound.results.get(name)
        found.append(
            {
                "code": f"{{{name}}}",
                "title": spec.title,
                "text": figure_text(result) if result else "",
                "href": one.asked.figure(figure),
            }
        )
    return found


def compared(one: Desk) -> dict[str, Any]:
    """The context of studio/compare.html."""
    asked = one.asked
    last = next(iter(issues_about(one.entry.id, asked.place, asked.unit, 1)), None)
    context: dict[str, Any] = {"title": one.entry.spec.title, "desk": one.href(), "issue": None}
    if last is None:
        return context
    period = read_period(last.period)
    _bound, document = bind(one.entry.id, place=asked.place, period=period, unit=asked.unit)
    moved, notes = issues.changes(last)
    return context | {
        "issue": _issue(last) | {"by": last.by.name if last.by else ""},
        "moved": [{"title": d.title, "before": d.then, "now": d.now, "why": d.why} for d in moved],
        "notes": notes,
        "lines": _differences(last.text, markdown_writer.write(document)),
    }


def _differences(then: str, today_text: str) -> list[dict[str, str]]:
    """The lines of the text that changed, with a line around; numbers as printed, the annex left out."""
    before, after = (_plain(text) for text in (then, today_text))
    told = []
    for line in difflib.unified_diff(before, after, lineterm="", n=1):
        if line.startswith(("---", "+++")):
            continue
        kind = {"-": "gone", "+": "new", "@": "gap"}.get(line[0], "same")
        told.append({"kind": kind, "text": "" if kind == "gap" else line[1:]})
    return told


def _plain(text: str) -> list[str]:
    body = _CITE.sub(r"\1", text)
    lines = [line for line in body.splitlines() if line.strip()]
    heads = [at for at, line in enumerate(lines) if line.startswith("## ")]
    return lines[: heads[-1]] if heads else lines
