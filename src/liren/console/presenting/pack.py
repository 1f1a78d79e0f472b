"""What a pack says: its kinds with their flows and fields, its figures and reports, its story, the county's changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.console.presenting.record import drawing, limit_text, moves
from liren.inforce import catalogue, changes_file
from liren.look.presenting.definition import listed
from liren.look.presenting.words import digits
from liren.packs.changes import read_changes
from liren.packs.effects import parse_effect
from liren.packs.fields import CHINA, COLUMNS, TYPES
from liren.packs.language import SHAPES, Kind, Pack
from liren.packs.linting import RELATIONS
from liren.packs.reading import read_file
from liren.packs.saying import joined
from liren.people.visibility import Viewer
from liren.records.queries import kinds_counted


def index(viewer: Viewer, words: str = "") -> dict[str, Any]:
    """The context of packs.html."""
    field = {"name": "q", "title": _("名称或内容"), "kind": "text", "value": words, "wide": True, "ui": True}
    filters = {"fields": [field], "kept": [], "clear": reverse("console:packs") if words else None}
    return {"groups": packs(viewer, words), "filters": filters}


def packs(viewer: Viewer, words: str = "") -> list[dict[str, Any]]:
    """All packs by the first word of their key, which names the field of work."""
    counts = kinds_counted(_open_kinds(viewer))
    cards = []
    for pack in catalogue().packs.values():
        about = f"{pack.title} {pack.pack} {pack.about or ''}"
        if all(word in about.lower() for word in words.lower().split()):
            count = sum(counts.get(f"{pack.pack}.{key}", 0) for key in pack.kinds)
            cards.append((pack, _card(pack, count)))
    return [{"title": title, "packs": found} for title, found in grouped(cards)]


def grouped(told: Iterable[tuple[Pack, dict[str, Any]]]) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    """What is told about packs, by their field of work, in the order of the page."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for pack, said in told:
        groups.setdefault(pack.pack.partition("_")[0], []).append(said)
    titles = _fields_of_work()
    ordered = sorted(groups, key=lambda key: list(titles).index(key) if key in titles else len(titles))
    merged: dict[str, list[dict[str, Any]]] = {}
    for key in ordered:
        merged.setdefault(titles.get(key, _("其他")), []).extend(groups[key])
    return merged.items()


def _card(pack: Pack, count: int) -> dict[str, Any]:
    return {
        "id": pack.pack,
        "title": pack.title,
        "serves": pack.about or "",
        "href": reverse("console:pack", args=[pack.pack]),
        "kinds": len(pack.kinds),
        "figures": len(pack.figures),
        "reports": len(pack.reports),
        "records": digits(count) if count else None,
    }


def _fields_of_work() -> dict[str, str]:
    """The fields of a county's work, in the order of the page, by the first word of a pack's key."""
    return {
        "report": _("工作报告"),
        "study": _("理论学习"), "lecture": _("宣传宣讲"), "publicity": _("宣传宣讲"), "contest": _("宣传宣讲"),
        "media": _("新闻与媒体"), "broadcast": _("新闻与媒体"), "info": _("新闻与媒体"),
        "opinion": _("新闻与媒体"), "net": _("网络安全"),
        "civil": _("文明创建"), "council": _("文明创建"), "honours": _("文明创建"), "youth": _("文明创建"),
        "practice": _("文明实践与志愿服务"), "volunteer": _("文明实践与志愿服务"),
        "culture": _("文化惠民"), "edu": _("教育"), "law": _("普法"),
        "grid": _("基层治理"), "village": _("基层治理"), "community": _("基层治理"), "estate": _("基层治理"),
        "gov": _("基层治理"), "epidemic": _("基层治理"), "notice": _("基层治理"), "city": _("城市管理"),
        "party": _("机关与党建"), "org": _("机关与党建"), "office": _("机关与党建"), "meeting": _("机关与党建"),
        "duty": _("机关与党建"), "plan": _("机关与党建"), "rules": _("机关与党建"), "talk": _("机关与党建"),
        "inspect": _("督查与整改"), "rect": _("督查与整改"),
    }  # fmt: skip


def _open_kinds(viewer: Viewer) -> Iterable[str]:
    """Kinds of which the viewer may be told how many records there are."""
    return [
        kind.id for kind in catalogue().kinds.values() if viewer.is_staff or kind.spec.visible == "public"
    ]


def pack(found: Pack, viewer: Viewer) -> dict[str, Any]:
    """The context of pack.html."""
    counts = kinds_counted(set(_open_kinds(viewer)) & {f"{found.pack}.{key}" for key in found.kinds})
    entries = [entry for entry in catalogue().figures.values() if entry.pack is found]
    folder = catalogue().folder_of(found.pack)
    return {
        "pack": {
            "id": found.pack,
            "title": found.title,
            "serves": found.about or "",
            "reshaped": found.reshaped,
            "board": reverse("console:board", args=[found.pack]) if found.figures else "",
            "change": _change_href(found, viewer),
        },
        "norms": found.norms,
        "roles": [{"title": title, "key": key} for key, title in found.roles.items()],
        "kinds": [
            _kind(found, key, spec, counts.get(f"{found.pack}.{key}")) for key, spec in found.kinds.items()
        ],
        "figures": listed(entries, lambda figure: reverse("console:figure", args=[figure])),
        "reports": [
            {
                "title": report.title,
                "every": _every(report.every),
                "audience": joined(_role(role) for role in report.for_),
                "href": reverse("console:report", args=[f"{found.pack}.{key}"]),
            }
            for key, report in found.reports.items()
        ],
        "story": story(folder),
        "changes": changes(found.pack, folder),
    }


