"""The only code that writes sign-ups and attendance.

Hours cannot be bought: who came is noted by themselves with the code on the organiser's screen or by the
organiser's list, how long lies between arrival and departure, and another person confirms it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _

from liren import database
from liren.clock import now
from liren.database.bulk import insert_rows, update_row
from liren.inforce import catalogue
from liren.notices.actions import notices_send
from liren.people.models import Person
from liren.records.actions import desk
from liren.records.acts import NewAct
from liren.records.doubles import done
from liren.records.drafts import locked
from liren.records.flow import check_in_charge, state_title
from liren.records.models import Act, Record
from liren.records.values import keepable
from liren.refusals import Refusal
from liren.trail.actions import acts_append

from .codes import code_read
from .models import Attendance, Signup
from .queries import attendance_of, places_for, served_at_most, signup_of, signup_refusal

#: The columns that a word about somebody's coming or going may change.
_NOTED = ("present", "reason", "arrived", "departed", "minutes")


def attendance_take(
    record: Record,
    rows: Iterable[Mapping],
    *,
    by: Person | None,
    at: datetime | None = None,
    key: str | None = None,
) -> list[Attendance]:
    """Note who was expected, who came, who did not and why. See :func:`attendances_take` for rows."""
    if done(key, record):
        return list(Attendance.objects.filter(record=record).order_by("pk"))
    return attendances_take([(record, rows)], by=by, at=at, key=key)


def attendances_take(
    sheets: Iterable[tuple[Record, Iterable[Mapping]]],
    *,
    by: Person | None,
    at: datetime | None = None,
    key: str | None = None,
) -> list[Attendance]:
    """Bulk form: for each record a sheet of rows with ``person`` and any of role, expected, present,
    spoke, reason, minutes, confirmed_by. Minutes are confirmed only by a second person; an absent
    person who was expected needs a reason; nobody is noted twice. All or nothing; one act per record.
    """
    entries, acts, at, at_desk = [], [], at or now(), desk()
    for record, rows in sheets:
        check_in_charge(at_desk, catalogue().kind_entry(record.kind).spec, record, by, at, "记出勤", own=True)
        sheet = [_entry(record, row) for row in rows]
        entries += sheet
        present = sum(1 for e in sheet if e.present)
        expected = sum(1 for e in sheet if e.expected)
        acts.append(_act(record, by, at, {"expected": expected, "present": present}, key))
    try:
        with database.atomic():
            insert_rows(Attendance, entries)
            acts_append(acts)
    except IntegrityError:
        raise _twice(entries) from None
    return entries


def _twice(entries: list[Attendance]) -> Refusal:
    """Who is noted already, or stands twice on a sheet."""
    seen: set[tuple] = set()
    for entry in entries:
        own = (entry.record_id, entry.person_id, entry.role)
        there = Attendance.objects.filter(record=entry.record_id, person=entry.person_id, role=entry.role)
        if own in seen or there.exists():
            break
        seen.add(own)
    return Refusal(
        "already", what=_("%(name)s的出勤") % {"name": entry.person.name}, number=entry.record.number
    )


def _entry(record: Record, row: Mapping) -> Attendance:
    entry = Attendance(record=record, **row)
    keepable(entry.reason, "缺席原因", 80)
    keepable(entry.role, "身份", 40)
    entry.confirmed = entry.confirmed_by_id is not None
    if entry.confirmed and entry.confirmed_by_id == entry.person_id:
        raise Refusal("second_person", who=entry.person.name)
    if entry.expected and not entry.present and not entry.reason:
        raise Refusal("missing", fields=_("%(name)s的缺席原因") % {"name": entry.person.name}, what="记出勤")
    if entry.reason and entry.present:
        raise Refusal(
            "bad_value",
            field="缺席原因",
            reason=_("%(name)s已到场，不写缺席原因") % {"name": entry.person.name},
        )
    return entry


def _act(record: Record, by, at, changed: dict, key: str | None) -> NewAct:
    said: dict[str, Any] = {"record_id": record.pk, "changed": changed, "key": key}
    return NewAct("attend", record.state, record.state, by.pk if by else None, at, now(), **said)


def signup_make(record: Record, *, by: Person, name: str = "", at: datetime | None = None) -> Signup:
    """Sign up for an activity: a seat while there are any, else a place on the waiting list.

    The record's row is locked, so that of two who click at once the second counts the first; that no seat is
    given twice the database sees to as well. Doing it twice changes nothing, so no key is needed; it leaves no
    act, since the record stays as it was. Raises Refusal: bad_value (no sign-up here), wrong_state.
    """
    at = at or now()
    with database.atomic():
        latest = locked(record.pk)
        there = Signup.objects.filter(record=latest, person=by).first()
        if there is not None:
            return there
        refused = signup_refusal(latest, at)
        if refused is not None:
            raise refused
        _move_up(latest, at)  # the room may have been widened since the last sign-up
        return Signup.objects.create(record=latest, person=by, name=name[:40], seat=_free_seat(latest), at=at)


def signup_leave(record: Record, *, by: Person, at: datetime | None = None) -> bool:
    """Take a sign-up back; who has waited longest gets the seat and is told. False where there was none."""
    at = at or now()
    with database.atomic():
        latest = locked(record.pk)
        if not Signup.objects.filter(record=latest, person=by).delete()[0]:
            return False
        if signup_refusal(latest, at) is None:
            _move_up(latest, at)
    return True


def _free_seat(record: Record) -> int | None:
    """The lowest seat that nobody has; None where all are taken or somebody waits already."""
    seats = set(Signup.objects.filter(record=record, seat__isnull=False).values_list("seat", flat=True))
    if Signup.objects.filter(record=record, seat__isnull=True).exists():
        return None
    room = places_for(record)
    free = next(seat for seat in range(1, len(seats) + 2) if seat not in seats)
    return free if room is None or free <= room else None


def _move_up(record: Record, at: datetime) -> None:
    """Seats that are free go to those who wait, first come first served."""
    taken = set(Signup.objects.filter(record=record, seat__isnull=False).values_list("seat", flat=True))
    waiting = list(
        Signup.objects.filter(record=record, seat__isnull=True).select_related("person").order_by("pk")
    )
    room = places_for(record)
    seats = (seat for seat in range(1, len(taken) + len(waiting) + 1) if seat not in taken)
    for signup, seat in zip(waiting, seats, strict=False):
        if room is not None and seat > room:
            return
        signup.seat = seat
        signup.save(update_fields=["seat"])
        text = f"{record.number} {record.title}：候补已转为正式名额"[:300]
        notices_send(record=record, persons=[signup.person], text=text, at=at)


def check_in(
    record: Record,
    *,
    person: Person,
    by: Person,
    code: str = "",
    at: datetime | None = None,
    key: str | None = None,
) -> Attendance:
    """Note that a person has come: by themselves with the code on the organiser's screen, or by who is in charge.

    Raises Refusal: bad_value (code), not_yours, wrong_state (it is over), already.
    """
    with _noting(record, person, by, code, at, key, "check_in", "签到") as (row, at_, write):
        if write:
            if row.arrived is not None or row.confirmed:
                raise Refusal(
                    "already", what=_("%(name)s的签到") % {"name": person.name}, number=record.number
                )
            row.present, row.reason, row.arrived = True, "", at_
    return row


def check_out(
    record: Record,
    *,
    person: Person,
    by: Person,
    code: str = "",
    at: datetime | None = None,
    key: str | None = None,
) -> Attendance:
    """Note that a person leaves; the minutes in between wait for a second person. Raises as :func:`check_in`."""
    with _noting(record, person, by, code, at, key, "check_out", "签退") as (row, at_, write):
        if write:
            if row.arrived is None:
                raise Refusal(
                    "bad_value",
                    field="签退",
                    reason=_("%(name)s还没有签到；请先签到") % {"name": person.name},
                )
            if row.departed is not None or row.confirmed:
                raise Refusal(
                    "already", what=_("%(name)s的签退") % {"name": person.name}, number=record.number
                )
            if at_ < row.arrived:
                raise Refusal("too_early", at=f"{at_:%Y-%m-%d %H:%M}", last=f"{row.arrived:%Y-%m-%d %H:%M}")
            row.departed, row.minutes = at_, int((at_ - row.arrived).total_seconds() // 60)
    return row


def presence_note(
    record: Record, *, person: Person, present: bool, reason: str = "", by: Person, at: datetime | None = None,
    key: str | None = None,
) -> Attendance:  # fmt: skip
    """The list of who is in charge: a person is here, or away for a reason. May be put right until confirmed.

    Raises Refusal: not_yours, wrong_state, missing (why they are away), already (confirmed).
    """
    if not present and not reason.strip():
        raise Refusal("missing", fields="缺席原因", what="记出勤")
    with _noting(record, person, by, "", at, key, "note_presence", "记出勤") as (row, _at, write):
        if write:
            if row.confirmed:
                raise Refusal(
                    "already", what=_("%(name)s的时长确认") % {"name": person.name}, number=record.number
                )
            row.present, row.reason = present, "" if present else reason.strip()[:80]
            if not present:
                row.arrived, row.departed, row.minutes = None, None, 0
    return row


@contextmanager
def _noting(
    record: Record,
    person: Person,
    by: Person,
    code: str,
    at: datetime | None,
    key: str | None,
    verb: str,
    what: str,
) -> Iterator[tuple[Attendance, datetime, bool]]:
    """One row of the sheet in hand, locked, then written with its act; as it stands when the key was used before.

    The record's row is locked, so that a person who arrives twice at once has one row.
    """
    spec = catalogue().kind_entry(record.kind).spec
    if by.pk == person.pk:
        if code_read(code) != record.pk:
            raise Refusal(
                "bad_value",
                field="签到码",
                reason=_("这个码不是「%(value)s」的") % {"value": record.title or record.number},
            )
    else:
        check_in_charge(desk(), spec, record, by, at or now(), what, own=True)
    with database.atomic():
        latest = locked(record.pk)
        row = attendance_of(latest, person)
        write = done(key, latest) is None
        _refuse_over(latest, spec, what, unless=not write)
        row = row or Attendance(
            record=latest, person=person, role=_part(spec), expected=_expected(latest, person)
        )
        moment = at or max(now(), row.arrived or now())  # a clock set back lets nobody leave before they came
        yield row, moment, write
        if write:
            if row._state.adding:
                insert_rows(Attendance, [row])
            else:
                update_row(row, _NOTED)
            acts_append([_noted(latest, verb, by, moment, {"attendance": row.pk}, key)])


def _refuse_over(record: Record, spec, what: str, *, unless: bool = False) -> None:
    state = spec.states.get(record.state)
    if not unless and (state is None or state.end):
        title = state_title(spec, record.state)
        raise Refusal("wrong_state", number=record.number, state=title, what=what, allowed="（没有）")


def _part(spec) -> str:
    """The part in which somebody attends who was on no list."""
    if spec.sign_up is not None and spec.sign_up.as_:
        return spec.sign_up.as_
    return next(iter(spec.attended_as), "")


def _expected(record: Record, person: Person) -> bool:
    """Who signed up was expected; who only drops in was not. A list without sign-ups expects whom it names."""
    if catalogue().kind_entry(record.kind).spec.sign_up is None:
        return True
    signup = signup_of(record, person)
    return signup is not None and signup.seat is not None


def _noted(record: Record, verb: str, by: Person, at: datetime, changed: dict, key: str | None) -> NewAct:
    return NewAct(
        verb, record.state, record.state, by.pk, at, now(), record_id=record.pk, changed=changed, key=key
    )


def hours_confirm(
    record: Record,
    *,
    minutes: Mapping[int, int],
    by: Person,
    at: datetime | None = None,
    key: str | None = None,
) -> list[Attendance]:
    """A second person confirms the minutes served: attendance (primary key) → minutes. All or nothing.

    Not the person themselves, nor who alone noted their coming and going. Never more than lies between
    arrival and departure; where nobody checked out, than the activity lasted. Raises Refusal: not_yours,
    second_person, bad_value, already.
    """
    at, spec = at or now(), catalogue().kind_entry(record.kind).spec
    check_in_charge(desk(), spec, record, by, at, "确认时长")
    rows = (
        Attendance.objects.filter(record=record, pk__in=list(minutes)).select_related("person").order_by("pk")
    )
    with database.atomic():
        latest = locked(record.pk)
        if done(key, latest):
            return list(rows)
        _refuse_over(latest, spec, "确认时长")
        confirmed = list(rows)
        own = _noted_alone(latest, by)
        for row in confirmed:
            _confirm(row, latest, minutes[row.pk], by, own)
            row.save(update_fields=["minutes", "confirmed", "confirmed_by"])
        changed = {"persons": len(confirmed), "minutes": sum(row.minutes for row in confirmed)}
        acts_append([_noted(latest, "confirm_hours", by, at, changed, key)])
    return confirmed


def _confirm(row: Attendance, record: Record, minutes: int, by: Person, own: set[int]) -> None:
    if row.person_id == by.pk or row.pk in own:
        raise Refusal("second_person", who=row.person.name)
    if row.confirmed:
        raise Refusal(
            "already", what=_("%(name)s的时长确认") % {"name": row.person.name}, number=record.number
        )
    if not row.present:
        raise Refusal(
            "bad_value",
            field="时长",
            reason=_("%(name)s没有到场，没有时长可确认") % {"name": row.person.name},
        )
    most = served_at_most(row, record)
    if not 0 < minutes <= most:
        raise Refusal(
            "bad_value",
            field="时长",
            reason=_("%(name)s最多 %(most)s 分钟，最少 1 分钟") % {"name": row.person.name, "most": most},
        )
    row.minutes, row.confirmed, row.confirmed_by = minutes, True, by


def _noted_alone(record: Record, by: Person) -> set[int]:
    """Rows of which this person noted everything there is: nobody else has seen who came."""
    verbs = ("check_in", "check_out", "note_presence")
    acts = Act.objects.filter(record=record, verb__in=verbs).order_by("pk").values_list("by_id", "changed")
    noted: dict[int, set[int | None]] = {}
    for noter, changed in acts:
        noted.setdefault(changed.get("attendance", 0), set()).add(noter)
    return {row for row, noters in noted.items() if noters == {by.pk}}
