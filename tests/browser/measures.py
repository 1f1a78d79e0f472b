"""What a reader's eye and thumb would measure on a page, asked of the browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

#: Everything the Tab key is to reach: shown, not switched off, in no closed box.
REACHABLE = """
  a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea, summary, [tabindex='0']
"""

_SHOWN = """const shown = one => one.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})
  && !one.closest("details:not([open]) > :not(summary:first-of-type)");"""

_TARGETS = f"""(wanted) => {{ {_SHOWN}
  return [...document.querySelectorAll(wanted)].filter(shown).map(one => {{
    const whole = ["checkbox", "radio"].includes(one.type) && one.labels[0] ? one.labels[0] : one;
    const box = whole.getBoundingClientRect();
    return [Math.round(box.width), Math.round(box.height), one.outerHTML.slice(0, 110)];
  }});
}}"""


_STOPS = f"""(wanted) => {{ {_SHOWN}
  const groups = new Set();
  const alone = one => one.tabIndex >= 0 && (one.type !== "radio" || !groups.has(one.name) && groups.add(one.name));
  return [...document.querySelectorAll(wanted)].filter(shown).filter(alone).length;
}}"""


def reachable(page: Page) -> int:
    """How many places the Tab key is to stop at; buttons of which one is chosen are one stop."""
    return page.evaluate(_STOPS, REACHABLE)


def focused(page: Page) -> dict[str, Any]:
    """The element that has the focus: its order in the page, whether a ring is to be seen (on a
    map: a thicker line), its markup; {} for none."""
    return page.evaluate(
        """(wanted) => {
          const one = document.activeElement;
          if (!one || one === document.body) return {};
          const style = getComputedStyle(one), box = one.getBoundingClientRect();
          const ring = of => of.outlineStyle !== "none" && parseFloat(of.outlineWidth) >= 2;
          const ringed = ring(style) || ring(getComputedStyle(one, "::after"))
            || [...one.querySelectorAll("path, circle")].some(part => parseFloat(getComputedStyle(part).strokeWidth) >= 3);
          const seen = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
          return {order: [...document.querySelectorAll(wanted)].indexOf(one), ringed, seen,
                  markup: one.outerHTML.slice(0, 110)};
        }""",
        REACHABLE,
    )


def small_targets(page: Page, wanted: str, least: int) -> list[str]:
    """Controls lower than `least` CSS pixels: what a thumb would miss."""
    return [
        f"{width}×{height} {markup}"
        for width, height, markup in page.evaluate(_TARGETS, wanted)
        if height < least
    ]


def style(page: Page, of: str, name: str) -> str:
    """A computed style of the first element."""
    return page.locator(of).first.evaluate(
        "(one, name) => getComputedStyle(one).getPropertyValue(name)", name
    )


def moving(page: Page) -> list[str]:
    """Elements that would move or fade: with a transition or an animation of some length."""
    return page.evaluate(
        """[...document.querySelectorAll("*")].filter(one => {
          const style = getComputedStyle(one);
          return [...style.transitionDuration.split(","), ...style.animationDuration.split(",")]
            .some(time => parseFloat(time) > 0.02);
        }).map(one => one.outerHTML.slice(0, 80))"""
    )
