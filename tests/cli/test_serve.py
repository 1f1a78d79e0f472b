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
