"""The life of a record: what was done, from where to where, by whom in which role, when, and when typed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from liren.inforce import catalogue
from liren.look.presenting.fields import Names, value_text
from liren.look.presenting.rows import verb_title
from liren.look.presenting.words import name_of
from liren.packs.language import Kind
from liren.packs.linting import RELATIONS
from liren.people.models import Post
from liren.people.queries import persons_by_id, posts_of_persons
from liren.people.visibility import Viewer
from liren.places.codes import contains
from liren.places.queries import names_of_places, names_of_unit_codes
from liren.records.dossier import Dossier
from liren.records.models import Act
from liren.records.values import field_type

#: Typed in this much after it happened, an act was entered later (补录).
LATER = timedelta(days=1)
KERNEL = {"file", "sha256", "expected", "present", "handler", "due", "alarmed", "closed"}


def names_for(found: Dossier, kind: Kind, viewer: Viewer) -> Names:
    """The names that fields and acts of a record mention, in one query per kind of name."""
    values: dict[str, set] = {"place": set(), "unit": set(), "person": set()}
    said = [act.changed for act in found.acts] + [found.record.data]
    for changed in said:
        for name, value in changed.items():
            type_ = "unit" if name == "handler" else field_type(kind, name)
            if type_ in values and value not in (None, "█"):
                values[type_].add(value)
    roles = _roles(found, kind)
    return Names(
        viewer,
        names_of_places(values["place"]) if values["place"] else {},
        names_of_unit_codes(values["unit"]) if values["unit"] else {},
        persons_by_id(values["person"]) if values["person"] else {},
        roles,
    )


def _roles(found: Dossier, kind: Kind) -> dict[int, str]:
    """Act → the title of the role by which it was done; nothing where it was done as a resident."""
    posts = posts_of_persons([act.by_id for act in found.acts if act.by_id])
    told = {}
    for act in found.acts:
        step = kind.steps.get(act.verb)
        wanted = set(step.by if step else kind.opened_by if act.verb == "open" else catalogue().roles)
        wanted -= set(
            RELATIONS
        )  # whoever acts as a resident acts for nobody, even where a post calls them so
        held = [post for post in posts.get(act.by_id or 0, []) if post.role in wanted and _held(post, act)]
        near = [post for post in held if _reaches(post, found)] or held
        if near:
            told[act.pk] = catalogue().roles.get(near[0].role, near[0].role)
    return told


def _held(post: Post, act: Act) -> bool:
    return post.starts <= act.at and (post.ends is None or act.at < post.ends)


def _reaches(post: Post, found: Dossier) -> bool:
    record = found.record
    if post.place_id:
        return contains(post.place_id, record.place_id)
    return post.unit_id in (record.unit_id, record.handler_id)


def acts(found: Dossier, kind: Kind, names: Names) -> list[dict[str, Any]]:
    """`acts` of parts/acts.html, oldest first; what changed is told with what it was before."""
    known: dict[str, Any] = {}
    told = []
    for act in found.acts:
        changes = [] if act.verb == "open" else _changes(act, kind, names, known)
        known |= act.changed
        titles = {key: state.title for key, state in kind.states.items()} | {"void": _("已作废")}
        moved = act.from_state != act.to_state
        official = act.pk in names.roles
        told.append(
            {
                "title": verb_title(kind, act.verb),
                "by": name_of(act.by, names.viewer, official=official) or _automatic(act),
                "role": names.roles.get(act.pk, ""),
                "at": act.at,
                "entered": act.entered if act.entered - act.at > LATER and act.verb != "late" else None,
                "source": titles.get(act.from_state, "") if moved else "",
                "target": titles.get(act.to_state, "") if moved else "",
                "note": act.note,
                "late": _("超过时限") if act.verb == "late" else "",
                "hash": act.hash,
                "changes": changes,
            }
        )
    return told


def _automatic(act: Act) -> str:
    """Nobody signed in: the system itself, or a resident who gave no name."""
    return _("居民") if act.verb == "open" else _("系统")


def _changes(act: Act, kind: Kind, names: Names, known: dict[str, Any]) -> list[dict[str, Any]]:
    told = []
    for name, value in act.changed.items():
        if name in ("alarmed", "sha256", "private", "files", "is"):
            continue
        if value == "█":
            told.append({"title": _title(kind, name), "masked": True, "before": "", "after": ""})
            continue
        before, after = (_text(kind, name, one, names) for one in (known.get(name), value))
        if before != after:
            told.append({"title": _title(kind, name), "masked": False, "before": before, "after": after})
    return told


def _title(kind: Kind, name: str) -> str:
    if name in kind.fields:
        return kind.fields[name].title
    known = {
        "file": _("附件"), "expected": _("应到"), "present": _("实到"), "handler": _("承办"), "due": _("期限"),
        "closed": _("结束"), "place": _("地点"), "unit": _("单位"), "person": _("人员"), "title": _("标题"),
        "level": _("等级"), "category": _("类别"), "source": _("来源"), "quantity": _("数量"), "money": _("金额"),
        "starts": _("开始"), "ends": _("结束"), "opened": _("日期"), "persons": _("人数"), "minutes": _("分钟"),
        "commitment": _("封存的指纹"), "beacon": _("抽题时的链尾"), "bank": _("题库"), "questions": _("题数"),
    }  # fmt: skip
    return known.get(name, name)


def _text(kind: Kind, name: str, value: Any, names: Names) -> str:
    if value is None:
        return ""
    if name == "handler":
        return names.units.get(str(value), str(value))
    if name in KERNEL and name not in kind.fields:
        return str(value)[:16].replace("T", " ") if name in ("due", "closed") else str(value)
    return value_text(kind, name, value, names)
