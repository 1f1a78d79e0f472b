"""The cast at the workbench: everybody finds something to do on the day the demo is built."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from liren import inforce
from liren.activities.queries import served
from liren.clock import at_time
from liren.demo.desk import EVENT, add_desk
from liren.demo.making import Maker, demo_files, items
from liren.demo.world import World, build_worlds
from liren.exams.queries import closed_to, exams_for
from liren.people.models import Person
from liren.people.visibility import Viewer, viewer_of
from liren.points.queries import balances, moves
from liren.records.models import Act, Record
from liren.records.waiting import first_waiting, waiting
from liren.trail.queries import breaks
from tests.cast import moment

PACKS = ("grid_case", "volunteer_service", "law_exam")
TODAY = moment("2026-03-04 10:00")  # a Wednesday


@pytest.fixture
def worlds(db, monkeypatch: pytest.MonkeyPatch, repository: Path) -> Iterator[dict[str, World]]:
    monkeypatch.setattr(inforce, "pack_roots", lambda: [repository / "packs" / name for name in PACKS])
    inforce.catalogue.cache_clear()
    yield build_worlds()
    inforce.catalogue.cache_clear()


@pytest.fixture
def world(worlds: dict[str, World]) -> World:
    return worlds["qinghe"]


def eyes(word: str) -> Viewer:
    return viewer_of(Person.objects.get(code=f"cast-{word}"), TODAY)


def test_everybody_of_the_cast_finds_their_day(world: World):
    with at_time(TODAY):
        assert add_desk(world) == Record.objects.count()
    due = [record.due for record in first_waiting(eyes("dispatcher"), 50)]
    assert len(due) >= 5
    assert due[0] < TODAY < due[-1], "something is overdue, most is not"
    assert len(waiting(eyes("handler"))) == 3
    assert len(waiting(eyes("squad-leader"))) == 2
    assert len(waiting(eyes("hours-checker"))) == 1
    volunteer = eyes("volunteer")
    hours = served(volunteer.person)
    assert (hours.confirmed, hours.waiting) == (220, 110)
    assert balances(volunteer.person) == {"points": 220 - 60}, (
        "a minute confirmed is a point, and one was exchanged"
    )
    assert sum(move.amount for move in moves(volunteer.person, 9)) == 160, "every one of them from a record"
    exam = exams_for(volunteer).get()
    assert closed_to(exam, TODAY) is None
    assert Record.objects.filter(kind=EVENT, opener__code="cast-grid-member").count() == 9


def test_nothing_of_it_happens_tomorrow_and_the_trail_is_whole(world: World):
    with at_time(TODAY):
        add_desk(world)
    assert not Act.objects.filter(at__gt=TODAY).exists()
    assert not list(breaks())


def test_without_its_packs_there_is_no_desk(world: World, monkeypatch: pytest.MonkeyPatch, repository: Path):
    monkeypatch.setattr(inforce, "pack_roots", lambda: [repository / "packs" / "grid_case"])
    inforce.catalogue.cache_clear()
    assert add_desk(world) == 0
    assert not Person.objects.filter(code__startswith="cast-").exists()


def test_what_residents_find_is_alive_on_whichever_day_it_is_built(worlds: dict[str, World]):
    """Two days two years apart: the same number of everything, open at the end, and none of it to come."""
    pack, file = next(one for one in demo_files() if one[0] == "grid_case")
    for day in (date(2026, 3, 4), date(2028, 7, 7)):
        maker = Maker(pack, worlds, lambda _: None, day)
        made = sum(maker.make(index, item) for index, item in items(pack, file))
        records = Record.objects.order_by("-pk")[:made]
        opened = [one.opened.date() for one in records]
        assert day - timedelta(80) <= min(opened) and max(opened) < day
        assert max(act.at.date() for act in Act.objects.filter(record__in=[one.pk for one in records])) <= day
        assert 5 <= sum(1 for one in records if one.closed is None) <= 24
