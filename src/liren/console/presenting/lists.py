"""The list of a kind, and the overview of all lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.clock import now
from liren.console.presenting.list_asking import FILTERS, Wanted, chosen, field_of, mark_text
from liren.console.presenting.list_table import (
    Column,
    body,
    columns_of,
    heads,
    may_sort,
    names_in,
    paths,
    rows_of,
    usual,
)
from liren.console.presenting.pack import grouped
from liren.inforce import catalogue
from liren.look.presenting.words import digits
from liren.packs.catalogue import KindEntry
from liren.packs.language import SHAPES, Kind
from liren.people.visibility import Viewer
from liren.privacy.queries import may_decide
from liren.records.lists import (
    BOUND,
    ENDED,
    INDEXED,
    OPEN,
    VOID,
    Listing,
    Order,
    dated,
    is_selective,
    listed,
    open_counts,
)
from liren.refusals import Refusal

#: The two forms in which a list is taken away.
FILES = {"xlsx": "Excel", "csv": "CSV"}
#: The form to which the boxes in front of the rows belong.
TICKS = "bulk"


def kind_of(name: str) -> KindEntry:
    """A kind by its id. Raises Refusal (not_found)."""
    entry = catalogue().kinds.get(name)
    if entry is None:
        raise Refusal("not_found", what="记录类型", name=name, mend="")
    return entry


def list_href(kind: str, **query: str) -> str:
    """The list of a kind."""
    return f"{reverse('console:lists')}{quote(kind)}/" + (f"?{urlencode(query)}" if query else "")


def seen_kind(entry: KindEntry, viewer: Viewer) -> bool:
    """Whether a list of the kind is worth offering to the viewer: somebody in particular may always have rows."""
    return entry.spec.visible == "public" or viewer.is_staff


def overview(viewer: Viewer) -> dict[str, Any]:
    """The context of lists.html: packs by field of work, each with its kinds and how much of them is open."""
    counts, lists = open_counts(to=viewer), reverse("console:lists")
    packs = []
    for pack in catalogue().packs.values():
        kinds = [catalogue().kinds[f"{pack.pack}.{key}"] for key in pack.kinds]
        told = [_kind(entry, counts.get(entry.id, 0), lists) for entry in kinds if seen_kind(entry, viewer)]
        if told:
            packs.append((pack, {"title": pack.title, "kinds": told}))
    groups = [{"title": title, "packs": found} for title, found in grouped(packs)]
    erasures = reverse("console:erasures") if may_decide(viewer) else ""
    return {"groups": groups, "open": digits(sum(counts.values())), "erasures": erasures}


def _kind(entry: KindEntry, count: int, lists: str) -> dict[str, Any]:
    href = f"{lists}{entry.id}/"  # a hundred and eighty of them: the resolver is asked once
    return {
        "title": entry.spec.title,
        "shape": _(SHAPES[entry.spec.shape]),
        "href": href,
        "open": digits(count) if count else "",
        "open_href": f"{href}?state={OPEN}" if count else None,
    }


def page(wanted: Wanted, viewer: Viewer, *, may_tick: bool) -> dict[str, Any]:
    """The context of list.html. Two queries: how many (up to a bound), and the page."""
    kind = wanted.entry.spec
    offered = columns_of(kind)
    names = chosen(wanted.columns, offered) or usual(offered, kind)
    columns = [offered[name] for name in names]
    found = _found(Listing(wanted.entry, wanted.asked, viewer), wanted, columns)
    said = rows_of(found.rows, found.read)
    tick = TICKS if may_tick and said else ""
    return {
        "kind": _about(wanted.entry),
        "filters": (narrowing := filters(wanted)),
        "total": {"text": digits(min(found.total, BOUND)), "long": found.long, "count": found.total},
        "columns": heads(
            columns, kind, wanted.order, lambda **sort: _href(wanted, **sort),
            sortable=may_sort(kind, columns, indexed=INDEXED if found.long else None),
        ),
        "body": body(
            said, columns, kind, names_in(said, columns, kind, viewer, now()), tick=tick, ticked=wanted.ticked
        ),
        "rows": len(said),
        "tick": tick,
        "bulk": reverse("console:bulk", args=[wanted.entry.id]) if tick else "",
        "whole": _whole(wanted, found) if tick else None,
        "all_href": _here(wanted, tick="all") if tick and not wanted.ticked else None,
        "pager": _pager(wanted, said, found.more),
        "chooser": _chooser(wanted, offered, names),
        "files": _files(wanted, viewer) if said else [],
        "notices": found.notices,
        "narrowed": bool(wanted.told),
        "set": _set(narrowing["fields"]),
        "wrong": bool(wanted.wrong),
    }  # fmt: skip


def _whole(wanted: Wanted, found: _Found) -> dict[str, Any] | None:
    """The way to a step on everything the filters leave, where that is more than this page."""
    if not (found.more or wanted.after or wanted.before):
        return None
    href = f"{reverse('console:bulk', args=[wanted.entry.id])}?{wanted.query(all='1')}"
    return {"href": href, "count": digits(min(found.total, BOUND)), "long": found.long}


@dataclass
class _Found:
    """A page of values, what was read, whether there is more, and how many rows the list has (up to a bound)."""

    rows: list
    read: tuple[str, ...]
    more: bool
    total: int
    notices: list[str]

    @property
    def long(self) -> bool:
        return self.total > BOUND


def _found(listing: Listing, wanted: Wanted, columns: list[Column]) -> _Found:
    """What is short enough to stand on its first page is not counted as well."""
    if wanted.wrong:
        return _Found([], paths(columns, wanted.order), False, 0, [])
    notices = []
    in_order = wanted.order.column in INDEXED and not is_selective(wanted.asked)
    total = None if in_order else listing.counted()
    if total is not None and total > BOUND and wanted.order.column not in INDEXED:
        wanted.order, wanted.after, wanted.before = Order(dated(wanted.entry.spec)), None, None
        notices.append(
            _("超过 %(n)s 条的清单只按日期排列；先筛选到这么多以内，再按别的排。") % {"n": digits(BOUND)}
        )
    read = paths(columns, wanted.order)
    few = total is not None and total <= BOUND
    found, more = listing.page(wanted.order, read, after=wanted.after, before=wanted.before, few=few)
    if total is None:
        whole = not more and not wanted.after and not wanted.before
        total = len(found) if whole else listing.counted()
    return _Found(found, read, more, total, notices)


def _href(wanted: Wanted, **other: str) -> str:
    query = wanted.query(**other)
    return reverse("console:list", args=[wanted.entry.id]) + (f"?{query}" if query else "")


def _here(wanted: Wanted, **other: str) -> str:
    """This very page of the list."""
    return _href(wanted, after=wanted.after_text, before=wanted.before_text, **other)


def _about(entry: KindEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "title": entry.spec.title,
        "shape": _(SHAPES[entry.spec.shape]),
        "pack": entry.pack.title,
        "pack_href": reverse("console:pack", args=[entry.pack.pack]),
    }


def _pager(wanted: Wanted, rows: list, more: bool) -> dict[str, str | None]:
    """Back and forth: after or before the rows that stand at the edges of this page."""
    told: dict[str, str | None] = {"first": None, "prev": None, "next": None}
    if not rows:
        return told | {"first": _href(wanted) if wanted.after or wanted.before else None}
    if more if wanted.before else wanted.after:
        told["prev"] = _href(wanted, before=mark_text(rows[0], wanted.order))
        told["first"] = _href(wanted)
    if wanted.before or more:
        told["next"] = _href(wanted, after=mark_text(rows[-1], wanted.order))
    return told


def _files(wanted: Wanted, viewer: Viewer) -> list[dict[str, str]]:
    """The same rows as files, for staff: they hold names in full."""
    if not viewer.is_staff:
        return []
    query = wanted.query()
    return [
        {"title": title, "href": f"{reverse('console:list_file', args=[wanted.entry.id, form])}?{query}"}
        for form, title in FILES.items()
    ]


def _chooser(wanted: Wanted, offered: dict[str, Column], shown: list[str]) -> dict[str, Any]:
    kept = [(name, value) for name, value in wanted.told.items()]
    sort = "" if wanted.order == Order(dated(wanted.entry.spec)) else wanted.order.column
    kept += [("sort", f"-{sort}" if wanted.order.down else sort)] if sort else []
    return {
        "kept": [{"name": name, "value": value} for name, value in kept],
        "choices": [
            {"key": key, "title": one.title, "ui": one.ours, "shown": key in shown}
            for key, one in offered.items()
        ],
    }


def filters(wanted: Wanted) -> dict[str, Any]:
    """The filter form, made of what the kind declares."""
    kind, told = wanted.entry.spec, wanted.told
    fields = [_text("q", _("编号或标题"), told) | {"wide": True}, _states(kind, told)]
    if kind.shape == "matter" and any(state.within for state in kind.states.values()):
        late = {"now": _("现在超时"), "ever": _("超过时限")}
        fields.append(_choice("late", _("时限"), told, late, ours=True))
    for name in ("category", "level"):
        if spec := field_of(kind, name):
            made = (
                _choice(name, spec.title, told, spec.choices)
                if spec.choices
                else _text(name, spec.title, told)
            )
            fields.append(made | {"ui": False})
    fields.append(_choice("at", _("地点"), told, {place.code: place.name for place in wanted.places}))
    offered = columns_of(kind)
    if kind.located:
        fields.append(_text("around", _("周围五百米（经度,纬度）"), told))
    fields += [
        _text(name, _("单位") if name == "unit" else _("承办"), told)
        for name in ("unit", "handler")
        if name in offered
    ]
    fields += [_day("since", _("日期从"), told), _day("until", _("日期到"), told)]
    if "closed" in offered and kind.shape != "entry":
        fields += [_day("closed_since", _("办结从"), told), _day("closed_until", _("办结到"), told)]
    for one in fields:
        one["wrong"] = wanted.wrong.get(one["name"], "")
    return {"fields": fields, "kept": _kept(wanted), "clear": _cleared(wanted)}


def _set(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The filters that are set, in words: what they narrow, and to what."""
    told = []
    for one in fields:
        if one["value"]:
            chosen_one = next((c for c in one.get("choices", ()) if c["selected"]), None)
            said = chosen_one["title"] if chosen_one else one["value"]
            told.append({"title": one["title"], "ui": one["ui"], "text": said})
    return told


