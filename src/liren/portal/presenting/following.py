"""News of a matter by phone or mail: what the private link offers, and the tick in the form of a report."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from liren.clock import now
from liren.following.queries import can_follow, follows_of, ways
from liren.forms.records import RecordForm
from liren.inforce import catalogue
from liren.people.models import Person
from liren.records.models import Record

#: The name of the tick.
TICK = "follow"


def offer(record: Record, person: Person, token: str) -> dict[str, Any] | None:
    """``follow`` of matter.html: the addresses given, and by which ways one more may be; None where there are none."""
    spec = catalogue().kinds[record.kind].spec
    given = follows_of(record, person, at=now())
    open_to = ways() if can_follow(spec) and record.closed is None else []
    if not given and not open_to:
        return None
    label = {"sms": _("手机号"), "mail": _("邮箱")}
    return {
        "given": given,
        "token": token,
        "label": _("或").join(label[one] for one in open_to),
        "href": reverse("portal:follow", args=[token]),
    }


def phone_boxes(form: RecordForm) -> list[str]:
    """The boxes of a report that take a phone number nobody else reads."""
    fields = form.kind.spec.fields
    return [
        name
        for name in form.fields
        if name in fields and fields[name].type == "phone" and fields[name].private
    ]


def may_tick(form: RecordForm) -> bool:
    """Whether the form of a report offers the tick."""
    return can_follow(form.kind.spec) and "sms" in ways() and bool(phone_boxes(form))
