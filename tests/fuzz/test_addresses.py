"""Every address with garbage in its query, body and headers, asked by every member of the cast: no fault, no hang."""

from __future__ import annotations

import random

import pytest
from django.http import QueryDict

from liren.api import limits
from tests.api.conftest import secret_of
from tests.fuzz.conftest import SEARCHING, case
from tests.matters import accept, event
from tests.test_permissions import MEMBERS, ROUTES, browser, filled

WORDS = (
    "", "0", "-1", "1e9", "9" * 25, "%00", "\x00", "é", "里仁", "\ud83d", "<script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd",
    "{{7*7}}", "${7*7}", "2024-02-30", "0000-00-00", "since:9999-99-99", "2024Q9", "990009", "99000900100100300000", "null", "[]", "{}",
    "a" * 3000, "\r\nSet-Cookie: x=1", "//evil.example", "https://evil.example", "javascript:1", "after", "WyJ4IiwgMV0", "：", "\u202e",
)  # fmt: skip
NAMES = (
    "q", "page", "place", "period", "state", "after", "before", "order", "kind", "unit", "handler", "late", "since", "until", "category",
    "level", "as", "lang", "size", "theme", "next", "figure", "by", "part", "slot", "member", "value", "text", "near", "number", "key",
    "against", "view", "columns", "words", "format", "year", "month", "day", "token", "onward", "row", "rows", "find", "pk", "csrfmiddlewaretoken",
)  # fmt: skip
HEADERS = (
    {"accept-language": "x" * 500}, {"cookie": "liren_session=' OR 1; liren_place=\x7f; liren_as=zz; liren_resident=1:2:3"},
    {"x-forwarded-for": "1.2.3.4, <b>"}, {"host": "evil.example"}, {"if-none-match": 'W/"' + "x" * 300}, {"range": "bytes=9-1"},
    {"authorization": "Bearer \x7f"}, {"content-type": "application/json"}, {"if-modified-since": "never"}, {"referer": "//x"},
)  # fmt: skip
ROUNDS = 6 if SEARCHING else 1


def query(dice: random.Random) -> str:
    """Some names with some words, as a browser would write them; now and then as it would not."""
    if dice.random() < 0.15:
        return dice.choice(
            ("%", "%zz", "&&&", "=", "a=%ff%fe", "q[]=1&q=2", "=" * 200, "%ud83d", "place=%C0%80")
        )
    said = QueryDict(mutable=True)
    for _ in range(dice.randint(1, 4)):
        said.appendlist(dice.choice(NAMES), dice.choice(WORDS).encode("utf-8", "replace").decode())
    return said.urlencode()


@pytest.fixture
def values(cast) -> dict[str, str]:
    matter = accept(cast, event(cast))
    return {"number": matter.number, "figure": "street.reported", "pack": "street", "kind": "street.event", "verb": "finish",
            "rows": "people", "key": str(cast.resident.pk), "place": cast.community.code, "code": cast.community.code}  # fmt: skip


def _asked(client, dice: random.Random, address: str, form: list[str]):
    """One request with something wrong in it."""
    headers = dice.choice(HEADERS) if dice.random() < 0.3 else {}
    address = f"{address}?{query(dice)}"
    if dice.random() < 0.6:
        return client.get(address, headers=headers)
    if dice.random() < 0.3:
        body = dice.choice(
            (
                b"",
                b"{",
                b"\xff" * 50,
                b"[[[[",
                b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
                b"null",
                b"a=1&" * 1500,
            )
        )
        sort = dice.choice(
            (
                "application/json",
                "multipart/form-data; boundary=x",
                "multipart/form-data",
                "text/plain",
                "application/x-www-form-urlencoded",
            )
        )
        return client.generic("POST", address, body, content_type=sort, headers=headers)
    said = {
        dice.choice([*NAMES, *form]): dice.choice(WORDS).replace("\ud83d", "?")
        for _ in range(dice.randint(1, 6))
    }
    return client.post(address, said, headers=headers)


FORM = ["title", "note", "place", "handler", "due", "into", "other", "login", "password", "phone", "code", "name", "days", "scopes", "files",
        "seen", "deed", "names", "purpose", "photos", "drafts", "minutes", "person", "verb", "role", "reason", "starts", "email"]  # fmt: skip


@pytest.mark.parametrize("member", MEMBERS if SEARCHING else ["nobody", "dispatcher"])
def test_no_address_faults(cast, values, member, settings):
    settings.LIREN_SECOND_FACTOR = "nobody"
    settings.ACCOUNT_RATE_LIMITS = False
    dice, client, faults = random.Random(member), browser(cast, member), []
    secret = secret_of(getattr(cast, member)) if member != "nobody" else ""
    for round_ in range(ROUNDS):
        for route in ROUTES:
            if "logout" in route or "sessions" in route or "static" in route:
                continue
            address = filled(route, values if round_ % 3 else values | {"number": "x", "kind": "no.thing"})
            limits.forget()
            if address.startswith("/api/") and secret:
                client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
            else:
                client.defaults.pop("HTTP_AUTHORIZATION", None)
            with case("addresses"):
                answer = _asked(client, dice, address, FORM)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            if answer.status_code >= 500 or b"Traceback" in body:
                faults.append(
                    f"{answer.status_code} {answer.request['REQUEST_METHOD']} {address}?{answer.request['QUERY_STRING'][:200]}"
                )
            leads = answer.get("Location", "")
            if "evil.example" in leads.partition("?")[0] or leads.startswith(("//", "javascript:")):
                faults.append(f"leads away: {address} → {leads}")
            if answer.headers.get("Set-Cookie", "").startswith("x=1"):
                faults.append(f"sets a cookie somebody wrote: {address}")
    assert not faults, "\n".join(sorted(set(faults))[:20])
