"""Every address × every member of the cast (house §9.5): the list of addresses comes from the resolver.

No address answers with a fault of the house; what somebody may not see is not there (404, never 403),
and its number appears on no page.
"""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from liren.people.models import Person
from tests.cast import Cast
from tests.matters import accept, event

MEMBERS = ("nobody", "resident", "grid_member", "dispatcher", "stranger", "handler", "inspector", "leader")
#: Who may see a matter of 明月里 that is shown to staff only: those whose place or unit contains it.
SEES = {"grid_member", "dispatcher", "handler", "inspector", "leader"}


def addresses(resolver=None, before: str = "") -> Iterator[str]:
    """Every route of the site, with its arguments still in angle brackets."""
    for one in (resolver or get_resolver()).url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, route)
        elif isinstance(one, URLPattern):
            yield route


def filled(route: str, values: dict[str, str]) -> str:
    """The route with its arguments filled in; arguments nobody knows get a word that leads nowhere."""
    plain = re.sub(
        r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", route.replace("^", "").replace("$", "").replace("\\Z", "")
    )

    def fill(found: re.Match[str]) -> str:
        kind, name = (found[1] or "str:").rstrip(":"), found[2]
        return values.get(name, "1" if kind == "int" else "nothing")

    return "/" + re.sub(r"<(\w+:)?(\w+)>", fill, plain).replace("\\", "")


@pytest.fixture
def matter(cast: Cast):
    return accept(cast, event(cast, title="只有本街道看得到的事", location="117.1,36.1"))


@pytest.fixture
def values(matter, cast: Cast) -> dict[str, str]:
    return {
        "number": matter.number,
        "figure": "street.reported",
        "pack": "street",
        "kind": "street.event",
        "verb": "finish",
        "rows": "people",
        "key": str(cast.resident.pk),
        "place": cast.community.code,
        "code": cast.community.code,
    }


def browser(cast: Cast, member: str) -> Client:
    client = Client(raise_request_exception=False)
    if member != "nobody":
        user, _ = get_user_model().objects.get_or_create(username=member)
        person = getattr(cast, member)
        Person.objects.filter(pk=person.pk).update(user=user)
        client.force_login(user)
    return client


ROUTES = sorted(set(addresses()))


def test_the_resolver_has_addresses():
    assert len(ROUTES) > 12


@pytest.mark.parametrize("member", MEMBERS)
def test_no_address_fails_and_none_shows_what_is_hidden(cast, matter, values, member):
    client = browser(cast, member)
    told = []
    for route in ROUTES:
        if "logout" in route or "static" in route:
            continue
        address = filled(route, values)
        for query in ("", f"?place={cast.county.code}&period=2024", "?around=117.1,36.1&point=117.1,36.1"):
            answer = client.get(address + query)
            if answer.status_code >= 500 or answer.status_code == 403:
                told.append(f"{answer.status_code} {address}{query}")
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            html = "text/html" in answer.headers.get("Content-Type", "")
            if html and body and body.lstrip()[:9].lower() != b"<!doctype":
                told.append(f"calls HTML what is none: {answer.status_code} {address}{query}")
            asked = matter.number in address
            if member not in SEES and not asked and matter.number.encode() in body:
                told.append(f"shows the hidden matter: {address}{query}")
    assert not told, "\n".join(told)


@pytest.mark.parametrize("member", MEMBERS)
def test_a_record_is_there_only_for_whom_it_is(cast, matter, member):
    answer = browser(cast, member).get(f"/records/{matter.number}/")
    assert answer.status_code == (200 if member in SEES else 404)


@pytest.mark.parametrize("member", MEMBERS)
def test_evidence_counts_alike_and_lists_only_what_one_may_see(cast, matter, member):
    address = f"/figures/street.reported/evidence/?place={cast.county.code}&period=2024"
    answer = browser(cast, member).get(address)
    assert answer.status_code == 200
    assert (matter.number.encode() in answer.content) == (member in SEES)