def _change_href(found: Pack, viewer: Viewer) -> str:
    """Where administrators change the pack; nothing for everybody else."""
    may = {"system_admin", "security_admin"} & {post.role for post in viewer.posts}
    return reverse("console:changes", args=[found.pack]) if may else ""


def _kind(found: Pack, key: str, spec: Kind, count: int | None) -> dict[str, Any]:
    choices = [(name, one) for name, one in spec.fields.items()]
    return {
        "key": key,
        "title": spec.title,
        "shape": _(SHAPES[spec.shape]),
        "number": spec.number_pattern(key),
        "count": digits(count) if count else None,
        "href": reverse("console:list", args=[f"{found.pack}.{key}"]),
        "flow": drawing(spec) if moves(spec) else None,
        "states": [
            {
                "title": state.title,
                "within": _within(state.within, spec),
                "late": joined(_effect(text, found) for text in state.late),
                "end": state.end,
            }
            for state in spec.states.values()
        ],
        "steps": [_step(step, spec, found) for step in spec.steps.values()],
        "fields": [
            {
                "title": one.title,
                "type": _(TYPES[one.type]),
                "required": one.required,
                "private": one.private,
                "choices": joined(one.choices.values()),
            }
            for _name, one in choices
        ],
    }


def _within(within, spec: Kind) -> str:
    """A limit, or one for each choice of a field."""
    if within is None or isinstance(within, str):
        return limit_text(within)
    field = spec.fields.get(within.by)
    titles = field.choices if field else {}
    return _("；").join(
        f"{titles.get(choice, choice)} {limit_text(text)}" for choice, text in within.limits.items()
    )


def _step(step, spec: Kind, found: Pack) -> dict[str, Any]:
    asked = [(name.rstrip("?"), name.endswith("?")) for name in step.ask]
    apart = joined(
        spec.steps[name].title if name in spec.steps else spec.open_title or _("登记") for name in step.not_by
    )
    return {
        "title": step.title,
        "by": joined(_role(role) for role in step.by),
        "source": joined(spec.states[key].title for key in step.from_ if key in spec.states),
        "target": spec.states[step.to].title if step.to else "—",
        "asks": joined(_field(name, spec) + (_("（可不填）") if may else "") for name, may in asked),
        "effects": joined(_effect(text, found) for text in step.effects),
        "apart": _("不能与「%(steps)s」是同一人") % {"steps": apart} if apart else "",
        "waits": _within(step.not_before, spec),
    }


def _field(name: str, spec: Kind) -> str:
    return (
        spec.fields[name].title
        if name in spec.fields
        else _(COLUMNS[name].title)
        if name in COLUMNS
        else name
    )


def _role(role: str) -> str:
    return catalogue().roles.get(role) or (_(RELATIONS[role]) if role in RELATIONS else role)


def _effect(text: str, found: Pack) -> str:
    """An effect in words: 告知街道指挥员, 给参加的人记 5 积分, 立一条整改任务."""
    effect = parse_effect(text)
    if effect.verb == "tell":
        return _("告知%(whom)s") % {"whom": _whom(effect.whom)}
    if effect.verb == "open":
        kind = catalogue().kinds.get(effect.whom if "." in effect.whom else f"{found.pack}.{effect.whom}")
        return _("立一条%(kind)s") % {"kind": kind.spec.title if kind else effect.whom}
    amount = _("服务时长") if effect.amount == "minutes" else _("%(n)s 积分") % {"n": effect.amount}
    pattern = _("给%(whom)s记%(amount)s") if effect.verb == "pay" else _("从%(whom)s扣%(amount)s")
    return pattern % {"whom": _whom(effect.whom), "amount": amount}


def _whom(whom: str) -> str:
    known = {"opener": _("登记人"), "subject": _("当事人"), "attendees": _("到场的人")}
    return known.get(whom) or _role(whom)


def _every(every: str) -> str:
    return {
        "week": _("每周"), "month": _("每月"), "quarter": _("每季度"), "half": _("每半年"), "year": _("每年"),
        "once": _("一次"),
    }[every]  # fmt: skip


def story(folder: Path) -> list[dict[str, Any]]:
    """`story.md` as blocks: headings, remarks, and lines that are played as they stand."""
    path = folder / "story.md"
    told: list[dict[str, Any]] = []
    for raw in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        line = raw.strip()
        kind = "heading" if line.startswith("#") else "remark" if line.startswith(">") else "line"
        if line and not line.startswith("```"):
            text = line.lstrip("#> ") if kind != "line" else line
            if told and told[-1]["kind"] == kind == "line":
                told[-1]["lines"].append(text)
            else:
                told.append({"kind": kind, "lines": [text]})
    return told


def changes(pack: str, folder: Path) -> list[dict[str, Any]]:
    """The county's own changes of a pack, each with what the shipped pack said."""
    own = [change for change in read_changes(changes_file())[0] if change.path.partition(".")[0] == pack]
    if not own:
        return []
    shipped, _lines, _findings = read_file(folder / "pack.yaml")
    return [
        {
            "path": change.path,
            "before": _said(_at(shipped, change.path.split(".")[1:])),
            "after": _("去掉") if change.remove else _said(change.set),
            "by": change.by,
            "at": datetime.combine(change.at, time(), CHINA),
            "why": change.why,
        }
        for change in own
    ]


def _at(tree: Any, path: list[str]) -> Any:
    for step in path:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _said(value: Any) -> str:
    return "—" if value is None else value if isinstance(value, str) else str(value)
