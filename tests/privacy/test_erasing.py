"""Private values are kept no longer than the pack says: they become █, everything else stays and still holds."""

from datetime import date
from pathlib import Path

import pytest

from liren import inforce
from liren.figures.periods import Period
from liren.figures.queries import Scope, compute
from liren.people.models import Print
from liren.people.private import unseal
from liren.privacy.actions import (
    erasure_ask,
    erasure_refuse,
    erasure_resume,
    erasure_suspend,
    private_erase,
    sweep,
)
from liren.privacy.lasting import asked, before
from liren.privacy.models import Sweep
from liren.records.actions import file_attach, record_open
from liren.records.models import Act, Record
from liren.records.storage import path_of
from liren.trail.queries import breaks
from tests.cast import SHELF, moment
from tests.matters import accept, closed_event, event, refused

PHONE = "13987654321"
LATER = moment("2025-03-07 03:00")


@pytest.fixture
def lasting(cast, monkeypatch, tmp_path):
    """The tests' packs, in which the phone is kept a month and all else that is private a year."""
    shelf = tmp_path / "street"
    shelf.mkdir()
    text = (SHELF / "street" / "pack.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "phone: {title: 联系电话, type: phone, private: true}",
        "phone: {title: 联系电话, type: phone, private: true, keep: 1mo}",
    )
    text = text.replace("    open title: 上报\n", "    open title: 上报\n    keep: 1y\n")
    (shelf / "pack.yaml").write_text(text, encoding="utf-8")
    for other in (SHELF / "street").iterdir():
        if other.name != "pack.yaml":
            (shelf / other.name).write_bytes(other.read_bytes())
    monkeypatch.setattr(inforce, "pack_roots", lambda: [Path(tmp_path)])
    inforce.catalogue.cache_clear()
    yield cast
    inforce.catalogue.cache_clear()


@pytest.fixture
def ended(lasting) -> Record:
    return closed_event(lasting, phone=PHONE, contact=lasting.resident)


def values(record: Record) -> dict:
    record.refresh_from_db()
    return unseal(record.secret, record.number)


@pytest.mark.parametrize(
    ("at", "keep", "earlier"),
    [
        ("2024-03-31 09:00", "1mo", "2024-02-29 09:00"),
        ("2024-02-29 09:00", "1y", "2023-02-28 09:00"),
        ("2024-03-31 09:00", "30d", "2024-03-01 09:00"),
        ("2024-01-15 09:00", "18mo", "2022-07-15 09:00"),
    ],
)
def test_how_long_is_counted_back(at, keep, earlier):
    assert before(moment(at), keep) == moment(earlier)


def test_what_has_had_its_time_is_erased_and_all_else_stays(ended):
    scope = Scope("990009", Period.parse("2024", date(2025, 1, 1)))
    was = [
        compute(one, scope).value
        for one in ("street.reported", "street.closed", "street.on_time", "street.cost")
    ]
    acts = Act.objects.count()
    told = sweep(moment("2024-04-07 03:00"))
    assert told.told == {"street.event": {"records": 1, "values": 1}}
    assert values(ended).keys() == {"contact"}
    assert ended.data["phone"] == "█"
    assert not Print.objects.filter(record_number=ended.number, field="street.event.phone").exists()
    act = ended.acts.order_by("id").last()
    assert (act.verb, act.by, act.changed, act.note) == ("erase", None, {"phone": "█"}, "保存期满")
    assert Act.objects.count() == acts + 1
    sweep(LATER)
    assert ended.acts.filter(verb="erase").count() == 2
    ended.refresh_from_db()
    assert ended.secret == ""
    assert list(breaks()) == []
    now = [
        compute(one, scope).value
        for one in ("street.reported", "street.closed", "street.on_time", "street.cost")
    ]
    assert now == was


def test_what_has_not_ended_or_has_time_left_is_not_touched(lasting):
    standing, fresh = event(lasting, phone=PHONE), closed_event(lasting, phone=PHONE)
    sweep(moment("2024-04-05 03:00"))
    assert values(standing) == values(fresh) == {"phone": PHONE}


def test_a_day_is_swept_once_and_again_on_demand(ended):
    assert sweep(LATER) is not None
    assert sweep(LATER) is None
    assert sweep(LATER, again=True).told == {"street.event": {"records": 1, "values": 2}}
    assert Sweep.objects.count() == 1


