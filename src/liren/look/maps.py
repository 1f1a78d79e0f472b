"""Maps drawn on the server as accessible SVG: outlines of places with their names, points, a scale.

Pure Python, nothing is loaded from elsewhere: no tiles, no library. Beside every map stands a list or table with
the same things as text (`desc` says so in words); a map is never the only way. Colours stand as attributes, so
that a map is also a picture on its own (`tapped`), and `map.css` colours its classes where it stands in a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from liren.look.svg import Svg, any_links, opening, text, width_of
from liren.places import geometry
from liren.places.geometry import Box, Rings

#: Pixels across that every map is drawn in (on a phone it is shown a little smaller, on a desk larger), the least
#: and the greatest height, and the size of its letters.
WIDE, LOW, HIGH, LETTER = 400, 260, 440, 14
#: No map shows less than so many metres to each side of its middle.
CLOSEST = 120
#: Colours of a map that stands on its own; in a page the classes are coloured by `map.css`.
_PAPER, _LAND, _LINE, _INK, _SEAL, _SPOT = "#f0eadf", "#fffdf9", "#8a8072", "#574f45", "#a8391b", "#2f6370"


class Shape(NamedTuple):
    """A place: its outline, its name, and how it is shown: ``tone`` 0 to 5, ``aside`` a mere neighbour."""

    title: str
    rings: Rings
    x: int
    y: int
    tone: int = 0
    said: str = ""
    href: str | None = None
    aside: bool = False


class Spot(NamedTuple):
    """A point: what it is, and the number under which the list beside the map has it."""

    x: int
    y: int
    title: str
    label: str = ""
    href: str | None = None
    level: str = ""


class Frame(NamedTuple):
    """What part of the ground is drawn, and how high the picture is."""

    box: Box
    high: int

    def px(self, x: float, y: float) -> tuple[float, float]:
        """A point of the ground in pixels."""
        across = (x - self.box.west) * WIDE / (self.box.east - self.box.west)
        return across, (self.box.north - y) * self.high / (self.box.north - self.box.south)


def framed(box: Box, margin: float = 0.06) -> Frame:
    """The frame that holds a box with a margin, neither too flat nor too high, nor closer than anyone needs."""
    wide, high = (max(side, 2 * CLOSEST) * (1 + 2 * margin) for side in box.metres)
    height = min(HIGH, max(LOW, round(WIDE * high / wide)))
    scale = max(wide / WIDE, high / height)  # metres in a pixel
    x, y = box.middle
    across = round(WIDE * scale / 2 / geometry.METRE / geometry.shrink(y))
    up = round(height * scale / 2 / geometry.METRE)
    return Frame(Box(x - across, y - up, x + across, y + up), height)


def drawn(
    frame: Frame,
    shapes: Sequence[Shape],
    spots: Sequence[Spot],
    title: str,
    desc: str,
    *,
    here: tuple[int, int] | None = None,
) -> Svg:
    """The map: outlines, then names, then points, the chosen point (``here``) and the scale on top."""
    links = any_links([*(one.href for one in shapes), *(one.href for one in spots)])
    size = f'viewBox="0 0 {WIDE} {frame.high}" width="{WIDE}" height="{frame.high}" font-family="sans-serif"'
    return Svg(
        opening("map", size, title, desc, links=links)
        + f'<rect class="map-paper" width="{WIDE}" height="{frame.high}" fill="{_PAPER}"/>'
        + "".join(_inner(frame, shapes, spots, here))
        + "</svg>"
    )


def tapped(
    frame: Frame, shapes: Sequence[Shape], spots: Sequence[Spot], *, here: tuple[int, int] | None = None
) -> str:
    """The same as the address of a picture, for a button that tells where it was tapped. Nothing in it is a link."""
    plain = [one._replace(href=None) for one in shapes]
    bare = [one._replace(href=None) for one in spots]
    return "data:image/svg+xml," + quote(drawn(frame, plain, bare, "", "", here=here), safe="/:=,'()")


def _inner(frame: Frame, shapes, spots, here) -> Iterable[str]:
    taken: list[tuple[float, float, float, float]] = [(0, frame.high - 26, 130, frame.high)]
    near = [one for one in shapes if frame.box.meets(geometry.box_of(one.rings))]
    visible = [(one, rings) for one in near if (rings := _clip(one.rings, frame.box))]
    yield from (_outline(frame, one, rings) for one, rings in visible)
    yield from (_name(frame, one, rings, taken) for one, rings in sorted(visible, key=lambda p: p[0].aside))
    yield from (_spot(frame, one) for one in spots)
    if here:
        x, y = frame.px(*here)
        yield (
            f'<g class="map-here" fill="none" stroke="{_SEAL}" stroke-width="3"><circle cx="{x:.1f}" cy="{y:.1f}"'
            f' r="13"/><circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_SEAL}"/></g>'
        )
    yield _scale(frame)


def _clip(rings: Rings, box: Box) -> list[list[list[int]]]:
    """What of an outline is to be seen, with a little beyond the edge so that the edge itself is no line."""
    room = Box(
        box.west - (box.east - box.west) // 20, box.south - (box.north - box.south) // 20,
        box.east + (box.east - box.west) // 20, box.north + (box.north - box.south) // 20,
    )  # fmt: skip
    found = []
    for polygon in rings:
        cut = [geometry.clipped(list(geometry.corners(ring)), room) for ring in polygon]
        if cut and len(cut[0]) > 2:
            found.append([[n for corner in ring for n in corner] for ring in cut if len(ring) > 2])
    return found


def _outline(frame: Frame, shape: Shape, rings: Rings) -> str:
    parts = []
    for polygon in rings:
        for ring in polygon:
            points = [frame.px(x, y) for x, y in geometry.corners(ring)]
            told = list(dict.fromkeys(f"{x:.1f} {y:.1f}" for x, y in points))
            if len(told) > 2:
                parts.append(f"M{'L'.join(told)}Z")
    kind = "map-aside" if shape.aside else f"map-place tone-{shape.tone}"
    fill = _PAPER if shape.aside else _LAND
    hint = f"<title>{text(' '.join(filter(None, (shape.title, shape.said))))}</title>"
    path = (
        f'<path class="{kind}" d="{"".join(parts)}" fill="{fill}" stroke="{_LINE}" fill-rule="evenodd">'
        f"{hint}</path>"
    )
    return f'<a href="{text(shape.href)}">{path}</a>' if shape.href else path


def _name(frame: Frame, shape: Shape, rings: Rings, taken: list) -> str:
    """The name, where it fits: one written over another helps nobody, and the list beside has them all."""
    if not shape.title:
        return ""
    held = frame.box.holds(shape.x, shape.y)
    x, y = frame.px(*((shape.x, shape.y) if held else geometry.within(rings)))
    half = width_of(shape.title, LETTER) / 2 + 2
    spot = (x - half, y - LETTER, x + half, y + 5)
    outside = spot[0] < 0 or spot[2] > WIDE or spot[1] < 0 or spot[3] > frame.high
    if outside or any(_overlap(spot, one) for one in taken):
        return ""
    taken.append(spot)
    kind = "map-name aside" if shape.aside else "map-name"
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{LETTER}" fill="{_INK}"'
        f' aria-hidden="true">{text(shape.title)}</text>'
    )


def _overlap(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _spot(frame: Frame, spot: Spot) -> str:
    x, y = frame.px(spot.x, spot.y)
    radius = 9 if spot.label else 6
    label = (
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" font-size="12" fill="#fff"'
        f' aria-hidden="true">{text(spot.label)}</text>'
        if spot.label
        else ""
    )
    kind = f"map-spot {spot.level}".strip()
    body = (
        f'<g class="{kind}"><title>{text(spot.title)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}"'
        f' fill="{_SPOT}" stroke="#fff" stroke-width="1.5"/>{label}</g>'
    )
    return f'<a href="{text(spot.href)}">{body}</a>' if spot.href else body


def _scale(frame: Frame) -> str:
    """A round length in metres or kilometres, at most a quarter of the width."""
    most = frame.box.metres[0] / 4
    power = 10 ** (len(str(int(most))) - 1)
    length = next(n * power for n in (5, 2, 1) if n * power <= most)
    wide = length / frame.box.metres[0] * WIDE
    said = f"{length // 1000} km" if length >= 1000 else f"{length} m"
    y = frame.high - 8
    return (
        f'<g class="map-scale" aria-hidden="true"><path d="M8 {y - 5}V{y}H{8 + wide:.1f}V{y - 5}" fill="none"'
        f' stroke="{_INK}" stroke-width="1.5"/><text x="{14 + wide:.1f}" y="{y}" font-size="12" fill="{_INK}">'
        f"{said}</text></g>"
    )
