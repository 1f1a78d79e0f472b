"""The session ends in the middle of a form of the studio or the administration: after signing in it is as it was."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from liren.inforce import changes_file
from liren.look.keeping import MOST, who_token
from liren.people.actions import post_take
from liren.people.models import Person
from tests.cast import LONG_AGO
from tests.console.markup import read

DESK = "/studio/gazette.month/"
ABOUT = "?place=990009001&period=2024-03"
LONG = "里仁为美。" * 2_000

#: Where a form is sent, what stands in it, the page it comes back on, and what is found there in which field.
FORMS = {
    "studio": (f"{DESK}save/{ABOUT}", {"text": LONG, "why": "写长些"}, f"{DESK}{ABOUT}", "text"),
    "studio-preview": (f"{DESK}{ABOUT}", {"text": LONG}, f"{DESK}{ABOUT}", "text"),
    "change": (
        "/packs/street/changes/new/",
        {"path": "street.kinds.event.title", "value": "街道大小事", "form": "text", "why": "改名", "do": "put"},
        "/packs/street/changes/new/", "value",
    ),
    "person": ("/admin/people/new/", {"name": "田七", "code": ""}, "/admin/people/new/", "name"),
    "place": ("/admin/places/990009001/", {"name": "清溪里"}, "/admin/places/990009001/", "name"),
    "merge": ("/admin/places/990009001/merge/", {"after": "990009002", "on": "2024-05-01"}, "/admin/places/990009001/merge/", "after"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """Changes of packs go into a home of the test's own."""
    settings.LIREN_HOME = tmp_path


@pytest.fixture
def clerk(town) -> Person:
    """A dispatcher who administers the county too."""
    post_take(person=town.cast.dispatcher, role="system_admin", place=town.cast.county, starts=LONG_AGO)
    return town.cast.dispatcher


def values(answer) -> dict[str, str]:
    """What stands in the fields of a page, by name; of two of one name the first that says something."""
    found: dict[str, str] = {}
    for one in read(answer.content.decode()).elements:
        if one.tag in ("input", "textarea") and not found.get(name := one.attrs.get("name", "")):
            found[name] = one.text.strip() if one.tag == "textarea" else one.attrs.get("value", "")
    return found


@pytest.mark.parametrize("form", FORMS)
def test_what_was_typed_waits_until_its_person_has_signed_in(clerk, reader, form):
    address, said, page, field = FORMS[form]
    client = reader(clerk)
    whose = values(client.get(page))["_who"]
    client.logout()
    sent = client.post(address, said | {"_who": whose})
    assert sent.status_code == 302
    url = urlsplit(sent["Location"])
    assert url.path == "/account/login/"
    assert parse_qs(url.query)["next"] == [page]
    back = reader(clerk).get(page)
    assert values(back)[field] == said[field]
    assert "登录过期前填的内容都在" in back.content.decode()
    assert values(client.get(page)).get(field) != said[field], "once"
    assert not changes_file().exists(), "nothing is written before it is sent again"


def test_another_who_signs_in_is_shown_nothing_of_it(clerk, town, reader):
    client = reader(clerk)
    client.logout()
    client.post("/admin/people/new/", {"name": "田七", "_who": who_token(town.cast.leader)})
    assert "kept_form" in client.session
    assert not values(reader(clerk).get("/admin/people/new/"))["name"]


def test_for_who_never_had_the_form_the_page_is_not_there_and_nothing_is_kept(clerk, reader):
    client = reader(None)
    for token in ("", "no-token", who_token(clerk) + "x"):
        answer = client.post("/admin/people/new/", {"name": "x" * MOST, "_who": token})
        assert answer.status_code == 404
        assert "kept_form" not in client.session
