"""The only code that writes attendance."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from liren import database
from liren.clock import now
from liren.database.bulk import insert_rows
from liren.people.models import Person
from liren.records.acts import NewAct
from liren.records.models import Record
from liren.refusals import Refusal
from liren.trail.actions import acts_append

from .models import Attendance


def attendance_take(
    record: Record, rows: Iterable[Mapping], *, by: Person | None, at: datetime | None = None
) -> list[Attendance]:
    """Note who was expected, who came, who did not and why. See :func:`attendances_take` for rows."""
    return attendances_take([(record, rows)], by=by, at=at)


def attendances_take(
    sheets: Iterable[tuple[Record, Iterable[Mapping]]], *, by: Person | None, at: datetime | None = None
) -> list[Attendance]:
    """Bulk form: for each record a sheet of rows with ``person`` and any of role, expected, present,
    spoke, reason, minutes, confirmed_by. Minutes are confirmed only by a second person; an absent
    person who was expected needs a reason. All or nothing; one act per record.
    """
    entries, acts, at = [], [], at or now()
    for record, rows in sheets:
        sheet = [_entry(record, row) for row in rows]
        entries += sheet
        present = sum(1 for e in sheet if e.present)
        expected = sum(1 for e in sheet if e.expected)
        acts.append(_act(record, by, at, {"expected": expected, "present": present}))
    with database.atomic():
        insert_rows(Attendance, entries)
        acts_append(acts)
    return entries


def _entry(record: Record, row: Mapping) -> Attendance:
    entry = Attendance(record=record, **row)
    entry.confirmed = entry.confirmed_by_id is not None
    if entry.confirmed and entry.confirmed_by_id == entry.person_id:
        raise Refusal("second_person", who=entry.person.name)
    if entry.expected and not entry.present and not entry.reason:
        raise Refusal("missing", fields=f"{entry.person.name}的缺席原因", what="记出勤")
    if entry.reason and entry.present:
        raise Refusal("bad_value", field="缺席原因", reason=f"{entry.person.name}已到场，不写缺席原因")
    return entry


def _act(record: Record, by, at, changed: dict) -> NewAct:
    by_id = by.pk if by else None
    return NewAct("attend", record.state, record.state, by_id, at, now(), record_id=record.pk, changed=changed)
