"""The grown county of the benchmarks is one that Liren itself could have written."""

import pytest

from benchmarks.county import build
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
    assert not list(breaks())
    kept = list(Entry.objects.order_by("record_id").values_list("key", "record_id", "text", "scope"))
    assert len(kept) == 400
    rebuild()
    assert list(Entry.objects.order_by("record_id").values_list("key", "record_id", "text", "scope")) == kept
