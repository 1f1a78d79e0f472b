"""Effects of a step or a passed limit: few, and checked when the pack is read.

``tell leader`` · ``tell opener`` · ``pay 5 points to opener`` · ``pay minutes to attendees`` ·
``charge 20 points from opener`` · ``open other_pack.kind`` · ``open kind as parent``.
"""

import re
from dataclasses import dataclass

PERSONS = ("opener", "subject", "attendees")


@dataclass(frozen=True)
class Effect:
    """verb tell|pay|charge|open; ``whom`` a role, person word or kind; ``amount`` int or 'minutes'."""

    verb: str
    whom: str
    amount: str = ""
    currency: str = ""


_TELL = re.compile(r"^tell ([a-z][a-z0-9_]*)$")
_PAY = re.compile(r"^(pay|charge) (\d+|minutes) ?([a-z][a-z0-9_]*)? (?:to|from) (opener|subject|attendees)$")
_OPEN = re.compile(r"^open ([a-z][a-z0-9_.]*)$")


def parse_effect(text: str) -> Effect:
    """Raises ValueError saying which forms exist."""
    if found := _TELL.match(text):
        return Effect("tell", found[1])
    if found := _PAY.match(text):
        currency = found[3] or ("minutes" if found[2] == "minutes" else "points")
        return Effect(found[1], found[4], found[2], currency)
    if found := _OPEN.match(text):
        return Effect("open", found[1])
    raise ValueError(
        f"不认识的效果「{text}」；可写 tell 角色、pay 5 points to opener、"
        "charge 5 points from opener、open 类型"
    )
