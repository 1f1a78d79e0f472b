"""What is refused is refused in English on an English page, beside its box; and every word of a refusal has its English."""

from __future__ import annotations

import ast
import re

import pytest
from django.utils.translation import override

from liren.packs.fields import BadValue, read_value
from liren.records.models import Record
from liren.refusals import Refusal, named
from tests.console.markup import read
from tests.house.source import modules
from tests.language.abroad import MEANT, OURS, moved, unmarked, untranslated


def said(answer) -> list[str]:
    """The words beside boxes and above forms, none of them Chinese on the whole page."""
    html = answer.content.decode()
    assert not untranslated(html), untranslated(html)
    assert not unmarked(html), unmarked(html)
    return [one.text for one in read(html).elements if one.classes & {"wrong", "notice-late"}]


def keyed(client, address: str) -> dict[str, str]:
    """The hidden boxes of the page's forms."""
    page = client.get(address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def test_the_portal_refuses_in_english(county, reader):
    client = reader("nobody")
    client.get("/p/", {"place": county.community.code})
    address = "/p/report/grid_case.event/"
    for wrong, word in (
        ({"title": "", "category": "nothing"}, "required"),
        ({"title": moved("灯"), "category": "facility", "phone": "12"}, "telephone number"),
    ):
        assert word in " ".join(said(client.post(address, keyed(client, address) | wrong)))


def test_the_workbench_refuses_in_english(county, reader):
    client = reader("dispatcher")
    waiting = Record.objects.last()
    address = f"/w/step/accept/{waiting.number}/"
    answer = client.post(address, keyed(client, address) | {"level": "nothing", "handler": moved("无此单位")})
    assert said(answer)


def test_the_console_refuses_in_english(county, reader):
    client = reader("dispatcher")
    waiting = Record.objects.last()
    for deed, wrong in (
        ("accept", {"level": "", "handler": ""}),
        ("accept", {"level": "normal", "handler": moved("无此单位")}),
        ("extend", {"due": "2001-01-01T10:00", "note": moved("再看")}),
        ("extend", {"due": "soon", "note": moved("再看")}),
        ("transfer", {"handler": "", "note": ""}),
    ):
        asked = f"step.{deed}" if deed == "accept" else deed
        address = f"/records/{waiting.number}/?do={asked}"
        form = client.get(address).content.decode()
        action = re.search(r'action="(/records/[^"]*/do/[^"]*)"', form)[1]
        answer = client.post(action, keyed(client, address) | wrong)
        assert answer.status_code in (404, 409, 422), (deed, answer.status_code)
        assert said(answer), deed


def test_administrators_are_refused_in_english(county, reader):
    client = reader("system_admin")
    for rows, wrong in (
        ("people", {"name": "", "code": "110101199003070011", "place": moved("无此地")}),
        ("units", {"name": moved("新局"), "code": "", "place": county.county.code, "parent": moved("没有")}),
        ("places", {"code": "12x", "name": "", "kind": moved("星球")}),
    ):
        answer = client.post(f"/admin/{rows}/new/", wrong)
        assert answer.status_code == 422, rows
        assert said(answer), rows


def test_addresses_are_refused_in_english(county, reader):
    client = reader("inspector")
    for address in (
        "/explore/?figure=grid_case.closed_on_time&place=nowhere&period=2024Q9&unit=none",
        "/lists/grid_case.event/?since=2024-13-01&unit=xx",
        "/figures/grid_case.nothing/",
        "/records/XX2024-1/",
        "/w/records/XX2024-1/",
        "/p/record/XX2024-1/",
        "/p/shelf/nothing/",
    ):
        said(client.get(address))


def test_values_are_refused_in_the_language_in_force():
    with pytest.raises(BadValue, match="不是日期"):
        read_value("date", "soon")
    with override("en"), pytest.raises(BadValue, match="“soon” is not a date; write it like 2024-03-04"):
        read_value("date", "soon")


def test_every_word_of_a_refusal_has_its_english():
    """Literals in the facts of refusals are named in `refusals.THINGS`, or marked for translation where they stand."""
    found, loose = set(), []
    for module in modules():
        if module.room in ("cli", "stories", "demo"):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal":
                for fact in node.keywords:
                    for part in _parts(fact.value):
                        text = ast.unparse(part)
                        if not OURS.search(text):
                            continue
                        if isinstance(part, ast.Constant):
                            found.add(part.value)
                        elif isinstance(part, ast.JoinedStr):
                            loose.append(f"{module.where(node)}: {text}")
    with override("en"):
        silent = sorted(word for word in found if OURS.search(str(named(word))))
    assert len(found) > 50
    assert not silent, f"name them in liren.refusals.THINGS and translate them: {silent}"
    assert not loose, "take _(…) % {…}: " + "\n".join(loose)


def _parts(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.IfExp):
        return [value.body, value.orelse]
    if isinstance(value, ast.BoolOp):
        return value.values
    return [value]


def test_a_refusal_speaks_the_language_in_force():
    refusal = Refusal("missing", fields="地点、来源", what="填报")
    assert str(refusal) == "缺少地点、来源。请补上再填报。"
    with override("en"):
        assert str(refusal) == "place, Source missing. Fill in, then report it again."
    assert refusal.sentence("zh").startswith("缺少") and not set(MEANT) & {refusal.sentence("en")}
