"""The working-day calendar: a year to look at, and the official table of a year to bring in."""

from __future__ import annotations

from calendar import Calendar
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from liren.clock import today
from liren.console.acting import office
from liren.look.pages import page
from liren.packs.saying import joined
from liren.places.models import CalendarDay
from liren.places.queries import work_calendar
from liren.tables.numbers import CalendarDays

from . import uploads

#: Years that may be looked at.
FIRST, LAST = 2000, 2100


@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """Twelve months of days: working, off, moved; and whether the year is still a guess."""
    office(request, "system_admin")
    text = request.GET.get("year", "")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else today().year
    shown = min(max(asked, FIRST), LAST)
    crumbs = [(_("管理"), reverse("console:admin")), (_("工作日历"), None)]
    return page(request, "administering/calendar", _year(shown), section="admin", crumbs=crumbs)


def _year(shown: int) -> dict[str, Any]:
    calendar = work_calendar()
    entered = {day.date: day for day in CalendarDay.objects.filter(date__year=shown)}
    here = reverse("console:admin_calendar")
    return {
        "year": shown,
        "provisional": calendar.is_provisional(date(shown, 6, 1)),
        "workdays": calendar.workdays_between(date(shown - 1, 12, 31), date(shown, 12, 31)),
        "months": [_month(shown, month, calendar, entered) for month in range(1, 13)],
        "entered": [
            {"date": day.date, "working": day.working, "name": day.name, "source": day.source}
            for day in sorted(entered.values(), key=lambda day: day.date)
        ],
        "prev": f"{here}?year={shown - 1}" if shown > FIRST else None,
        "next": f"{here}?year={shown + 1}" if shown < LAST else None,
        "import": reverse("console:admin_calendar_import"),
        "weekdays": [_("一"), _("二"), _("三"), _("四"), _("五"), _("六"), _("日")],
    }


def _month(shown: int, month: int, calendar, entered: dict[date, CalendarDay]) -> dict[str, Any]:
    weeks = [
        [_day(day, calendar, entered) if day.month == month else None for day in week]
        for week in Calendar(firstweekday=0).monthdatescalendar(shown, month)
    ]
    return {"title": _("%(n)s月") % {"n": month}, "weeks": weeks}


def _day(day: date, calendar, entered: dict[date, CalendarDay]) -> dict[str, Any]:
    works, plain = calendar.is_workday(day), day.weekday() < 5
    kind = ("" if works else "off") if works == plain else "moved-on" if works else "moved-off"
    said = {"off": _("休息"), "moved-on": _("调休上班"), "moved-off": _("放假")}.get(kind, "")
    own = entered.get(day)
    return {"number": day.day, "kind": kind, "said": " ".join(filter(None, [said, own.name if own else ""]))}


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """The official table of a year: checked, then entered; limits that depend on it follow."""
    office(request, "system_admin")
    source, fault, upload = request.POST.get("source", "").strip()[:200], "", None
    if request.method == "POST":
        fault = "" if source else _("要写出自哪个通知")
        upload = None if fault else uploads.taken(request, CalendarDays(source))
        if upload is not None and upload.written is not None:
            messages.success(request, _("写入 %(n)s 天。") % {"n": upload.written})
            return redirect("console:admin_calendar")
    wrong = bool(fault) or (upload is not None and (upload.plan is None or bool(upload.plan.bad)))
    crumbs = [
        (_("管理"), reverse("console:admin")),
        (_("工作日历"), reverse("console:admin_calendar")),
        (_("导入表格"), None),
    ]
    context = _importing(upload, source, fault)
    status = 422 if wrong else 200
    return page(request, "administering/import", context, section="admin", crumbs=crumbs, status=status)


def _importing(upload: uploads.Upload | None, source: str, fault: str) -> dict[str, Any]:
    columns = [
        {"title": _(column.titles[0]), "also": joined(column.titles[1:]), "required": column.required}
        for column in CalendarDays.columns
    ]
    asked = {"name": "source", "title": _("出自哪个通知"), "value": source, "wrong": fault}
    return {
        "list": {
            "title": _("工作日历"),
            "about": _("一天一行：日期，上不上班，叫什么。"),
            "back": reverse("console:admin_calendar"),
        },
        "columns": columns,
        "upload": uploads.told(upload) if upload else {"fault": "", "plan": None, "kept": ""},
        "asks": [asked],
    }
