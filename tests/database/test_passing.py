"""An export passes through a file without leaving it in the machine's memory; what was there before stays."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from liren.database.passing import STRETCH, Passing


class Pages:
    """A file of three stretches, and which of them are in memory."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(os.urandom(3 * STRETCH))
        self.path, self._file = str(path), os.open(path, os.O_RDONLY)
        os.fsync(self._file)
        os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_RANDOM)

    def read(self, stretch: int) -> None:
        os.pread(self._file, STRETCH, stretch * STRETCH)

    def there(self, stretch: int) -> bool:
        try:
            return os.preadv(self._file, [bytearray(1)], stretch * STRETCH + STRETCH // 3, os.RWF_NOWAIT) == 1
        except OSError:
            return False

    def close(self) -> None:
        os.close(self._file)


@pytest.fixture
def pages(tmp_path) -> Iterator[Pages]:
    if not hasattr(os, "RWF_NOWAIT"):
        pytest.skip("this system does not tell what is in memory")
    with closing(Pages(tmp_path / "large")) as found:
        if found.there(0):
            pytest.skip("this file system keeps all in memory")
        yield found


def test_what_was_brought_in_goes_and_what_was_there_stays(pages):
    pages.read(1)
    with closing(Passing(pages.path)) as passing:
        for stretch in range(3):
            pages.read(stretch)
        assert all(map(pages.there, range(3)))
        passing.give_back()
        assert [pages.there(stretch) for stretch in range(3)] == [False, True, False]


def test_nothing_is_lost_by_it(pages):
    before = Path(pages.path).read_bytes()
    with closing(Passing(pages.path)) as passing:
        passing.give_back()
    assert Path(pages.path).read_bytes() == before
