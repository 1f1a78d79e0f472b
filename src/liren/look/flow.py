"""The flow of a pack drawn as a picture: states as boxes, steps as arrows with their titles.

States stand in one row in the order the pack gives them. A step to the next state is a straight arrow; one that
jumps ahead runs over the row; one that goes back runs under it; one that stays (↻) is named inside the box.
Lanes are given shortest first and landing points are sorted so that lines of one side do not cross. Sizes are
pixels and do not scale: letters keep their size, a wide flow scrolls in its box (`parts/flow.html`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import get_language, gettext

from liren.look.svg import Svg, opening, text, width_of

TITLE, NOTE = 15, 12  # font sizes in pixels; charts.css says the same
PAD, GAP, BEND, LANE, EDGE = 18, 64, 8, 30, 10
BOX, LINE = 46, 17  # height of a box, and of each further line in it


class State(NamedTuple):
    """A state: `key` ties steps to it; `note` is a short line under the title (its limit); `end` closes."""

    key: str
    title: str
    note: str = ""
    end: bool = False


class Step(NamedTuple):
    """A step from `source` to `target` (keys). A `source` of None opens the record."""

    title: str
    source: str | None
    target: str


class _Box(NamedTuple):
    x: float
    width: float
    lines: tuple[str, ...]  # what stands under the title: the limit, the steps that stay


class _Link(NamedTuple):
    """All steps between one pair of states: they share an arrow and stand on it one name after another."""

    source: int
    target: int
    title: str

    @property
    def span(self) -> int:
        return abs(self.target - self.source)


class _Routed(NamedTuple):
    link: _Link
    leave: float
    land: float
    lane: int


class _Plan(NamedTuple):
    boxes: list[_Box]
    starts: list[tuple[int, str]]
    straight: dict[int, _Link]
    above: list[_Routed]
    below: list[_Routed]
    top: int
    tall: int
    height: int


def flow(
    states: Sequence[State],
    steps: Iterable[Step],
    title: str,
    desc: str = "",
    *,
    current: str | None = None,
    passed: Iterable[str] = (),
) -> Svg:
    """Draw the flow; `current` is the key of the state a record is in, `passed` those it has been in.

    Without `desc` the description lists every step in words. Raises ValueError when a step, `current` or
    `passed` names a state that is not among `states`.
    """
    moves = [Step(*step) for step in steps]
    place = {state.key: at for at, state in enumerate(states)}
    been = set(passed)
    _check(place, moves, been | ({current} if current else set()), title)
    plan = _planned(states, moves, place)
    top, tall = plan.top, plan.tall
    left, right = _extent(plan)
    size = f'width="{right - left:.0f}" height="{plan.height}" viewBox="{left:.0f} 0 {right - left:.0f} {plan.height}"'
    out = [opening("flow", size, title, desc or _in_words(states, moves))]
    out += [_curve(one, top, -1) for one in plan.above]
    out += [_curve(one, top + tall, 1) for one in plan.below]
    out += [_straight(link, plan.boxes, top + tall / 2) for link in plan.straight.values()]
    for at, name in plan.starts:
        out.append(_drop(name, plan.boxes[at], top) if at else _start(name, plan.boxes[at], top, tall))
    for state, box in zip(states, plan.boxes, strict=True):
        kind = "now" if state.key == current else "been" if state.key in been else ""
        out.append(_drawn(state, box, top, tall, kind))
    out.append("</svg>")
    return Svg("".join(out))


def _planned(states: Sequence[State], moves: list[Step], place: dict[str, int]) -> _Plan:
    """Where everything stands, before anything is drawn."""
    starts, links = _paired(moves, place)
    straight = {link.source: link for link in links if link.target == link.source + 1}
    staying = {link.source: f"↻ {link.title}" for link in links if link.target == link.source}
    lines = [tuple(filter(None, (state.note, staying.get(at)))) for at, state in enumerate(states)]
    boxes = _boxes(states, lines, straight, starts)
    above = _routed([link for link in links if link.target > link.source + 1], boxes, upward=True)
    below = _routed([link for link in links if link.target < link.source], boxes, upward=False)
    top = EDGE + LANE * (1 + max((one.lane for one in above), default=-1))
    top += LANE if any(at for at, _ in starts) else 0
    tall = BOX + LINE * max(map(len, lines), default=0)
    height = top + tall + LANE * (1 + max((one.lane for one in below), default=-1)) + EDGE
    return _Plan(boxes, starts, straight, above, below, top, tall, height)


def _check(place: dict[str, int], steps: list[Step], named: Iterable[str], title: str) -> None:
    asked = [(key, f"step {step.title!r}") for step in steps for key in (step.source, step.target) if key]
    for key, where in asked + [(key, "current or passed") for key in named]:
        if key not in place:
            raise ValueError(f"flow {title!r}: {where} names state {key!r}; states are {', '.join(place)}")


def _paired(steps: list[Step], place: dict[str, int]) -> tuple[list[tuple[int, str]], list[_Link]]:
    """Opening steps by the place of their state, and steps between two states joined into one arrow."""
    named: dict[tuple[int, int], list[str]] = defaultdict(list)
    starts: dict[int, list[str]] = defaultdict(list)
    for step in steps:
        to = place[step.target]
        names = starts[to] if step.source is None else named[place[step.source], to]
        if step.title not in names:
            names.append(step.title)
    opened = sorted((at, " / ".join(names)) for at, names in starts.items())
    return opened, [_Link(a, b, " / ".join(names)) for (a, b), names in named.items()]


def _boxes(
    states: Sequence[State],
    lines: list[tuple[str, ...]],
    straight: dict[int, _Link],
    starts: list[tuple[int, str]],
) -> list[_Box]:
    """Boxes from left to right; the gap after each is as wide as the name of the arrow in it."""
    boxes = []
    first = next((title for at, title in starts if at == 0), None)
    x = float(EDGE) if first is None else EDGE + 12 + max(GAP - 20, width_of(first, NOTE) + 26)
    for at, state in enumerate(states):
        letters = max([width_of(state.title, TITLE), *(width_of(line, NOTE) for line in lines[at])])
        width = max(84.0, letters + 2 * PAD)
        boxes.append(_Box(x, width, lines[at]))
        link = straight.get(at)
        x += width + max(GAP / 2, width_of(link.title, NOTE) + 30 if link else 0)
    return boxes


def _routed(links: list[_Link], boxes: list[_Box], *, upward: bool) -> list[_Routed]:
    """Give every link its points on the edges of its boxes and a lane, shortest span nearest the boxes."""
    out: list[_Routed] = []
    ports = _ports(links, boxes, upward=upward)
    taken: list[list[tuple[float, float]]] = []
    for link in sorted(links, key=lambda one: (one.span, one.source)):
        leave, land = ports[link, "leave"], ports[link, "land"]
        middle, half = (leave + land) / 2, width_of(link.title, NOTE) / 2 + 6
        low, high = min(leave, land, middle - half), max(leave, land, middle + half)
        # Outside of every arc it spans, even where a long name would leave a gap further in.
        lane = 1 + max((one.lane for one in out if _spans(leave, land, one)), default=-1)
        while lane < len(taken) and any(low <= b and high >= a for a, b in taken[lane]):
            lane += 1
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        out.append(_Routed(link, leave, land, lane))
    return out


def _spans(leave: float, land: float, inner: _Routed) -> bool:
    left, right = sorted((leave, land))
    return left <= min(inner.leave, inner.land) and max(inner.leave, inner.land) <= right


def _ports(links: list[_Link], boxes: list[_Box], *, upward: bool) -> dict[tuple[_Link, str], float]:
    """Where links touch their boxes: x in pixels. Long ones towards the middle, so that they do not cross.

    Over the row, what arrives comes from the left and what leaves goes to the right; under it the other way.
    """
    touching: dict[int, list[tuple[bool, int, _Link, str]]] = defaultdict(list)
    for link in links:
        for at, end in ((link.source, "leave"), (link.target, "land")):
            right = (end == "leave") == upward
            touching[at].append((right, -link.span if right else link.span, link, end))
    out = {}
    for at, ends in touching.items():
        box = boxes[at]
        for nth, (_, _, link, end) in enumerate(sorted(ends, key=lambda one: one[:2]), start=1):
            out[link, end] = box.x + box.width * nth / (len(ends) + 1)
    return out


def _extent(plan: _Plan) -> tuple[float, float]:
    """Left and right end of the picture, names of arrows included."""
    left, right = 0.0, max((box.x + box.width for box in plan.boxes), default=0.0) + EDGE
    for one in plan.above + plan.below:
        middle, half = (one.leave + one.land) / 2, width_of(one.link.title, NOTE) / 2 + 6
        left, right = min(left, middle - half), max(right, middle + half)
    return left, right


def _curve(one: _Routed, edge: float, way: int) -> str:
    """An arrow out of one box and back into another; `way` is -1 over the row, 1 under it."""
    level = edge + way * (LANE * one.lane + 18)
    turn = BEND if one.land > one.leave else -BEND
    before = level - way * BEND
    body = (
        f"M{one.leave:.1f} {edge}V{before}Q{one.leave:.1f} {level} {one.leave + turn:.1f} {level}"
        f"H{one.land - turn:.1f}Q{one.land:.1f} {level} {one.land:.1f} {before}V{edge + way * 6}"
    )
    tip = edge + way * 1
    head = f"M{one.land:.1f} {tip}l-4.5 {way * 8}h9z"
    name = text(one.link.title)
    y = level - 5 if way < 0 else level + 13
    kind = "step back" if way > 0 else "step"
    return (
        f'<g class="{kind}"><path class="way" d="{body}"/><path class="tip" d="{head}"/>'
        f'<text x="{(one.leave + one.land) / 2:.1f}" y="{y}" text-anchor="middle">{name}</text></g>'
    )


def _straight(link: _Link, boxes: list[_Box], y: float) -> str:
    start = boxes[link.source].x + boxes[link.source].width
    return _level(link.title, start, boxes[link.target].x, y)


def _level(title: str, start: float, end: float, y: float) -> str:
    return (
        f'<g class="step"><path class="way" d="M{start:.1f} {y}H{end - 6:.1f}"/>'
        f'<path class="tip" d="M{end - 1:.1f} {y}l-8 -4.5v9z"/>'
        f'<text x="{(start + end) / 2 - 2:.1f}" y="{y - 7}" text-anchor="middle">{text(title)}</text></g>'
    )


def _start(title: str, box: _Box, top: float, tall: float) -> str:
    """A dot with an arrow into the first box: how a record comes into being."""
    dot, y = EDGE + 6.0, top + tall / 2
    return f'<circle class="start" cx="{dot}" cy="{y}" r="6"/>' + _level(title, dot + 6, box.x, y)


def _drop(title: str, box: _Box, top: float) -> str:
    """The same into a later box: it falls from above all lanes."""
    x = box.x + 12
    return (
        f'<g class="step"><circle class="start" cx="{x:.1f}" cy="{EDGE + 4}" r="5"/>'
        f'<path class="way" d="M{x:.1f} {EDGE + 9}V{top - 6}"/>'
        f'<path class="tip" d="M{x:.1f} {top - 1}l-4.5 -8h9z"/>'
        f'<text x="{x + 10:.1f}" y="{EDGE + 8}">{text(title)}</text></g>'
    )


def _drawn(state: State, box: _Box, top: float, tall: float, kind: str) -> str:
    middle = box.x + box.width / 2
    classes = " ".join(word for word in ("state", "end" if state.end else "", kind) if word)
    inner = ""
    if state.end:
        inner = (
            f'<rect class="inner" x="{box.x + 3.5:.1f}" y="{top + 3.5}" width="{box.width - 7:.1f}"'
            f' height="{tall - 7}" rx="{tall / 2 - 3.5}"/>'
        )
    y = top + tall / 2 + 5 - len(box.lines) * LINE / 2
    # Limits are in the language of the page, in a drawing whose titles are Chinese.
    ours = "" if (get_language() or "zh").startswith("zh") else f' lang="{get_language()}"'
    notes = "".join(
        f'<text class="note" x="{middle:.1f}" y="{y + LINE * nth + 2}" text-anchor="middle"'
        f"{ours if line.isascii() else ''}>{text(line)}</text>"
        for nth, line in enumerate(box.lines, start=1)
    )
    return (
        f'<g class="{classes}"><rect x="{box.x:.1f}" y="{top}" width="{box.width:.1f}" height="{tall}"'
        f' rx="{tall / 2 if state.end else 8}"/>{inner}'
        f'<text x="{middle:.1f}" y="{y}" text-anchor="middle">{text(state.title)}</text>{notes}</g>'
    )


def _in_words(states: Sequence[State], steps: list[Step]) -> str:
    titles = {state.key: state.title for state in states}
    said = [
        f"{titles[step.source] if step.source else '●'} → {step.title} → {titles[step.target]}"
        for step in steps
    ]
    return gettext("；").join(said) or " · ".join(titles.values())
