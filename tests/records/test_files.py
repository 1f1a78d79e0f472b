"""Attachments: kept under their SHA-256, by whom the record concerns, with an act."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

from liren.records.actions import file_attach, files_attach
from liren.records.models import Act, File
from liren.records.storage import path_of
from tests.cast import moment
from tests.matters import accept, event, refused

TEXT = "灯柱歪了".encode()
AT = moment("2024-03-04 12:00")
SAID = {"name": "照片.txt", "content": TEXT, "media_type": "text/plain", "at": AT}


def test_a_file_is_kept_by_what_it_holds(cast):
    record = event(cast)
    file = file_attach(record, by=cast.dispatcher, **SAID)
    assert file.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert (file.size, file.by, file.private) == (len(TEXT), cast.dispatcher, False)
    path = path_of(file.sha256)
    assert path.read_bytes() == TEXT
    assert path.is_relative_to(Path(settings.LIREN_HOME) / "var")
    act = record.acts.get(verb="attach")
    assert (act.by, act.changed) == (cast.dispatcher, {"file": "照片.txt", "sha256": file.sha256})


def test_one_content_is_kept_once_for_two_records(cast):
    one, two = (file_attach(event(cast), by=cast.dispatcher, **SAID) for _ in range(2))
    assert path_of(one.sha256) == path_of(two.sha256)
    assert File.objects.count() == 2


@pytest.mark.parametrize(("who", "may"), [
    ("grid_member", True), ("dispatcher", True), ("handler", True), ("stranger", False), ("other_handler", False), ("resident", False),
])  # fmt: skip
def test_who_may_attach(cast, who, may):
    record = accept(cast, event(cast))
    if may:
        file_attach(record, by=getattr(cast, who), **SAID)
    else:
        with refused("not_yours", "附件"):
            file_attach(record, by=getattr(cast, who), **SAID)
    assert File.objects.count() == may


def test_a_resident_attaches_to_what_they_reported(cast):
    from liren.records.actions import record_open

    record = record_open("street.event", {"title": "井盖"}, by=cast.resident, at=moment("2024-03-04 09:00"))
    file_attach(record, by=cast.resident, **SAID)
    with refused("not_yours", "未登录者"):
        file_attach(record, by=None, **SAID)


def test_the_same_key_twice_attaches_once(cast):
    record = event(cast)
    one = file_attach(record, by=cast.dispatcher, key="f1", **SAID)
    assert file_attach(record, by=cast.dispatcher, key="f1", **SAID) == one
    assert Act.objects.filter(verb="attach").count() == 1


def test_bulk_is_all_or_nothing(cast):
    mine, theirs = event(cast), event(cast, place=cast.grid)
    items = [(mine, "a.txt", TEXT, "text/plain"), (theirs, "b.txt", TEXT, "text/plain")]
    with refused("not_yours"):
        files_attach(items, by=cast.stranger, at=AT)
    assert File.objects.count() == 0
    assert len(files_attach(items, by=cast.dispatcher, at=AT)) == 2
