"""The grown county of the benchmarks is one that Liren itself could have written."""

import pytest

from benchmarks.county import EVENT, build, there
from benchmarks.works import WORKS, Bench
from liren.records.models import Act, Record
from liren.search.actions import rebuild
from liren.search.models import Entry
from liren.trail.queries import breaks

pytestmark = pytest.mark.django_db(transaction=True)


def test_its_trail_holds_and_its_search_is_what_a_rebuild_makes():
    build(400, say=lambda _: None)
    assert Record.objects.count() == 400
    assert Record.objects.values("place").distinct().count() > 300  # not the same few grids again and again
    assert Act.objects.count() > 1200
    open_, done = Record.objects.filter(kind=EVENT, closed=None), Record.objects.exclude(closed=None)
    assert open_.exists()
    assert not open_.filter(latitude=None).exists()  # what the map asks for
    assert not done.exclude(latitude=None).exists()
    list(WORKS["map"].asks(Bench(there(400)[0], {}, 3)))  # draws the county's boundaries
    assert not list(breaks())
    kept = list(Entry.objects.order_by("record_id").values_list("key", "record_id", "text", "scope"))
    assert len(kept) == 400
    rebuild()
    assert list(Entry.objects.order_by("record_id").values_list("key", "record_id", "text", "scope")) == kept
