"""Charts drawn on the server as accessible SVG: a line over time, bars by place, a share of a whole, a flow.

Pure Python, no library, no Django, no style in the markup (`static/liren/charts.css` colours the classes), so
a strict Content-Security-Policy and print both hold. Positions across are percentages and heights are pixels:
a chart fills the width it is given while its letters keep their size, on a phone as on a wall.

Every picture has a title and a description in words (WCAG 2.2, 1.1.1), says values in text and not by colour
alone (1.4.1), and stands beside a table with the same numbers as links (`parts/chart.html`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext

from liren.look.flow import State, Step, flow
from liren.look.svg import (
    Number,
    Svg,
    any_links,
    clip,
    number_text,
    opening,
    steps_up,
    text,
    width_of,
)

__all__ = ["State", "Step", "Svg", "bars", "described", "flow", "share", "trend"]

Point = tuple[str, Number | None]
Row = tuple[str, Number | None, str | None]
_Spot = tuple[str, int] | None  # across in per cent, down in pixels

# Heights in pixels. The top keeps room for the value written over the highest point.
TOP, PLOT, FOOT = 26, 150, 26
LEFT, SPAN = 8.0, 88.0  # per cent: first point (room for the axis names), first point to last
LABEL, VALUE = 12, 15  # font sizes of the small letters and of values, in pixels; charts.css says the same
WIDE, NARROW = 520, 296  # pixels across that a chart may count on, on a desk and on a phone
ROW, LINE = 40, 24  # height of a bar's row; where its letters stand in it
LONGEST = 82.0  # per cent of the width for the longest bar; the rest is for values


class _Scale(NamedTuple):
    low: float
    high: float

    def y(self, value: float) -> int:
        return round(TOP + PLOT * (self.high - value) / (self.high - self.low))


def trend(
    points: Sequence[Point],
    title: str,
    desc: str = "",
    unit: str = "",
    *,
    target: Number | None = None,
    target_title: str = "",
    current: str | None = None,
    places: int | None = None,
    from_zero: bool = True,
) -> Svg:
    """A line with its area over `points`, oldest first: `(label, value)`, a value of None is a gap.

    `target` draws a level line; `current` names the label of the point to stress (the last one by default);
    `places` fixes decimals. The axis holds zero, so heights compare as the numbers do. For rates that move
    between 91 and 97 % ask `from_zero=False`: the axis starts near the lowest value and, as heights then no
    longer compare, no area is drawn. Raises ValueError when `current` is none of the labels.
    """
    labels = [label for label, _ in points]
    if current is not None and current not in labels:
        raise ValueError(f"trend {title!r}: current={current!r} is none of its {len(labels)} labels")
    ticks = _ticks(points, target, from_zero=from_zero)
    scale = _Scale(ticks[0], ticks[-1])
    gap = SPAN / (len(points) - 1) if len(points) > 1 else 0.0
    across = [LEFT + gap * at for at in range(len(points))] if gap else [50.0]
    stressed = labels.index(current) if current is not None else len(points) - 1
    spots = [
        None if value is None else (f"{x:.2f}", scale.y(float(value)))
        for (_, value), x in zip(points, across, strict=False)
    ]
    out = [
        opening("trend", f'width="100%" height="{TOP + PLOT + FOOT}"', title, desc),
        _grid(ticks, scale, unit if unit == "%" else ""),
        _target(target, target_title, scale, unit, places, spots[stressed] if spots else None),
        _line(spots, scale if from_zero else None),
        _dots(points, spots, unit, stressed, places),
        _labels(labels, across),
    ]
    return Svg("".join(out) + "</svg>")


def _ticks(points: Sequence[Point], target: Number | None, *, from_zero: bool) -> list[float]:
    known = [value for _, value in points if value is not None]
    if target is not None:
        known.append(target)
    low, high = float(min(known, default=0)), float(max(known, default=0))
    return steps_up(low, high, whole=all(isinstance(value, int) for value in known), from_zero=from_zero)


def _grid(ticks: list[float], scale: _Scale, tail: str) -> str:
    out = []
    for tick in ticks:
        y = scale.y(tick)
        kind = "axis" if tick == 0 else "grid"
        name = number_text(int(tick) if tick == int(tick) else tick)
        out.append(
            f'<line class="{kind}" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
            f'<text class="tick" x="0" y="{y - 4}">{name}{tail}</text>'
        )
    return "".join(out)


def _target(
    target: Number | None, title: str, scale: _Scale, unit: str, places: int | None, stressed: _Spot
) -> str:
    if target is None:
        return ""
    y = scale.y(float(target))
    # Its name keeps out of the way of the stressed value, which stands above its own point at the same end.
    beside = y + 15 if stressed and stressed[1] <= y + 6 else y - 6
    return (
        f'<line class="target" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        f'<text class="target-name" x="100%" y="{beside}" text-anchor="end">'
        f"{text(title)} {number_text(target, places)}{text(unit)}</text>"
    )


def _line(spots: list[_Spot], scale: _Scale | None) -> str:
    """Line, and area down to zero where there is a `scale` for it.

    They lie in an inner picture that stretches across only; the pen does not stretch.
    """
    line: list[str] = []
    area: list[str] = []
    base = scale.y(0) - TOP if scale else 0
    run: list[str] = []
    for spot in (*spots, None):
        if spot:
            run.append(f"{spot[0]} {spot[1] - TOP}")
        elif run:
            body = "L".join(run)
            line.append(f"M{body}")
            if scale:
                area.append(f"M{body}V{base}H{run[0].split()[0]}Z")
            run = []
    return (
        f'<svg class="plot" y="{TOP}" width="100%" height="{PLOT}" viewBox="0 0 100 {PLOT}"'
        f' preserveAspectRatio="none"><path class="area" d="{"".join(area)}"/>'
        f'<path class="line" d="{"".join(line)}"/></svg>'
    )


def _dots(points: Sequence[Point], spots: list[_Spot], unit: str, stressed: int, places: int | None) -> str:
    out = []
    tail = text(unit)
    for (label, value), spot in zip(points, spots, strict=True):
        if spot:
            x, y = spot
            out.append(
                f'<circle class="dot" cx="{x}%" cy="{y}" r="3">'
                f"<title>{text(label)} {number_text(value, places)}{tail}</title></circle>"
            )
    if out and (spot := spots[stressed]):
        x, y = spot
        out.append(
            f'<circle class="dot now" cx="{x}%" cy="{y}" r="4.5"/><text class="value" x="{x}%" y="{y - 11}"'
            f"{_anchor(float(x))}>{number_text(points[stressed][1], places)}{tail}</text>"
        )
    return "".join(out)


def _labels(labels: list[str], across: list[float]) -> str:
    """Names under the axis, as many as fit; the last one always, fewer on a phone (class `wide` goes)."""
    if not labels:
        return ""
    # One and a half names: the outermost stand beside their points, the others across theirs.
    room = 1.5 * max(width_of(label, LABEL) for label in labels) + 8
    last = len(labels) - 1
    gap = SPAN / 100 / last if last else 1.0
    wide = -int(-room // (WIDE * gap))
    narrow = -int(-room // (NARROW * gap))
    narrow = -(-narrow // wide) * wide
    y = TOP + PLOT + 18
    return "".join(
        f'<text class="{"name" if (last - at) % narrow == 0 else "name wide"}" x="{x:.2f}%" y="{y}"'
        f"{_anchor(x)}>{text(label)}</text>"
        for at, (label, x) in enumerate(zip(labels, across, strict=True))
        if (last - at) % wide == 0
    )


def _anchor(x: float) -> str:
    if x <= LEFT:
        return ""
    return ' text-anchor="end"' if x > 92 else ' text-anchor="middle"'


def bars(
    rows: Sequence[Row],
    title: str,
    desc: str = "",
    unit: str = "",
    *,
    target: Number | None = None,
    current: str | None = None,
    places: int | None = None,
) -> Svg:
    """Horizontal bars `(label, value, href or None)` in the order given, each with its value in words.

    A value of None prints 无 and draws no bar. Values below zero run to the left of the zero line. `target`
    is a mark across all bars, `current` the label of the row to stress. Shape: 40 px a row, full width.
    """
    known = [float(value) for _, value, _ in rows if value is not None]
    if target is not None:
        known.append(float(target))
    low, high = min(0.0, *known, 0.0), max(0.0, *known, 0.0)
    whole = ((high - low) or 1.0) * 100 / _longest(rows, unit, places)
    zero = -low / whole * 100
    height = ROW * len(rows) or ROW
    links = any_links(href for _, _, href in rows)
    out = [opening("bars", f'width="100%" height="{height}"', title, desc, links=links)]
    for at, (label, value, href) in enumerate(rows):
        stressed = current is not None and label == current
        row = _bar(at * ROW, label, value, (zero, whole), number_text(value, places), unit, stressed)
        out.append(f'<a href="{text(href)}">{row}</a>' if href else row)
    if target is not None:
        x = (float(target) - low) / whole * 100
        out.append(f'<line class="target" x1="{x:.2f}%" x2="{x:.2f}%" y1="0" y2="{height}"/>')
    out.append("</svg>")
    return Svg("".join(out))


def _longest(rows: Sequence[Row], unit: str, places: int | None) -> float:
    """Per cent of the width for the longest bar: on a phone the widest value must still fit beside it."""
    widest = max((width_of(f"{number_text(value, places)} {unit}", VALUE) for _, value, _ in rows), default=0)
    return min(LONGEST, 97.0 - widest / NARROW * 100)


def _bar(
    top: int,
    label: str,
    value: Number | None,
    axis: tuple[float, float],
    said: str,
    unit: str,
    stressed: bool,
) -> str:
    """One row: a pale band with a firm lower edge, the name at its left, the value at the far right."""
    zero, whole = axis
    size = 0.0 if value is None else float(value) / whole * 100
    x = zero + min(size, 0.0)
    wide = abs(size)
    short = clip(label, 16)
    hint = f"<title>{text(label)}</title>" if short != label else ""
    kind = "bar" + (" now" if stressed else "") + (" below" if size < 0 else "")
    tail = "" if value is None or not unit else f'<tspan class="unit"> {text(unit)}</tspan>'
    if unit == "%" and tail:
        tail = "%"
    return (
        f'<g class="{kind}">{hint}<rect class="hit" y="{top}" width="100%" height="{ROW}"/>'
        f'<rect class="band" x="{x:.2f}%" y="{top + 4}" width="{wide:.2f}%" height="{ROW - 8}" rx="2"/>'
        f'<rect class="edge" x="{x:.2f}%" y="{top + ROW - 6}" width="{wide:.2f}%" height="2"/>'
        f'<text class="name" x="10" y="{top + LINE}">{text(short)}</text>'
        f'<text class="value" x="99%" y="{top + LINE}" text-anchor="end">{said}{tail}</text></g>'
    )


def share(
    numerator: Number | None,
    denominator: Number | None,
    title: str = "",
    desc: str = "",
) -> Svg:
    """A thin bar: the part of `denominator` that `numerator` is; full width, 10 px high.

    A share of nothing (denominator 0 or None) is an empty dashed bar, never a bar at 0 %. Above 100 % the bar
    is full and a notch marks where the whole ends.
    """
    title = title or f"{number_text(numerator)} / {number_text(denominator)}"
    head = opening("share", 'width="100%" height="10"', title, desc)
    if numerator is None or not denominator:
        return Svg(f'{head}<rect class="none" x="0.5" y="0.5" width="99.6%" height="9" rx="4.5"/></svg>')
    part = max(0.0, float(numerator) / float(denominator))
    wide = min(part, 1.0) * 100
    notch = ""
    if part > 1:
        notch = f'<rect class="notch" x="{100 / part:.2f}%" y="0" width="2" height="10"/>'
    return Svg(
        f'{head}<rect class="whole" width="100%" height="10" rx="5"/>'
        f'<rect class="part" width="{wide:.2f}%" height="10" rx="5"/>{notch}</svg>'
    )


def described(points: Sequence[Point], unit: str = "") -> str:
    """The numbers of a chart in one line, for `desc`: `1月 12件，2月 无`."""
    return gettext("，").join(
        f"{label} {number_text(value)}{unit if value is not None else ''}" for label, value in points
    )
