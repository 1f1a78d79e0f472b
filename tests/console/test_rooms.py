"""The rooms of the console beside reading: every address × every member of the cast, and golden query counts.

Addresses come from the resolver, so a page that nobody says anything about here fails.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from liren.changes.actions import change_add
from liren.notices.actions import notices_send
from liren.people.actions import person_add, post_take
from liren.people.models import Person, Post
from liren.places.queries import work_calendar
from tests.cast import LONG_AGO, moment
from tests.console.conftest import enter
from tests.console.test_queries import grow
from tests.console.test_studio import OWN

PATH = Path(__file__).with_name("golden") / "rooms.yaml"
GOLDEN = yaml.safe_load(PATH.read_text(encoding="utf-8"))
CAST = (
    "grid_member", "dispatcher", "deputy", "stranger", "handler", "resident", "inspector", "leader", "public",
    "system", "security", "audit",
)  # fmt: skip
ALL = set(CAST)
SIGNED_IN = ALL - {"public"}
#: 韩梅 and 林涛 are dispatchers of the street that the report is about.
WRITERS = {"dispatcher", "deputy"}
SYSTEM, SECURITY, AUDIT = {"system"}, {"security"}, {"audit"}
REPORT = "gazette.month"
ROOMS = {"boards", "explorer", "studio", "changing", "administering", "telling"}


@pytest.fixture
def full(town, settings, tmp_path):
    """The town with its administrators, a change of the county's, and something to be told."""
    settings.LIREN_HOME = tmp_path
    for key in ("system", "security", "audit"):
        person = person_add(name=f"{key}管理", code=f"adm-{key}")
        post_take(person=person, role=f"{key}_admin", place=town.cast.county, starts=LONG_AGO)
    change_add(path="gazette.kinds.check.states.open_check.within", value="3wd", by="县里", why="人手")
    change_add(path="gazette.reports.month.body", value=OWN, by="县里", why="短些")
    notices_send(
        record=town.check, persons=[town.cast.dispatcher], text="要查", at=moment("2024-03-06 10:00")
    )
    return town


def person(town, who: str) -> Person | None:
    if who in ("system", "security", "audit"):
        return Person.objects.get(code=f"adm-{who}")
    return None if who == "public" else getattr(town.cast, who)


def pages(town) -> dict[str, tuple[dict, set[str]]]:
    """Address name → arguments with which it is there for somebody, and for whom it is."""
    post = Post.objects.filter(person=town.cast.handler).get().pk
    report, pack = {"report": REPORT}, {"pack": "gazette"}
    people = {"rows": "people"}
    return {
        "boards": ({}, ALL),
        "board": (pack, ALL),
        "explore": ({}, ALL),
        "explore_table": ({"form": "csv"}, ALL),
        "studio": ({}, SIGNED_IN),
        "studio_desk": (report, WRITERS),
        "studio_preview": (report, WRITERS),
        "studio_save": (report, WRITERS),
        "studio_withdraw": (report, WRITERS),
        "studio_issue": (report, WRITERS),
        "studio_compare": (report, WRITERS),
        "changes": (pack, SYSTEM | SECURITY),
        "change": (pack, SYSTEM | SECURITY),
        "change_withdraw": (pack | {"number": 0}, SYSTEM),
        "notices": ({}, SIGNED_IN),
        "notice_preferences": ({}, SIGNED_IN),
        "admin": ({}, SYSTEM | SECURITY | AUDIT),
        "admin_calendar": ({}, SYSTEM),
        "admin_calendar_import": ({}, SYSTEM),
        "admin_trail": ({}, AUDIT),
        "admin_verify": ({}, AUDIT),
        "admin_merge": ({"code": "990009002"}, SYSTEM),
        "admin_end": ({"pk": post}, SECURITY),
        "admin_rows": (people, SYSTEM),
        "admin_new": (people, SYSTEM),
        "admin_import": (people, SYSTEM),
        "admin_table": (people | {"form": "csv"}, SYSTEM),
        "admin_one": (people | {"key": str(town.cast.resident.pk)}, SYSTEM),
    }


