"""Sealed files: any size comes back whole, and what was cut, moved, swapped or changed does not open."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.people import sealed_files
from liren.people.keys import CIPHERS, key_add, ring
from liren.people.sealed_files import PIECE, file_key, sealed_pieces, sealed_size, unsealed
from tests.matters import refused

SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 7)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.LIREN_KEY_FILE = tmp_path / "private.key"


@pytest.fixture
def kept(tmp_path):
    """A function: content → its sealed file."""

    def keep(content: bytes, bound_to: str = "a"):
        path = tmp_path / f"{bound_to}.sealed"
        path.write_bytes(b"".join(sealed_pieces([content], bound_to)))
        return path

    return keep


@pytest.mark.parametrize("cipher", CIPHERS)
@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens_whole_and_holds_nothing_plain(kept, cipher, size):
    key = key_add(cipher)
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    path = kept(content)
    assert file_key(path) == key.id == ring().current.id
    assert path.stat().st_size == sealed_size(size, key)
    assert b"0123456789abcdef" not in path.read_bytes()
    with unsealed(path, "a") as source:
        assert source.read() == content


@given(st.lists(st.binary(max_size=70), max_size=12), st.integers(1, 40))
def test_parts_of_any_size_come_back_in_parts_of_any_size(parts, taken):
    small = pytest.MonkeyPatch()
    small.setattr(sealed_files, "PIECE", 32)
    with small.context():
        sealed = b"".join(sealed_pieces(parts, "a"))
        source = io.BufferedReader(sealed_files._Unsealing(io.BytesIO(sealed), "a"), 32)
        assert b"".join(iter(lambda: source.read(taken), b"")) == b"".join(parts)
    small.undo()


def spoiled(path, bound_to: str = "a") -> None:
    with refused("setup"), unsealed(path, bound_to) as source:
        source.read()


def test_a_file_that_was_cut_put_together_anew_or_given_away_does_not_open(kept):
    path = kept(bytes(3 * PIECE))
    whole = path.read_bytes()
    head, piece = len(whole) - 3 * (PIECE + 16), PIECE + 16
    first, second, third = (whole[head + n * piece : head + (n + 1) * piece] for n in range(3))
    start = whole[:head]
    for changed in (
        start + first + second, start + second + first + third, start + first + third, start + third,
        whole[:-1], whole + b"x", whole[: head - 1] + b"\0" + whole[head:], whole[:-40] + b"\0" + whole[-39:],
        b"", b"LIREN1 ", b"LIREN1 9\n" + bytes(40), b"plain text", start,
    ):  # fmt: skip
        path.write_bytes(changed)
        spoiled(path)
    path.write_bytes(whole)
    spoiled(path, "b")


def test_the_same_content_is_never_sealed_alike(kept):
    content = bytes(100)
    assert len({kept(content).read_bytes()[9:] for _ in range(3)}) == 3
