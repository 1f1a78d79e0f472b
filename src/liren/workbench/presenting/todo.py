"""The to-do list: a page of what waits for the viewer, each with its limit in words and its steps as buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from liren.clock import now
from liren.forms.steps import Offered, offered_on
from liren.inforce import catalogue
from liren.people.standing import Standing
from liren.people.visibility import Viewer
from liren.places.queries import work_calendar
from liren.records.models import Record
from liren.records.waiting import BOUND, NEVER, first_waiting, kinds_waiting
from liren.workbench.presenting.words import limit, record_url, state

PAGE = 30
#: Steps that stand on a card; the rest are on the record's own page.
SHOWN = 2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """Where a page of the list ends: the rank and the key of its last record."""

    rank: datetime
    pk: int

    @property
    def text(self) -> str:
        """For the address: microseconds and key."""
        return f"{(self.rank - _EPOCH) // timedelta(microseconds=1)}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """None for whatever is no cursor."""
        parts = text.split("-")
        if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
            return None
        try:
            return cls(_EPOCH + timedelta(microseconds=int(parts[0])), int(parts[1]))
        except OverflowError:
            return None


def todo(viewer: Viewer, kind: str, after: str) -> dict[str, Any]:
    """The context of todo.html: groups of cards, the kinds to filter by, the address of the next page."""
    counted = dict(sorted(kinds_waiting(viewer).items(), key=lambda one: (-one[1], one[0])))
    kind = kind if kind in counted else ""
    listed, following = _page(viewer, kind, Cursor.read(after))
    told = {"kind": kind} if kind else {}
    return {
        "groups": _groups(cards(listed, viewer)),
        "filters": _filters(counted, kind),
        "later": bool(after),
        "first": f"?{urlencode(told)}",
        "next": f"?{urlencode(told | {'after': following.text})}" if following else "",
    }


def _page(viewer: Viewer, kind: str, after: Cursor | None) -> tuple[list[Record], Cursor | None]:
    last = (after.rank, after.pk) if after else None
    found = first_waiting(viewer, PAGE + 1, after=last, kinds=[kind] if kind else None)
    listed = found[:PAGE]
    more = len(found) > PAGE
    return listed, Cursor(listed[-1].due or NEVER, listed[-1].pk) if more else None


def cards(records: list[Record], viewer: Viewer) -> list[dict[str, Any]]:
    """Records as cards; their steps in three queries for the whole page."""
    at, calendar = now(), work_calendar()
    assert viewer.person is not None, "a list of somebody"
    standing = Standing({viewer.person.pk: list(viewer.posts)})
    offered = offered_on(records, viewer.person, at, standing)
    url = addresses()
    told = []
    for record in records:
        entry = catalogue().kinds[record.kind]
        steps = onward_first(record, [step for step in offered.get(record.pk, []) if step.leads_on])
        told.append(
            {
                "number": record.number,
                "title": record.title or entry.spec.title,
                "kind": entry.spec.title,
                "place": record.place.name,
                "state": state(record, entry.spec),
                "limit": limit(record, entry.spec, at, calendar),
                "starts": record.starts if record.shape == "activity" else None,
                "href": url(record.number),
                "steps": [button(record, step, url) for step in steps[:SHOWN]],
                "more": len(steps) > SHOWN,
            }
        )
    return told


def onward_first(record: Record, steps: list[Offered]) -> list[Offered]:
    """Steps in the pack's order, those that send a record back behind those that bring it on."""
    spec = catalogue().kinds[record.kind].spec
    order = {state: place for place, state in enumerate(spec.states)}

    def back(step: Offered) -> bool:
        return order.get(spec.steps[step.verb].to or record.state, 0) < order.get(record.state, 0)

    return sorted(steps, key=back)


def addresses() -> Callable[..., str]:
    """The pages of records, and of steps on them: the resolver, which is slow, is asked once for each sort."""
    known: dict[str, list[str]] = {}

    def url(number: str, verb: str = "") -> str:
        if verb not in known:
            asked = reverse("workbench:step", args=[verb, "0"]) if verb else record_url("0")
            known[verb] = asked.rsplit("0", 1)
        before, after = known[verb]
        return f"{before}{quote(number)}{after}"

    return url


def button(record: Record, step: Offered, url: Callable[..., str]) -> dict[str, Any]:
    """A step as a button: where it leads, and whether a confirmation is all it takes."""
    return {
        "title": step.title,
        "verb": step.verb,
        "number": record.number,
        "href": url(record.number, step.verb),
        "one_tap": step.one_tap and not step.may_ask,
        "ends": step.ends,
    }


def _groups(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cards under headings, in the order they stand: overdue, within a day, later, without a limit."""
    titles = {"late": _("已逾期"), "soon": _("一天之内到期"), "": _("还有时间"), "none": _("没有期限")}
    groups: list[dict[str, Any]] = []
    for card in told:
        level = card["limit"]["level"] if card["limit"] else "none"
        if not groups or groups[-1]["level"] != level:
            groups.append({"level": level, "title": titles[level], "cards": []})
        groups[-1]["cards"].append(card)
    return groups


def _filters(counted: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    if len(counted) < 2:
        return []
    whole = sum(counted.values()) if max(counted.values()) <= BOUND else BOUND + 1
    told = [{"title": _("全部"), "ui": True, "count": _count(whole), "href": "?", "current": not chosen}]
    for kind, count in counted.items():
        title = catalogue().kinds[kind].spec.title
        href = f"?{urlencode({'kind': kind})}"
        told.append(
            {"title": title, "ui": False, "count": _count(count), "href": href, "current": kind == chosen}
        )
    return told


def _count(count: int) -> str:
    """How many wait, as far as they are counted."""
    return f"{min(count, BOUND):,}{'+' if count > BOUND else ''}"
