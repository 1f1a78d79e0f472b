"""Somebody at a screen: opens pages, clicks, and has every page they come to looked over by axe-core."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Response

from tests.browser import axe
from tests.browser.chromium import DESKTOP, Screen, window
from tests.browser.journeys import sign_in

LANGUAGES = {"zh": "zh-hans", "en": "en"}


class Reader:
    """A window on the site at `url`; `page` is Playwright's page, for all that is not said here.

    `lang`, `elder` and `theme` are choices made before (cookies), `dark` is what the device asks for, `person` a
    code of the demo's cast to sign in with, `scripts=False` a browser without JavaScript. `said` is the last opened page
    as the server sent it.
    """

    def __init__(
        self, browser: Browser, url: str, screen: Screen = DESKTOP, *, lang: str = "zh", dark: bool = False,
        elder: bool = False, theme: str = "", person: str = "", scripts: bool = True, **options: Any,
    ) -> None:  # fmt: skip
        self.url, self.faults, self.scripts, self.said = url, list[str](), scripts, b""
        self.context = window(
            browser, replace(screen, dark=dark), url, java_script_enabled=scripts, **options
        )
        chosen = {
            "liren_language": LANGUAGES[lang],
            "liren_size": "large" if elder else "",
            "liren_theme": theme,
        }
        self.context.add_cookies(
            [{"name": name, "value": value, "url": url} for name, value in chosen.items() if value]
        )
        self.page: Page = self.context.new_page()
        self._watch(self.page)
        if person:
            sign_in(self.page, person)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda fault: self.faults.append(f"{page.url}: script error: {fault}"))
        page.on("console", lambda said: said.type == "error" and self._hear(page, said.text))
        page.on("request", lambda asked: self._stay(page, asked.url))
        page.on("response", self._answer)

    def _hear(self, page: Page, text: str) -> None:
        if "the server responded with a status of 4" not in text:  # a refusal is an answer, not a fault
            self.faults.append(f"{page.url}: console: {text}")

    def _stay(self, page: Page, asked: str) -> None:
        if not asked.startswith((self.url, "data:", "blob:", "about:")):
            self.faults.append(f"{page.url}: asks somebody else: {asked}")

    def _answer(self, answer: Response) -> None:
        if answer.status >= 500:
            self.faults.append(f"{answer.url}: {answer.status}")

    def open(self, path: str, *, status: int = 200) -> Page:
        """Open an address and look the page over."""
        answer = self.page.goto(path)
        assert answer is not None and answer.status == status, (path, answer and answer.status)
        self.said = answer.body()
        self.check()
        return self.page

    def click(self, what: str | Locator) -> Page:
        """Click, wait for what comes, look it over."""
        (self.page.locator(what).first if isinstance(what, str) else what).click()
        self.page.wait_for_load_state()
        self.check()
        return self.page

    def check(self) -> None:
        """Nothing on the page breaks a rule of axe-core, and it is no wider than its window.

        Where scripts are off, or axe-core is not installed (one test says so), only the width is measured.
        """
        if self.scripts and axe.SOURCE.exists():
            broken = axe.violations(self.page)
            assert not broken, f"{self.page.url}\n    " + "\n    ".join(broken)
        self.fits()

    def fits(self) -> None:
        """No page scrolls sideways (WCAG 2.2, 1.4.10); a table or a drawing may, in a box of its own."""
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{self.page.url} is {wide} px wider than its window: {self.page.evaluate(WIDEST)}"

    def leave(self) -> list[str]:
        """Close the window; what went wrong behind the pages."""
        self.context.close()
        return self.faults


#: The elements that stand out on the right and are in no box that scrolls by itself.
WIDEST = """() => [...document.querySelectorAll("body *")].filter(one =>
    one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    && !one.closest(".said, svg") && getComputedStyle(one).position !== "fixed")
  .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""
