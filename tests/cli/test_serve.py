"""`liren serve`: answers, stops when told, and says plainly why it cannot start."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from liren.cli.serve import check_address
from liren.refusals import Refusal


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answer(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as found:
            return found.status, found.read()
    except urllib.error.HTTPError as fault:
        return fault.code, b""


def told_raw(port: int, sent: bytes) -> bytes:
    """All that the server says to these octets before it hangs up. Raises TimeoutError where it does not."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(sent)
        said = b""
        while part := line.recv(65536):
            said += part
        return said


def unsound(head: bytes, body: bytes) -> bytes:
    hidden = b"GET /static/liren/base.css HTTP/1.1\r\nHost: localhost\r\n\r\n"
    return b"POST /p/ HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n\r\n" + body + hidden


#: Requests whose end can be read in two ways: a proxy and the server must not read them differently.
TWO_ENDS = {
    "both lengths": unsound(b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
    "two lengths": unsound(b"Content-Length: 5\r\nContent-Length: 0", b""),
    "a length with a sign": unsound(b"Content-Length: +5", b"12345"),
    "an unknown coding": unsound(b"Transfer-Encoding: xchunked\r\nContent-Length: 5", b"12345"),
    "a folded coding": unsound(b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5", b"0\r\n\r\n"),
}


def test_it_serves_pages_and_styles_and_stops(tmp_path, repository):
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIREN_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment |= {"LIREN_HOME": str(tmp_path), "PYTHONPATH": str(repository / "src")}
    code = "import sys; from liren.cli.main import main; sys.exit(main())"
    words = [sys.executable, "-c", code, "serve", "--port", str(port)]
    with subprocess.Popen(words, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert str(port) in running.stdout.readline()
            deadline = time.monotonic() + 60
            while True:
                try:
                    status, styles = answer(port, "/static/liren/base.css")
                    break
                except OSError:
                    assert time.monotonic() < deadline, "it never answered"
                    time.sleep(0.2)
            assert (status, b"{" in styles) == (200, True)
            for name, sent in TWO_ENDS.items():
                said = told_raw(port, sent)
                # By RFC 9112 6.1 a server may go by the coding alone, if it hangs up: the rest is never read.
                refused = b"HTTP/1.1 403" if name == "both lengths" else b"HTTP/1.1 400"
                assert said.startswith(refused), (name, said[:200])
                assert said.count(b"HTTP/1.1 ") == 1, f"{name}: what was hidden behind it was answered"
            running.send_signal(signal.SIGINT)
            assert running.wait(timeout=30) == 0
        finally:
            running.kill()


def test_a_taken_port_is_told_before_anything_starts():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refusal) as caught:
            check_address("127.0.0.1", port)
    assert f"127.0.0.1:{port}" in str(caught.value)
    assert "--port" in str(caught.value)


@pytest.mark.parametrize(
    ("host", "port", "said"),
    [("127.0.0.1", 0, "1 到 65535"), ("127.0.0.1", 70000, "70000"), ("203.0.113.9", 8765, "不能在")],
)
def test_an_address_that_cannot_be(host, port, said):
    with pytest.raises(Refusal, match=said):
        check_address(host, port)
