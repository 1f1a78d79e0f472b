"""The trail for the audit administrator: every act, searched; and the whole chain verified."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from liren.console.acting import office
from liren.inforce import catalogue
from liren.look.asking import page_number, record_href
from liren.look.pages import page
from liren.look.viewer import viewer
from liren.packs.fields import BadValue
from liren.people.queries import find_person
from liren.people.visibility import Viewer
from liren.records.flow import state_title
from liren.records.models import Act
from liren.refusals import Refusal
from liren.trail.queries import Asked, acts_found, anchors, breaks, head

from .rowform import day_of

PAGE = 50
SHOWN = 50  # breaks that a page names
LATEST = 20_000  # acts that are reckoned anew while somebody waits; all of them take a minute and more


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """The acts of the records that the administrator may see, the last first."""
    office(request, "audit_admin")
    said = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "who", "verb", "since", "until")}
    asked, faults = _asked(said)
    context = _found(asked, said, faults, viewer(request), page_number(request))
    crumbs = [(_("管理"), reverse("console:admin")), (_("留痕"), None)]
    status = 422 if faults else 200
    return page(request, "administering/trail", context, section="admin", crumbs=crumbs, status=status)


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Reckons the chain anew, its latest acts or all of it, and says where it does not hold, if anywhere."""
    office(request, "audit_admin")
    begun, last = monotonic(), head().act
    after = 0 if request.POST.get("all") == "yes" else max(0, last - LATEST)
    found = list(breaks(after=after, records=not after))
    context = _end() | {
        "checked": last - after,
        "whole": not after,
        "breaks": [{"act": one.act, "record": one.record, "what": one.what} for one in found[:SHOWN]],
        "count": len(found),
        "seconds": round(monotonic() - begun, 1),
    }
    crumbs = [
        (_("管理"), reverse("console:admin")),
        (_("留痕"), reverse("console:admin_trail")),
        (_("验证"), None),
    ]
    return page(request, "administering/verified", context, section="admin", crumbs=crumbs)


def _asked(said: dict[str, str]) -> tuple[Asked, dict[str, str]]:
    faults: dict[str, str] = {}
    moments: dict[str, Any] = {}
    for name in ("since", "until"):
        try:
            moments[name] = day_of(said[name]) if said[name] else None
        except BadValue as fault:
            faults[name] = str(fault)
    person = None
    if said["who"]:
        try:
            person = find_person(said["who"]).pk
        except Refusal as refusal:
            faults["who"] = str(refusal)
    until = moments.get("until")
    day = timedelta(days=1)
    return (
        Asked(said["q"].upper(), person, said["verb"], moments.get("since"), until + day if until else None),
        faults,
    )


def _found(
    asked: Asked, said: dict[str, str], faults: dict[str, str], to: Viewer, number: int
) -> dict[str, Any]:
    start = (number - 1) * PAGE
    acts = [] if faults else list(acts_found(asked, to=to)[start : start + PAGE + 1])
    here, given = reverse("console:admin_trail"), {name: text for name, text in said.items() if text}
    return _end() | {
        "acts": [_act(act) for act in acts[:PAGE]],
        "filters": {
            "fields": _fields(said, faults),
            "kept": [],
            "clear": here if given else None,
        },
        "page": {
            "first": start + 1,
            "last": start + len(acts[:PAGE]),
            "total": None,
            "prev": f"{here}?{urlencode(given | {'page': number - 1})}" if number > 1 else None,
            "next": f"{here}?{urlencode(given | {'page': number + 1})}" if len(acts) > PAGE else None,
        },
    }


def _fields(said: dict[str, str], faults: dict[str, str]) -> list[dict[str, Any]]:
    titles = {
        "q": _("记录编号（开头几位）"),
        "who": _("姓名或人员编号"),
        "since": _("从哪天"),
        "until": _("到哪天"),
    }
    texts = [
        {"name": name, "title": title, "kind": "text" if name in ("q", "who") else "date",
         "value": said[name], "wrong": faults.get(name, ""), "ui": True}
        for name, title in titles.items()
    ]  # fmt: skip
    choices = [
        {"value": verb, "title": title, "selected": verb == said["verb"]} for verb, title in _verbs().items()
    ]
    verb = {
        "name": "verb",
        "title": _("做了什么"),
        "kind": "choice",
        "choices": choices,
        "value": said["verb"],
        "ui": True,
    }
    return [*texts[:2], verb, *texts[2:]]


def _verbs() -> dict[str, str]:
    """Every verb an act may have: the house's own, then the steps of all packs, each once by its key."""
    steps = {key: step.title for kind in catalogue().kinds.values() for key, step in kind.spec.steps.items()}
    return _own() | dict(sorted(steps.items(), key=lambda one: one[1]))


def _own() -> dict[str, str]:
    return {
        "open": pgettext("act", "登记"),
        "late": _("逾期"), "extend": _("延期"), "transfer": _("转办"), "void": _("作废"),
        "merge": _("合并"), "attach": _("附件"), "attend": _("到场"),
        "ask_erasure": _("请求删除个人信息"), "refuse_erasure": _("不予删除个人信息"),
        "erase": _("删除个人信息"), "suspend_erasure": _("暂停删除个人信息"), "resume_erasure": _("恢复删除个人信息"),
    }  # fmt: skip


def _act(act: Act) -> dict[str, Any]:
    entry = catalogue().kinds.get(act.record.kind)
    step = entry.spec.steps.get(act.verb) if entry else None

    def state(name: str) -> str:
        return state_title(entry.spec, name) if entry and name else name

    moved = act.from_state != act.to_state and bool(act.to_state)
    return {
        "id": act.pk,
        "number": act.record.number,
        "href": record_href(act.record.number),
        "verb": step.title if step else _own().get(act.verb, act.verb),
        "ui": step is None,
        "moved": f"{state(act.from_state)} → {state(act.to_state)}" if moved else "",
        "by": act.by.name if act.by else "",
        "at": act.at,
        "entered": act.entered if act.entered - act.at > timedelta(minutes=1) else None,
        "hash": act.hash,
    }


def _end() -> dict[str, Any]:
    """The chain's end and its latest anchors: copied on paper, they prove everything before them."""
    last = head()
    return {
        "head": {"act": last.act, "hash": last.hash},
        "anchors": [{"day": one.day, "act": one.act, "hash": one.hash} for one in anchors(5)],
        "verify": reverse("console:admin_verify"),
    }
