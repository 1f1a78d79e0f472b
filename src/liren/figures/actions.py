"""The only code that writes readings."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from liren import database
from liren.clock import now
from liren.people.models import Person
from liren.people.standing import Standing
from liren.places.models import Place, Unit
from liren.records.values import keepable
from liren.refusals import Refusal

from .models import Reading
from .queries import figure_entry


@dataclass(frozen=True)
class Given:
    """An external number to enter: for which days, its value in the figure's unit, and its source."""

    value: Decimal
    starts: date
    ends: date
    source: str
    source_date: date
    subject: str = ""
    link: str = ""
    note: str = ""


def reading_enter(
    figure: str,
    given: Given,
    *,
    place: Place,
    unit: Unit | None = None,
    by: Person | None,
    at: datetime | None = None,
) -> Reading:
    """Enter one external number. Refused to outsiders and without a source.

    For a counted figure it never enters the value: it stands beside it, with its source (house §5).
    """
    return readings_enter(figure, [given], place=place, unit=unit, by=by, at=at)[0]


def readings_enter(
    figure: str,
    given: Iterable[Given],
    *,
    place: Place,
    unit: Unit | None = None,
    by: Person | None,
    at: datetime | None = None,
) -> list[Reading]:
    """Bulk form. The same subject and days again replaces the earlier reading; both stay on file."""
    entry = figure_entry(figure)
    at = at or now()
    _check_role(entry, place, unit, by, at)
    rows = [_row(figure, one, place, unit, by, at) for one in given]
    if len({(row.starts, row.ends, row.subject) for row in rows}) != len(rows):
        raise Refusal("already", what="同一对象同一时段的数", number="同一批里有两个")
    with database.atomic():
        for row in rows:
            row.replaces = _same(row)
        return Reading.objects.bulk_create(rows)


def _check_role(entry, place: Place, unit: Unit | None, by: Person | None, at: datetime) -> None:
    """External numbers are entered by whoever holds one of the pack's roles over the place."""
    roles = entry.pack.roles
    held = by and Standing().post_for(by, roles, place.code, [unit.pk if unit else None], at)
    if not held:
        who, titles = by.name if by else "未登录者", "、".join(roles.values())
        raise Refusal(
            "not_yours",
            who=who,
            what=_("填报%(title)s") % {"title": entry.spec.title},
            roles=titles,
            where=place.name,
        )


def _row(figure: str, one: Given, place, unit, by, at) -> Reading:
    if not one.source.strip():
        raise Refusal("missing", fields="来源", what="填报")
    keepable(one.subject, "对象", 120)
    keepable(one.source, "来源", 200)
    keepable(one.link, "网址", 300)
    keepable(one.note, "说明", 200)
    if one.ends < one.starts:
        raise Refusal(
            "bad_value",
            field="时段",
            reason=_("止 %(ends)s 早于起 %(starts)s") % {"ends": one.ends, "starts": one.starts},
        )
    scaled = one.value * 1000
    if scaled != scaled.to_integral_value():
        raise Refusal("bad_value", field="数值", reason=_("「%(value)s」最多三位小数") % {"value": one.value})
    return Reading(
        figure=figure,
        place=place,
        unit=unit,
        starts=one.starts,
        ends=one.ends,
        value=int(scaled),
        subject=one.subject,
        source=one.source,
        source_date=one.source_date,
        link=one.link,
        note=one.note,
        at=at,
        by=by,
    )


def _same(row: Reading) -> Reading | None:
    """The reading in force that this one corrects, if any."""
    about = {
        "figure": row.figure,
        "place": row.place,
        "unit": row.unit,
        "starts": row.starts,
        "ends": row.ends,
        "subject": row.subject,
    }
    return Reading.objects.filter(replaced_by__isnull=True, **about).first()
