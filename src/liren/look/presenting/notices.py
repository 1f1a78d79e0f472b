"""Messages in every face: the list, and the form of how one likes to be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from liren.clock import now
from liren.inforce import catalogue
from liren.notices.channels import mail_sender
from liren.notices.county import ROBOTS, county_or_plain, robots_hearing
from liren.notices.models import Preference
from liren.notices.queries import notices_of, open_notices, preference_of
from liren.people.models import Person
from liren.people.visibility import Viewer, visible
from liren.records.flow import state_title
from liren.records.models import Record

MOST = 50


Href = Callable[[str], str]


def notices(person: Person, viewer: Viewer, *, href: Href, preferences: str) -> dict[str, Any]:
    """What was told and is still open, then what has moved on; ``href`` leads from a number to its record in the
    face, ``preferences`` to the form."""
    shown = open_notices(viewer, MOST)
    told = [one for one in notices_of(person, 2 * MOST) if one.settled]
    seen = set(
        visible(Record.objects.filter(pk__in={one.record_id for one in told}), to=viewer).values_list(
            "pk", flat=True
        )
    )
    return {
        "open": [
            _about(one.record, href)
            | {"text": one.text, "at": one.at, "urgent": one.urgent, "count": one.count}
            for one in shown
        ],
        "settled": [
            _about(one.record, href) | {"text": one.text, "at": one.at}
            for one in told
            if one.record_id in seen
        ][:MOST],
        "ways": _ways(person, viewer),
        "preferences": preferences,
    }


def _about(record: Record, href: Href) -> dict[str, Any]:
    entry = catalogue().kinds.get(record.kind)
    return {
        "number": record.number,
        "href": href(record.number),
        "kind": entry.spec.title if entry else record.kind,
        "state": state_title(entry.spec, record.state) if entry else record.state,
        "due": record.due,
        "late": record.due is not None and record.closed is None and record.due < now(),
    }


def _ways(person: Person, viewer: Viewer) -> list[str]:
    """By which ways this person is told, in words; the addresses of robots are nobody's to see."""
    chosen, (said, _fault) = preference_of(person), county_or_plain()
    told = [_("站内：这一页")]
    address = person.user.email if person.user_id and person.user else ""
    if mail_sender() and address and chosen.mail:
        told.append(_mail(chosen, address, said.digest))
    elif not mail_sender():
        told.append(_("邮件：本系统没有开通"))
    elif not address:
        told.append(_("邮件：您的账户没有登记邮箱"))
    else:
        told.append(_("邮件：您选了不要"))
    for name in robots_hearing(said, viewer.posts, now()):
        scheme = said.robots[name].url.partition("://")[0]
        told.append(_("%(robot)s群机器人：%(name)s") % {"robot": ROBOTS[scheme], "name": name})
    return told


def _mail(chosen: Preference, address: str, at: time) -> str:
    quiet = f"{chosen.quiet_from:%H:%M}–{chosen.quiet_to:%H:%M}"
    if chosen.digest == "daily":
        words = _("邮件：%(address)s，每个工作日 %(at)s 汇总一次，%(quiet)s 不打扰")
    else:
        words = _("邮件：%(address)s，随时发，%(quiet)s 不打扰")
    return words % {"address": address, "at": f"{at:%H:%M}", "quiet": quiet}


def read(said: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the form says, and what of it cannot be read."""
    faults: dict[str, str] = {}
    found: dict[str, Any] = {
        "mail": said.get("mail") == "yes",
        "digest": said.get("digest", ""),
        "urgent_passes": said.get("urgent_passes") == "yes",
    }
    for name in ("quiet_from", "quiet_to"):
        try:
            found[name] = time.fromisoformat(said.get(name, ""))
        except ValueError:
            faults[name] = _("写成 21:00 这样。")
    return found, faults


def preferences(
    person: Person, said: Mapping[str, str], faults: Mapping[str, str], *, back: str
) -> dict[str, Any]:
    """The form of how one likes to be told; what was typed wrong stays."""
    chosen = preference_of(person)
    told: dict[str, Any] = {
        "quiet_from": f"{chosen.quiet_from:%H:%M}",
        "quiet_to": f"{chosen.quiet_to:%H:%M}",
        "digest": chosen.digest,
        "mail": chosen.mail,
        "urgent_passes": chosen.urgent_passes,
    }
    if faults:
        told |= {name: said.get(name, "") for name in ("quiet_from", "quiet_to", "digest")}
        told |= {name: said.get(name) == "yes" for name in ("mail", "urgent_passes")}
    return {
        "chosen": told,
        "faults": faults,
        "mail": bool(mail_sender()),
        "back": back,
    }