def _kept(wanted: Wanted) -> list[dict[str, str]]:
    chosen_columns = [{"name": "col", "value": name} for name in wanted.columns]
    chooser = _chooser(wanted, {}, [])["kept"]
    return [one for one in chooser if one["name"] not in FILTERS] + chosen_columns


def _cleared(wanted: Wanted) -> str | None:
    return _href(wanted, **dict.fromkeys(FILTERS, "")) if wanted.told else None


def _text(name: str, title: str, told: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "title": title, "kind": "text", "value": told.get(name, ""), "ui": True}


def _day(name: str, title: str, told: dict[str, str]) -> dict[str, Any]:
    return _text(name, title, told) | {"kind": "date"}


def _choice(
    name: str, title: str, told: dict[str, str], choices: dict[str, str], *, ours: bool = False
) -> dict[str, Any]:
    value = told.get(name, "")
    offered = [
        {"value": key, "title": said, "selected": key == value, "ui": ours} for key, said in choices.items()
    ]
    return {"name": name, "title": title, "kind": "choice", "value": value, "choices": offered, "ui": True}


def _states(kind: Kind, told: dict[str, str]) -> dict[str, Any]:
    """Open, ended and void first, then the kind's own states."""
    value = told.get("state", "")
    ours = {OPEN: _("未办结的"), ENDED: _("已办结的"), VOID: _("已作废的")}
    if kind.shape == "entry":
        ours |= {OPEN: _("在册的"), ENDED: _("已注销的")}
    field = _choice("state", _("状态"), told, ours, ours=True)
    states = {key: state.title for key, state in kind.states.items() if key not in ours}
    field["choices"] += [
        {"value": key, "title": title, "selected": key == value, "ui": False} for key, title in states.items()
    ]
    return field


def rows_for(wanted: Wanted, viewer: Viewer):
    """The rows of a list, for a file: those of the page and of all its further pages. Raises Refusal."""
    if not viewer.is_staff:
        raise Refusal("not_found", what="文件", name=wanted.entry.id, mend="")
    if wanted.wrong:
        raise Refusal("bad_value", field=_("筛选"), reason=_("；").join(wanted.wrong.values()))
    return listed(wanted.entry, wanted.asked, to=viewer)
