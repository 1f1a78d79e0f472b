"""What persons were told, how they like to be told, and what did not get out."""

from dataclasses import dataclass
from datetime import datetime

from liren.people.models import Person
from liren.people.visibility import Viewer, visible
from liren.places.models import Place, Unit
from liren.records.models import Record
from liren.refusals import Refusal

from .county import county
from .models import Job, Line, Notice, Preference

#: Notices looked through for one page of the list.
_LOOKED_THROUGH = 1000


def notices_of(person: Person, most: int) -> list[Notice]:
    """What a person was told, the last first, settled or not."""
    return list(Notice.objects.filter(person=person).select_related("record").order_by("-at", "-pk")[:most])


@dataclass(frozen=True)
class OpenNotice:
    """One line of the list in the site: the last that was said about a record, and how often something was."""

    record: Record
    text: str
    at: datetime
    urgent: bool
    count: int


def open_notices(viewer: Viewer, most: int = 50) -> list[OpenNotice]:
    """What a person was told about records that have not moved on since: urgent ones first, then the last first.

    A record they may not see any more is left out. Looking at the list changes nothing.
    """
    rows: dict[int, list[Notice]] = {}
    for notice in _open(viewer).select_related("record__place").order_by("-at", "-pk")[:_LOOKED_THROUGH]:
        rows.setdefault(notice.record_id, []).append(notice)
    found = [
        OpenNotice(told[0].record, told[0].text, told[0].at, any(one.urgent for one in told), len(told))
        for told in rows.values()
    ]
    return sorted(found, key=lambda one: not one.urgent)[:most]


def open_count(viewer: Viewer) -> int:
    """How many records the list of :func:`open_notices` speaks of: a badge, never a figure about a person."""
    return _open(viewer).order_by().values("record").distinct().count()


def _open(viewer: Viewer):
    rows = Notice.objects.filter(person=viewer.person, settled__isnull=True)
    return visible(rows, to=viewer, prefix="record__") if viewer.person else rows.none()


def preference_of(person: Person) -> Preference:
    """How a person likes to be told; of who never said, what the county set (not saved)."""
    chosen = Preference.objects.filter(person=person).first()
    if chosen is not None:
        return chosen
    try:
        said = county()
    except Refusal:
        return Preference(person=person)
    return Preference(person=person, quiet_from=said.quiet.from_, quiet_to=said.quiet.to)


# -- what operators look at ---------------------------------------------------------------------------


def dead_letters(most: int = 100) -> list[Job]:
    """Jobs that failed for good, the last first: ``key``, ``tries``, ``fault``, ``died``."""
    return list(Job.objects.filter(died__isnull=False).order_by("-died")[:most])


def waiting(at: datetime) -> dict[str, int]:
    """How much is due and not out: ``lines`` in no message yet, ``jobs`` not done, ``dead`` ones."""
    jobs = Job.objects.filter(done__isnull=True, died__isnull=True)
    return {
        "lines": Line.objects.filter(due__lte=at).count(),
        "jobs": jobs.filter(due__lte=at).count(),
        "dead": Job.objects.filter(died__isnull=False).count(),
    }


def county_faults() -> list[str]:
    """What is wrong with var/notices.yaml, units and places it names included; empty when all is well."""
    try:
        said = county()
    except Refusal as fault:
        return str(fault).splitlines()
    units = {robot.unit for robot in said.robots.values() if robot.unit}
    places = {robot.place for robot in said.robots.values() if robot.place}
    units -= set(Unit.objects.filter(code__in=units).values_list("code", flat=True))
    places -= set(Place.objects.filter(code__in=places).values_list("code", flat=True))
    return [f"robots: 没有单位 {code}" for code in sorted(units)] + [
        f"robots: 没有地点 {code}" for code in sorted(places)
    ]
