"""A large file is read once and leaves the machine's memory as it was: what reading brings in goes again.

Left alone, the system keeps every page of SQLite's file that an export passes, and takes fresh memory for each: on a
virtual machine whose memory comes from its host that costs more than the reading itself, and files of the site have to
make room for what nobody asks for again. What lay in memory beforehand stays there.
"""

from __future__ import annotations

import os

#: Bytes that are looked at, and given back, together.
STRETCH = 8 << 20


class Passing:
    """A file others read. It is opened once more here: on SQLite's files, close it only after its connections."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._absent: list[range] = []
        if hasattr(os, "posix_fadvise") and hasattr(os, "RWF_NOWAIT"):
            os.posix_fadvise(self._file, 0, 0, os.POSIX_FADV_RANDOM)  # looking at a page brings in no others
            for at in range(0, os.fstat(self._file).st_size, STRETCH):
                if not self._there(at):
                    joined = self._absent and self._absent[-1].stop == at
                    first = self._absent.pop().start if joined else at
                    self._absent.append(range(first, at + STRETCH))

    def _there(self, at: int) -> bool:
        """Whether the page in the middle of a stretch, or the last of the file, is in memory."""
        at = min(at + STRETCH // 2, os.fstat(self._file).st_size - 1)
        try:
            return os.preadv(self._file, [bytearray(1)], at, os.RWF_NOWAIT) == 1
        except BlockingIOError:  # it would have to be fetched
            return False
        except OSError:  # this file system does not tell
            return True

    def give_back(self) -> None:
        """Drop what was not in memory when the passing began; pages somebody has mapped stay."""
        for absent in self._absent:
            os.posix_fadvise(self._file, absent.start, len(absent), os.POSIX_FADV_DONTNEED)

    def close(self) -> None:
        """Give back the rest."""
        self.give_back()
        os.close(self._file)
