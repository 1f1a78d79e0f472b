"""Who may open what: every address of the console × every member of the cast, by the resolver's own list.

A record that somebody may not see is not there for them: 404, the same page as for a number that never was.
"""

from __future__ import annotations

import re

import pytest
from django.urls import URLPattern, get_resolver, reverse

from liren.people.models import Person
from tests.console.conftest import Town, enter
from tests.console.markup import read
from tests.console.reading import words

CAST = (
    "grid_member",
    "dispatcher",
    "deputy",
    "stranger",
    "handler",
    "resident",
    "inspector",
    "leader",
    "public",
)
ABOUT = {"place": "990009", "period": "2024"}

# Record of the town → who sees it. 李雷 has a post in a grid below the records; 赵工's unit is of the county, and
# a record that names no unit is every unit's of its place (people.standing).
SEEN = {
    "board": set(CAST),  # a public kind
    "round": set(CAST),
    "check": {"dispatcher", "deputy", "handler", "inspector", "leader"},
    "other_check": {"stranger", "handler", "inspector", "leader"},
    "tip": {"inspector"},
}


def arguments(town: Town) -> dict[str, list[dict]]:
    """For every address name of the console, arguments with which the page is there for somebody."""
    file = town.check.files.get()
    return {
        "home": [{}],
        "report": [{"report": "gazette.month"}],
        "report_file": [{"report": "gazette.month", "form": "md"}],
        "issue": [{"pk": issue_of(town)}],
        "definitions": [{}],
        "figure": [{"figure": "gazette.checks"}],
        "evidence": [{"figure": "gazette.checks"}],
        "lists": [{}],
        "erasures": [{}],
        "list": [{"kind": kind} for kind in ("gazette.board", "gazette.check", "gazette.tip")],
        "list_file": [{"kind": "gazette.check", "form": "csv"}],
        "new": [{"kind": "gazette.check"}],
        "record": [{"number": getattr(town, name).number} for name in SEEN],
        "file": [{"sha256": file.sha256, "name": file.name}],
        "packs": [{}],
        "pack": [{"pack": "gazette"}],
        "about": [{}],
    }


def issue_of(town: Town) -> int:
    from liren.figures.queries import read_period
    from liren.reports import markdown_writer
    from liren.reports.actions import report_issue
    from liren.reports.binding import bind

    period = read_period("2024-03")
    bound, document = bind("gazette.month", place=town.cast.street, period=period)
    return report_issue(bound, markdown_writer.write(document), by=town.cast.leader).pk


def allowed(town: Town, name: str, given: dict, who: str) -> bool:
    """What this test expects, written by hand; the default is that a page is for everybody."""
    if name == "record":
        record = next(one for one in SEEN if getattr(town, one).number == given["number"])
        return who in SEEN[record]
    if name == "file":
        return who in SEEN["check"]
    if name == "new":
        return who in ("dispatcher", "deputy", "stranger")
    if name == "erasures":
        return who in ("dispatcher", "deputy", "stranger", "handler")  # who finishes matters decides
    if name in ("report_file", "list_file"):
        return who not in ("resident", "public")  # whole numbers leave the house with staff alone
    return True


def person(town: Town, who: str) -> Person | None:
    return None if who == "public" else getattr(town.cast, who)


def addresses() -> set[str]:
    """The names of all addresses of the console, as the resolver of the whole site has them."""
    _prefix, console = get_resolver().namespace_dict["console"]
    names = {pattern.name for pattern in console.url_patterns if isinstance(pattern, URLPattern)}
    return names - FORMS


#: Addresses of forms about records that were named before, and of what a form with its purpose opens for its sender;
#: what they let whom do stands in test_doing, test_bulk.
FORMS = {"do", "bulk", "revealed", "private_file"}


@pytest.mark.parametrize("who", CAST)
def test_every_address_answers_each_of_the_cast_as_it_should(town, reader, who):
    asked = arguments(town)
    assert set(asked) == addresses(), "say for every address of the console who may open it"
    client = reader(person(town, who))
    for name, all_given in asked.items():
        for given in all_given:
            address = reverse(f"console:{name}", kwargs=given)
            answer = client.get(address, ABOUT)
            wanted = 200 if allowed(town, name, given, who) else 404
            if name in ("new", "erasures") and who == "public":
                wanted = 302  # to sign in
            assert answer.status_code == wanted, (who, address)
            if wanted == 404:
                hidden = words(read(answer.content.decode()))
                assert "墙面松动" not in hidden
                assert "钟楼线索" not in hidden


@pytest.mark.parametrize("who", CAST)
def test_nobody_reads_of_a_record_elsewhere_what_its_own_page_denies(town, reader, who):
    """Lists, figures, reports and ties name no record that its own page would not show."""
    client = reader(person(town, who))
    unseen = [getattr(town, name) for name, seen in SEEN.items() if who not in seen]
    pages = [reverse("console:home"), reverse("console:report", args=["gazette.month"])]
    for figure in ("checks", "tips", "boards", "done_rate", "check_days"):
        pages += [reverse(f"console:{view}", args=[f"gazette.{figure}"]) for view in ("figure", "evidence")]
    pages += [reverse("console:lists")]
    pages += [
        reverse("console:list", args=[f"gazette.{kind}"]) for kind in ("board", "check", "tip", "round")
    ]
    pages += [f"/records/{getattr(town, name).number}/" for name, seen in SEEN.items() if who in seen]
    for path in pages:
        body = client.get(path, ABOUT).content.decode()
        for record in unseen:
            assert record.number not in body, (who, path, record.number)
            assert record.title not in body, (who, path, record.title)


@pytest.mark.parametrize("who", CAST)
def test_a_page_that_reads_takes_no_form(town, reader, who):
    client = reader(person(town, who))
    for name, all_given in arguments(town).items():
        address = reverse(f"console:{name}", kwargs=all_given[0])
        if name == "new":
            continue
        for method in ("post", "put", "delete"):
            assert getattr(client, method)(address).status_code == 405, (method, address)


def test_an_invisible_record_and_one_that_never_was_look_the_same(town, reader):
    client = reader(town.cast.stranger)
    there = client.get(f"/records/{town.check.number}/")
    never = client.get("/records/NB2024-9999/")
    assert there.status_code == never.status_code == 404
    strip = re.compile(r"NB2024-\d+")
    assert strip.sub("", there.content.decode()) == strip.sub("", never.content.decode())


def test_a_person_sees_what_they_entered_themselves(town, reader):
    (own,) = enter("gazette.board", town.cast.resident, [{"title": "自己登记", "place": town.cast.community}])
    page = reader(town.cast.resident).get(f"/records/{own.number}/")
    assert page.status_code == 200
    assert "周平" in words(read(page.content.decode())), "one's own name is not masked"
    assert "周平" not in words(read(reader(None).get(f"/records/{own.number}/").content.decode()))
