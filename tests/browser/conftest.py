"""A running demo site and a browser for the tests of this folder; without a browser they are skipped and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import DESKTOP, MISSING, Screen, chromium, found
from tests.browser.reader import Reader
from tests.browser.site import Site, copy_of, demo_home

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything of this folder waits until it is asked for: `make browser`, or pytest -m browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for the run; each reader has a window of their own in it."""
    if found() is None:
        pytest.skip(MISSING)
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served for the whole run. A test that changes what others read takes `own_site`."""
    with Site(copy_of(demo_home(), tmp_path_factory.mktemp("site"))) as running:
        yield running


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """A demo of the test's own, to stop, to start and to spoil."""
    with Site(copy_of(demo_home(), tmp_path)) as running:
        yield running


@pytest.fixture(scope="session")
def answers() -> dict[tuple[str, str], bytes]:
    """(name of a page of pages.yaml, language) → what the demo answered: kept by test_every_page for the HTML checker."""
    return {}


@pytest.fixture
def reader(browser: Browser, site: Site) -> Iterator[Callable[..., Reader]]:
    """`reader(PHONE, lang="en", dark=True, elder=True, person="cast-…")`: somebody with a window of their own.

    At the end nothing may have gone wrong behind the pages: no script error, no fault of the server, no request
    to anybody else.
    """
    readers: list[Reader] = []

    def sitting_down(screen: Screen = DESKTOP, *, at: str = site.url, **wishes: object) -> Reader:
        readers.append(Reader(browser, at, screen, **wishes))  # type: ignore[arg-type]
        return readers[-1]

    yield sitting_down
    faults = [fault for one in readers for fault in one.leave()]
    assert not faults, "\n".join(faults)
