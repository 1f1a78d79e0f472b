"""`make screenshots`: pictures of the main pages for the readmes, on a phone and on a desktop, always the same.

What is taken stands in docs/screenshots/pages.yaml. The site runs in a copy of the demo, at a fixed moment; nothing moves
while a picture is taken.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.chromium import DESKTOP, PHONE, Screen, chromium, window
from tests.browser.frozen import MOMENT
from tests.browser.journeys import sign_in
from tests.browser.pages import pictures
from tests.browser.site import REPOSITORY, Site, copy_of, demo_home

FOLDER = REPOSITORY / "docs" / "screenshots"
SCREENS = {"phone": PHONE, "desktop": DESKTOP}
#: All pictures together, so that a clone stays quick.
MOST = 3_000_000  # bytes


def takes(names: set[str]) -> Iterator[tuple[dict[str, Any], str, Path]]:
    """(page, name of the screen, file) of every picture, or of those named."""
    for page in pictures():
        for screen in SCREENS:
            if not names or page["name"] in names:
                yield page, screen, FOLDER / f"{page['name']}.{screen}.webp"


def take(browser: Browser, url: str, wanted: dict[str, Any], screen: Screen) -> bytes:
    """One picture, as PNG."""
    dark = {"color_scheme": "dark"} if wanted.get("dark") else {}
    with window(browser, screen, url, reduced_motion="reduce", **dark) as context:
        context.clock.set_fixed_time(MOMENT)
        page = context.new_page()
        if person := wanted.get("person"):
            sign_in(page, person)
        answer = page.goto(wanted["path"], wait_until="networkidle")
        if answer is None or answer.status != 200:
            sys.exit(f"{wanted['name']}: {wanted['path']} answers {answer and answer.status}")
        _settle(page, wanted.get("to"))
        return page.screenshot(animations="disabled", caret="hide", scale="device")


def _settle(page: Page, to: str | None) -> None:
    page.evaluate("document.fonts.ready")
    if to:
        page.locator(to).first.evaluate("node => node.scrollIntoView({block: 'start', behavior: 'instant'})")


def small(png: bytes) -> bytes:
    """The picture as WebP: a tenth of the bytes, letters still sharp."""
    held = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(held, "WEBP", quality=82, method=6)
    return held.getvalue()


def main(names: set[str]) -> int:
    if unknown := names - {page["name"] for page in pictures()}:
        sys.exit(f"pages.yaml has no {', '.join(sorted(unknown))}")
    with (
        tempfile.TemporaryDirectory(prefix="liren-pictures-") as held,
        Site(copy_of(demo_home(), Path(held))) as site,
        chromium() as browser,
    ):
        for page, screen, file in takes(names):
            file.write_bytes(small(take(browser, site.url, page, SCREENS[screen])))
            print(f"{file.relative_to(REPOSITORY)}  {file.stat().st_size // 1000} kB", flush=True)
    whole = sum(file.stat().st_size for file in FOLDER.glob("*.webp"))
    print(f"{whole // 1000} kB in all")
    return int(whole > MOST)


if __name__ == "__main__":
    sys.exit(main(set(sys.argv[1:])))
