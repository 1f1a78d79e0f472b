"""When the disk or the database gives out under a form: nothing is half written, and the page says what to do."""

import errno

import pytest
from django.db import connection

from liren import durable
from liren.records.models import Act, File, Record
from liren.search.models import Entry
from liren.trail.queries import breaks
from tests.portal.conftest import Resident, photo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def careful(county) -> Resident:
    """A resident whose page is settled, and whose faults become pages as they do on a running site."""
    found = Resident().settle()
    found.raise_request_exception = False
    return found


def ask(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


#: What makes the database give out here, what mends it, and the status and words of the page.
FULL = (
    ["VACUUM", "PRAGMA max_page_count = 1"],
    ["PRAGMA max_page_count = 1000000"],
    507,
    "磁盘满了",
    "liren doctor",
)
LITE = (["PRAGMA query_only = 1"], ["PRAGMA query_only = 0"], 503, "只能读", "管理员")
READER = "SET default_transaction_read_only"
SERVER = ([f"{READER} = on"], [f"{READER} = off"], 503, "只能读", "管理员")


@pytest.mark.parametrize("case", [FULL, LITE, SERVER], ids=["full", "read-only", "read-only server"])
def test_a_report_that_cannot_be_stored_is_refused_in_words_and_kept_once_later(careful, case):
    spoil, mend, status, *words = case
    if (connection.vendor == "sqlite") == (case is SERVER):
        pytest.skip("another database's way to give out")
    address = "/p/report/grid_case.event/"
    said = careful.form(address) | {
        "title": "河边路灯不亮",
        "category": "facility",
        "details": "三天了" * 600,
    }
    try:
        ask(*spoil)
        refused = careful.post(address, said)
        english = careful.post(address + "?lang=en", said)
    finally:
        ask(*mend)
    page = refused.content.decode()
    assert refused.status_code == status, page
    for word in (*words, "不会记两遍"):
        assert word in page
    assert "Traceback" not in page
    assert "will not count twice" in english.content.decode()
    assert (Record.objects.count(), Act.objects.count()) == (0, 0)
    for _ in range(2):  # and once the disk is mended, the same form is taken, and counts once
        assert careful.post(address, said).status_code == 302
    assert (Record.objects.count(), Entry.objects.count()) == (1, 1)
    assert list(breaks()) == []


def test_a_photo_that_the_disk_has_no_room_for_leaves_no_half_file(careful, monkeypatch, settings):
    """The report itself is stored; sent again, the form brings the photo to it."""
    address, picture = "/p/report/grid_case.event/", photo(400)
    said = careful.form(address) | {"title": "河边路灯不亮", "category": "facility"}

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as spoilt:
        spoilt.setattr(durable.os, "fsync", full)
        refused = careful.post(address, said | {"photos": picture})
    assert (refused.status_code, "磁盘满了" in refused.content.decode()) == (507, True)
    assert not list((settings.VAR / "files").glob("*/.new-*"))
    picture.seek(0)
    assert careful.post(address, said | {"photos": picture}).status_code == 302
    assert (Record.objects.count(), File.objects.count()) == (1, 1)
    assert list(breaks()) == []
