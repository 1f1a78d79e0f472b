"""``liren tick``: once, what is due is done and said; a fault of one part neither stops the others nor the loop."""

import inspect
import re

import pytest
from django.db import connection

from liren.cli import upkeep
from liren.cli.upkeep import _round
from liren.clock import at_time
from liren.records.models import Act
from liren.trail.models import Anchor
from tests.cast import moment
from tests.matters import event


def test_tick_does_what_is_due_and_says_so(liren):
    done = liren("tick")
    assert done.returncode == 0, done.stderr
    assert "记下 0 件过了时限的事" in done.stdout


def test_what_was_given_up_is_queued_again_when_asked(liren):
    assert "重新排上 0 条消息" in liren("tick", "--again").stdout


def test_tick_twice_changes_nothing(liren):
    assert liren("tick").stdout == liren("tick").stdout


@pytest.mark.django_db(transaction=True)
def test_a_part_that_fails_is_said_and_the_others_are_done(cast, capsys):
    """The connection that cannot write is given up with the first fault; the next round does what was left."""
    event(cast)
    lite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1" if lite else "SET default_transaction_read_only = on")
    with at_time(moment("2024-03-06 09:00")):
        assert _round() == 1
        said = capsys.readouterr()
        assert "时限没有做成" in said.err
        assert "只能读" in said.err
        assert Anchor.objects.count() == 1
        assert not Act.objects.filter(verb="late").exists()
        assert _round() == 0
    assert Act.objects.filter(verb="late").count() == 1


def test_a_round_leaves_no_part_out(monkeypatch):
    """A part that was written and never called would be missed by nobody: the columnar files once were."""
    source = inspect.getsource(upkeep)
    written = re.findall(r"^def (_\w+)\(\) -> None:", source, re.MULTILINE)
    called = []
    for name in written:
        monkeypatch.setattr(upkeep, name, lambda name=name: called.append(name))
    upkeep._round()
    assert sorted(called) == sorted(written)
    assert "_columnar" in called
    assert called[-1] == "_marked", "a round is noted when everything else was tried"
