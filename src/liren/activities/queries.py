"""Who has signed up for an activity, who was expected and who came."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from liren.database.prepared import Prepared
from liren.inforce import catalogue
from liren.people.models import Person
from liren.records.flow import state_title
from liren.records.models import Record
from liren.records.values import natural_value, value_of
from liren.refusals import Refusal

from .models import Attendance, Signup


@dataclass(frozen=True)
class Sheet:
    """The attendance of one record: totals over all rows (minutes: confirmed ones), and the first rows."""

    expected: int
    present: int
    absent: int
    minutes: int
    total: int
    rows: list[Attendance]


def sheet(record: Record, most: int) -> Sheet | None:
    """Attendance of a record, ``most`` rows of it; None where none was taken."""
    rows = Attendance.objects.filter(record=record)
    # Named otherwise than the columns: an aggregate called like one would stand in its place in the next.
    told = rows.aggregate(
        all_=Count("pk"),
        due=Count("pk", filter=Q(expected=True)),
        there=Count("pk", filter=Q(present=True)),
        away=Count("pk", filter=Q(expected=True, present=False)),
        served=Sum("minutes", filter=Q(confirmed=True)),
    )
    if not told["all_"]:
        return None
    listed = rows.select_related("person", "confirmed_by").order_by("-expected", "-present", "pk")[:most]
    return Sheet(told["due"], told["there"], told["away"], told["served"] or 0, told["all_"], list(listed))


def places_for(record: Record) -> int | None:
    """For how many an activity has room; None for all who come."""
    spec = catalogue().kind_entry(record.kind).spec
    if spec.sign_up is None or spec.sign_up.places is None:
        return None
    room = natural_value(spec, value_of(spec, record, spec.sign_up.places), spec.sign_up.places)
    return None if room is None else int(room)


def signup_refusal(record: Record, at: datetime) -> Refusal | None:
    """Why nobody can sign up for a record at a moment; None where they can."""
    spec = catalogue().kind_entry(record.kind).spec
    if spec.sign_up is None:
        return Refusal("bad_value", field="报名", reason=_("「%(title)s」不用报名") % {"title": spec.title})
    said = {"number": record.number, "what": "报名"}
    allowed = "、".join(spec.states[state].title for state in spec.sign_up.in_)
    if record.state not in spec.sign_up.in_:
        return Refusal(
            "wrong_state",
            state=state_title(spec, record.state),
            allowed=_("%(allowed)s时报名") % {"allowed": allowed},
            **said,
        )
    if record.starts is not None and record.starts <= at:
        return Refusal("wrong_state", state="已经开始", allowed="开始前报名", **said)
    return None


@dataclass(frozen=True)
class Taken:
    """How many have a seat at an activity, how many wait, and for how many there is room (None: for all)."""

    seated: int
    waiting: int
    room: int | None

    @property
    def free(self) -> int | None:
        """Seats left; None where there is room for all. None are left while somebody waits."""
        if self.room is None:
            return None
        return 0 if self.waiting else max(0, self.room - self.seated)


def taken_of(records: Iterable[Record]) -> dict[int, Taken]:
    """How far these activities are taken, in one query."""
    records = list(records)
    rows = (
        Signup.objects.filter(record_id__in=[one.pk for one in records]).order_by().values_list("record_id")
    )
    rows = rows.annotate(all=Count("pk"), seated=Count("seat"))
    counted = {row[0]: (row[2], row[1] - row[2]) for row in map(tuple, rows)}
    return {one.pk: Taken(*counted.get(one.pk, (0, 0)), places_for(one)) for one in records}


_SIGNED = Prepared(
    lambda person: (
        Signup.objects.filter(person=person)
        .select_related("record", "record__place")
        .order_by("-pk")[:MOST_SOON]
    ),
    int,
    by_key=True,
)
_SIGNUP = Prepared(
    lambda record, person: Signup.objects.filter(record=record, person=person).order_by("pk"),
    int,
    int,
    by_key=True,
)
_ROW = Prepared(
    lambda record, person: Attendance.objects.filter(record=record, person=person).order_by("pk"),
    int,
    int,
    by_key=True,
)


def signup_of(record: Record, person: Person) -> Signup | None:
    """The sign-up of a person, if there is one."""
    return _SIGNUP.first(record.pk, person.pk)


def waiting_before(signup: Signup) -> int:
    """How many wait longer."""
    return Signup.objects.filter(record_id=signup.record_id, seat__isnull=True, pk__lt=signup.pk).count()


def signups_of_person(person: Person, most: int) -> list[Signup]:
    """What a person has signed up for, the last first."""
    return _SIGNED(person.pk)[:most]


def signups(record: Record, most: int) -> list[Signup]:
    """Who has signed up, in the order of their seats, those who wait at the end."""
    rows = Signup.objects.filter(record=record).select_related("person")
    return sorted(rows.order_by("pk")[:most], key=lambda one: (one.seat is None, one.seat or 0, one.pk))


#: A day of service has so many minutes at most, where nothing says how long it lasted.
_DAY = 24 * 60


def served_at_most(row: Attendance, record: Record) -> int:
    """How many minutes may be confirmed: between arrival and departure, else as long as the activity lasted."""
    begin, end = row.arrived or record.starts, row.departed or record.ends
    if begin is None or end is None or end <= begin:
        return _DAY
    return max(1, int((end - begin).total_seconds() // 60))


def rows_of(record: Record, most: int) -> list[Attendance]:
    """The sheet of an activity with its persons, in the order of names."""
    rows = Attendance.objects.filter(record=record).select_related("person", "confirmed_by")
    return list(rows.order_by("person__name", "pk")[:most])


def attendance_of(record: Record, person: Person) -> Attendance | None:
    """The person's row on the sheet of an activity, if they have one."""
    return _ROW.first(record.pk, person.pk)