def test_a_suspended_record_is_kept_until_it_is_resumed(ended, lasting):
    erasure_suspend(ended, by=lasting.dispatcher, note="行政复议中", at=moment("2024-03-08 09:00"))
    assert sweep(LATER).held == 1
    assert values(ended)["phone"] == PHONE
    with refused("suspended", ended.number):
        private_erase(ended, by=lasting.dispatcher, note="请求", at=LATER)
    erasure_resume(ended, by=lasting.dispatcher, note="复议结束", at=LATER)
    assert sweep(LATER, again=True).held == 0
    assert values(ended) == {}


def test_private_files_go_with_their_time_unless_another_record_needs_them(
    lasting, django_capture_on_commit_callbacks
):
    said = {"content": b"%PDF-1.7", "media_type": "application/pdf", "by": lasting.dispatcher}
    ended, standing = closed_event(lasting), event(lasting)
    mine = file_attach(ended, name="病历.pdf", private=True, at=moment("2024-03-06 10:00"), **said)
    other = file_attach(standing, name="同一份.pdf", private=True, at=moment("2024-03-06 10:00"), **said)
    with django_capture_on_commit_callbacks(execute=True):
        assert sweep(LATER).told["street.event"]["files"] == 1
    mine.refresh_from_db()
    assert mine.erased and path_of(mine.sha256, sealed=True).exists()
    with django_capture_on_commit_callbacks(execute=True):
        private_erase(standing, by=lasting.dispatcher, note="本人请求", at=LATER)
    assert not path_of(other.sha256, sealed=True).exists()
    assert list(breaks()) == []


def test_a_person_asks_and_an_official_decides(cast):
    record = record_open(
        "street.event", {"title": "井盖", "phone": PHONE}, by=cast.resident, at=moment("2024-03-04 09:00")
    )
    erasure_ask(record, by=cast.resident, note="不再需要联系我", at=moment("2024-03-05 09:00"))
    assert asked([record.pk]) == {record.pk}
    with refused("already", record.number):
        erasure_ask(record, by=cast.resident, note="再问", at=moment("2024-03-05 10:00"))
    erasure_refuse(record, by=cast.dispatcher, note="尚在办理", at=moment("2024-03-05 11:00"))
    assert asked([record.pk]) == set()
    erasure_ask(record, by=cast.resident, note="办完了", at=moment("2024-03-06 09:00"))
    private_erase(record, by=cast.dispatcher, note="准予", at=moment("2024-03-06 10:00"))
    assert values(record) == {}
    assert asked([record.pk]) == set()
    assert list(breaks()) == []


@pytest.mark.parametrize("who", ["stranger", "resident", "other_handler"])
def test_only_those_in_charge_decide_and_only_those_concerned_ask(cast, who):
    record = accept(cast, event(cast, phone=PHONE))
    with refused("not_yours"):
        private_erase(record, by=getattr(cast, who), note="好", at=LATER)
    with refused("not_yours"):
        erasure_ask(record, by=getattr(cast, who), note="好", at=LATER)
    with refused("missing"):
        private_erase(record, by=cast.dispatcher, note=" ", at=LATER)
    assert values(record) == {"phone": PHONE}


def test_what_waits_is_what_the_acts_say(cast):
    """The table by which waiting requests are found, filled from the acts anew, is what stands there."""
    from importlib import import_module

    from django.apps import apps

    from liren.privacy.models import Erasure

    asked_, held, over, swept = (accept(cast, event(cast, phone=f"1398765432{n}")) for n in range(4))
    hours = iter(range(1, 20))

    def at():
        return moment(f"2024-03-06 {next(hours):02}:00")

    for record in (asked_, over, swept):
        erasure_ask(record, by=cast.grid_member, note="", at=at())
    erasure_suspend(held, by=cast.dispatcher, note="审计", at=at())
    erasure_suspend(over, by=cast.dispatcher, note="审计", at=at())
    erasure_resume(over, by=cast.dispatcher, note="完", at=at())
    erasure_refuse(over, by=cast.dispatcher, note="在办", at=at())
    private_erase(swept, by=cast.dispatcher, note="准予", at=at())

    def standing() -> set:
        rows = Erasure.objects.exclude(asked=None, suspended=None)
        return set(rows.values_list("record_id", "asked", "suspended"))

    there = standing()
    assert {row[0] for row in there} == {asked_.pk, held.pk}
    Erasure.objects.all().delete()
    import_module("liren.privacy.migrations.0002_erasure").fill(apps, None)
    assert standing() == there
