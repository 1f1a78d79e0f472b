"""Passwords that stand in the operator's list of breached ones are refused; the list is searched, never read whole."""

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liren.cli.looking import running as doctor
from liren.signin.breached import UnreadList, is_listed, look_over
from tests.signin.stage import PASSWORD, sign_in


def line_of(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def write(path, passwords, end="\r\n", count=True, lower=False):
    rows = sorted(line_of(one) for one in passwords)
    told = [
        f"{row.lower() if lower else row}{f':{number + 1}' if count else ''}"
        for number, row in enumerate(rows)
    ]
    path.write_bytes("".join(one + end for one in told).encode())
    return path


@given(known=st.sets(st.text(max_size=6), max_size=40), asked=st.text(max_size=6), plain=st.booleans())
def test_what_is_listed_is_found_and_nothing_else(tmp_path_factory, known, asked, plain):
    path = tmp_path_factory.mktemp("list") / "breached.txt"
    write(path, known, end="\n" if plain else "\r\n", count=not plain, lower=plain)
    assert is_listed(asked, path) is (asked in known)
    assert all(is_listed(one, path) for one in known)


def test_first_last_and_an_unended_line(tmp_path):
    path = write(tmp_path / "list.txt", [str(number) for number in range(1000)])
    rows = path.read_bytes().rstrip()
    path.write_bytes(rows)
    assert all(is_listed(str(number), path) for number in range(1000))
    assert not any(is_listed(f"x{number}", path) for number in range(1000))


def test_a_long_list_is_searched_in_few_reads(tmp_path, monkeypatch):
    shuffled = random.Random(3)
    rows = sorted({f"{shuffled.getrandbits(160):040X}" for _ in range(50_000)} | {line_of("Qing-he-2027")})
    path = tmp_path / "list.txt"
    path.write_text("".join(f"{row}:{len(row)}\n" for row in rows))
    reads = []
    plain = type(path).open

    class Counted:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def readline(self, *args):
            reads.append(1)
            return self.file.readline(*args)

        def seek(self, *args):
            return self.file.seek(*args)

    monkeypatch.setattr(type(path), "open", lambda self, mode: Counted(plain(self, mode)))
    assert is_listed("Qing-he-2027", path)
    assert len(reads) < 60, "2.2 MB: twenty-two halvings, two lines each"


@pytest.mark.parametrize("content", [b"", b"password\n123456\n", b"\x00" * 500, b"A" * 9000])
def test_a_file_that_is_no_such_list_is_no_silent_yes(tmp_path, content):
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    if content:
        with pytest.raises(UnreadList):
            is_listed("Qing-he-2027", path)
    with pytest.raises(UnreadList):
        look_over(path)


def test_a_list_out_of_order_is_noticed(tmp_path):
    path = write(tmp_path / "list.txt", [str(number) for number in range(1000)])
    look_over(path)
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(rows[500:] + rows[:500]))
    with pytest.raises(UnreadList, match="order"):
        look_over(path)


# -- in the house ------------------------------------------------------------------------------------------


@pytest.fixture
def listed(settings, tmp_path):
    path = write(tmp_path / "list.txt", ["Ming-yue-2026", "other"])
    settings.AUTH_PASSWORD_VALIDATORS = [
        *settings.AUTH_PASSWORD_VALIDATORS,
        {"NAME": "liren.signin.passwords.BreachedValidator", "OPTIONS": {"file": path}},
    ]
    settings.LIREN_BREACHED_PASSWORDS = str(path)
    return path


@pytest.mark.django_db
def test_a_breached_password_is_refused_beside_its_field(client, lilei, listed):
    sign_in(client)
    for password, done in (("Ming-yue-2026", False), ("Qing-he-2027", True)):
        told = {"oldpassword": PASSWORD, "password1": password, "password2": password}
        answer = client.post("/account/password/change/", told)
        assert (answer.status_code == 302) is done
        assert done or "泄露" in answer.content.decode()
    lilei.refresh_from_db()
    assert lilei.check_password("Qing-he-2027")


@pytest.mark.django_db
def test_where_the_list_cannot_be_read_nothing_is_let_through_and_it_is_said(client, lilei, listed, caplog):
    sign_in(client)
    listed.unlink()
    told = {"oldpassword": PASSWORD, "password1": "Qing-he-2027", "password2": "Qing-he-2027"}
    assert "请告诉系统管理员" in client.post("/account/password/change/", told).content.decode()
    lilei.refresh_from_db()
    assert lilei.check_password(PASSWORD)
    assert any("LIREN_BREACHED_PASSWORDS" in one.getMessage() for one in caplog.records)


def test_the_doctor_looks_the_list_over(listed, settings):
    assert [one.mark for one in doctor.breached()] == ["✓"]
    listed.write_text("123456\n")
    assert [one.mark for one in doctor.breached()] == ["✗"]
    settings.LIREN_BREACHED_PASSWORDS = ""
    settings.LIREN_URL, settings.ALLOWED_HOSTS = "http://127.0.0.1:8000", ["localhost"]
    assert [one.mark for one in doctor.breached()] == ["✓"], "nobody comes in from outside"
    settings.LIREN_URL = "https://liren.example.org"
    assert [one.mark for one in doctor.breached()] == ["!"]
