"""A small town to read pages about: the cast, the tests' own packs, and records of every visibility."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation

from liren import inforce
from liren.activities.actions import attendance_take
from liren.figures.actions import Given, reading_enter
from liren.people.models import Person
from liren.records.actions import History, file_attach, record_link, record_step, records_enter
from liren.records.models import Record
from tests.cast import SHELF, Cast, make_cast, moment
from tests.console.markup import Page, read

OWN_SHELF = Path(__file__).with_name("shelf")
MARCH = "2024-03-05 09:00"


@dataclass
class Town:
    """The cast and one record of each kind; `seen` numbers lie in 韩梅's street, `unseen` in another."""

    cast: Cast
    board: Record
    check: Record
    other_check: Record
    tip: Record
    round: Record


@pytest.fixture
def packs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The tests' own packs and the one for pages are in force, whatever is shipped."""
    monkeypatch.setattr(inforce, "pack_roots", lambda: [SHELF, OWN_SHELF])
    inforce.catalogue.cache_clear()
    yield
    inforce.catalogue.cache_clear()


def enter(kind: str, by: Person, rows: list[dict], at: str = MARCH) -> list[Record]:
    """Records as an old ledger brings them: entered in one go."""
    return records_enter(kind, [History(values=row, by=by, at=moment(at)) for row in rows])


@pytest.fixture
def town(db: None, packs: None, settings) -> Town:
    """One record of every visibility, with attendance, a file, a tie, a reading and a plan."""
    settings.LIREN_SECOND_FACTOR = "nobody"
    cast = make_cast()
    (board,) = enter(
        "gazette.board", cast.dispatcher,
        [{"title": "老街公告栏", "category": "rare", "size": "2.5", "keeper": cast.resident, "phone": "13800000000",
          "place": cast.community}],
    )  # fmt: skip
    (check,) = enter(
        "gazette.check", cast.dispatcher, [{"title": "墙面松动", "category": "safe", "place": cast.street}]
    )
    (other,) = enter("gazette.check", cast.stranger, [{"title": "别街检查", "place": cast.other_street}])
    (tip,) = enter("gazette.tip", cast.inspector, [{"title": "钟楼线索", "place": cast.street}])
    (visit,) = enter("gazette.round", cast.dispatcher, [{"title": "三月巡看", "place": cast.street}])
    attendance_take(
        visit,
        [{"person": cast.resident, "role": "member", "present": True},
         {"person": cast.grid_member, "role": "member", "reason": "生病"}],
        by=cast.dispatcher, at=moment(MARCH),
    )  # fmt: skip
    enter("gazette.goal", cast.dispatcher, [{"title": "年度计划", "count": "3", "place": cast.street}])
    noon = moment("2024-03-05 12:00")
    file_attach(
        check, name="现场.txt", content="墙".encode(), media_type="text/plain", by=cast.dispatcher, at=noon
    )
    record_link(check, board, "cites")
    for value, at in (("10", "2024-03-31 09:00"), ("12", "2024-04-01 09:00")):
        given = Given(Decimal(value), date(2024, 3, 31), date(2024, 3, 31), "后台截图", date(2024, 3, 31))
        reading_enter("gazette.fans", given, place=cast.street, by=cast.dispatcher, at=moment(at))
    record_step(check, "finish", by=cast.dispatcher, at=moment("2024-03-12 09:00"))
    check.refresh_from_db()
    return Town(cast, board, check, other, tip, visit)


@pytest.fixture
def reader(client: Client) -> Callable[[Person | None], Client]:
    """`reader(person)` is a client that reads with this person's eyes; None reads as the public."""

    def signed_in(person: Person | None) -> Client:
        if person is None:
            client.logout()
            return client
        user, _ = get_user_model().objects.get_or_create(username=f"u{person.pk}")
        Person.objects.filter(pk=person.pk).update(user=user)
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def opened(reader) -> Callable[..., Page]:
    """`opened(path, as_=person, lang="zh")`: the page, whole and without a template variable left open."""

    def opening(path: str, *, as_: Person | None = None, lang: str = "zh", status: int = 200) -> Page:
        with translation.override(None):
            answer = reader(as_).get(path, {"lang": lang} if "?" not in path else {}, follow=False)
            if "?" in path:
                answer = reader(as_).get(f"{path}&lang={lang}")
        assert answer.status_code == status, (path, answer.status_code)
        page = read(answer.content.decode())
        assert not page.faults, (path, page.faults)
        assert len(set(page.ids)) == len(page.ids), (path, sorted(page.ids))
        return page

    return opening
