"""Editions: only what is finished goes out, once on each channel, with the digest of what went."""

import hashlib

import pytest

from liren.content.actions import edition_publish, editions_publish
from liren.content.models import Edition
from liren.records.actions import record_open, record_step, record_void
from liren.records.models import Record
from tests.cast import moment
from tests.matters import refused

AT = moment("2024-03-05 09:00")


@pytest.fixture
def draft(cast):
    said = {"title": "停水通知", "text": "周三停水"}
    return record_open("street.notice", said, by=cast.dispatcher, at=moment("2024-03-04 09:00"))


@pytest.fixture
def piece(cast, draft):
    return record_step(draft, "approve", by=cast.leader, at=moment("2024-03-04 10:00"))


def test_a_piece_under_review_does_not_go_out(draft):
    with refused("wrong_state", draft.number, "草稿", "发布"):
        edition_publish(draft, channel="县广播", at=AT)
    assert Edition.objects.count() == 0


def test_what_went_out_is_kept_by_its_digest(piece):
    edition = edition_publish(piece, channel="县广播", at=AT, link="https://example.org/1")
    assert edition.digest == hashlib.sha256("停水通知\n周三停水".encode()).hexdigest()
    assert (edition.channel, edition.at, edition.withdrawn) == ("县广播", AT, None)


def test_one_channel_gets_a_piece_once(piece):
    edition_publish(piece, channel="县广播", at=AT)
    with refused("already", "县广播", piece.number):
        edition_publish(piece, channel="县广播", at=AT)
    edition_publish(piece, channel="政务网", at=AT)
    assert Edition.objects.count() == 2


def test_a_void_piece_does_not_go_out_though_somebody_has_an_old_copy_in_hand(cast, piece):
    old = Record.objects.get(pk=piece.pk)
    record_void(piece, by=cast.dispatcher, note="有误", at=moment("2024-03-04 11:00"))
    with refused("wrong_state", "已作废"):
        edition_publish(old, channel="县广播", at=AT)


def test_an_address_that_is_none_is_refused(piece):
    with refused("bad_value", "网址", "http"):
        edition_publish(piece, channel="县广播", at=AT, link="javascript:alert(1)")


def test_bulk_is_all_or_nothing(cast, piece):
    other = record_open("street.notice", {"title": "又一"}, by=cast.dispatcher, at=moment("2024-03-04 09:00"))
    with refused("wrong_state"):
        editions_publish([(piece, "县广播", AT, ""), (other, "县广播", AT, "")])
    assert Edition.objects.count() == 0
