"""The only code that writes notices, preferences, lines on their way out, and jobs; and the worker that does jobs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from liren import clock, database
from liren.database import statements
from liren.database.bulk import insert_rows
from liren.people.models import Person
from liren.people.queries import posts_of_persons
from liren.people.visibility import viewer_of, visible
from liren.places.queries import work_calendar
from liren.records.models import Record
from liren.refusals import Refusal

from .channels import ROBOT_BYTES, mail_sender, send_mail, send_robot
from .county import County, county_or_plain, robots_hearing
from .models import Job, Line, Notice, Preference
from .timing import CHINA, Habit, after_quiet, goes_out
from .wording import body, subject, summed

#: What waited longer than this (no worker ran) is not sent any more: it stands in the site.
STALE = timedelta(days=7)
#: How long a worker may take for one job before another may take it.
LEASE = timedelta(minutes=5)
MOST_TRIES = 8
#: How long finished jobs (emptied) and settled notices are kept.
KEEP_JOBS, KEEP_SETTLED = timedelta(days=30), timedelta(days=180)


# -- telling ------------------------------------------------------------------------------------------


def notices_send(
    *, record: Record, persons: Iterable[Person], text: str, at: datetime, urgent: bool | None = None
) -> int:
    """Tell persons about a record, inside the transaction of the act that causes it. Returns how many.

    ``urgent`` is told outside the site at once; left out, the county's file, the record's level, or a limit that passed
    decide. Nobody's choice keeps a notice out of the list in the site.
    """
    told = list({person.pk: person for person in persons}.values())
    if not told:
        return 0
    said, _fault = county_or_plain()
    if urgent is None:
        urgent = _is_urgent(said, record, at)
    insert_rows(Notice, [Notice(person=p, record=record, text=text, at=at, urgent=urgent) for p in told])
    insert_rows(Line, _lines(said, told, Line(record=record, text=text, told=clock.now(), urgent=urgent)))
    return len(told)


def _is_urgent(said: County, record: Record, at: datetime) -> bool:
    passed = record.alarmed is not None and at == record.due  # what tells is that the limit passed
    return passed or record.kind in said.urgent.kinds or record.level in said.urgent.levels


def _lines(said: County, told: Sequence[Person], like: Line) -> list[Line]:
    """A line for each mail and each robot this goes to."""

    def line(habit: Habit, **whom) -> Line:
        due = goes_out(like.told, habit, urgent=like.urgent, calendar=work_calendar())
        return Line(record=like.record, text=like.text, told=like.told, urgent=like.urgent, due=due, **whom)

    lines = []
    keys = [person.pk for person in told]
    if mail_sender():
        chosen = {one.person_id: one for one in Preference.objects.filter(person__in=keys)}
        reached = Person.objects.filter(pk__in=keys, user__is_active=True).exclude(user__email="")
        for person in reached.order_by("pk"):
            preference = chosen.get(person.pk)
            if preference is None or preference.mail:
                lines.append(line(_habit(said, preference), person=person))
    if said.robots:
        posts = [post for held in posts_of_persons(keys).values() for post in held]
        lines += [line(said.habit(name), robot=name) for name in robots_hearing(said, posts, like.told)]
    return lines


def _habit(said: County, chosen: Preference | None) -> Habit:
    if chosen is None:
        return said.habit()
    daily = chosen.digest == "daily"
    return Habit(daily, said.digest, chosen.quiet_from, chosen.quiet_to, chosen.urgent_passes)


_SETTLE = "UPDATE notices_notice SET settled = %s WHERE record_id = %s AND settled IS NULL"
_DROP = "DELETE FROM notices_line WHERE record_id = %s AND (person_id IS NULL OR person_id NOT IN (%s, %s))"


def notices_settle(record: Record, *, at: datetime) -> int:
    """The record has moved on: what was told about it before is settled, and what was to be sent to staff and teams
    is not sent any more. Whoever opened it, and whom it is about, still hear of every step.

    Call in the transaction that moves it, before the new notices. Returns how many were settled.
    """
    statements.changed(_DROP, record.pk, record.opener_id or 0, record.person_id or 0)
    return statements.changed(_SETTLE, connection.ops.adapt_datetimefield_value(at), record.pk)


def preference_set(
    *,
    by: Person,
    mail: bool | None = None,
    digest: str | None = None,
    quiet_from: time | None = None,
    quiet_to: time | None = None,
    urgent_passes: bool | None = None,
) -> Preference:
    """A person says how they like to be told; what is None stays. Holds for what waits already, too."""
    if digest not in (None, "daily", "now"):
        raise Refusal(
            "bad_value",
            field="提醒方式",
            reason=_("「%(digest)s」不在选项中；可选：daily、now") % {"digest": digest},
        )
    said, _fault = county_or_plain()
    given = {
        "mail": mail, "digest": digest, "quiet_from": quiet_from, "quiet_to": quiet_to, "urgent_passes": urgent_passes,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value is not None}
    with database.atomic():
        first = {"quiet_from": said.quiet.from_, "quiet_to": said.quiet.to}
        chosen, _new = Preference.objects.update_or_create(
            person=by, defaults=given, create_defaults=first | given
        )
        waiting = Line.objects.select_for_update().filter(person=by)
        if not chosen.mail:
            waiting.delete()
        habit = _habit(said, chosen)
        for line in waiting:
            line.due = goes_out(line.told, habit, urgent=line.urgent, calendar=work_calendar())
            line.save(update_fields=["due"])
    return chosen


# -- the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """How jobs of a name are done. ``inward``: all its effect is in this database, so it happens exactly once,
    in one transaction with ``done``; outward work happens at least once. ``wait`` puts it off (quiet hours).
    """

    act: Callable[[Job], None]
    inward: bool = False
    wait: Callable[[Job, datetime], datetime] = lambda _job, moment: moment


#: Job name → how it is done. Other rooms may add theirs.
WORK: dict[str, Work] = {}


def job_add(name: str, payload: dict[str, Any], *, key: str, due: datetime) -> bool:
    """Enter a job, in the transaction of what causes it; False when this key was entered before."""
    assert name in WORK, f"nobody knows how to do {name!r}: add it to WORK"
    _job, added = Job.objects.get_or_create(key=key, defaults={"name": name, "payload": payload, "due": due})
    return added


def jobs_revive(*, at: datetime | None = None) -> int:
    """Try every dead job again, from the beginning: what kept them back is mended. Returns how many."""
    with database.atomic():
        dead = Job.objects.filter(died__isnull=False)
        return dead.update(died=None, tries=0, fault="", due=at or clock.now())


@dataclass
class Delivered:
    """What one round of :func:`deliver` did. ``fault``: what is wrong with var/notices.yaml, if anything."""

    messages: int = 0
    done: int = 0
    failed: int = 0
    died: int = 0
    fault: str = field(default="")


def deliver(now: datetime | None = None, most: int = 200) -> Delivered:
    """Make messages of the lines that are due, and do the jobs that are due, ``most`` of each at a time.

    Any number of workers may run at once; one that is killed leaves nothing undone and nothing half done.
    ``now`` is for tests: left out, the clock is asked before every job.
    """
    told = Delivered(fault=county_or_plain()[1])
    moment = now or clock.now()
    waiting = Line.objects.filter(due__lte=moment).values("person", "robot").annotate(first=Min("due"))
    for row in list(waiting.order_by("first")[:most]):
        told.messages += _gather(row["person"], row["robot"], moment)
    for _round in range(most):
        job = _take(now or clock.now())
        if job is None:
            break
        outcome = _do(job, now)
        setattr(told, outcome, getattr(told, outcome) + 1)
    done = Job.objects.filter(done__lt=moment - KEEP_JOBS)
    settled = Notice.objects.filter(settled__lt=moment - KEEP_SETTLED)
    for old in (done, settled):
        if old.exists():
            with database.atomic():
                old.delete()
    return told


def _take(moment: datetime) -> Job | None:
    """The next job that is due, leased to this worker. Others skip it, and get it when the lease has run out."""
    free = Q(leased__isnull=True) | Q(leased__lte=moment)
    waiting = Job.objects.filter(free, due__lte=moment, done__isnull=True, died__isnull=True)
    while waiting.exists():  # asked without the writers' lock: mostly there is nothing to do
        with database.atomic():
            job = waiting.select_for_update(skip_locked=True).order_by("due", "pk").first()
            if job is None:
                return None
            until = WORK[job.name].wait(job, moment) if job.name in WORK else moment
            if until > moment:
                job.due = until
            elif job.tries >= MOST_TRIES:  # each worker that took it died of it
                job.died, job.leased, job.fault = moment, None, job.fault or "每次办到一半都中断了"
            else:
                job.tries, job.leased = job.tries + 1, moment + LEASE
            job.save()
        if until <= moment and job.died is None:
            return job
    return None


def _do(job: Job, now: datetime | None) -> str:
    """Do a job; returns the word of :class:`Delivered` for how it went."""
    try:
        work = WORK[job.name]
        if work.inward:
            with database.atomic():
                work.act(job)
                if not _end(job, done=now or clock.now(), payload={}):
                    raise TimeoutError("办得太久，别人接手了")  # and what was done here is undone
        else:
            work.act(job)
            with database.atomic():
                _end(job, done=now or clock.now(), payload={})
    except Exception as fault:
        return _failed(job, fault, now or clock.now())
    return "done"


def _end(job: Job, **ending) -> bool:
    """Write how a job ended, unless its lease ran out and another worker took it."""
    mine = Job.objects.filter(pk=job.pk, tries=job.tries, done__isnull=True, died__isnull=True)
    return mine.update(leased=None, **ending) == 1


def _failed(job: Job, fault: Exception, moment: datetime) -> str:
    """Try again after 1, 4, 16, 64 minutes …, at most six hours; in the end the job is dead and listed."""
    said = f"{type(fault).__name__}: {fault}"[:300]
    dead = job.tries >= MOST_TRIES
    later = moment + timedelta(minutes=min(4 ** (job.tries - 1), 360))
    with database.atomic():
        _end(job, fault=said, **({"died": moment} if dead else {"due": later}))
    return "died" if dead else "failed"


# -- messages -----------------------------------------------------------------------------------------


def _gather(person_id: int | None, robot: str, moment: datetime) -> bool:
    """Make one message of everything that is due for a person or a robot: enter its job and drop the lines, at once.

    At most one message goes out for each window (the moment the last of its lines was due). A line that
    was committed after its window's message waits for the next.
    """
    said, _fault = county_or_plain()
    with database.atomic():
        due = Line.objects.select_for_update(skip_locked=True).filter(
            person=person_id, robot=robot, due__lte=moment
        )
        lines = list(due.order_by("told", "pk"))
        habit = (
            _habit(said, Preference.objects.filter(person=person_id).first())
            if person_id
            else said.habit(robot)
        )
        if (awake := after_quiet(moment, habit)) > moment:  # no worker ran when they were due
            passing = [line for line in lines if line.urgent and habit.urgent_passes]
            _put_off([line for line in lines if line not in passing], awake)
            lines = passing
        if not lines:
            return False
        window = max(line.due for line in lines).astimezone(CHINA)
        who = f"mail:{person_id}" if person_id else f"robot:{robot}"
        payload = _message(person_id, robot, [line for line in lines if moment - line.told < STALE], moment)
        if payload is not None:
            payload["passes"] = habit.urgent_passes and any(line.urgent for line in lines)
            name, key = who.partition(":")[0], f"{who}:{window:%Y-%m-%dT%H:%M}"
            if not job_add(name, payload, key=key, due=moment):
                for line in lines:
                    later = goes_out(moment, habit, urgent=line.urgent, calendar=work_calendar())
                    _put_off([line], later)
                return False
        Line.objects.filter(pk__in=[line.pk for line in lines]).delete()
    return payload is not None


def _put_off(lines: Sequence[Line], due: datetime) -> None:
    Line.objects.filter(pk__in=[line.pk for line in lines]).update(due=due)


def _message(person_id: int | None, robot: str, lines: Sequence[Line], at: datetime) -> dict[str, Any] | None:
    """What a message says; None when nothing is left to say. A person is told only what they may see by now."""
    records = Record.objects.filter(pk__in={line.record_id for line in lines})
    if person_id:
        records = visible(records, to=viewer_of(Person.objects.get(pk=person_id), at))
    told = summed(lines, records)
    if not told:
        return None
    if robot:
        return {"robot": robot, "body": body(told, at=at, most_bytes=ROBOT_BYTES)}
    urgent = any(line.urgent for line in lines)
    return {"person": person_id, "subject": subject(len(told), urgent=urgent), "body": body(told, at=at)}


def _mail(job: Job) -> None:
    person = (
        Person.objects.select_related("user").filter(pk=job.payload["person"], user__is_active=True).first()
    )
    if person is not None and person.user is not None and person.user.email:
        send_mail(person.user.email, job.payload["subject"], job.payload["body"], key=job.key)


def _robot(job: Job) -> None:
    send_robot(job.payload["robot"], job.payload["body"])


def _awake(job: Job, moment: datetime) -> datetime:
    """A message that failed, or waited for a worker, does not go out in the quiet hours either."""
    if job.payload.get("passes"):
        return moment
    said, _fault = county_or_plain()
    person = job.payload.get("person")
    chosen = Preference.objects.filter(person=person).first() if person else None
    return after_quiet(moment, _habit(said, chosen) if person else said.habit(job.payload.get("robot", "")))


WORK["mail"] = Work(_mail, wait=_awake)
WORK["robot"] = Work(_robot, wait=_awake)
