"""Disclosures, articles, notices, praise and echoes: lists, and one of them to read."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.clock import today
from liren.inforce import catalogue
from liren.packs.language import Kind
from liren.places.limits import publicity
from liren.places.models import Place
from liren.places.queries import work_calendar
from liren.portal import shelves
from liren.portal.presenting.matter import head, photos
from liren.portal.presenting.telling import fields_of, names_in, speakers
from liren.records.dossier import MOST
from liren.records.flow import state_title
from liren.records.models import Act, Record
from liren.trail.queries import holds

TITLES = {
    "disclosure": gettext_lazy("村（居）务公开"), "articles": gettext_lazy("本地文章"),
    "notices": gettext_lazy("公示和通知"),
    "activities": gettext_lazy("近期活动"), "venues": gettext_lazy("现在开着的地方"), "praised": gettext_lazy("红榜"),
    "mending": gettext_lazy("待改榜"), "echoes": gettext_lazy("回音壁"), "matters": gettext_lazy("大家反映的事"),
}  # fmt: skip


def feed_title(shelf: str, kind: str, place: Place | None) -> str:
    """What a feed is called: its shelf, its kind where it is of one, its place."""
    title = catalogue().kinds[kind].spec.title if kind else TITLES[shelf]
    return f"{title} · {place.name if place else _('全部地方')}"


def listing(shelf: str, place: Place | None, category: str, number: int) -> dict[str, Any]:
    """The context of shelf.html."""
    found = shelves.rows(shelf, place)
    choices = categories(shelf)
    chosen = next((one for one in choices if one["key"] == category), None)
    if chosen:
        found = found.filter(kind=chosen["kind"], category=chosen["value"])
    records, more = shelves.page_of(found, number)
    return {
        "shelf": shelf,
        "title": TITLES[shelf],
        "entries": [row(one) for one in records],
        "categories": [one | {"current": one is chosen} for one in choices],
        "category": category if chosen else "",
        "number": number,
        "more": more,
        "feed": reverse("portal:feed", args=[shelf]) + (f"?place={place.code}" if place else ""),
    }


def categories(shelf: str) -> list[dict[str, str]]:
    """The catalogue of a shelf: the categories of its kinds."""
    told = []
    for kind in shelves.kinds_on(shelf):
        spec = catalogue().kinds[kind].spec
        for name, field in spec.fields.items():
            if (field.column or name) == "category" and field.choices and name in shelves.field_names(spec):
                told += [
                    {"key": f"{kind}:{value}", "kind": kind, "value": value, "title": title}
                    for value, title in field.choices.items()
                ]
    return told


def row(record: Record) -> dict[str, Any]:
    """A line of a shelf."""
    spec = catalogue().kinds[record.kind].spec
    return head(record, spec) | {
        "date": record.closed if shelves.ORDERS.get(shelves.shelf_of(spec)) == "-closed" else record.opened,
        "category": category_of(record, spec),
        "state": state_title(spec, record.state),
    }


def category_of(record: Record, spec: Kind) -> str:
    """The title of the record's category, whatever field keeps it."""
    for name, field in spec.fields.items():
        if (field.column or name) == "category" and record.category:
            return field.choices.get(record.category, "")
    return ""


def reading(record: Record) -> dict[str, Any]:
    """The context of piece.html: what was published, by whom, since when, and that it was not changed since."""
    spec = catalogue().kinds[record.kind].spec
    acts = list(record.acts.select_related("by").order_by("id")[:MOST])
    names, who = names_in(record, spec, acts), speakers(record, spec, acts)
    said = fields_of(record, spec, shelves.field_names(spec), names)
    out = _out(acts, spec)
    shelf = shelves.shelf_of(spec)
    return {
        "record": head(record, spec) | {"photos": photos([record]).get(record.pk, [])},
        "shelf": {"key": shelf, "title": TITLES.get(shelf, spec.title), "href": shelf_href(shelf)},
        "facts": [one for one in said if not one["long"]],
        "texts": [one for one in said if one["long"]],
        "published": {"at": out.at, "who": who[out.pk]} if out else {"at": record.opened, "who": None},
        "until": _until(record, spec, out),
        "intact": holds(acts),
        "echo": _echo(record),
    }


def shelf_href(shelf: str) -> str:
    """Where a shelf stands."""
    alone = {"matters": "portal:matters", "venues": "portal:venues"}
    if shelf in ("praised", "mending", "echoes"):
        return reverse("portal:lists")
    return reverse(alone[shelf]) if shelf in alone else reverse("portal:shelf", args=[shelf]) if shelf else ""


def _out(acts: list[Act], spec: Kind) -> Act | None:
    """The act by which it went out: the first that led into a state anybody sees."""
    shown = spec.shown.in_ if spec.shown else ()
    return next((act for act in acts if act.to_state in shown and act.from_state not in shown), None)


def _until(record: Record, spec: Kind, out: Act | None) -> dict[str, Any] | None:
    """Until when a notice stands at least, by the calendar: the limit that must have run."""
    step = next((s for s in spec.steps.values() if s.not_before and record.state in s.from_), None)
    if step is None or out is None or step.not_before is None:
        return None
    limit = step.not_before
    text = limit if isinstance(limit, str) else limit.limits.get(str(record.category), "")
    days = text.removesuffix("wd")
    if not days.isdigit():
        return None
    from datetime import timedelta

    from django.utils import timezone

    last = publicity(timezone.localtime(out.at).date(), int(days), work_calendar()) - timedelta(days=1)
    return {"day": last, "words": _("%(n)s 个工作日") % {"n": days}, "over": last < today()}


def _echo(record: Record) -> dict[str, Any] | None:
    """The echo of a problem on the list, or the problem of an echo."""
    spec = catalogue().kinds[record.kind].spec
    shelf = shelves.shelf_of(spec)
    other = None
    if shelf == "mending":
        other = shelves.rows("echoes").filter(source=record.number).first()
    elif shelf == "echoes" and record.source:
        other = shelves.rows("mending").filter(number=record.source).first()
    if shelf not in ("mending", "echoes"):
        return None
    number = record.number if shelf == "mending" else record.source
    return {
        "other": row(other) if other else None,
        "problem": shelf == "mending",
        "say": say_href(number or ""),
    }


def say_href(number: str) -> str:
    """Where residents say whether a problem was really mended; empty where no pack offers it."""
    entry = next((e for e in shelves.matter_kinds() if e.pack.pack == "city_echo_wall"), None)
    return reverse("portal:report", args=[entry.id]) + f"?problem_no={number}" if entry else ""


def problems(place: Place | None, number: int) -> dict[str, Any]:
    """The context of lists.html: places that are praised, places to be mended with their echo."""
    praised, _more = shelves.page_of(shelves.rows("praised", place), 1)
    records, more = shelves.page_of(shelves.rows("mending", place), number)
    echoes = {
        one.source: one for one in shelves.rows("echoes").filter(source__in=[r.number for r in records])
    }
    told = []
    for record in records:
        echo = echoes.get(record.number)
        unit = record.handler.name if record.handler else ""
        told.append(
            row(record) | {"unit": unit, "echo": row(echo) if echo else None, "ended": bool(record.closed)}
        )
    return {
        "praised": [row(one) | {"unit": one.unit.name if one.unit else ""} for one in praised[:10]],
        "mending": told,
        "number": number,
        "more": more,
    }
