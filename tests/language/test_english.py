"""English is complete: no word of the house is Chinese on an English page, and the county's own are marked as Chinese."""

from __future__ import annotations

import pytest

from liren.records.models import Record
from tests.language.abroad import mistaken, unmarked, untranslated
from tests.test_permissions import ROUTES, filled

#: Pages in Chinese whatever the reader's language, and why.
CHINESE = {
    "reports/": "a report is a document of the office, its annex too",
    "packs/<str:pack>/": "has a story of its own, in the pack's words",
    "w/mine/certificates/<path:number>/": "the form of the certificate is prescribed",
}
MEMBERS = ("nobody", "grid_member", "dispatcher", "inspector", "system_admin", "audit_admin")


@pytest.fixture
def values(county) -> dict[str, str]:
    closed, waiting = Record.objects.order_by("pk")
    return {
        "number": closed.number,
        "figure": "grid_case.closed_on_time",
        "pack": "grid_case",
        "kind": "grid_case.event",
        "verb": "accept",
        "rows": "people",
        "key": str(county.resident.pk),
        "place": county.community.code,
        "code": county.community.code,
        "shelf": "disclosure",
        "report": "grid_case.quarter",
        "waiting": waiting.number,
    }


def addresses(values: dict[str, str]) -> list[str]:
    """Every address of the resolver, and what questions open further on them."""
    found = [
        filled(route, values)
        for route in ROUTES
        if not any(route.startswith(start) for start in CHINESE) and "logout" not in route
    ]
    waiting = values["waiting"]
    return [
        *found,
        f"/records/{waiting}/",
        f"/records/{waiting}/?do=step.accept",
        f"/records/{waiting}/?do=extend",
        f"/w/records/{waiting}/",
        f"/w/step/accept/{waiting}/",
        f"/p/record/{waiting}/",
        "/figures/grid_case.on_time_rate/",
        "/figures/grid_case.on_time_rate/evidence/",
        "/lists/grid_case.event/?since=2024-13-01",
        "/figures/grid_case.closed_on_time/?period=xyz",
    ]


@pytest.mark.parametrize("member", MEMBERS)
def test_every_english_page_is_english(county, reader, values, member):
    client, told = reader(member), []
    for address in addresses(values):
        joint = "&" if "?" in address else "?"
        answer = client.get(
            f"{address}{joint}place={county.county.code}" + ("" if "period=" in address else "&period=2024")
        )
        if answer.streaming or "text/html" not in answer.headers.get("Content-Type", ""):
            continue
        html = answer.content.decode()
        told += [f"{address}: says in Chinese: {text[:90]}" for text in untranslated(html)]
        told += [f"{address}: not marked as Chinese: {text[:90]}" for text in unmarked(html)]
        told += [f"{address}: marked as Chinese: {text[:90]}" for text in mistaken(html)]
    assert not told, f"{len(told)}\n" + "\n".join(told)


def test_what_nobody_translated_is_found():
    """A proof that finds nothing in this would find nothing at all."""
    page = '<html lang="en"><title>x</title><p lang="zh-Hans">没有翻译</p><p title="提示">𠀀</p><b lang="zh">not so long</b></html>'
    assert untranslated(page) == ["提示", "没有翻译"]
    assert unmarked(page) == ["𠀀"]
    assert mistaken(page) == ["not so long"]
