"""Turns the value words of a demo file into values: lists, spreads, totals, exact counts, pools."""

import re
from collections.abc import Callable
from typing import Any

from liren.packs.fields import point_text
from liren.places.models import Outline

from .ground import point_in
from .world import World, new_persons

_SPREAD = re.compile(r"^(-?\d+)\.\.(-?\d+)$")
Maker = Callable[[int, dict[str, str]], Any]


class DemoFault(ValueError):
    """A demo file that cannot be followed: says which file, item and word."""


def maker(word: Any, count: int, world: World) -> Maker:
    """A function (index, names) → value for one value word; ``count`` is how many will be asked for."""
    if isinstance(word, list):
        if not word:
            raise DemoFault("列表是空的")
        makers = [maker(one, count, world) for one in word]
        return lambda i, names: makers[i % len(makers)](i, names)
    if isinstance(word, dict):
        return _special(word, count, world)
    text = str(word)
    if found := _SPREAD.match(text):
        low, high = int(found[1]), int(found[2])
        return lambda i, _: low + (i * 7919) % (high - low + 1)
    if "{" in text:
        return lambda _, names: text.format(**names)
    return lambda _i, _names: text


def _special(word: dict, count: int, world: World) -> Maker:
    if "total" in word:
        shares = split(int(word["total"]), count)
        return lambda i, _: shares[i]
    if "counts" in word:
        exact = [key for key, n in word["counts"].items() for _ in range(int(n))]
        if len(exact) != count:
            raise DemoFault(f"counts 合计 {len(exact)}，应为 {count}")
        order = _scattered(len(exact))
        return lambda i, names: maker(exact[order[i]], count, world)(i, names)
    if "units" in word:
        units = world.units.get(word["units"], [])
        if not units:
            raise DemoFault(f"没有这种单位「{word['units']}」；有：{'、'.join(world.units)}")
        skip = int(word.get("skip", 0))
        return lambda i, _: units[(i + skip) % len(units)]
    if "new" in word:
        persons = new_persons(count, world.place)
        world.pools.setdefault(word["new"], []).extend(persons)
        return lambda i, _: persons[i]
    if "pool" in word:
        pool, skip = world.pool(word["pool"]), int(word.get("skip", 0))
        return lambda i, _: pool[(i + skip) % len(pool)]
    if "point" in word:
        return _points()
    if "in order" in word:
        return maker(word["in order"], count, world)
    raise DemoFault(f"不认识的取值 {word}")


def _points() -> Maker:
    """A point somewhere in the record's place, where its boundary is drawn."""
    found: dict[str, Outline | None] = {}

    def make(index: int, names: dict[str, str]) -> str | None:
        code = names["code"]
        if code not in found:
            found[code] = Outline.objects.filter(place_id=code).first()
        outline = found[code]
        point = point_in(outline, index) if outline else None
        return point_text(*point) if point else None

    return make


def split(total: int, count: int) -> list[int]:
    """``count`` whole numbers that add up to ``total``, varied but fixed."""
    base, rest = divmod(total, count)
    shares = [base + (1 if i < rest else 0) for i in range(count)]
    for pair in range(count // 2):
        shift = (pair * 7) % (base // 4 + 1)
        shares[2 * pair] += shift
        shares[2 * pair + 1] -= shift
    return shares


def _scattered(count: int) -> list[int]:
    """A fixed order of 0…count-1 in which equal neighbours are spread out."""
    step = next(s for s in range(max(count * 5 // 13, 1), 2 * count + 2) if _coprime(s, count))
    return [i * step % count for i in range(count)]


def _coprime(a: int, b: int) -> bool:
    while b:
        a, b = b, a % b
    return a == 1
