"""Finding places and units by code, path or name; the working calendar in force."""

from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liren.database.prepared import Prepared
from liren.refusals import Refusal

from . import geometry
from .calendar import WorkCalendar
from .codes import after, parents, within
from .models import LEVELS, CalendarDay, Outline, Place, Unit


def find_place(text: str, inside: str = "") -> Place:
    """A place by code, by path (``清溪街道/明月里/第3网格``) or by a name that is unique ``inside`` a code."""
    text = text.strip()
    if text[:6].isdigit() and (known := _coded(1).first(text)):
        return known
    base = inside
    for name in text.split("/"):
        matches = Place.objects.filter(name=name.strip())
        if base:
            matches = matches.filter(within(base, "code"))
        found = _only(list(matches.order_by("code")[:4]), "地点", name, lambda p: p.code)
        base = found.code
    return found


_CODED_UNIT = Prepared(lambda code: Unit.objects.filter(code=code), str, by_key=True)
#: The unit of a code and those of a name, so many that it shows whether there is only one.
_CALLED = 3
_UNITS = Prepared(
    lambda text: Unit.objects.filter(Q(code=text) | Q(name=text)).order_by("code")[:_CALLED],
    str,
    by_key=True,
)


def find_unit(text: str, inside: str = "") -> Unit:
    """A unit by code or by a name; of several, the one at ``inside`` or at the nearest place around it."""
    text = text.strip()
    named = _UNITS(text)
    coded = [unit for unit in named if unit.code == text]
    if len(named) == _CALLED and not coded:
        coded = _CODED_UNIT(text)
    if coded or len(named) == 1:
        return (coded or named)[0]
    matches = Unit.objects.filter(name=text) if named else Unit.objects.none()
    for code in [inside, *reversed(parents(inside)), ""] if inside else [""]:
        near = matches.filter(within(code)) if code else matches
        # The county's own office before one of the same name in a street of it.
        for rows in (near.filter(place=code), near) if code else (near,):
            if found := list(rows.order_by("code")[:4]):
                return _only(found, "单位", text, lambda u: u.code)
    raise Refusal("not_found", what="单位", name=text, mend=_("请先登记单位，或检查名称。"))


def _only(found: list, what: str, name: str, show):
    if not found:
        raise Refusal("not_found", what=what, name=name, mend=_("请检查名称或代码。"))
    if len(found) > 1:
        among = "、".join(show(one) for one in found)
        raise Refusal("ambiguous", what=what, name=name, among=among)
    return found[0]


def path_of(place: Place) -> str:
    """``清溪街道/明月里``: names from the county down, the county itself left out below it."""
    names = {p.code: p.name for p in Place.objects.filter(code__in=parents(place.code))}
    chain = [names[c] for c in parents(place.code)[1:] if c in names]
    return "/".join([*chain, place.name])


def tops() -> list[Place]:
    """Counties and districts: what no other place contains."""
    return list(Place.objects.filter(level="county").order_by("code"))


def chain(code: str) -> list[Place]:
    """The places that contain ``code``, outermost first, and itself."""
    codes = [*parents(code), code]
    return _coded(len(codes))(*codes)


@cache
def _coded(count: int) -> Prepared[Place]:
    """So many places by their codes."""
    places = Place.objects.order_by("code")
    return Prepared(lambda *codes: places.filter(code__in=codes), *[str] * count, by_key=True)


def below(code: str) -> list[Place]:
    """Places directly below ``code``, in one indexed query (``children`` reads the whole range)."""
    level = LEVELS.get(len(code) + 3)
    return _BELOW(code, after(code), level) if level else []


_BELOW = Prepared(
    lambda low, high, level: Place.objects.filter(code__gte=low, code__lt=high, level=level).order_by("code"),
    *(str, str, str),
    by_key=True,
)


def around(code: str) -> list[Place]:
    """The places that contain ``code``, itself, and those directly below it, in the order of codes: one query."""
    codes = [*parents(code), code]
    return _near(len(codes), LEVELS.get(len(code) + 3))(code, after(code), *codes)


