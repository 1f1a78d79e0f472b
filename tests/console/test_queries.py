"""How many queries each page asks: golden, and the same for ten rows as for two hundred.

`golden/queries.yaml` holds the counts. When a page truly needs another query, say so there; a count that
follows the number of rows is a fault that no number there can mend.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liren.activities.actions import attendances_take
from liren.places.queries import work_calendar
from liren.records.actions import record_link
from tests.cast import moment
from tests.console.conftest import MARCH, Town, enter
from tests.console.test_cast import issue_of

GOLDEN = yaml.safe_load((Path(__file__).with_name("golden") / "queries.yaml").read_text(encoding="utf-8"))
if connection.vendor == "postgresql":
    GOLDEN["list narrowed"] -= 1  # SQLite asks its full-text table first
ABOUT = "?place=990009&period=2024"
FIGURES = (
    *("boards", "done_rate", "area", "keepers", "kinds_there", "checks", "check_days", "visits"),
    *("monthly", "streets", "most", "fans", "staff", "planned"),
)


def grow(town: Town, rows: int) -> None:
    """`rows` more of everything: records of each kind, attendance, ties of one record."""
    cast = town.cast
    places, kinds = [cast.street, cast.community, cast.grid], ("wall", "screen", "rare")
    boards = enter(
        "gazette.board", cast.dispatcher,
        [{"title": f"公告{n}", "category": kinds[n % 3], "size": "1", "keeper": cast.resident, "place": places[n % 3]}
         for n in range(rows)],
    )  # fmt: skip
    units = [cast.housing, cast.water]
    checks = [
        {"title": f"检查{n}", "category": "safe", "unit": units[n % 2], "place": cast.street}
        for n in range(rows)
    ]
    enter("gazette.check", cast.dispatcher, checks)
    enter("gazette.tip", cast.inspector, [{"title": f"线索{n}", "place": cast.street} for n in range(rows)])
    rounds = [{"title": f"巡看{n}", "place": cast.street} for n in range(rows)]
    sheets = []
    for visit in enter("gazette.round", cast.dispatcher, rounds):
        came = {"person": cast.resident, "role": "member", "present": True}
        sheets.append((visit, [came, {"person": cast.deputy, "role": "member", "reason": "公差"}]))
    attendances_take(sheets, by=cast.dispatcher, at=moment(MARCH))
    for board in boards[:60]:
        record_link(board, town.check, "parent")


def addresses(town: Town) -> dict[str, str]:
    """Every kind of page with rows on it, by a name for the golden file."""
    found = {
        "home": "/",
        "definitions": "/figures/",
        "packs": "/packs/",
        "pack": "/packs/gazette/",
        "about": "/about/",
        "boards": "/boards/",
        "board": f"/boards/gazette/{ABOUT}",
        "explore places": f"/explore/{ABOUT}&figure=gazette.boards&by=place",
        "explore time": f"/explore/{ABOUT}&figure=gazette.done_rate&by=time",
        "report": f"/reports/gazette.month/{ABOUT}",
        "issue": f"/issues/{issue_of(town)}/",
        "lists": "/lists/",
        "list of a register": "/lists/gazette.board/?state=open",
        "list narrowed": "/lists/gazette.check/?state=open&at=990009001&since=2024-01-01&q=检",
        "list ordered": "/lists/gazette.board/?sort=quantity&category=wall&col=keeper&col=phone",
        "record of a matter": f"/records/{town.check.number}/",
        "form of a deed": f"/records/{town.board.number}/?do=link",
        "form for many": f"/lists/gazette.board/bulk/?pick={town.board.number}&step=end",
        "form of a new record": "/lists/gazette.tip/new/",
        "record of an activity": f"/records/{town.round.number}/",
        "record of a register": f"/records/{town.board.number}/",
    }
    for name in FIGURES:
        found[f"figure {name}"] = f"/figures/gazette.{name}/{ABOUT}"
        found[f"evidence {name}"] = f"/figures/gazette.{name}/evidence/{ABOUT}"
    found["evidence of one value"] = f"/figures/gazette.kinds_there/evidence/{ABOUT}&value=wall"
    found["evidence narrowed"] = f"/figures/gazette.boards/evidence/{ABOUT}&q=公告&at=990009001"
    return found


def counted(client, pages: dict[str, str]) -> dict[str, int]:
    """Page → queries asked, signing in and the viewer's posts included."""
    found = {}
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
            found[name] = len(asked.captured_queries)  # the log is emptied when the next request starts
        assert answer.status_code == 200, address
    return found


@pytest.fixture
def pages(town, reader):
    """A function (rows to add) → query counts by page, read as the inspector, who sees every kind."""
    client = reader(town.cast.inspector)

    def counting(rows: int) -> dict[str, int]:
        grow(town, rows)
        asked = addresses(town)
        counted(client, {"about": "/about/"})  # what a process looks up once is not a page's
        work_calendar()
        return counted(client, asked)

    return counting


def test_every_page_asks_as_often_as_it_always_did_and_not_more_for_more_rows(pages):
    few = pages(10)
    assert few == GOLDEN, "golden/queries.yaml says otherwise"
    many = pages(200)
    more = {name: (few[name], count) for name, count in many.items() if count != few[name]}
    assert not more, f"asks more for more rows: {more}"


def test_no_page_asks_more_than_a_screenful():
    """A page that asks forty times is one nobody has looked at; only a report asks for each of its numbers, and a
    board for each of the sources its figures read."""
    assert {name for name, count in GOLDEN.items() if count > 30} <= {"report", "issue", "board"}


def test_a_figure_over_very_many_rows_asks_for_one_picture_at_a_time(town, reader, monkeypatch):
    """So does a share whose parts are large, and a count of few values that stand on many rows."""
    for room in ("scope", "browsing"):
        monkeypatch.setattr(f"liren.figures.{room}.LARGE", 30)
    grow(town, 60)
    client = reader(town.cast.inspector)
    pages = {f"figure {name}": f"/figures/gazette.{name}/{ABOUT}" for name in ("done_rate", "kinds_there")}
    counted(client, {"about": "/about/"} | pages)
    assert {name for name, count in counted(client, pages).items() if count >= GOLDEN[name]} == set()
    for address in pages.values():
        assert "by=place" in client.get(address).content.decode(), "the others are asked for by a link"
        assert "by=place" not in client.get(address.replace("2024", "2023")).content.decode()
