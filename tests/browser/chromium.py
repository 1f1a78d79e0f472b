"""Debian's Chromium under Playwright: found on this machine, never downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium on this machine. To mend, on Debian: apt-get install chromium fonts-noto-cjk"


def found() -> str | None:
    """The browser on this machine: what CHROME_PATH names, or the first of the usual names."""
    named = os.environ.get("CHROME_PATH")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass(frozen=True)
class Screen:
    """How large the window is in CSS pixels, how dense, and what the reader asked their device for."""

    width: int
    height: int
    dense: float = 1
    touch: bool = False
    dark: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    def options(self) -> dict[str, Any]:
        """What Playwright calls these."""
        return {
            "viewport": {"width": self.width, "height": self.height},
            "device_scale_factor": self.dense,
            "has_touch": self.touch,
            "is_mobile": self.touch,
            "color_scheme": "dark" if self.dark else "light",
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            **self.more,
        }


PHONE = Screen(390, 844, dense=2, touch=True)
DESKTOP = Screen(1280, 900)
#: What is left of a window 1280 wide when its reader enlarges everything four times (WCAG 2.2, 1.4.10).
FOURFOLD = Screen(320, 256)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, running."""
    path = found()
    if path is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        # No sandbox: in containers Chromium cannot make one, and these pages are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def window(browser: Browser, screen: Screen, url: str, **options: Any) -> BrowserContext:
    """A window with its own cookies; addresses are read from `url` on."""
    context = browser.new_context(base_url=url, **(screen.options() | options))
    context.set_default_timeout(15_000)
    return context
