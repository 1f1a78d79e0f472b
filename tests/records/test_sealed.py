"""Private files lie sealed on the disk, public ones plain; old ones are read, turned with the keys, and counted."""

import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings as house

from liren.cli.doctor_files import files as looked_at
from liren.cli.main import main
from liren.console.downloads import stored
from liren.people.keys import key_add, ring
from liren.privacy.actions import files_reseal, private_erase
from liren.privacy.queries import files_by_key
from liren.records.actions import file_attach
from liren.records.models import File
from liren.records.storage import path_of, whole
from tests.cast import moment
from tests.matters import accept, event, refused

TEXT = "病历：只给经办的人看".encode() * 9000
AT = moment("2024-03-04 12:00")


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.LIREN_HOME, settings.LIREN_KEY_FILE = tmp_path, tmp_path / "private.key"


@pytest.fixture
def matter(cast):
    return accept(cast, event(cast))


def attach(cast, matter, *, private: bool = True, content: bytes = TEXT, name: str = "病历.pdf") -> File:
    return file_attach(
        matter,
        by=cast.dispatcher,
        name=name,
        content=content,
        media_type="text/plain",
        private=private,
        at=AT,
    )


def left_plain(file: File) -> Path:
    """The file as an earlier version kept it."""
    path_of(file.sha256, sealed=True).unlink()
    path_of(file.sha256).write_bytes(TEXT)
    return path_of(file.sha256)


def on_disk() -> bytes:
    root = Path(house.LIREN_HOME) / "var" / "files"
    return b"".join(path.read_bytes() for path in root.glob("*/*"))


def read(file: File) -> bytes:
    answer = stored(file)
    assert answer["Content-Length"] == str(len(TEXT))
    return b"".join(answer.streaming_content)


def test_nothing_of_a_private_file_lies_plain_and_it_is_handed_out_whole(cast, matter):
    file = attach(cast, matter)
    assert TEXT[:40] not in on_disk()
    assert file.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert read(file) == TEXT
    before = path_of(file.sha256, sealed=True).read_bytes()
    attach(cast, matter, name="再传一次.pdf")
    assert path_of(file.sha256, sealed=True).read_bytes() == before, "one content is kept once"


def test_a_public_file_stays_plain_and_the_same_content_may_be_both(
    cast, matter, django_capture_on_commit_callbacks
):
    public, private = attach(cast, matter, private=False), attach(cast, matter)
    assert path_of(public.sha256).read_bytes() == TEXT
    assert read(public) == read(private) == TEXT
    with django_capture_on_commit_callbacks(execute=True):
        private_erase(matter, by=cast.dispatcher, note="请求", at=moment("2024-03-05 12:00"))
    assert not path_of(private.sha256, sealed=True).exists()
    assert read(public) == TEXT


def test_an_old_one_is_read_and_turned_and_goes_where_nobody_needs_it_plain(cast, matter):
    file = attach(cast, matter)
    plain = left_plain(file)
    assert read(file) == TEXT
    assert files_by_key() == {"": 1}
    assert [sign.mark for sign in looked_at()] == ["✓", "!"]
    assert files_reseal() == 1
    assert not plain.exists() and TEXT[:40] not in on_disk()
    assert read(file) == TEXT and files_reseal() == 0
    assert [sign.mark for sign in looked_at()] == ["✓", "✓"]


def test_an_old_one_that_is_public_elsewhere_stays_there_plain(cast, matter):
    private, public = attach(cast, matter), attach(cast, matter, private=False)
    plain = left_plain(private)
    assert files_reseal() == 1
    assert plain.read_bytes() == TEXT and read(public) == read(private) == TEXT


def test_stopped_before_the_plain_one_went_it_goes_the_next_time(cast, matter):
    file = attach(cast, matter)
    path_of(file.sha256).write_bytes(TEXT)
    assert files_reseal() == 0
    assert not path_of(file.sha256).exists() and read(file) == TEXT


def test_rotate_seals_old_files_without_a_new_key_and_turns_all_with_one(cast, matter, capsys):
    file = attach(cast, matter)
    left_plain(file)
    assert main(["private", "status", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["plain_files"], [one["sealed"] for one in told["keys"]]) == (1, [0])
    assert main(["private", "rotate"]) == 0
    assert list(ring().keys) == ["1"]
    assert main(["private", "rotate", "--cipher", "sm4-gcm"]) == 0
    assert files_by_key() == {"2": 1} and read(file) == TEXT
    assert main(["private", "forget", "1"]) == 0
    assert read(file) == TEXT


def test_a_key_that_seals_a_file_is_not_forgotten(cast, matter, capsys):
    attach(cast, matter)
    key_add("aes-256-gcm")
    assert main(["private", "forget", "1"]) == 1
    assert "1" in ring().keys
    capsys.readouterr()


def test_a_changed_file_is_refused_and_the_doctor_says_so(cast, matter):
    file = attach(cast, matter)
    path = path_of(file.sha256, sealed=True)
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)
    with refused("setup"):
        stored(file)
    assert [sign.mark for sign in looked_at()] == ["✓", "✗"]
    path.unlink()
    with refused("not_found"):
        stored(file)
    assert not whole(file.sha256, private=True)
