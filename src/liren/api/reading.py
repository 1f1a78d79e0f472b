"""The reads: kinds, places, records, figures with definition and evidence, feeds. Get, ask, tell."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query
from pydantic import Field

from liren.api import figures as numbers
from liren.api import shapes, telling
from liren.api.asking import asker
from liren.api.feeding import feed
from liren.api.finding import list_of, one_record
from liren.api.house import REFUSED, router
from liren.api.paging import PAGE, onward
from liren.inforce import catalogue
from liren.places.codes import within
from liren.places.models import Place
from liren.records.drafts import kind_named
from liren.records.lists import Asked
from liren.refusals import Refusal

Code = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{6,15}$")]
Word = Annotated[str, Field(max_length=81)]
After = Annotated[str, Field(max_length=200)]


@router.get("/kinds", response={200: shapes.Kinds, **REFUSED}, tags=["kinds"], operation_id="kinds",
            summary="各类记录 Kinds of records")  # fmt: skip
def kinds(request: HttpRequest, pack: Word = Query("")) -> dict[str, Any]:  # noqa: ARG001
    """业务包里声明的各类记录。Every kind of record that the packs in force declare."""
    entries = [one for one in catalogue().kinds.values() if pack in ("", one.pack.pack)]
    return {"items": [telling.kind_short(one) for one in entries], "next": None}


@router.get("/kinds/{kind}", response={200: shapes.KindOut, **REFUSED}, tags=["kinds"], operation_id="kind",
            summary="一类记录 One kind")  # fmt: skip
def kind(request: HttpRequest, kind: Word = Path(...)) -> dict[str, Any]:  # noqa: ARG001
    """各栏、状态和步骤。Its fields, states and steps."""
    return telling.kind_whole(kind_named(kind))


@router.get("/places", response={200: shapes.Places, **REFUSED}, tags=["places"], operation_id="places",
            summary="地点 Places")  # fmt: skip
def places(
    request: HttpRequest,
    within_: Code | None = Query(None, alias="within"),
    level: Literal["county", "town", "village", "grid"] | None = Query(None),
    after: str = Query("", max_length=15, pattern=r"^[0-9A-Za-z]*$"),
) -> dict[str, Any]:
    """按区划代码排。In the order of their codes, everything in `within`."""
    rows = Place.objects.filter(code__gt=after)
    rows = rows.filter(within(within_, "code")) if within_ else rows
    rows = rows.filter(level=level) if level else rows
    found = list(rows.order_by("code")[: PAGE + 1])
    more = found[PAGE - 1].code if len(found) > PAGE else None
    return {"items": [telling.place(one) for one in found[:PAGE]], "next": onward(request, more)}


@router.get("/places/{code}", response={200: shapes.PlaceOut, **REFUSED}, tags=["places"], operation_id="place",
            summary="一个地点 One place")  # fmt: skip
def place(request: HttpRequest, code: Code = Path(...)) -> dict[str, Any]:  # noqa: ARG001
    """按代码。By its code."""
    found = Place.objects.filter(code=code).first()
    if found is None:
        raise Refusal("not_found", what="地点", name=code, mend="")
    return telling.place(found)


@router.get("/records", response={200: shapes.Records, **REFUSED}, tags=["records"], operation_id="records",
            summary="一类记录的清单 Records of a kind")  # fmt: skip
def records(
    request: HttpRequest,
    kind: Word = Query(...),
    place: Code | None = Query(None),
    state: str = Query("", max_length=40),
    since: date | None = Query(None),
    until: date | None = Query(None),
    words: str = Query("", max_length=60),
    after: After = Query(""),
) -> dict[str, Any]:
    """没有密钥是已公开的，有密钥是本人能看的。Published ones; with a key, all that its owner sees. `state` is a state
    of the kind, or `open`, `ended`."""
    asked = Asked(state=state, place=place or "", words=words, since=since, until=until)
    found, more = list_of(kind_named(kind), asked, after, asker(request))
    return {"items": found, "next": onward(request, more)}


@router.get("/records/{number}", response={200: shapes.RecordOut, **REFUSED}, tags=["records"],
            operation_id="record", summary="一条记录 One record")  # fmt: skip
def record(request: HttpRequest, number: Word = Path(...)) -> dict[str, Any]:
    """和它的留痕。With its acts."""
    return one_record(number, asker(request))


@router.get("/figures", response={200: shapes.Figures, **REFUSED}, tags=["figures"], operation_id="figures",
            summary="各指标 Figures")  # fmt: skip
def figures(request: HttpRequest, pack: Word = Query(""), after: Word = Query("")) -> dict[str, Any]:
    """指标和口径。Figures with their definitions."""
    found = [one for one in numbers.known(pack) if one.id > after][: PAGE + 1]
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return {"items": [numbers.short(one) for one in found[:PAGE]], "next": onward(request, more)}


@router.get("/figures/{figure}", response={200: shapes.FigureOut, **REFUSED}, tags=["figures"],
            operation_id="figure", summary="算一个数 A number")  # fmt: skip
def figure(
    request: HttpRequest,
    figure: Word = Path(...),
    place: Code = Query(...),
    period: str = Query(..., max_length=40),
) -> dict[str, Any]:
    """时段写成 2024、2024Q1、2024-03、since:2024-01-01 等。The number for a place and a period, with its definition."""
    return numbers.told(numbers.computed(figure, place, period), asker(request).viewer)


@router.get("/figures/{figure}/evidence", response={200: shapes.Evidence, **REFUSED}, tags=["figures"],
            operation_id="evidence", summary="支撑记录 What proves it")  # fmt: skip
def evidence(
    request: HttpRequest,
    figure: Word = Path(...),
    place: Code = Query(...),
    period: str = Query(..., max_length=40),
    part: Literal["numerator", "denominator"] = Query("numerator"),
    after: int = Query(0, ge=0, le=2**62),
) -> dict[str, Any]:
    """能看的行，按次序。Those rows behind the number that the asker may see; of a ratio one of its parts."""
    result = numbers.computed(figure, place, period)
    count, items, more = numbers.proof(result, part, asker(request).viewer, after)
    return {"count": count, "items": items, "next": onward(request, str(more) if more else None)}


@router.get("/feeds/{kind}", response={200: shapes.Feed, **REFUSED}, tags=["feeds"], operation_id="feed",
            summary="最近公开的 What was published last")  # fmt: skip
def feed_of(request: HttpRequest, kind: Word = Path(...), place: Code | None = Query(None)) -> dict[str, Any]:
    """JSON Feed 1.1，三十条。Thirty items, the last first; the same for everybody."""
    return feed(kind_named(kind), place, request.get_full_path())
