"""The first page, the choice of a place, a resident's own matters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liren.activities.queries import signups_of_person
from liren.clock import now
from liren.inforce import catalogue
from liren.joining.queries import joined_by
from liren.notices.queries import notices_of
from liren.people.models import Person
from liren.people.visibility import PUBLIC
from liren.places.models import Place
from liren.places.queries import below, chain, tops
from liren.portal import shelves
from liren.portal.presenting.matter import head, listed
from liren.portal.presenting.piece import row
from liren.records.models import Record
from liren.records.residents import token_for
from liren.search.queries import names

#: Lines of each short list on the first page, and of a resident's own lists.
FEW, MOST = 3, 30
#: Places offered for a name; and how long the code of a village is: grids are not asked for.
CHOICES, VILLAGE = 12, 12


def home(place: Place | None) -> dict[str, Any]:
    """The context of home.html: tiles, and a little of what is new here."""
    first = shelves.matter_kinds()
    report = reverse("portal:report", args=[first[0].id]) if first else reverse("portal:report_kinds")
    return {
        "tiles": _tiles(report),
        "places": _choices(None) if place is None else [],
        "answered": listed(_answered(place)) if place else [],
        "coming": [
            row(one) | {"starts": one.starts}
            for one in shelves.rows("activities", place)
            .filter(starts__gte=now())
            .order_by("starts", "pk")[:FEW]
        ]
        if place
        else [],
        "posted": [row(one) for one in shelves.rows("notices", place)[:FEW]] if place else [],
    }


def _answered(place: Place) -> list[Record]:
    return list(shelves.rows("matters", place).filter(closed__isnull=False).order_by("-closed", "-pk")[:FEW])


#: What residents come for, in the order they come for it: icon, title, words, address name, its arguments.
TILES = (
    ("record", gettext_lazy("查进度"), gettext_lazy("编号或私人链接"), "mine", ()),
    ("unit", gettext_lazy("村务公开"), gettext_lazy("党务、政务、村务、财务"), "shelf", ("disclosure",)),
    ("calendar", gettext_lazy("近期活动"), gettext_lazy("看时间，报个名"), "shelf", ("activities",)),
    ("clock", gettext_lazy("现在开着"), gettext_lazy("服务站、书屋、文化中心"), "venues", ()),
    ("report", gettext_lazy("本地文章"), gettext_lazy("新闻、政策、服务"), "shelf", ("articles",)),
    ("info", gettext_lazy("公示通知"), gettext_lazy("正在公示的事"), "shelf", ("notices",)),
    ("check", gettext_lazy("整改回音"), gettext_lazy("哪里要改，改好没有"), "lists", ()),
    ("people", gettext_lazy("大家反映的"), gettext_lazy("邻里都在说什么事"), "matters", ()),
    ("figure", gettext_lazy("公开数字"), gettext_lazy("怎么算的都写明"), "figures", ()),
)


def _tiles(report: str) -> list[dict[str, str]]:
    main = {"icon": "speak", "title": _("反映问题"), "words": _("路灯、垃圾、坑洼、隐患"), "href": report}
    return [main | {"main": "1"}] + [
        {"icon": icon, "title": str(title), "words": str(words), "href": reverse(f"portal:{name}", args=args)}
        for icon, title, words, name, args in TILES
    ]


def places(code: str, words: str) -> dict[str, Any]:
    """The context of places.html: the way down to the own community, by links or by name. Unknown codes lead
    to the top."""
    way = chain(code) if code else []
    here = way[-1] if way and way[-1].code == code else None
    return {
        "here": {"name": here.name, "code": here.code} if here else None,
        "way": [{"name": one.name, "href": reverse("portal:places_in", args=[one.code])} for one in way],
        "choices": [] if words else _choices(here),
        "words": words,
        "found": _named(words, code if here else "") if words else [],
    }


def _named(words: str, code: str) -> list[dict[str, Any]]:
    """Streets, communities and villages by name, initials or pinyin."""
    hits = names(words, to=PUBLIC, place=code, limit=3 * CHOICES)
    found = [one for one in hits if one.kind == "place" and len(str(one.key)) <= VILLAGE]
    return [{"code": one.key, "segments": one.title, "where": one.where} for one in found[:CHOICES]]


def _choices(here: Place | None) -> list[dict[str, Any]]:
    """Counties, streets, communities; grids are the office's own division, nobody is asked for theirs."""
    if here is None:
        found = tops()
    else:
        found = [] if here.level == "village" else below(here.code)
    return [{"name": one.name, "code": one.code, "last": one.level == "village"} for one in found]


def mine(persons: Sequence[Person]) -> dict[str, Any]:
    """The context of mine.html: what the residents this browser speaks for (one, or two after signing in)
    reported, joined, signed up for and were told."""
    context: dict[str, Any] = {"known": bool(persons), "opened": [], "joined": [], "signups": [], "told": []}
    for person in persons:
        for name, rows in _mine(person).items():
            context[name] += rows
    return context


def _mine(person: Person) -> dict[str, list[dict[str, Any]]]:
    opened, joined = _opened(person), joined_by(person, MOST)
    keys = {record.pk for record in joined}
    return {
        "opened": [_own(one, told, person) for one, told in zip(opened, listed(opened), strict=True)],
        "joined": [_own(one, told, person) for one, told in zip(joined, listed(joined), strict=True)],
        "signups": [_signup(one) for one in signups_of_person(person, MOST)],
        "told": [
            {"text": one.text, "at": one.at, "href": _link(one.record, person)}
            for one in notices_of(person, MOST)
            if one.record.opener_id == person.pk or one.record_id in keys
        ],
    }


def _opened(person: Person) -> list[Record]:
    kinds = shelves.kinds_on("matters")
    found = Record.objects.filter(opener=person, kind__in=kinds).select_related("place", "handler")
    return list(found.order_by("-pk")[:MOST])


def _link(record: Record, person: Person) -> str:
    return reverse("portal:private", args=[token_for(record, person)])


def _own(record: Record, told: dict[str, Any], person: Person) -> dict[str, Any]:
    return told | {"href": _link(record, person)}


def _signup(signup) -> dict[str, Any]:
    record = signup.record
    spec = catalogue().kinds[record.kind].spec
    return head(record, spec) | {"starts": record.starts, "waiting": signup.seat is None}


def report_kinds() -> dict[str, Any]:
    """The context of kinds.html: everything residents may report, the usual first."""
    return {
        "kinds": [
            {
                "title": entry.spec.title,
                "open": entry.spec.open_title or "",
                "about": entry.pack.about or "",
                "href": reverse("portal:report", args=[entry.id]),
            }
            for entry in shelves.matter_kinds()
        ]
    }
