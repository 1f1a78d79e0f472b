"""Private files: opened by a link that is signed, for one person, noted, and soon over."""

from datetime import timedelta

import pytest

from liren.people.actions import post_leave
from liren.people.models import PrivateRead
from liren.records.actions import file_attach
from liren.records.handing import HOLDS, file_link, linked_file, private_files
from tests.cast import moment
from tests.matters import accept, event, refused

AT = moment("2024-03-04 12:00")


@pytest.fixture
def file(cast):
    record = accept(cast, event(cast))
    said = {"name": "病历.pdf", "content": b"%PDF-1.7", "media_type": "application/pdf", "at": AT}
    return file_attach(record, by=cast.dispatcher, private=True, **said)


def test_a_link_opens_the_file_to_whom_it_was_made_for(cast, file):
    text = file_link(file, by=cast.handler, purpose="核对伤情", at=AT)
    assert linked_file(text, to=cast.handler, at=AT + timedelta(minutes=9)) == file
    noted = PrivateRead.objects.get()
    assert (noted.field, noted.by, noted.purpose) == ("附件 病历.pdf", cast.handler, "核对伤情")
    assert list(private_files(file.record)) == [file]


@pytest.mark.parametrize("who", ["dispatcher", "grid_member", "stranger", "resident", None])
def test_a_link_passed_on_opens_nothing(cast, file, who):
    text = file_link(file, by=cast.handler, purpose="核对", at=AT)
    with refused("not_found", "链接已失效"):
        linked_file(text, to=getattr(cast, who) if who else None, at=AT)


def test_an_old_link_opens_nothing(cast, file):
    text = file_link(file, by=cast.handler, purpose="核对", at=AT)
    with refused("not_found"):
        linked_file(text, to=cast.handler, at=AT + HOLDS)


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda _: "", lambda t: t.replace(":", "")]
)
def test_a_changed_link_opens_nothing(cast, file, spoil):
    text = file_link(file, by=cast.handler, purpose="核对", at=AT)
    with refused("not_found"):
        linked_file(spoil(text), to=cast.handler, at=AT)


def test_a_link_of_who_has_left_the_post_opens_nothing(cast, file):
    text = file_link(file, by=cast.handler, purpose="核对", at=AT)
    post_leave(cast.handler.posts.get(), at=AT)
    with refused("not_found"):
        linked_file(text, to=cast.handler, at=AT + timedelta(minutes=1))


@pytest.mark.parametrize("who", ["stranger", "other_handler", "resident", None])
def test_no_link_is_made_for_whom_it_does_not_concern(cast, file, who):
    with refused("not_yours", "查看保密附件"):
        file_link(file, by=getattr(cast, who) if who else None, purpose="好奇", at=AT)
    assert not PrivateRead.objects.exists()


def test_no_link_without_a_purpose_and_none_for_what_is_open(cast, file):
    with refused("missing", "用途"):
        file_link(file, by=cast.handler, purpose=" ", at=AT)
    file.private = False
    with refused("not_found", "不保密"):
        file_link(file, by=cast.handler, purpose="看", at=AT)
