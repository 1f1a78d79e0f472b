"""A real browser and a server that can be stopped and started again on its port, for the tests of the phone."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from tests.browser.chromium import found

#: As root in a container Chromium needs --no-sandbox; the rest keeps it from looking for its maker's servers.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}


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
def browsers(phones: list[tuple[Path, str]], site: Site, **more):
    """A browser for each (profile, session cookie): profiles survive being closed, cookies sign in."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, ExitStack() as closing:
        opened = []
        for folder, cookie in phones:
            context = playwright.chromium.launch_persistent_context(
                str(folder), executable_path=found(), args=ARGUMENTS, locale="zh-CN",
                **{"viewport": PHONE, "has_touch": True, **more},
            )  # fmt: skip
            closing.callback(context.close)
            context.add_cookies([{"name": "liren_session", "value": cookie, "url": site.url}])
            context.set_default_timeout(15_000)
            opened.append(context)
        yield opened
