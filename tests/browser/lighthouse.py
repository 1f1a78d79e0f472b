"""`make lighthouse`: the four marks that Lighthouse gives, each to be 95 or more, on the pages people come to first.

A shared machine gives a page a bad moment now and then: a page below the mark, or that Lighthouse could not measure, is
measured again, up to three times in all, and its best marks count.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.browser.chromium import DESKTOP, MISSING, chromium, found, window
from tests.browser.journeys import sign_in
from tests.browser.pages import visited
from tests.browser.site import Site, copy_of, demo_home

PROGRAM = Path(__file__).with_name("node_modules") / ".bin" / "lighthouse"
GROUPS = {
    "performance": "Performance",
    "accessibility": "Accessibility",
    "best-practices": "Practice",
    "seo": "SEO",
}
LEAST, TRIES = 95, 3
#: Names of pages in docs/screenshots/pages.yaml.
PAGES = ("portal", "portal-report", "todo", "record", "report")


def missing() -> str:
    """What this machine lacks, with how to mend it; empty where nothing does."""
    if found() is None:
        return MISSING
    if shutil.which("node") is None or not PROGRAM.exists():
        return "Lighthouse is not installed. To mend, on Debian: apt-get install npm, then: make lighthouse"
    return ""


def measured(address: str, cookie: str) -> dict[str, Any] | str:
    """Lighthouse's report on one address, as a phone on a slow network would have it; or why there is none."""
    words = [
        str(PROGRAM), address, "--quiet", "--output=json", "--chrome-flags=--headless=new --no-sandbox",
        f"--only-categories={','.join(GROUPS)}",
    ]  # fmt: skip
    if cookie:
        words.append(f"--extra-headers={json.dumps({'Cookie': cookie})}")
    environment = os.environ | {"CHROME_PATH": str(found())}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, timeout=180, check=False)
    if done.returncode:
        return f"{address}: {done.stderr[-2000:]}"
    return json.loads(done.stdout)


def best(address: str, cookie: str) -> tuple[dict[str, int], list[str]]:
    """The best marks of up to three tries, and what the last one found wanting."""
    marks: dict[str, int] = {}
    wanting: list[str] = []
    for _ in range(TRIES):
        told = measured(address, cookie)
        if isinstance(told, str):
            wanting = [told]
            continue
        for group, said in told["categories"].items():
            marks[group] = max(marks.get(group, 0), round(100 * said["score"]))
        if min(marks.values()) >= LEAST:
            return marks, []
        weighed = {
            ref["id"] for said in told["categories"].values() for ref in said["auditRefs"] if ref["weight"]
        }
        wanting = [
            f"{audit['title']} {audit.get('displayValue', '')}"
            for name, audit in told["audits"].items()
            if name in weighed and audit.get("score") is not None and audit["score"] < 0.9
        ]
    return marks, wanting


def cookies(browser: Any, url: str, person: str) -> str:
    """The Cookie header of somebody of the cast who has signed in."""
    with window(browser, DESKTOP, url) as context:
        sign_in(context.new_page(), person)
        return "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())


def main() -> int:
    if lack := missing():
        print(f"SKIPPED: {lack}")
        return 0
    table = Table("page", *GROUPS.values(), title=f"Lighthouse, at least {LEAST}")
    low: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="liren-lighthouse-") as held,
        Site(copy_of(demo_home(), Path(held))) as site,
    ):
        wanted = {name: visited()[name] for name in PAGES}
        with chromium() as browser:
            people = {page["person"] for page in wanted.values() if "person" in page}
            header = {person: cookies(browser, site.url, person) for person in people}
        for name, page in wanted.items():
            marks, wanting = best(site.url + page["path"], header.get(page.get("person", ""), ""))
            table.add_row(name, *(str(marks.get(group, "–")) for group in GROUPS))
            low += [f"{name}: {line}" for line in wanting] or [name] * (
                min(marks.values(), default=0) < LEAST
            )
    Console(width=100).print(table)
    print("\n".join(low))
    return int(bool(low))


if __name__ == "__main__":
    sys.exit(main())