POSTED = {"studio_preview", "studio_save", "studio_withdraw", "studio_issue", "admin_verify"}


def rooms() -> set[str]:
    """Names of the addresses in rooms of the console: those its urls.py includes."""
    _prefix, console = get_resolver().namespace_dict["console"]
    inner = [
        one
        for one in console.url_patterns
        if isinstance(one, URLResolver) and one.urlconf_module.__name__.split(".")[2] in ROOMS
    ]
    return {one.name for room in inner for one in room.url_patterns if isinstance(one, URLPattern)}


@pytest.mark.parametrize("who", CAST)
def test_every_room_is_there_for_whom_it_is_and_for_nobody_else(full, reader, who):
    known = pages(full)
    assert rooms() == set(known), "say for every address of a room whom it is for"
    client = reader(person(full, who))
    for name, (given, for_) in known.items():
        address = reverse(f"console:{name}", kwargs=given)
        query = "?place=990009001&period=2024-03" + ("&figure=gazette.boards" if "explore" in name else "")
        ask = client.post if name in POSTED else client.get
        status = ask(address + query).status_code
        if who in for_:
            assert status in (200, 302, 422), (who, name, status)
            assert name in POSTED or status == 200, (who, name, status)
        else:
            signed_out = who == "public" and name.startswith(("studio", "notice"))
            assert status == (302 if signed_out else 404), (who, name, status)


ASKED = {
    "studio": ("dispatcher", "/studio/"),
    "desk": ("dispatcher", f"/studio/{REPORT}/?place=990009001&period=2024-03"),
    "compare": ("dispatcher", f"/studio/{REPORT}/compare/?place=990009001&period=2024-03"),
    "changes": ("system", "/packs/gazette/changes/"),
    "change": ("system", "/packs/gazette/changes/new/?path=gazette.title"),
    "notices": ("dispatcher", "/notices/"),
    "preferences": ("dispatcher", "/notices/preferences/"),
    "admin": ("system", "/admin/"),
    "people": ("system", "/admin/people/"),
    "units": ("system", "/admin/units/"),
    "places": ("system", "/admin/places/"),
    "place": ("system", "/admin/places/990009001/"),
    "posts": ("security", "/admin/posts/"),
    "calendar": ("system", "/admin/calendar/?year=2024"),
    "trail": ("audit", "/admin/trail/"),
    "trail, searched": ("audit", "/admin/trail/?q=NB&who=韩梅&verb=finish&since=2024-01-01"),
    "accounts": ("system", "/account/staff/"),
}


def counted(full, reader) -> dict[str, int]:
    """Page → queries asked, signing in and the viewer's posts included."""
    found = {}
    for name, (who, address) in ASKED.items():
        client = reader(person(full, who))
        client.get("/about/")  # what a process looks up once is not a page's,
        work_calendar()  # nor is what another process' import makes this one look up again
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
            found[name] = len(asked.captured_queries)
        assert answer.status_code == 200, address
    if os.environ.get("LIREN_GOLDEN") == "write":
        write_golden(found)
    return found


def write_golden(found: dict[str, int]) -> None:
    """Renews the golden file; read the diff then."""
    head = (
        "# Queries a page of a room asks, signing in and posts included. See tests/console/test_rooms.py.\n"
    )
    PATH.write_text(head + yaml.safe_dump(found, allow_unicode=True, sort_keys=False), encoding="utf-8")


def test_no_room_asks_more_than_it_always_did_and_none_more_for_more_rows(full, reader):
    grow(full, 5)
    few = counted(full, reader)
    assert few == GOLDEN, "golden/rooms.yaml says otherwise"
    grow(full, 60)
    cast = full.cast
    for number in range(80):
        someone = Person.objects.create(name=f"丙{number}", place=cast.community)
        post_take(person=someone, role="grid_member", place=cast.grid, starts=LONG_AGO)
    for record in enter(
        "gazette.check", cast.dispatcher, [{"title": f"再查{n}", "place": cast.street} for n in range(30)]
    ):
        notices_send(record=record, persons=[cast.dispatcher], text="要查", at=moment("2024-03-06 11:00"))
    many = counted(full, reader)
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
