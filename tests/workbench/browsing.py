"""A real browser and a server that can be stopped and started again on its port, for the tests of the phone."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

#: As root in a container Chromium needs --no-sandbox; the rest keeps it from looking for its maker's servers.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}


def browser_path() -> str | None:
    """Chromium as the system has it; None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_) -> None:
        pass


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True

    def process_request_thread(self, request, client_address) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()  # or a test's database could not be dropped

    def handle_error(self, request, client_address) -> None:
        """A browser that is closed in the middle of an answer is no news."""


class Site:
    """The site on a port of this machine; ``down`` while it is stopped."""

    def __init__(self) -> None:
        self.port = 0
        self.server: _Server | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        self.server = _Server(("127.0.0.1", self.port), _Quiet)
        self.server.set_app(WSGIHandler())
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @contextmanager
    def down(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()


@contextmanager
def browser(folder: Path, cookie: str, site: Site, **more):
    """A browser with a profile that survives being closed, signed in by its session cookie."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(folder), executable_path=browser_path(), args=ARGUMENTS, locale="zh-CN",
            **{"viewport": PHONE, "has_touch": True, **more},
        )  # fmt: skip
        context.add_cookies([{"name": "liren_session", "value": cookie, "url": site.url}])
        context.set_default_timeout(15_000)
        try:
            yield context
        finally:
            context.close()
