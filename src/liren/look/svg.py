"""What every picture drawn on the server shares: the `Svg` type, escaping, numbers as text, text widths."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from html import escape

from django.utils.translation import gettext

Number = int | float | Decimal

NONE_TEXT = "无"  # a number that is not there; never 0
MINUS = "\u2212"


class Svg(str):
    """Markup that is ready to print: templates do not escape it again.

    Django and Jinja2 both ask a value for `__html__` before they escape it. Only this exact object answers:
    the result of `+`, `%`, `.format()`, `.strip()`, slicing or a template filter on it is a plain `str` and
    is escaped, which shows as visible tags. That is the safe way to fail, so build the whole text first and
    wrap it once, at the end — and escape every piece of foreign text on the way (`text`).
    """

    __slots__ = ()

    def __html__(self) -> str:
        return self


def text(value: object) -> str:
    """Foreign text made safe for element content and for attributes in double quotes."""
    plain = str(value)
    # Most labels are letters and digits only; asking that first is five times faster than escaping.
    return plain if plain.isalnum() else escape(plain, quote=True)


def opening(kind: str, size: str, title: str, desc: str, *, links: bool = False) -> str:
    """The start of a picture: `<svg …><title>…</title><desc>…</desc>`.

    `title` names the picture and `desc` tells it in words (WCAG 2.2, 1.1.1; SVG-AAM takes both from these
    children, so no ids are needed and one page may hold many pictures). A picture with links inside is a
    group, not an image: what is inside an image cannot be reached by a screen reader.
    """
    role = "group" if links else "img"
    told = f"<desc>{text(desc)}</desc>" if desc else ""
    return (
        f'<svg class="chart chart-{kind}" role="{role}" {size} xmlns="http://www.w3.org/2000/svg">'
        f"<title>{text(title)}</title>{told}"
    )


def number_text(value: Number | None, places: int | None = None) -> str:
    """`1234567` → `1,234,567`; `None` → `无`; a true minus sign; without `places` at most two decimals."""
    if value is None:
        return gettext(NONE_TEXT)
    if places is not None:
        out = f"{value:,.{places}f}"
    elif isinstance(value, int):
        out = f"{value:,}"
    else:
        out = f"{value:,.2f}".rstrip("0").rstrip(".")
    if out[0] != "-":
        return out
    # "-0" and "-0.00" come from rounding a small negative number; nobody means them.
    return MINUS + out[1:] if out.strip("-0.,") else out[1:]


def width_of(value: str, size: float) -> float:
    """Estimated width in pixels of `value` at font size `size`; CJK is one em, Latin a little over half."""
    # UTF-8 writes ASCII in one byte and CJK in three: two C calls instead of a loop over the letters.
    wide = (len(value.encode()) - len(value)) / 2
    return (wide + (len(value) - wide) * 0.58) * size


def clip(value: str, ems: float) -> str:
    """`value` cut to `ems` em with an ellipsis; the whole text belongs into a `<title>` beside it."""
    if width_of(value, 1) <= ems:
        return value
    used = 1.0
    for at, char in enumerate(value):
        used += 1 if char > "\u2e7f" else 0.58
        if used > ems:
            return value[:at] + "…"
    return value


def steps_up(
    low: float, high: float, *, whole: bool = False, from_zero: bool = True, wanted: int = 3
) -> list[float]:
    """Round values of an axis that hold `low` and `high`, zero among them unless told otherwise: 0, 50, 100.

    `whole` keeps to whole numbers: there is no half meeting.
    """
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    rough = ((high - low) or abs(high) or 1.0) / wanted
    power = 10.0 ** (len(str(int(rough))) - 1) if rough >= 1 else 10.0 ** -_zeros(rough)
    step = next(m * power for m in (1, 2, 2.5, 5, 10, 20) if m * power >= rough * 0.999)
    if whole:
        step = float(_ceil(step))
    first, last = -_ceil(-low / step), _ceil(high / step)
    return [at * step for at in range(first, max(last, first + 1) + 1)]


def _ceil(value: float) -> int:
    return -int(-value // 1)


def _zeros(rough: float) -> int:
    """How many decimal places bring a number under one up to at least one: 0.03 → 2."""
    places = 0
    while rough < 1 and places < 12:
        rough *= 10
        places += 1
    return places


def any_links(hrefs: Iterable[str | None]) -> bool:
    """Whether one of them is a link."""
    return any(hrefs)
