"""When something goes out: at once, with the next digest, and never in the quiet hours. Pure functions.

All moments are aware; times of day are China's.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from liren.packs.fields import CHINA
from liren.places.calendar import WorkCalendar

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Habit:
    """How somebody, or some team, is told: see ``notices.models.Preference``. ``digest_at`` is the county's."""

    daily: bool = True
    digest_at: time = time(8, 30)
    quiet_from: time = time(21)
    quiet_to: time = time(7, 30)
    urgent_passes: bool = False


def goes_out(told: datetime, habit: Habit, *, urgent: bool, calendar: WorkCalendar) -> datetime:
    """The moment from which something told at ``told`` may be sent; always later than ``told``.

    What goes out at once goes with the next full minute, so that a burst becomes one message.
    """
    if habit.daily and not urgent:
        return after_quiet(next_digest(told, habit.digest_at, calendar), habit)
    moment = told.replace(second=0, microsecond=0) + MINUTE
    return moment if urgent and habit.urgent_passes else after_quiet(moment, habit)


def next_digest(told: datetime, at: time, calendar: WorkCalendar) -> datetime:
    """The first digest after a moment: ``at`` on a working day."""
    local = told.astimezone(CHINA)
    day = calendar.workday_from(local.date())
    moment = datetime.combine(day, at, CHINA)
    return moment if moment > told else datetime.combine(calendar.next_workday(day), at, CHINA)


def after_quiet(moment: datetime, habit: Habit) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into."""
    begin, end = habit.quiet_from, habit.quiet_to
    local = moment.astimezone(CHINA)
    here = local.time()
    over_midnight = begin > end
    quiet = (here >= begin or here < end) if over_midnight else begin <= here < end
    if not quiet:
        return moment
    day = local.date() + timedelta(days=1) if over_midnight and here >= begin else local.date()
    return datetime.combine(day, end, CHINA)
