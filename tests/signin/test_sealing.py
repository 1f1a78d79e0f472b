"""The security log stands in a chain: whoever changes it in the database, takes a line away or slips one in is found."""

import json
from datetime import timedelta

import pytest
from django.db import models

from liren.cli.main import main
from liren.clock import at_time, now
from liren.signin.actions import event_note, events_seal, sweep
from liren.signin.chain import breaks, log_anchor_holds, log_anchors
from liren.signin.events import KEPT
from liren.signin.models import EventAnchor, EventSeal, SecurityEvent
from tests.cast import moment

pytestmark = pytest.mark.django_db
START = moment("2024-03-04 09:00")


def note(count: int, at=START, minutes: int = 1) -> None:
    for number in range(count):
        event_note(
            "signed_in", at=at + timedelta(minutes=minutes * number), account=number + 1, origin="ab12"
        )


@pytest.fixture
def log():
    """Twenty sealed lines of one morning."""
    note(20)
    assert events_seal(START + timedelta(hours=1)) == 20
    return START + timedelta(hours=1)


def found(at) -> list[str]:
    return [one.what for one in breaks(at)]


def test_an_untouched_log_holds_and_is_sealed_once(log):
    assert found(log) == []
    assert events_seal(log) == 0
    note(3, log)
    assert events_seal(log) == 3
    assert found(log) == []
    assert list(EventSeal.objects.values_list("number", flat=True)) == list(range(1, 24))


def other(field: models.Field, value):
    if isinstance(field, models.DateTimeField):
        return value + timedelta(microseconds=1)
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1000
    return f"{value}x"[-(field.max_length or 9) :]


@pytest.mark.parametrize("model", [SecurityEvent, EventSeal])
def test_every_altered_column_of_every_line_is_found(log, model):
    names = [field.name for field in model._meta.fields if not field.primary_key]
    for row in (
        model.objects.order_by("pk")[0],
        model.objects.order_by("pk")[9],
        model.objects.order_by("-pk")[0],
    ):
        for name in names:
            field, kept = model._meta.get_field(name), getattr(row, name)
            model.objects.filter(pk=row.pk).update(**{name: other(field, kept)})
            assert found(log), (row.pk, name)
            model.objects.filter(pk=row.pk).update(**{name: kept})
    assert found(log) == []


@pytest.mark.parametrize("gone", [0, 7, 19])
def test_a_line_taken_away_is_found_with_its_seal_or_without(log, gone):
    seal = EventSeal.objects.order_by("number")[gone]
    SecurityEvent.objects.filter(pk=seal.event).delete()
    assert found(log)
    events_seal(log)
    EventAnchor.objects.update(number=20, hash=EventSeal.objects.get(number=20).hash)
    seal.delete()
    assert found(log), "even the last one: the day's anchor knows it"


def test_the_first_lines_are_not_taken_for_swept_because_somebody_says_so(log):
    EventSeal.objects.filter(number__lte=10).delete()
    SecurityEvent.objects.filter(account__lte=10).delete()
    assert found(log)
    old = START - KEPT - timedelta(days=9)
    EventSeal.objects.filter(number=11).update(at=old)
    SecurityEvent.objects.filter(account=11).delete()
    assert found(log)
    EventSeal.objects.filter(number=12).update(at=old)
    SecurityEvent.objects.filter(account=12).delete()
    assert found(log)


def test_a_line_slipped_in_is_found_before_it_is_sealed_and_afterwards(log):
    later = log + timedelta(days=3)
    note(1, later)
    assert found(later + timedelta(days=1)) == [], (
        "what waits for the tick is no break, though the tick stands still"
    )
    events_seal(later)
    SecurityEvent.objects.create(pk=0, kind="signed_in", at=START, account=99)
    assert len(found(later)) == 1, "among the sealed ones"
    SecurityEvent.objects.filter(pk=0).delete()
    assert found(later) == []
    SecurityEvent.objects.create(kind="signed_in", at=START, account=99)
    assert found(later) == []
    events_seal(later)
    (behind,) = breaks(later)
    assert "早一天以上" in behind.what and not behind.sure, "a clock set back leaves the same mark"


def test_two_lines_exchanged_are_found(log):
    first, second = SecurityEvent.objects.order_by("pk")[3:5]
    SecurityEvent.objects.filter(pk=first.pk).update(account=second.account)
    SecurityEvent.objects.filter(pk=second.pk).update(account=first.account)
    assert found(log)


def test_what_had_its_time_goes_and_the_rest_still_holds(log):
    later = START + KEPT + timedelta(minutes=10, seconds=30)
    assert sweep(later) >= 11
    assert SecurityEvent.objects.count() == 9
    assert EventSeal.objects.count() == 11, (
        "two of those before stay, by which the rest is known to begin there"
    )
    assert found(later) == []
    note(2, later)
    events_seal(later)
    assert found(later) == []
    far = later + 2 * KEPT
    sweep(far)
    assert found(far) == [] and EventSeal.objects.count() == 2
    note(1, far)
    assert events_seal(far) == 1 and found(far) == []


def test_a_long_log_is_sealed_in_pieces(monkeypatch):
    monkeypatch.setattr("liren.signin.actions.SEALED_AT_ONCE", 6)
    note(20)
    assert [events_seal(START) for _ in range(5)] == [6, 6, 6, 2, 0]
    assert found(START) == []


def test_an_anchor_a_day_is_published_and_shows_a_log_written_anew(log):
    events_seal(log)
    (anchor,) = log_anchors()
    assert (anchor.day, anchor.number) == (log.date(), 20)
    assert log_anchor_holds(anchor.number, anchor.hash)
    SecurityEvent.objects.filter(account=5).update(account=6)
    EventSeal.objects.all().delete()
    EventAnchor.objects.all().delete()
    events_seal(log)
    assert found(log) == [], "it holds in itself"
    assert not log_anchor_holds(anchor.number, anchor.hash), "but not by what was published"


def test_the_command_verifies_the_log_too(log, capsys):
    with at_time(log):
        assert main(["trail", "verify"]) == 0
        assert "安全日志完整" in capsys.readouterr().out
        event_note("signed_in", at=START - timedelta(days=9), account=99)
        events_seal(log)
        assert main(["trail", "verify"]) == 0
        assert "要看一看" in capsys.readouterr().err
        assert main(["trail", "anchors"]) == 0
        line = next(one for one in capsys.readouterr().out.splitlines() if "log:" in one)
        anchor = line.split()[1]
        assert main(["trail", "verify", "--anchor", anchor]) == 0
        SecurityEvent.objects.filter(account=5).update(account=6)
        capsys.readouterr()
        assert main(["trail", "verify", "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        assert told["breaks"] == [] and told["log"][0]["what"]
        assert main(["trail", "verify", "--anchor", "log:20:" + "0" * 64]) == 1


def test_the_tick_seals(capsys):
    note(2, now())
    assert main(["tick"]) == 0
    assert EventSeal.objects.count() == 2
    assert EventAnchor.objects.count() == 1
