"""After an error the cursor stands at the first thing that is wrong, in every face and without a script."""

from __future__ import annotations

import re

import pytest

from liren.people.actions import post_take
from tests.cast import LONG_AGO
from tests.console.markup import read

#: A form that is sent wrong → what the cursor is to stand at.
WRONG = {
    "/admin/people/new/": ({"name": ""}, {"id": "f-name"}),
    "/admin/people/import/": ({"table": ""}, {"role": "alert"}),
    "/studio/gazette.month/save/?place=990009001&period=2024-03": ({"text": "有12件", "why": ""}, {"role": "alert"}),
    "/account/login/": ({"login": "nobody", "password": "x"}, {"role": "alert"}),
    "/w/new/street.event/": ({"title": ""}, {"role": "alert"}),
}  # fmt: skip


@pytest.mark.parametrize("path", WRONG)
def test_a_form_that_comes_back_has_the_cursor_at_what_is_wrong(town, reader, path):
    post_take(person=town.cast.dispatcher, role="system_admin", place=town.cast.county, starts=LONG_AGO)
    client = reader(None if "login" in path else town.cast.dispatcher)
    said, where = WRONG[path]
    assert b"autofocus" not in client.get(path).content, "a form that begins leaves the cursor to its reader"
    page = read(client.post(path, said).content.decode())
    (one,) = [each for each in page.elements if "autofocus" in each.attrs]
    assert where.items() <= one.attrs.items()
    if "role" in where:
        assert one.attrs["tabindex"] == "-1", (
            "what is no control takes the cursor, and is no stop of the Tab key"
        )


def test_a_part_of_a_page_takes_the_cursor_from_nobody(town, reader):
    client = reader(town.cast.dispatcher)
    part = client.post("/studio/gazette.month/preview/?place=990009001&period=2024-03", {"text": "有12件"})
    assert re.search(rb'role="alert"', part.content)
    assert b"autofocus" not in part.content
