"""What every test stands on: no network, any order, Chinese unless said otherwise, `liren` as a command."""

from __future__ import annotations

import ipaddress
import os
import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from tests.cast import cast, shelf  # noqa: F401  fixtures

# The same examples on every run, and no clock on a shared machine. HYPOTHESIS_PROFILE=search looks further.
hypothesis_settings.register_profile("house", deadline=None, derandomize=True, database=None)
hypothesis_settings.register_profile("search", deadline=None, max_examples=2000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in the order of this seed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seed = config.getoption("--shuffle")
    if seed is not None:
        random.Random(seed).shuffle(items)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Everything works offline: a test that looks further than this machine fails by name."""
    connect = socket.socket.connect

    def connect_nearby(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(address[0])  # type: ignore[index]
            nearby = host == "localhost" or _is_loopback(host)
            assert nearby, f"a test tried to reach {address} over the network"
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_nearby)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """A test that turns to English leaves no trace for the next one."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture
def liren(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`liren("packs", "check")` as an operator would run it: own process, own home, own SQLite file.

    Keyword `home` gives another home (two commands after one another share `tmp_path` by default),
    `env` adds variables, `stdin` feeds text.
    """

    def run(
        *arguments: str, home: Path = tmp_path, env: dict[str, str] | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LIREN_")}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        environment |= {
            "LIREN_HOME": str(home),
            "LIREN_DATABASE_URL": f"sqlite:///{home}/var/liren.sqlite3?synchronous=off",
            "PYTHONPATH": str(REPOSITORY / "src"),
            "COLUMNS": "120",
            **(env or {}),
        }
        code = "import sys; from liren.cli.main import main; sys.exit(main())"
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env=environment, cwd=home, input=stdin, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip

    return run
