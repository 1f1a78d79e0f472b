"""How many queries each page asks: golden, and the same for few rows as for many.

`golden/queries.yaml` holds the counts; a count that follows the rows is a fault that no number there can mend.
"""

from pathlib import Path

import yaml
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from liren.activities.actions import check_in, check_out, hours_confirm
from liren.activities.codes import code_make
from liren.people.actions import person_add
from liren.records.actions import record_open, record_step
from liren.records.models import Record
from tests.cast import Cast, moment
from tests.matters import closed_event, event

GOLDEN = yaml.safe_load((Path(__file__).with_name("golden") / "queries.yaml").read_text(encoding="utf-8"))
CAME, LEFT = moment("2024-03-09 08:05"), moment("2024-03-09 10:35")


def meeting(cast: Cast, title: str = "议事") -> Record:
    values = {"title": title, "place": cast.street, "starts": "2024-03-09 08:00", "ends": "2024-03-09 11:00"}
    return record_open("street.meeting", values, by=cast.dispatcher, at=moment("2024-03-01 09:00"))


def grow(cast: Cast, sheet: Record, rows: int) -> None:
    """`rows` more of everything: matters done and waiting, hours, points, names on a sheet, signings-up."""
    for place in range(rows):
        event(cast, title=f"待办{place}")
        record_open("street.shop", {"title": f"面馆{rows}-{place}", "place": cast.street}, by=cast.dispatcher)
        record_step(closed_event(cast), "reward", by=cast.grid_member, at=moment("2024-03-07 09:00"))
        other = meeting(cast)
        code = code_make(other)
        check_in(other, person=cast.dispatcher, by=cast.dispatcher, code=code, at=CAME)
        row = check_out(other, person=cast.dispatcher, by=cast.dispatcher, code=code, at=LEFT)
        hours_confirm(other, minutes={row.pk: 100}, by=cast.deputy, at=LEFT)
        guest = person_add(name=f"来宾{place}", place=cast.community)
        check_in(sheet, person=guest, by=guest, code=code_make(sheet), at=CAME)


def addresses(cast: Cast, sheet: Record) -> dict[str, str]:
    record = Record.objects.filter(kind="street.event", state="reported").order_by("pk").first()
    assert record is not None
    return {
        "to-do": "/w/",
        "record": f"/w/records/{record.number}/",
        "step": f"/w/step/accept/{record.number}/",
        "new": "/w/new/",
        "report": "/w/new/street.shop/",
        "activities": "/w/activities/",
        "sheet": f"/w/activities/{sheet.number}/",
        "code": f"/w/activities/code/{sheet.number}/",
        "scan": f"/w/scan/{code_make(sheet)}/",
        "mine": "/w/mine/",
        "hours": "/w/mine/hours/",
        "notices": "/w/mine/notices/",
        "points": "/w/mine/points/",
        "reports": "/w/mine/reports/",
        "study": "/w/mine/study/",
        "certificates": "/w/mine/certificates/",
        "queue": "/w/queue/",
    }


def counted(client: Client, pages: dict[str, str]) -> dict[str, int]:
    """Page → queries asked, signing in and the viewer's posts included."""
    found = {}
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
            found[name] = len(asked.captured_queries)  # the log is emptied when the next request starts
        assert answer.status_code == 200, address
    return found


def test_every_page_asks_as_often_as_it_always_did_and_not_more_for_more_rows(cast: Cast, signed):
    client, sheet = signed(cast.dispatcher), meeting(cast, "清河")
    grow(cast, sheet, 2)
    pages = addresses(cast, sheet)
    counted(client, pages)  # what a process looks up once is not a page's
    few = counted(client, pages)
    assert few == GOLDEN, "golden/queries.yaml says otherwise"
    grow(cast, sheet, 12)
    many = counted(client, pages)
    assert many == few, {name: (few[name], count) for name, count in many.items() if count != few[name]}
