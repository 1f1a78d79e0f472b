"""axe-core on a page: what a machine can find of WCAG 2.2 AA and of good practice."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SOURCE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
MISSING = "axe-core is not installed. To mend: make browser (needs npm)"

#: Findings that are reported and not yet mended: (rule, part of the markup). An entry goes when its page is mended.
OWED: tuple[tuple[str, str], ...] = ()

RUN = """async (owed) => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  for (const one of found.violations)
    one.nodes = one.nodes.filter(node => !owed.some(([rule, part]) => rule === one.id && node.html.includes(part)));
  return found.violations.filter(one => one.nodes.length).map(one => ({
    rule: one.id, help: one.help,
    nodes: one.nodes.map(node => `${node.target.join(" ")}  ${node.html.slice(0, 160)}  ${node.failureSummary}`),
  }));
}"""


@cache
def _source() -> str:
    return SOURCE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One line for each rule a page breaks, with the first three places; empty where all is well."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_source())
    return [_line(one) for one in page.evaluate(RUN, OWED)]


def _line(one: dict[str, Any]) -> str:
    places = "".join(f"\n      {' '.join(node.split())}" for node in one["nodes"][:3])
    return f"{one['rule']}: {one['help']} ({len(one['nodes'])}){places}"
