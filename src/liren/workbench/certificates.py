"""The certificate of volunteer service: what the register holds, and what it proves, counted anew.

Its four parts follow the record and certificate rules (民政部令67号, norms §2): the volunteer; hours and content of
the service; who issues it; number, date and remarks. Hours are those a second person confirmed. No ID number is
kept here: its line stays empty, the holder fills it in by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from liren.activities.models import Attendance
from liren.activities.queries import Served, attended, served
from liren.inforce import catalogue
from liren.packs.catalogue import KindEntry
from liren.packs.fields import CHINA
from liren.people.models import Person
from liren.records.actions import record_open
from liren.records.models import Record
from liren.refusals import Refusal

#: The register that numbers certificates, and the one that numbers volunteers.
KIND = "volunteer_service.certificate"
VOLUNTEERS = "volunteer_registry.volunteer"
#: Services listed on a certificate; the sum is of all of them.
LISTED = 60


@dataclass(frozen=True)
class Certificate:
    """A certificate: its entry in the register, what it proves now, and the act that issued it."""

    record: Record
    person: Person
    volunteer: str
    served: Served
    services: list[Attendance]
    issued: Any

    @property
    def differs(self) -> bool:
        """Whether more or less is confirmed now than the register holds."""
        return (self.record.quantity or 0) != self.served.confirmed * 1000


def kind() -> KindEntry | None:
    """The register of certificates; None where the packs in force have none."""
    return catalogue().kinds.get(KIND)


def certificates_of(person: Person, most: int) -> list[Record]:
    """The certificates a person asked for, the last first."""
    rows = Record.objects.filter(kind=KIND, person=person).exclude(state="void")
    return list(rows.select_related("place").order_by("-pk")[:most])


def certificate_ask(person: Person, *, first: date, last: date, use: str, key: str) -> Record:
    """Ask for a certificate over days (both counted): the minutes are counted, not typed.

    Raises Refusal: bad_value (days the wrong way round), missing (nothing confirmed in them).
    """
    if last < first:
        raise Refusal("bad_value", field="截止", reason=_("截止日期早于开始日期"))
    since, until = _span(first, last)
    found = served(person, since, until)
    if not found.confirmed:
        raise Refusal("missing", fields="这段时间里经他人确认的服务时长", what="申请证明")
    latest = attended(person, 1, since=since, until=until, confirmed=True)[0].record
    values = {
        "person": person, "title": f"{person.name}志愿服务证明", "starts": first.isoformat(),
        "ends": last.isoformat(), "quantity": found.confirmed, "place": person.place or latest.place, "use": use,
    }  # fmt: skip
    return record_open(KIND, values, by=person, key=key)


def certificate(record: Record) -> Certificate:
    """What a certificate proves. Raises Refusal (not_found) for a record that is none."""
    if record.kind != KIND or record.person is None:
        raise Refusal("not_found", what="证明", name=record.number, mend="")
    begin = (record.starts or record.opened).astimezone(CHINA).date()
    end = (record.ends or record.opened).astimezone(CHINA).date()
    since, until = _span(begin, end)
    found = served(record.person, since, until)
    services = attended(record.person, LISTED, since=since, until=until, confirmed=True)
    volunteer = Record.objects.filter(kind=VOLUNTEERS, person=record.person).order_by("-pk").first()
    issued = record.acts.filter(verb="issue").select_related("by").order_by("-id").first()
    return Certificate(record, record.person, volunteer.number if volunteer else "", found, services, issued)


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    begin = datetime(first.year, first.month, first.day, tzinfo=CHINA)
    after = last + timedelta(days=1)
    return begin, datetime(after.year, after.month, after.day, tzinfo=CHINA)