@cache
def _near(count: int, level: str | None) -> Prepared[Place]:
    """So many places by their codes, and those of a level from one code up to another."""

    def write(low: str, high: str, *codes: str) -> QuerySet[Place]:
        near = Q(code__in=codes)
        near |= Q(code__gte=low, code__lt=high, level=level) if level else Q()
        return Place.objects.filter(near).order_by("code")

    return Prepared(write, *[str] * (count + 2), may_lack=True, by_key=True)


def names_of_places(codes: Iterable[str]) -> dict[str, str]:
    """Names by code; unknown codes are left out."""
    return dict(Place.objects.filter(code__in=[c for c in codes if c]).values_list("code", "name"))


def names_of_units(keys: Iterable[int]) -> dict[int, str]:
    """Names by primary key; unknown keys are left out."""
    return dict(Unit.objects.filter(pk__in=[k for k in keys if k]).values_list("pk", "name"))


def codes_of_units(keys: Iterable[int]) -> dict[int, str]:
    """Codes by primary key; unknown keys are left out."""
    return dict(Unit.objects.filter(pk__in=[k for k in keys if k]).values_list("pk", "code"))


def names_of_unit_codes(codes: Iterable[str]) -> dict[str, str]:
    """Names by code; unknown codes are left out."""
    return dict(Unit.objects.filter(code__in=[str(c) for c in codes]).values_list("code", "name"))


def children(code: str):
    """Places directly below ``code``."""
    length = len(code) + 3
    return [p for p in Place.objects.filter(within(code, "code")).order_by("code") if len(p.code) == length]


def _outlines(where: Q) -> QuerySet[Outline]:
    found = Outline.objects.filter(where, place__valid_to__isnull=True).select_related("place")
    return found.order_by("place_id")


def outlines(where: Q) -> list[Outline]:
    """The outlines of places that stand, with their places, in the order of codes: one query."""
    return list(_outlines(where))


def outlines_of(code: str) -> list[Outline]:
    """The outlines of a place and of the places directly below it."""
    level = LEVELS.get(len(code) + 3)
    return outlines(Q(place_id=code) | (within(code) & Q(place__level=level)))


def outlines_in(box: geometry.Box, level: str) -> list[Outline]:
    """The outlines of a level that reach into a box."""
    return _REACHING(box.east, box.west, box.north, box.south, level)


_REACHING = Prepared(
    lambda east, west, north, south, level: _outlines(
        Q(west__lte=east, east__gte=west, south__lte=north, north__gte=south, place__level=level)
    ),
    int, int, int, int, str,
)  # fmt: skip


def place_at(x: int, y: int, deepest: str = "village") -> Place | None:
    """The smallest place, down to a level, in whose outline a point lies (millionths of a degree)."""
    levels = list(LEVELS.values())
    about = Q(west__lte=x, east__gte=x, south__lte=y, north__gte=y)
    found = outlines(about & Q(place__level__in=levels[: levels.index(deepest) + 1]))
    holds = (one for one in found if geometry.inside(one.rings, x, y))
    return max((one.place for one in holds), key=lambda place: len(place.code), default=None)


def calendar_stamp() -> Path:
    """The file whose time says when official days were last imported: other processes look at it."""
    return Path(settings.LIREN_HOME) / "var" / "calendar.stamp"


_seen: dict[str, int] = {}


def calendar_renew() -> None:
    """Take up what another process has imported since. Asked before every request; one look at a file."""
    try:
        now = calendar_stamp().stat().st_mtime_ns
    except FileNotFoundError:
        now = 0
    if _seen.setdefault("stamp", now) != now:
        _seen["stamp"] = now
        work_calendar.cache_clear()


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """The calendar with the imported official days laid over the published ones.

    Cached for the process; ``places.actions.calendar_import`` clears it, in other processes
    :func:`calendar_renew`.
    """
    return WorkCalendar(dict(CalendarDay.objects.values_list("date", "working")))