def person_on_sheet(record: Record, person: int) -> Person | None:
    """Who has this key, if they stand on the sheet of an activity or have signed up for it."""
    return _ON_SHEET.first(record.pk, person)


_ON_SHEET = Prepared(
    lambda record, person: Person.objects.filter(
        Exists(Attendance.objects.filter(record=record, person=person))
        | Exists(Signup.objects.filter(record=record, person=person)),
        pk=person,
    ),
    int,
    int,
    by_key=True,
)


@dataclass(frozen=True)
class Served:
    """Minutes a person served: confirmed by somebody else, and waiting for that; over how many activities."""

    confirmed: int
    waiting: int
    activities: int


def served(person: Person, since: datetime | None = None, until: datetime | None = None) -> Served:
    """What a person served in a time (open ends); counted by when the activity began, or was opened."""
    told = _attended(person, since, until).aggregate(
        sure=Sum("minutes", filter=Q(confirmed=True)),
        open=Sum("minutes", filter=Q(confirmed=False)),
        records=Count("record", distinct=True, filter=Q(confirmed=True)),
    )
    return Served(told["sure"] or 0, told["open"] or 0, told["records"])


def attended(
    person: Person, most: int, *, before: int | None = None, since: datetime | None = None,
    until: datetime | None = None, confirmed: bool = False,
) -> list[Attendance]:  # fmt: skip
    """The activities a person came to, the last first; ``before`` an attendance's key goes on from there."""
    rows = _attended(person, since, until).select_related("record", "record__place", "confirmed_by")
    if confirmed:
        rows = rows.filter(confirmed=True)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:most])


def expected_of(person: Person, most: int, *, after: datetime) -> list[Attendance]:
    """Activities a person is expected at and that are not over, the next first."""
    return _EXPECTED(person.pk, after)[:most]


def _expected(person: int, after: datetime) -> QuerySet[Attendance]:
    open_ = Q(record__closed__isnull=True) & (Q(record__ends__gte=after) | Q(record__ends__isnull=True))
    rows = Attendance.objects.filter(open_, person=person, confirmed=False).exclude(record__state="void")
    return rows.select_related("record", "record__place").order_by("record__starts", "pk")[:MOST_SOON]


#: No more than so many activities to come are read of one person.
MOST_SOON = 50
_EXPECTED = Prepared(_expected, int, datetime, by_key=True)


def _attended(person: Person, since: datetime | None, until: datetime | None) -> QuerySet[Attendance]:
    rows = Attendance.objects.filter(person=person, present=True).exclude(record__state="void")
    rows = rows.annotate(held=Coalesce("record__starts", "record__opened"))
    if since is not None:
        rows = rows.filter(held__gte=since)
    return rows if until is None else rows.filter(held__lt=until)
